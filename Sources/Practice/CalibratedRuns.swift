import Formats

/// The runs behind the calibration figures: teachers, and students of one size that were taught their whole
/// distribution or their most probable token alone.
public struct CalibratedRuns: Sendable {
  /// What a student was taught.
  public enum Target: Sendable, CaseIterable {
    /// The teacher's distribution.
    case distribution
    /// The teacher's most probable token.
    case top
  }

  /// Teachers by size, with their own calibration.
  public var teachers: [RunRecord]
  private var students: [RunRecord]
  /// The students' tokens, rising: the shortest and the longest that were taught both targets.
  public var lengths: [Double]
  public var studentParameters: Double

  /// Nil where no student of a teacher's most probable token has its calibration logged.
  public init?(_ records: [RunRecord]) {
    let calibrated = records.filter { $0.calibration != nil }
    let distilled = calibrated.filter { $0.kind == .distillation && Self.target(of: $0) != nil }
    guard let size = distilled.filter({ Self.target(of: $0) == .top }).map(\.parameters).min() else { return nil }
    studentParameters = size
    let ofSize = distilled.filter { $0.parameters == size }
    let names = Set(ofSize.filter { Self.target(of: $0) == .top }.compactMap(\.distillation?.teacherRun))
    students = ofSize.filter { names.contains($0.distillation?.teacherRun ?? "") }.sorted { $0.run < $1.run }
    let lengthsOfTop = Set(students.filter { Self.target(of: $0) == .top }.map(\.tokens)).sorted()
    lengths = lengthsOfTop
    teachers = calibrated.filter { $0.kind == .supervised && names.contains($0.run) }
      .sorted { ($0.parameters, $0.run) < ($1.parameters, $1.run) }
  }

  private static func target(of run: RunRecord) -> Target? {
    guard let setting = TeachingSetting(run), setting.mixing == 1, setting.temperature == 1,
      setting.direction == "forward"
    else { return nil }
    switch setting.truncation {
    case .full: return .distribution
    case .top(1): return .top
    default: return nil
    }
  }

  /// The students of a target and a length by their teachers' sizes, one a teacher: the lowest seed.
  public func students(_ target: Target, tokens: Double) -> [RunRecord] {
    let chosen = students.filter { Self.target(of: $0) == target && $0.tokens == tokens }
    let byTeacher = Dictionary(grouping: chosen) { $0.distillation?.teacherRun ?? "" }
    return byTeacher.values.compactMap { $0.min { ($0.seed ?? 0, $0.run) < ($1.seed ?? 0, $1.run) } }
      .sorted {
        ($0.distillation?.teacherParameters ?? 0, $0.run) < ($1.distillation?.teacherParameters ?? 0, $1.run)
      }
  }
}
