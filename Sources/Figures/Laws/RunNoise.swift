import Formats
import Plotting
import Statistics
import Verification

/// The seeds' noise of a study's runs, as figures show it: about each run as much as the model gives to its length and
/// teacher.
struct RunNoise: Sendable {
  let model: NoiseModel
  private let strength: @Sendable (RunRecord) -> Double?

  /// Nil where no configuration was trained from more than one seed.
  /// - Parameters:
  ///   - runs: all of one kind; baselines, too.
  ///   - strength: L_T / L~_S of a distillation.
  init?(_ runs: [RunRecord], strength: @escaping @Sendable (RunRecord) -> Double? = { _ in nil }) {
    guard let model = NoiseModel(runs, strength: strength) else { return nil }
    (self.model, self.strength) = (model, strength)
  }

  /// Standard deviation of the loss of a run, relative to it.
  func deviation(of run: RunRecord) -> Double { model.standardDeviation(of: run, strength: strength(run)) }

  /// The median over some runs.
  func typical(_ runs: [RunRecord]) -> Double { median(runs.map(deviation)) ?? .nan }

  /// The errors of a law beside what the noise leaves a perfect one with, for all runs, short ones and long ones.
  /// - Parameter coefficients: as many as the law has.
  func ranges(_ runs: [RunRecord], predict: LawVerification.Prediction, coefficients: Int) -> [NoiseRange] {
    NoiseRange.ranges(of: runs, predict: predict, coefficients: coefficients, noise: model, strength: strength)
  }

  /// One standard deviation about zero, in per cent, along a variable: medians of neighbouring runs.
  /// - Parameter domain: the band reaches from one end of it to the other.
  func band(_ runs: [RunRecord], along value: (RunRecord) -> Double, in domain: ClosedRange<Double>?) -> [BandMark.Slice] {
    let data = runs.map { Datum(value($0), 100 * deviation(of: $0)) }.filter { $0.x.isFinite && $0.y.isFinite }
    var slices = Residuals.bins(data).map { BandMark.Slice(x: $0.x, low: -$0.median, high: $0.median) }
    guard let first = slices.first, let last = slices.last else { return [] }
    if let low = domain?.lowerBound, low < first.x { slices.insert(.init(x: low, low: first.low, high: first.high), at: 0) }
    if let high = domain?.upperBound, high > last.x { slices.append(.init(x: high, low: last.low, high: last.high)) }
    return slices
  }
}
