import Formats
import Estimation
import Randomness
import Statistics

/// An estimate with its interval.
public struct Interval: Codable, Hashable, Sendable {
  public var estimate: Double
  public var low: Double
  public var high: Double

  /// Whether the interval leaves out zero.
  public var leavesOutZero: Bool { low > 0 || high < 0 }
}

/// Percentile intervals that resample whole teachers: students of one teacher share what is peculiar to it, so
/// that runs by themselves are not independent.
struct TeacherResampling: Sendable {
  static let confidence = 0.9

  /// The places of each teacher's runs, in the order of the teachers' names.
  private let teachers: [[Int]]
  let resamples: Int
  private let seed: UInt64

  init(_ runs: [RunRecord], resamples: Int = 2000, seed: UInt64 = 1) {
    // A run without a teacher stands by itself.
    teachers = Dictionary(grouping: runs.indices) { runs[$0].distillation?.teacherRun ?? runs[$0].run }
      .sorted { $0.key < $1.key }.map(\.value)
    self.resamples = resamples
    self.seed = seed
  }

  var count: Int { teachers.count }

  /// The places of the runs of as many teachers as there are, drawn with replacement.
  private func draw(_ resample: Int) -> [Int] {
    let random = CounterRandom(seed: seed, stream: UInt64(resample))
    return teachers.indices.flatMap { teachers[random.integer(below: teachers.count, at: UInt64($0))] }
  }

  /// Intervals of statistics of the runs, all from the same resamples.
  /// - Parameter statistics: numbers that follow from runs, given by their places; nil where they do not.
  /// - Returns: nil where fewer than half of the resamples have the statistics.
  func intervals(_ statistics: ([Int]) -> [Double]?) -> [Interval]? {
    guard let estimates = statistics(teachers.flatMap { $0 }) else { return nil }
    let draws = (0..<resamples).compactMap { statistics(draw($0)) }
    guard draws.count > resamples / 2 else { return nil }
    let tail = (1 - Self.confidence) / 2
    return estimates.indices.map { index in
      let sorted = draws.map { $0[index] }.sorted()
      return Interval(
        estimate: estimates[index], low: percentile(sorted, tail), high: percentile(sorted, 1 - tail))
    }
  }

  /// The mean of `values`, one a run, over the runs that have one.
  func mean(_ values: [Double?]) -> Interval? {
    intervals { places in
      let present = places.compactMap { values[$0] }
      return present.isEmpty ? nil : [present.reduce(0, +) / Double(present.count)]
    }?.first
  }
}
