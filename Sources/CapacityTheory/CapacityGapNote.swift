import Formats
import Statistics

/// What the theory study shows of the capacity gap: kernel regression counted over seeds, and runs on the Mapping
/// Problem tested over trials.
public struct CapacityGapNote: ResultDocument, Hashable, Sendable {
  public static let meaning = "a note on the capacity gap, as distill-theory writes it"

  public struct Kernel: Codable, Hashable, Sendable {
    public var functions: Int
    public var teacherBound: Double
    public var studentBound: Double
    public var seeds: Int
    public var students: [UShapeCount]
  }

  /// Means over the trials of the students of one teacher.
  public struct Teacher: Codable, Hashable, Sendable {
    /// Its width or its training steps.
    public var setting: Int
    public var trials: Int
    /// Of the student: cross-entropy in nats per label, and accuracy.
    public var loss: Double
    public var accuracy: Double?
    /// Of the student on questions about a zero, and about a one and a two, which are hard.
    public var easyLoss: Double?
    public var onesLoss: Double?
    public var twosLoss: Double?
    /// Of the teacher.
    public var teacherLoss: Double
    public var teacherAccuracy: Double?
  }

  /// Whether a student's loss falls and rises again with its teacher.
  public enum Verdict: String, Codable, Sendable {
    case uShape, falls, rises, neither, untested
  }

  public struct Student: Codable, Hashable, Sendable {
    public var studentWidth: Int
    public var teachers: [Teacher]
    /// Trials that have every teacher which at least three trials of every student have; the tests are of these trials
    /// and teachers.
    public var completeTrials: [Int]
    /// The weakest teacher against those inside, and the strongest; nil with fewer than three complete trials.
    public var weakest: ArmTest?
    public var strongest: ArmTest?
    /// Their probabilities after Holm's procedure, over all students of both figures.
    public var weakestAdjusted: Double?
    public var strongestAdjusted: Double?
    public var verdict: Verdict
    /// Mean loss and accuracy of the same model trained on labels, where there is one.
    public var supervisedLoss: Double?
    public var supervisedAccuracy: Double?

    /// The teacher with the best student in the mean.
    public var best: Teacher? { teachers.min { $0.loss < $1.loss } }
  }

  /// A student of a teacher that is not there in some trials.
  public struct Missing: Codable, Hashable, Sendable {
    public var studentWidth: Int
    public var teacher: Int
    public var trials: [Int]
  }

  public struct Sweep: Codable, Hashable, Sendable {
    public var sweep: MappingSeries.Sweep
    public var draw: MappingSeries.Draw
    public var origins: [RunRecord.Origin]
    public var runs: Int
    public var trials: [Int]
    public var students: [Student]
    public var missing: [Missing]
  }

  /// A student over teacher widths under a draw of inputs that was tried; its tests are not corrected for their number.
  public struct DrawnStudent: Codable, Hashable, Sendable {
    public var draw: MappingSeries.Draw
    public var student: Student
  }

  public var study: String
  public var kernelRegression: Kernel
  public var sweeps: [Sweep]
  public var draws: [DrawnStudent]

  /// Level at which the tests of a family are judged together.
  static let level = 0.05
  /// The paper's trials.
  static let trials = 1...4

  /// - Parameters:
  ///   - records: the study's runs; those on the Mapping Problem count.
  ///   - seeds: draws of the target in kernel regression.
  ///   - simulations: simulated series behind each test.
  /// - Throws: ``StageError`` where the students of one sweep have several draws.
  public init(study: String, records: [RunRecord], seeds: Int = 1000, simulations: Int = 20_000) throws(StageError) {
    self.study = study
    let targets = (1...seeds).map { KernelRegression(coefficients: KernelRegression.coefficients(seed: UInt64($0))) }
    kernelRegression = Kernel(
      functions: targets[0].functions, teacherBound: targets[0].teacherBound, studentBound: targets[0].studentBound,
      seeds: seeds, students: stride(from: 300, through: 800, by: 100).map { UShapeCount(student: $0, over: targets) })

    let all = MappingSeries.Sweep.allCases.map { ($0, $0.series(records)) }
    var chances = Chances(level: Self.level / Double(max(all.reduce(0) { $0 + $1.1.count }, 1)), simulations: simulations)
    let widths = Set(all.flatMap { $0.1.map(\.studentWidth) }).sorted()
    sweeps = []
    for (sweep, series) in all where !series.isEmpty {
      guard let draw = series.first?.draw, series.allSatisfy({ $0.draw == draw }) else {
        throw StageError("the runs of the sweep \(sweep.rawValue) draw their inputs in several ways")
      }
      let trials = Set(series.flatMap(\.trials)).union(Self.trials).sorted()
      let teachers = Set(series.flatMap(\.teachers)).union(sweep.ends).sorted()
      // A teacher that hardly any trial has yet would leave no trial complete.
      let judged = teachers.filter { teacher in
        series.allSatisfy { series in trials.count { series.run(teacher: teacher, trial: $0) != nil } >= 3 }
      }
      let runs = records.filter { $0.sweep == sweep.rawValue && $0.mapping != nil && $0.kind == .distillation }
      sweeps.append(
        Sweep(
          sweep: sweep, draw: draw, origins: Set(runs.map(\.origin)).sorted { $0.rawValue < $1.rawValue }, runs: runs.count,
          trials: trials,
          students: series.map {
            Student($0, teachers: judged, baselines: MappingSeries.baselines(records, draw: draw), &chances)
          },
          missing: Self.missing(series, widths: widths, teachers: teachers, trials: trials)))
    }
    draws = MappingSeries.all(records.filter { $0.sweep == "draws" }, by: { $0.distillation?.teacherWidth }).map { series in
      let baselines = MappingSeries.baselines(records, draw: series.draw)
      return DrawnStudent(
        draw: series.draw, student: Student(series, teachers: series.teachers, baselines: baselines, &chances))
    }
    judge()
  }

  /// What a whole sweep would have besides: students of all widths, of all teachers, in all trials.
  private static func missing(
    _ series: [MappingSeries], widths: [Int], teachers: [Int], trials: [Int]
  ) -> [Missing] {
    widths.flatMap { width in
      let series = series.first { $0.studentWidth == width }
      return teachers.compactMap { teacher in
        let absent = trials.filter { series?.run(teacher: teacher, trial: $0) == nil }
        return absent.isEmpty ? nil : Missing(studentWidth: width, teacher: teacher, trials: absent)
      }
    }
  }

  /// Corrects the tests for their number, each end's for itself, and judges students by them.
  private mutating func judge() {
    let places = sweeps.indices.flatMap { sweep in sweeps[sweep].students.indices.map { (sweep, $0) } }
    let tested = places.filter { sweeps[$0.0].students[$0.1].strongest != nil }
    let weakest = Holm.adjusted(tested.compactMap { sweeps[$0.0].students[$0.1].weakest?.probability })
    let strongest = Holm.adjusted(tested.compactMap { sweeps[$0.0].students[$0.1].strongest?.probability })
    for (place, (weak, strong)) in zip(tested, zip(weakest, strongest)) {
      sweeps[place.0].students[place.1].weakestAdjusted = weak
      sweeps[place.0].students[place.1].strongestAdjusted = strong
      sweeps[place.0].students[place.1].verdict =
        switch (weak < Self.level, strong < Self.level) {
        case (true, true): .uShape
        case (true, false): .falls
        case (false, true): .rises
        case (false, false): .neither
        }
    }
  }
}

/// What tests say by chance, simulated once for each number of trials and teachers.
private struct Chances {
  /// The strictest that tests are judged at.
  let level: Double
  let simulations: Int
  private var known: [[Int]: Chance] = [:]

  init(level: Double, simulations: Int) { (self.level, self.simulations) = (level, simulations) }

  mutating func callAsFunction(trials: Int, inside: Int) -> Chance {
    if let chance = known[[trials, inside]] { return chance }
    let chance = Chance(trials: trials, inside: inside, level: level, simulations: simulations)
    known[[trials, inside]] = chance
    return chance
  }
}

extension CapacityGapNote.Student {
  /// - Parameters:
  ///   - expected: teachers that a complete trial has.
  ///   - baselines: supervised runs of all widths.
  fileprivate init(
    _ series: MappingSeries, teachers expected: [Int], baselines: [RunRecord], _ chances: inout Chances
  ) {
    studentWidth = series.studentWidth
    teachers = series.teachers.map { teacher in
      func average(_ value: (RunRecord) -> Double?) -> Double? { mean(series.values(teacher, value)) }
      return CapacityGapNote.Teacher(
        setting: teacher, trials: series.values(teacher, \.loss).count, loss: average(\.loss) ?? .nan,
        accuracy: average(\.accuracy), easyLoss: average { $0.mapping?.easy?.loss },
        onesLoss: average { $0.mapping?.ones?.loss }, twosLoss: average { $0.mapping?.twos?.loss },
        teacherLoss: average { $0.distillation?.teacherLoss } ?? .nan,
        teacherAccuracy: average { $0.distillation?.teacherAccuracy })
    }
    let complete = series.trials.filter { trial in
      expected.allSatisfy { series.run(teacher: $0, trial: trial) != nil }
    }
    completeTrials = complete
    let losses = expected.map { teacher in complete.compactMap { series.run(teacher: teacher, trial: $0)?.loss } }
    if complete.count >= 3, losses.count >= 3 {
      let chance = chances(trials: complete.count, inside: losses.count - 2)
      weakest = ArmTest(losses: losses, teachers: expected, strongest: false, chance: chance)
      strongest = ArmTest(losses: losses, teachers: expected, strongest: true, chance: chance)
    }
    verdict = .untested
    let baselines = baselines.filter { $0.mapping?.width == series.studentWidth }
    supervisedLoss = mean(baselines.map(\.loss))
    supervisedAccuracy = mean(baselines.compactMap(\.accuracy))
  }
}
