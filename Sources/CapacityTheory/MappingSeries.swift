import Formats

/// Students of one width on the Mapping Problem (appendix C.2), over teachers that differ in one thing, in several
/// trials.
public struct MappingSeries: Sendable {
  /// What the teachers of a sweep differ in.
  public enum Sweep: String, Codable, Sendable, CaseIterable {
    /// Figure 11: the width of their hidden layers.
    case teacherWidth = "teacher-width"
    /// Figure 12: the steps that they were trained for.
    case teacherSteps = "teacher-steps"
  }

  /// How inputs were drawn.
  public struct Draw: Codable, Hashable, Sendable, Comparable {
    /// Length of the context, and number of classes.
    public var places: Int
    /// Share of the questions that are about a zero, whose label is the place itself.
    public var easyFraction: Double

    public init(_ mapping: RunRecord.Mapping) {
      places = mapping.places
      easyFraction = mapping.easyFraction
    }

    public static func < (a: Draw, b: Draw) -> Bool {
      (a.places, a.easyFraction) < (b.places, b.easyFraction)
    }
  }

  public let draw: Draw
  public let studentWidth: Int
  /// Widths or steps of the teachers, rising: from the weakest to the strongest.
  public let teachers: [Int]
  /// Seeds of the trials, rising.
  public let trials: [Int]
  private let runs: [Int: [Int: RunRecord]]

  private init(draw: Draw, studentWidth: Int, runs: [Int: [Int: RunRecord]]) {
    self.draw = draw
    self.studentWidth = studentWidth
    self.runs = runs
    teachers = runs.keys.sorted()
    trials = Set(runs.values.flatMap(\.keys)).sorted()
  }

  /// The student of a teacher in a trial, if it has been trained.
  public func run(teacher: Int, trial: Int) -> RunRecord? { runs[teacher]?[trial] }

  /// What is measured of the students of a teacher, a number a trial in their order.
  public func values(_ teacher: Int, _ value: (RunRecord) -> Double?) -> [Double] {
    trials.compactMap { run(teacher: teacher, trial: $0).flatMap(value) }
  }

  /// The series among records of a sweep, by draw and then by width of the student.
  /// - Parameter setting: what the teachers differ in; a record without it is passed over.
  public static func all(_ records: [RunRecord], by setting: (RunRecord) -> Int?) -> [MappingSeries] {
    struct Key: Hashable {
      var draw: Draw
      var width: Int
    }
    var groups: [Key: [Int: [Int: RunRecord]]] = [:]
    // By name, so that of two runs of one trial the same one is taken whatever their order.
    for record in records.sorted(by: { $0.run > $1.run }) where record.kind == .distillation {
      guard let mapping = record.mapping, let setting = setting(record), let seed = record.seed else { continue }
      groups[Key(draw: Draw(mapping), width: mapping.width), default: [:]][setting, default: [:]][seed] = record
    }
    return groups.map { MappingSeries(draw: $0.key.draw, studentWidth: $0.key.width, runs: $0.value) }
      .sorted { ($0.draw, $0.studentWidth) < ($1.draw, $1.studentWidth) }
  }
}

extension MappingSeries.Sweep {
  /// The number in the paper of the figure that shows it.
  public var figure: Int { self == .teacherWidth ? 11 : 12 }

  /// The paper's weakest and strongest teacher; one that is not there is missing.
  public var ends: [Int] { self == .teacherWidth ? [64, 1024] : [64, 16_384] }

  /// What the teacher of a student has of what the sweep varies.
  public func setting(_ record: RunRecord) -> Int? {
    self == .teacherWidth ? record.distillation?.teacherWidth : record.distillation?.teacherSteps
  }

  /// The sweep's students among a study's records.
  public func series(_ records: [RunRecord]) -> [MappingSeries] {
    MappingSeries.all(records.filter { $0.sweep == rawValue }, by: setting)
  }
}

extension MappingSeries {
  /// Models trained on labels, of the students' widths and on their samples, by name.
  public static func baselines(_ records: [RunRecord], draw: Draw) -> [RunRecord] {
    records.filter { record in
      record.kind == .supervised && record.recipe?.split == "student" && record.mapping.map(Draw.init) == draw
    }.sorted { $0.run < $1.run }
  }
}
