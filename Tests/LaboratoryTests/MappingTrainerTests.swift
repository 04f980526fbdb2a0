import Formats
import Foundation
import Laboratory
import Testing

@Suite struct MappingTrainerTests {
  static func configuration(
    width: Int = 24, places: Int = 5, steps: Int = 20, seed: Int = 1, split: CorpusSplit = .teacher
  ) -> MappingConfiguration {
    .init(draw: .init(places: places, easyFraction: 0.5), width: width, steps: steps, seed: seed, split: split)
  }

  static func trained(_ configuration: MappingConfiguration) -> MappingTrainer {
    let trainer = MappingTrainer(configuration)
    while !trainer.isFinished { trainer.trainStep() }
    return trainer
  }

  static func student(of teacher: MappingTrainer, width: Int = 24, steps: Int = 20) -> MappingTrainer {
    var configuration = teacher.configuration
    configuration.width = width
    configuration.steps = steps
    configuration.split = .student
    configuration.teaching = Teaching(teacher: teacher.name)
    return MappingTrainer(configuration, teacher: teacher)
  }

  static func evaluate(_ trainer: MappingTrainer) -> MappingEvaluation {
    trainer.evaluate(MappingExam(trainer.configuration.draw))
  }

  @Test(arguments: [(64, 5768, 500), (128, 19_720, 771), (1024, 1_075_208, 42_001)])
  func theRecipeIsThePapers(width: Int, parameters: Int, steps: Int) {
    let configuration = MappingConfiguration(draw: .init(places: 8), width: width, seed: 1, split: .teacher)
    #expect(configuration.shape.parameters == parameters)
    #expect(configuration.steps == steps && configuration.samples == 512 * steps)
    #expect(configuration.samples >= 20 * parameters)
    #expect(configuration.compute == 6 * Double(parameters) * Double(configuration.samples))
  }

  /// Softmax of the first `classes` logits of every row, in double precision.
  private static func distributions(_ trainer: MappingTrainer, _ inputs: FloatBuffer, rows: Int) -> [[Double]] {
    let shape = trainer.configuration.shape
    let perceptron = Perceptron(shape)
    perceptron.forward(inputs.pointer, rows: rows, parameters: trainer.parameters)
    return (0..<rows).map { row in
      let z = (0..<shape.classes).map { Double(perceptron.logits.pointer[row * shape.columns + $0]) }
      let powers = z.map { exp($0 - z.max()!) }
      return powers.map { $0 / powers.reduce(0, +) }
    }
  }

  // Eight places fill a lane, five do not; with a teacher, the loss is the cross-entropy against it.
  @Test(arguments: [(8, 24), (5, 13)], [false, true])
  func gradientsAgreeWithFiniteDifferences(size: (places: Int, width: Int), distilled: Bool) {
    let teacher = Self.trained(Self.configuration(width: 32, places: size.places, steps: 60))
    let trainer =
      distilled
      ? Self.student(of: teacher, width: size.width)
      : MappingTrainer(Self.configuration(width: size.width, places: size.places))
    for _ in 0..<5 { trainer.trainStep() }
    let returned = trainer.differentiate()

    let shape = trainer.configuration.shape
    let rows = Perceptron.batch
    let questions = (0..<rows).map { trainer.configuration.draw.question(trainer.samples, at: 5 * rows + $0) }
    let inputs = FloatBuffer(count: rows * shape.inputs)
    for (row, question) in questions.enumerated() { question.write(to: inputs.pointer + row * shape.inputs) }
    func meanLoss(_ loss: (Int, [Double]) -> Double) -> Double {
      let student = Self.distributions(trainer, inputs, rows: rows)
      return (0..<rows).reduce(0) { $0 + loss($1, student[$1]) } / Double(rows)
    }
    let onLabels = meanLoss { -log($1[questions[$0].label]) }
    #expect(abs(onLabels - returned) < 1e-5, "what is returned is the loss on labels")

    let targets = Self.distributions(teacher, inputs, rows: rows)
    // Rectified units have kinks, so the differences are small.
    expectGradient(
      trainer.gradient.pointer, of: trainer.parameters.pointer, count: shape.inputs * size.width, change: 2e-3,
      tolerance: 5e-3, "the first layer, distilled: \(distilled)"
    ) {
      meanLoss { row, student in
        distilled ? zip(targets[row], student).reduce(0) { $0 - $1.0 * log($1.1) } : -log(student[questions[row].label])
      }
    }
    expectGradient(
      trainer.gradient.pointer, of: trainer.parameters.pointer, count: trainer.gradient.count, change: 2e-3,
      tolerance: 5e-3, "all parameters, distilled: \(distilled)"
    ) {
      meanLoss { row, student in
        distilled ? zip(targets[row], student).reduce(0) { $0 - $1.0 * log($1.1) } : -log(student[questions[row].label])
      }
    }
  }

  @Test func aTinyNetworkLearnsTheProblem() {
    let result = Self.evaluate(Self.trained(Self.configuration(width: 96, places: 4, steps: 3000)))
    #expect(result.accuracy == 1 && result.loss < 0.05, "\(result)")
    #expect(result.divergence == nil && result.standardError == nil)
    #expect(abs(result.loss - (result.easy.loss + result.hard.loss) / 2) < 1e-12)
    // As many questions are about a one as about a two.
    #expect(abs(result.hard.loss - (result.ones.loss + result.twos.loss) / 2) < 1e-12)
  }

  @Test func anUntrainedNetworkKnowsNothing() {
    let result = Self.evaluate(MappingTrainer(Self.configuration()))
    #expect(abs(result.loss - log(5)) < 0.1 && result.accuracy < 0.5, "\(result)")
  }

  @Test func aStudentComesToSayWhatItsTeacherSays() throws {
    let teacher = Self.trained(Self.configuration(width: 64, steps: 400))
    let student = Self.student(of: teacher, width: 96, steps: 1500)
    let before = try #require(Self.evaluate(student).divergence)
    while !student.isFinished { student.trainStep() }
    let after = Self.evaluate(student)
    let divergence = try #require(after.divergence)
    #expect(divergence < 0.02 && before > 0.1, "\(before) to \(divergence)")
    #expect(abs(after.loss - Self.evaluate(teacher).loss) < 0.05)
  }

  @Test func teacherAndStudentOfATrialAreIndependent() {
    func first(_ seed: Int, _ split: CorpusSplit) -> [Double] {
      let trainer = MappingTrainer(Self.configuration(seed: seed, split: split))
      return [trainer.differentiate(), Double(trainer.parameters.pointer[0])]
    }
    let runs = [first(1, .teacher), first(1, .student), first(2, .teacher), first(2, .student)]
    #expect(Set(runs.map { $0[0] }).count == 4 && Set(runs.map { $0[1] }).count == 4)
    #expect(first(1, .teacher) == runs[0])
  }

  @Test func aRunGoesOnFromItsCheckpoint() throws {
    let configuration = Self.configuration()
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    let stopped = MappingTrainer(configuration)
    for _ in 0..<7 { stopped.trainStep() }
    try Checkpoint.save(stopped, to: path)
    let resumed = MappingTrainer(configuration)
    #expect(Checkpoint.restore(resumed, from: path) && resumed.step == 7)
    while !resumed.isFinished { resumed.trainStep() }
    #expect(Self.evaluate(resumed) == Self.evaluate(Self.trained(configuration)))
    #expect(resumed.curve == Self.trained(configuration).curve)
  }
}
