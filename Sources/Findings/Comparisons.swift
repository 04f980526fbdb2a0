import Artifacts
import Foundation
import ScalingLaws
import Verification

/// Students against their own teachers, which the law says they can never beat.
public struct BeatenTeachers: Codable, Hashable, Sendable {
  /// Runs whose student is better than its teacher by two standard deviations of the seed's noise.
  public var beaten: Int
  public var runs: Int
  /// Mean and largest log(L_T / L_S) of those, and the law's mean signed error on them.
  public var meanMargin: Double
  public var largestMargin: Double
  public var lawBias: Double
  /// Least L_T / L~_S among them: how weak a teacher is that is beaten.
  public var leastRatio: Double?

  package init(_ runs: [RunRecord], law: DistillationLaw, noise: Double?) {
    let threshold = 2 * (noise ?? 0)
    let beaten = runs.filter { log(($0.distillation?.teacherLoss ?? .nan) / $0.loss) > threshold }
    self.runs = runs.count
    self.beaten = beaten.count
    let margins = beaten.map { log(($0.distillation?.teacherLoss ?? .nan) / $0.loss) }
    let count = Double(max(1, beaten.count))
    meanMargin = margins.reduce(0, +) / count
    largestMargin = margins.max() ?? 0
    lawBias = beaten.reduce(0) { $0 + law.prediction(of: $1) / $1.loss - 1 } / count
    leastRatio = beaten.map { run in
      (run.distillation?.teacherLoss ?? .nan) / law.supervised.loss(parameters: run.parameters, tokens: run.tokens)
    }.min()
  }
}

/// Students against the same models trained supervised on as many tokens of the same split.
public struct AgainstSupervised: Codable, Hashable, Sendable {
  /// Students of one configuration.
  public struct Row: Codable, Hashable, Sendable {
    public var parameters: Double
    public var tokens: Double
    /// Mean loss of the supervised runs.
    public var supervisedLoss: Double
    public var teachers: Int
    /// Teachers whose student is better by two standard deviations, and worse by as much.
    public var better: Int
    public var worse: Int
    /// Largest log(supervised / distilled): what the best teacher gains.
    public var bestGain: Double
    /// Weakest teacher whose student is better at all, by its loss.
    public var weakestUsefulTeacherLoss: Double?
  }

  public var rows: [Row]
  public var runs: Int { rows.reduce(0) { $0 + $1.teachers } }

  package init(_ runs: [RunRecord], supervised: [RunRecord], noise: Double?) {
    struct Key: Hashable {
      var parameters: Double
      var tokens: Double
    }
    func key(_ run: RunRecord) -> Key { Key(parameters: run.parameters, tokens: run.tokens) }
    func mean(_ runs: [RunRecord]) -> Double { runs.map(\.loss).sorted().reduce(0, +) / Double(runs.count) }
    let baselines = Dictionary(grouping: supervised.filter { $0.recipe?.split == "student" }, by: key)
    let threshold = 2 * (noise ?? 0) * 2.0.squareRoot()
    rows = Dictionary(grouping: runs, by: key)
      .sorted { ($0.key.parameters, $0.key.tokens) < ($1.key.parameters, $1.key.tokens) }
      .compactMap { key, students in
        guard let baseline = baselines[key] else { return nil }
        let loss = mean(baseline)
        let gains = students.map { log(loss / $0.loss) }
        return Row(
          parameters: key.parameters, tokens: key.tokens, supervisedLoss: loss, teachers: students.count,
          better: gains.count { $0 > threshold }, worse: gains.count { $0 < -threshold },
          bestGain: gains.max() ?? 0,
          weakestUsefulTeacherLoss: students.filter { $0.loss < loss }.compactMap { $0.distillation?.teacherLoss }.max())
      }
  }
}

/// What one pass of a teacher for all its students saves.
public struct SharedTeachers: Codable, Hashable, Sendable {
  /// FLOPs of the teachers' passes, one for all the students of a teacher, a seed and a sweep, and one for each.
  public var sharedCompute: Double
  public var separateCompute: Double
  /// FLOPs of the students' own training.
  public var studentCompute: Double

  package init(_ runs: [RunRecord], family: ModelFamily) {
    struct Key: Hashable {
      var teacher: String
      var sweep: String
      var seed: Int?
    }
    let lessons = Dictionary(grouping: runs) {
      Key(teacher: $0.distillation?.teacherRun ?? "", sweep: $0.sweep, seed: $0.seed)
    }
    func inference(_ run: RunRecord, tokens: Double) -> Double {
      family.forwardFLOPs(parameters: run.distillation?.teacherParameters ?? 0) * tokens
    }
    // Sorted, so that sums do not depend on the order of a dictionary.
    sharedCompute = lessons.values.compactMap { lesson in
      lesson.max { $0.tokens < $1.tokens }.map { inference($0, tokens: $0.tokens) }
    }.sorted().reduce(0, +)
    separateCompute = runs.map { inference($0, tokens: $0.tokens) }.sorted().reduce(0, +)
    studentCompute = runs.map(\.compute).sorted().reduce(0, +)
  }
}
