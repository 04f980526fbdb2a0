import Foundation
import Randomness
import Statistics

/// Whether the students of a teacher at the end of a series are worse than those of the best teacher inside it.
///
/// The best of several teachers is good by luck, too, and the difference from it is above zero even where all are equal.
/// So the inside teacher that a trial is compared with is the one that is best in the mean of the other trials
/// (cross-fitting): where no inside teacher is better than the end, no choice gives a difference above zero on average.
/// The mean of the differences over trials is judged by its ratio t to its standard error. Since trials choose for one
/// another, t is a little larger by chance than Student's, and what it is by chance is simulated (``Chance``).
public struct ArmTest: Codable, Hashable, Sendable {
  /// The teacher at the end: its width or steps.
  public var end: Int
  /// The inside teacher that each trial is compared with, by the order of the trials.
  public var chosen: [Int]
  /// What the student of the end has more of loss than that of the chosen teacher, one a trial.
  public var differences: [Double]
  /// Mean of the differences.
  public var rise: Double
  /// Chance of such a t or a larger one if no inside teacher were better than the end.
  public var probability: Double
  /// The rise that would be found with a chance of ``Chance/power`` at the strictest level that the test is judged at,
  /// were the trials to differ as these do.
  public var detectable: Double

  /// - Parameters:
  ///   - losses: by teacher, from the weakest to the strongest, and trial; every teacher has as many trials, and there are
  ///     at least three of either.
  ///   - teachers: the teachers' names.
  ///   - chance: for as many trials, and teachers inside.
  package init(losses: [[Double]], teachers: [Int], strongest: Bool, chance: Chance) {
    let end = strongest ? losses.count - 1 : 0
    let fitted = CrossFitting(losses: losses, end: end, inside: 1..<losses.count - 1)
    self.end = teachers[end]
    chosen = fitted.chosen.map { teachers[$0] }
    differences = fitted.differences
    rise = fitted.mean
    probability = chance.probability(of: fitted.statistic)
    detectable = fitted.error * chance.detectableErrors
  }
}

/// Differences of the end from the teacher that is best in the other trials.
struct CrossFitting {
  let chosen: [Int]
  let differences: [Double]
  let mean: Double
  /// Standard error of the mean, as of independent differences.
  let error: Double

  init(losses: [[Double]], end: Int, inside: Range<Int>) {
    let trials = losses[end].count
    let sums = losses.map { $0.reduce(0, +) }
    chosen = (0..<trials).map { trial in
      inside.min { sums[$0] - losses[$0][trial] < sums[$1] - losses[$1][trial] } ?? end
    }
    differences = zip(chosen, losses[end].indices).map { losses[end][$1] - losses[$0][$1] }
    let count = Double(trials), mean = differences.reduce(0, +) / count
    self.mean = mean
    error = (differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1) / count).squareRoot()
  }

  /// t; 0 where all differences are 0.
  var statistic: Double { mean == 0 ? 0 : mean / error }
}

/// What the statistic of an ``ArmTest`` is by chance: where some of the teachers inside are as good as the end and the
/// others are never chosen, with normal noise of one size. The chance is the largest over the number of such teachers; for
/// one it is Student's.
package struct Chance: Sendable {
  /// Of finding a rise, for ``detectableErrors``.
  package static let power = 0.8

  private let freedom: Int
  /// Statistics of simulated series, falling, for two teachers and more.
  private let simulated: [[Double]]
  /// How many standard errors a rise has to be for the test to find it.
  package let detectableErrors: Double

  /// - Parameters:
  ///   - trials: at least 3.
  ///   - inside: teachers between the ends, at least 1.
  ///   - level: the strictest that tests are judged at.
  package init(trials: Int, inside: Int, level: Double, simulations: Int) {
    let freedom = trials - 1
    let simulated = stride(from: 2, through: inside, by: 1).map { rivals in
      var generator = CounterGenerator(seed: 1, stream: UInt64(rivals))
      return (0..<simulations).map { _ in
        let losses = (0...rivals).map { _ in (0..<trials).map { _ in generator.normal() } }
        return CrossFitting(losses: losses, end: 0, inside: 1..<rivals + 1).statistic
      }.sorted(by: >)
    }
    self.freedom = freedom
    self.simulated = simulated
    // The first of the falling statistics that are too many.
    let place = Int(level * Double(simulations + 1))
    let critical = simulated.map { $0[min(place, simulations - 1)] }
    let highest = ([StudentT.critical(level: level, freedom: freedom)] + critical).max() ?? 0
    detectableErrors = StudentT.detectable(above: highest, power: Self.power, freedom: freedom)
  }

  package func probability(of statistic: Double) -> Double {
    let shares = simulated.map { simulated in
      var low = 0, high = simulated.count
      while low < high {
        let middle = (low + high) / 2
        if simulated[middle] >= statistic { low = middle + 1 } else { high = middle }
      }
      return Double(low + 1) / Double(simulated.count + 1)
    }
    return ([StudentT.tail(above: statistic, freedom: freedom)] + shares).max() ?? 1
  }
}

/// Holm's procedure (1979).
package enum Holm {
  /// The chances corrected for their number: one below a level keeps its promise for all of them together.
  package static func adjusted(_ probabilities: [Double]) -> [Double] {
    let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
    var adjusted = probabilities, largest = 0.0
    for (rank, index) in order.enumerated() {
      largest = max(largest, min(1, Double(order.count - rank) * probabilities[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}
