import Formats
import Foundation
import Laboratory
import Testing

@Suite struct ClassroomTests {
  static let corpus = TrainerTests.corpus

  private func teacher(steps: Int = 200) throws -> Trainer {
    var configuration = TrainerTests.configuration(steps: steps)
    configuration.shape = TransformerShape(layers: 3)
    let trainer = try Trainer(configuration, corpus: Self.corpus)
    while !trainer.isFinished { trainer.trainStep() }
    return trainer
  }

  private func student(of teacher: Trainer, layers: Int = 2, steps: Int, mixing: Double = 1) -> TrainingConfiguration {
    var configuration = TrainerTests.configuration(steps: steps)
    configuration.shape = TransformerShape(layers: layers)
    configuration.split = .student
    var teaching = Teaching(teacher: teacher.configuration.name)
    teaching.objective.mixing = mixing
    configuration.teaching = teaching
    return configuration
  }

  private func classroom(_ teacher: Trainer, _ students: [TrainingConfiguration]) throws -> Classroom {
    try Classroom(teacher: teacher, students: students, corpus: Self.corpus, pool: ShardPool(threads: 1))
  }

  @Test func studentsThatShareATeacherLearnWhatEachWouldAlone() throws {
    let teacher = try teacher(steps: 20)
    let students = [student(of: teacher, steps: 4), student(of: teacher, layers: 3, steps: 9)]
    let shared = try classroom(teacher, students)
    while !shared.isFinished { try shared.trainStep() }
    for (index, configuration) in students.enumerated() {
      let alone = try classroom(teacher, [configuration])
      while !alone.isFinished { try alone.trainStep() }
      #expect(alone.evaluate(alone.students[0]) == shared.evaluate(shared.students[index]))
    }
    #expect(abs(shared.share - 1) < 1e-12)
  }

  @Test func studentsStoppedAtDifferentStepsGoOnTogether() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    let teacher = try teacher(steps: 20)
    let students = [student(of: teacher, steps: 10), student(of: teacher, layers: 3, steps: 8)]
    let straight = try classroom(teacher, students)
    let resumed = try classroom(teacher, students)
    while !straight.isFinished {
      try straight.trainStep()
      if straight.step == 3 { try Checkpoint.save(straight.students[0], to: folder + "/0") }
      if straight.step == 5 { try Checkpoint.save(straight.students[1], to: folder + "/1") }
    }
    for (index, student) in resumed.students.enumerated() {
      #expect(Checkpoint.restore(student, from: "\(folder)/\(index)"))
    }
    #expect(resumed.step == 3)
    while !resumed.isFinished { try resumed.trainStep() }
    for (a, b) in zip(straight.students, resumed.students) {
      #expect(straight.evaluate(a) == resumed.evaluate(b))
    }
  }

  @Test func aStudentComesCloserToItsTeacherThanToTheText() throws {
    // A teacher that stopped early is well above the text's entropy, and its student ends up near it.
    let teacher = try teacher(steps: 120)
    let divergences = try [1.0, 0].map { mixing in
      let taught = try classroom(teacher, [student(of: teacher, steps: 150, mixing: mixing)])
      while !taught.isFinished { try taught.trainStep() }
      return try #require(taught.evaluate(taught.students[0]).divergence)
    }
    #expect(0 < divergences[0] && divergences[0] < divergences[1], "\(divergences)")
  }

  @Test func studentsWithObjectivesOfTheirOwnShareATeachersPass() throws {
    let teacher = try teacher(steps: 20)
    var students = (0..<4).map { _ in student(of: teacher, steps: 5) }
    students[1].teaching?.objective.temperature = 2
    students[2].teaching?.objective.truncation = .top(3)
    students[3].teaching?.objective.direction = .reverse
    let shared = try classroom(teacher, students)
    while !shared.isFinished { try shared.trainStep() }
    let losses = try students.enumerated().map { index, configuration in
      let alone = try classroom(teacher, [configuration])
      while !alone.isFinished { try alone.trainStep() }
      #expect(alone.evaluate(alone.students[0]) == shared.evaluate(shared.students[index]))
      return shared.evaluate(shared.students[index]).loss
    }
    #expect(Set(losses).count == 4, "each objective is its own")
  }

  @Test func calibrationComparesAStudentWithTheTextAndItsTeacher() throws {
    let teacher = try teacher(steps: 120)
    let taught = try classroom(teacher, [student(of: teacher, steps: 150)])
    while !taught.isFinished { try taught.trainStep() }
    let calibration = taught.calibration(of: taught.students[0])
    #expect(
      calibration.diagrams.map(\.name) == [
        "data", "teacherTop", "teacherConfidence", "studentConfidence", "teacherProbability",
      ])
    for (name, reliability) in calibration.diagrams {
      #expect(reliability.problem == nil, "\(name)")
      #expect(reliability.counts.reduce(0, +) == taught.evaluate(taught.students[0]).tokens)
    }
    // The two sides of equation 39 have the same predictions, and so the same sums.
    let student = try #require(calibration.studentConfidence), other = try #require(calibration.teacherConfidence)
    #expect(abs(student.confidences.reduce(0, +) - other.outcomes.reduce(0, +)) < 1)
  }

  @Test func withoutWeightOnTheTeacherAStudentIsSupervised() throws {
    let teacher = try teacher(steps: 5)
    let configuration = student(of: teacher, steps: 6, mixing: 0)
    let taught = try classroom(teacher, [configuration])
    while !taught.isFinished { try taught.trainStep() }
    var plain = configuration
    plain.teaching = nil
    let supervised = try Trainer(plain, corpus: Self.corpus)
    while !supervised.isFinished { supervised.trainStep() }
    // The same gradient in another order of operations.
    #expect(abs(taught.evaluate(taught.students[0]).loss - supervised.evaluate().loss) < 1e-4)
  }

  @Test func classmatesMustFitTogether() throws {
    let teacher = try teacher(steps: 2)
    var other = student(of: teacher, steps: 4)
    other.seed = 2
    #expect(throws: StageError.self) { try classroom(teacher, [student(of: teacher, steps: 4), other]) }
    other.seed = 1
    other.teaching = Teaching(teacher: "another")
    #expect(throws: StageError.self) { try classroom(teacher, [other]) }
    #expect(throws: StageError.self) { try classroom(teacher, []) }
  }
}
