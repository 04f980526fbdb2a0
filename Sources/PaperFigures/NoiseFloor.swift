import Artifacts

/// How far runs that differ in nothing but the seed lie apart: no law can predict them better.
public struct NoiseFloor: Sendable, Hashable {
  /// Standard deviation of a run's loss about the mean of its group, relative to that mean, pooled over
  /// the groups.
  public let relativeDeviation: Double
  /// Groups of runs that share everything but the seed, and the runs in them.
  public let groups: Int
  public let runs: Int

  /// Nil when no two runs share their configuration.
  public init?(_ records: [RunRecord]) {
    struct Configuration: Hashable {
      var parameters, tokens: Double
      var model: RunRecord.Model?
      var recipe: RunRecord.Recipe?
      var origin: RunRecord.Origin
    }
    let byConfiguration = Dictionary(grouping: records.filter { $0.seed != nil }) { record in
      Configuration(
        parameters: record.parameters, tokens: record.tokens, model: record.model, recipe: record.recipe,
        origin: record.origin)
    }
    // In the order of their names, so that sums come out the same every time.
    let groups: [[RunRecord]] = byConfiguration.values
      .filter { group in Set(group.map(\.seed)).count > 1 }
      .map { group in group.sorted { $0.run < $1.run } }
      .sorted { one, other in one[0].run < other[0].run }
    guard !groups.isEmpty else { return nil }
    var squares = 0.0
    var freedom = 0
    var count = 0
    for group in groups {
      let center = mean(group.map(\.loss))
      squares += group.reduce(0) { sum, run in
        let deviation = (run.loss - center) / center
        return sum + deviation * deviation
      }
      freedom += group.count - 1
      count += group.count
    }
    relativeDeviation = (squares / Double(freedom)).squareRoot()
    self.groups = groups.count
    runs = count
  }
}
