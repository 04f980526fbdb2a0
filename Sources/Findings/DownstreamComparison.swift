import Formats
import Practice

/// Whether distilled and supervised models of one loss score alike on a downstream task (appendix E.1).
///
/// The score is regressed on the loss, its square and whether the model was distilled. Intervals resample teachers
/// with all their students, and each supervised model by itself.
public struct DownstreamComparison: Codable, Hashable, Sendable {
  public var task: String
  public var chance: Double
  public var distilled: Int
  public var supervised: Int
  /// Share of the distilled models whose loss lies within the range of the supervised ones': outside it, the
  /// comparison rests on the curve alone.
  public var overlap: Double
  /// How much more a distilled model scores than a supervised one of its loss, as a share of the items; nil where
  /// there are too few models to say.
  public var effect: Interval?
  /// Fall of the score for a loss higher by 0.1 nats, at the mean loss; nil as above.
  public var slope: Interval?

  /// One comparison a task, in the order of the logs.
  static func all(_ records: [RunRecord]) -> [DownstreamComparison] {
    let scored = records.filter { $0.downstream != nil }.sorted { $0.run < $1.run }
    guard let first = scored.first?.downstream else { return [] }
    return first.compactMap { Self(task: $0.task, scored) }
  }

  private init?(task: String, _ scored: [RunRecord]) {
    let runs = scored.filter { run in run.downstream?.contains { $0.task == task } == true }
    let scores = runs.compactMap { run in run.downstream?.first { $0.task == task } }
    let losses = runs.filter { $0.kind == .supervised }.map(\.loss)
    let students = runs.filter { $0.kind == .distillation }
    guard let low = losses.min(), let high = losses.max(), !students.isEmpty else { return nil }
    self.task = task
    chance = scores[0].chance
    distilled = students.count
    supervised = losses.count
    overlap = Double(students.count { (low...high).contains($0.loss) }) / Double(students.count)
    let center = runs.reduce(0) { $0 + $1.loss } / Double(runs.count)
    let rows = runs.map { run -> [Double] in
      let loss = run.loss - center
      return [run.kind == .distillation ? 1 : 0, loss, 1, loss * loss]
    }
    let intervals = TeacherResampling(runs).intervals { places in
      LinearRegression(places.map { rows[$0] }, places.map { scores[$0].score })?.coefficients.prefix(2).map { $0 }
    }
    effect = intervals?[0]
    slope = intervals.map { Interval(estimate: -0.1 * $0[1].estimate, low: -0.1 * $0[1].high, high: -0.1 * $0[1].low) }
  }
}
