import Foundation
import Randomness
import ScalingLaws

/// Coverage of the supervised law's intervals.
public struct SupervisedCoverage: CoverageStudy {
  private let truth: SupervisedLaw
  private let runs: [SupervisedObservation]
  private let noise: Double
  private let options: CoverageOptions
  private let losses: [(name: String, parameters: Double, tokens: Double)]
  public let procedures: [CoverageProcedure]
  public let quantities: [CoverageQuantity]

  /// - Parameters:
  ///   - runs: sizes and tokens; the losses are drawn anew.
  ///   - noise: standard deviation of the logarithm of every loss.
  /// - Throws: ``EstimationError`` where the runs cannot be fitted.
  public init(
    truth: SupervisedLaw, runs: [SupervisedObservation], noise: Double, options: CoverageOptions
  ) throws(EstimationError) {
    try validate(runs, coefficients: 6, delta: 1e-4)
    (self.truth, self.runs, self.noise, self.options) = (truth, runs, noise, options)
    procedures = CoverageProcedure.all(options, bootstraps: [.runs], others: .runs)
    let (n, d) = (middle(runs, \.parameters), middle(runs, \.tokens))
    let largest = (n: runs.map(\.parameters).max() ?? n, d: runs.map(\.tokens).max() ?? d)
    let losses = [
      (name: "loss: typical", parameters: n, tokens: d),
      (name: "loss: largest", parameters: largest.n, tokens: largest.d),
      (name: "loss: ten times as large", parameters: 10 * largest.n, tokens: 10 * largest.d),
    ]
    self.losses = losses
    var quantities = losses.enumerated().map { index, asked in
      CoverageQuantity(
        name: asked.name, kind: index < 2 ? .interpolation : .extrapolation,
        truth: truth.loss(parameters: asked.parameters, tokens: asked.tokens),
        meaning: String(format: "N = %.3g, D = %.3g", asked.parameters, asked.tokens))
    }
    quantities.append(
      CoverageQuantity(
        name: "a", kind: .decision, truth: truth.computeOptimalParameterExponent,
        meaning: "the compute-optimal exponent of the size"))
    self.quantities = quantities + CoverageQuantity.coefficients(truth.coefficients, named: SupervisedLaw.coefficientNames)
  }

  private func derived(_ coefficients: [String: Double]) -> [String: Double] {
    guard let law = SupervisedLaw(coefficients: coefficients) else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: losses.map { ($0.name, law.loss(parameters: $0.parameters, tokens: $0.tokens)) })
  }

  public func outcome(_ study: Int) throws(EstimationError) -> CoverageOutcome {
    var generator = CounterGenerator(seed: options.seed, stream: UInt64(study))
    let runs = runs.map { run in
      var run = run
      run.loss = truth.loss(parameters: run.parameters, tokens: run.tokens) * exp(noise * generator.normal())
      return run
    }
    return try options.outcome(study, truth: truth.coefficients, units: [.runs], derived: derived) {
      coefficients, units throws(EstimationError) in
      try FittedModel(runs, fixedGamma: false, coefficients: coefficients, units: units)
    } profiles: { fitted, profile in
      profiles(fitted, losses: losses, options: profile, confidences: options.profileConfidences)
    }
  }
}
