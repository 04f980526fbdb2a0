import Artifacts
import Foundation
import Laboratory
import Testing

@Suite struct MappingTrainerTests {
  static func configuration(
    width: Int = 24, places: Int = 5, steps: Int = 20, seed: Int = 1, split: CorpusSplit = .teacher
  ) -> MappingConfiguration {
    .init(draw: .init(places: places, easyFraction: 0.5), width: width, steps: steps, seed: seed, split: split)
  }

  static func trained(_ configuration: MappingConfiguration) throws -> MappingTrainer {
    let trainer = try MappingTrainer(configuration, problem: MappingProblem(configuration.draw))
    while !trainer.isFinished { trainer.trainStep() }
    return trainer
  }

  /// A student of a trained teacher, and what the teacher says.
  static func student(
    of teacher: MappingTrainer, width: Int = 24, steps: Int = 20
  ) throws -> (MappingTrainer, MappingTeacher) {
    var configuration = teacher.configuration
    configuration.width = width
    configuration.steps = steps
    configuration.split = .student
    configuration.teaching = Teaching(teacher: teacher.name)
    let says = MappingTeacher(teacher, objective: DistillationObjective())
    return (MappingTrainer(configuration, problem: try MappingProblem(configuration.draw), teacher: says), says)
  }

  @Test func theRecipeIsThePapers() {
    let draw = MappingDraw(places: 8)
    for (width, parameters, steps) in [(64, 5768, 500), (128, 19_720, 771), (1024, 1_075_208, 42_001)] {
      let configuration = MappingConfiguration(draw: draw, width: width, seed: 1, split: .teacher)
      #expect(configuration.shape.parameters == parameters)
      #expect(configuration.steps == steps && configuration.samples == 512 * steps)
      #expect(configuration.samples >= 20 * parameters)
      #expect(configuration.compute == 6 * Double(parameters) * Double(configuration.samples))
    }
  }

  // Eight places fill a lane, five do not.
  @Test(arguments: [(8, 24), (5, 13)]) func supervisedGradientsAgreeWithFiniteDifferences(places: Int, width: Int) throws {
    let configuration = Self.configuration(width: width, places: places)
    let trainer = try MappingTrainer(configuration, problem: MappingProblem(configuration.draw))
    for _ in 0..<5 { trainer.trainStep() }
    _ = trainer.differentiate()
    let gradient = FloatBuffer(count: trainer.gradient.count)
    gradient.pointer.update(from: trainer.gradient.pointer, count: gradient.count)
    // Rectified units have kinks, so the steps are small.
    expectGradient(
      gradient.pointer, of: trainer.parameters.pointer, count: gradient.count, change: 2e-3, tolerance: 5e-3,
      "cross-entropy on labels"
    ) { trainer.differentiate() }
  }

  /// Cross-entropy against the teacher on the same batch, by way of the supervised gradient's linearity: the
  /// gradient by the logits is q - p where the supervised one is q - label.
  @Test(arguments: [(8, 24), (5, 13)]) func distillationGradientsAgreeWithFiniteDifferences(places: Int, width: Int) throws {
    let teacher = try Self.trained(Self.configuration(width: 32, places: places, steps: 60))
    let (student, says) = try Self.student(of: teacher, width: width)
    for _ in 0..<5 { student.trainStep() }
    _ = student.differentiate()
    let gradient = FloatBuffer(count: student.gradient.count)
    gradient.pointer.update(from: student.gradient.pointer, count: gradient.count)
    expectGradient(
      gradient.pointer, of: student.parameters.pointer, count: gradient.count, change: 2e-3, tolerance: 5e-3,
      "cross-entropy against the teacher"
    ) { student.crossEntropyOfNextBatch(against: says) }
  }

  @Test func aTinyNetworkLearnsTheProblem() throws {
    let trainer = try Self.trained(Self.configuration(width: 96, places: 4, steps: 3000))
    let result = trainer.evaluate()
    #expect(result.accuracy == 1 && result.loss < 0.05, "\(result)")
    #expect(result.divergence == nil)
    #expect(abs(result.loss - (result.easy.loss + result.hard.loss) / 2) < 1e-12)
  }

  @Test func anUntrainedNetworkKnowsNothing() throws {
    let configuration = Self.configuration()
    let result = try MappingTrainer(configuration, problem: MappingProblem(configuration.draw)).evaluate()
    #expect(abs(result.loss - log(5)) < 0.1 && result.accuracy < 0.5, "\(result)")
  }

  @Test func aStudentComesToSayWhatItsTeacherSays() throws {
    let teacher = try Self.trained(Self.configuration(width: 64, steps: 400))
    let (student, says) = try Self.student(of: teacher, width: 96, steps: 1500)
    let before = try #require(student.evaluate().divergence)
    while !student.isFinished { student.trainStep() }
    let after = student.evaluate()
    let divergence = try #require(after.divergence)
    #expect(divergence < 0.01 && before > 0.1, "\(before) to \(divergence)")
    #expect(abs(after.loss - says.evaluation.loss) < 0.05)
    #expect(says.evaluation == teacher.evaluate())
  }

  @Test func teacherAndStudentOfATrialAreIndependent() throws {
    func first(_ seed: Int, _ split: CorpusSplit) throws -> (Double, Float) {
      let configuration = Self.configuration(seed: seed, split: split)
      let trainer = try MappingTrainer(configuration, problem: MappingProblem(configuration.draw))
      return (trainer.differentiate(), trainer.parameters.pointer[0])
    }
    let runs = try [first(1, .teacher), first(1, .student), first(2, .teacher), first(2, .student)]
    #expect(Set(runs.map(\.0)).count == 4 && Set(runs.map(\.1)).count == 4)
    #expect(try first(1, .teacher) == runs[0])
  }

  @Test func aRunGoesOnFromItsCheckpoint() throws {
    let configuration = Self.configuration()
    let problem = try MappingProblem(configuration.draw)
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    let stopped = MappingTrainer(configuration, problem: problem)
    for _ in 0..<7 { stopped.trainStep() }
    try Checkpoint.save(stopped, to: path)
    let resumed = MappingTrainer(configuration, problem: problem)
    #expect(Checkpoint.restore(resumed, from: path) && resumed.step == 7)
    while !resumed.isFinished { resumed.trainStep() }
    #expect(try resumed.evaluate() == Self.trained(configuration).evaluate())
  }
}
