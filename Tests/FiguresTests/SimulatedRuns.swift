import Formats
import Foundation
import Figures
import ScalingLaws

/// Runs drawn from a known law with seeded noise, at the lab's sizes: reconstructed, never measured.
struct SimulatedRuns {
  static let law = SupervisedLaw(
    irreducibleLoss: 0.9, parameterCoefficient: 30, tokenCoefficient: 150, alpha: 0.35, beta: 0.4, gamma: 0.8)
  static let family = ModelFamily(aspectRatio: 8, context: 128, vocabulary: 128)

  private(set) var records: [RunRecord] = []
  private var state: UInt64 = 7
  var noise = 0.004

  init(noise: Double = 0.004) {
    self.noise = noise
    for (budget, layers) in [(3e11, 2...7), (1e12, 2...8), (3e12, 3...9), (1e13, 4...10)] {
      for size in layers { add("isoFLOP", layers: size, budget: budget) }
    }
    for (ratio, layers) in [(20.0, 2...8), (80, 2...7), (320, 2...4)] {
      for size in layers { add("fixed-ratio", layers: size, tokens: ratio * Self.parameters(size)) }
    }
    for size in 2...6 { add("long", layers: size, tokens: 33_554_432) }
    for seed in 2...5 {
      add("seeds", layers: 3, budget: 1e12, seed: seed)
      add("seeds", layers: 5, budget: 3e12, seed: seed)
    }
    for (size, budget) in [(2, 3e11), (5, 1e12), (8, 1e13)] {
      for rate in [0.005, 0.01, 0.04, 0.08] {
        for seed in 1...2 { add("learning-rate", layers: size, budget: budget, seed: seed, rate: rate) }
      }
    }
  }

  static func parameters(_ layers: Int) -> Double { 768 * pow(Double(layers), 3) }

  private mutating func add(
    _ sweep: String, layers: Int, budget: Double? = nil, tokens given: Double? = nil, seed: Int = 1, rate: Double = 0.02
  ) {
    let parameters = Self.parameters(layers)
    let tokens = given ?? Self.family.tokens(compute: budget ?? 0, parameters: parameters)
    let off = log(rate / 0.02)
    let loss = Self.law.loss(parameters: parameters, tokens: tokens) * exp(noise * normal()) + 0.03 * off * off
    records.append(
      RunRecord(
        run: "\(sweep)-\(layers)-\(Int(tokens))-\(seed)-\(rate)", kind: .supervised, origin: .reconstructed,
        purpose: sweep == "learning-rate" ? .tuning : .law, sweep: sweep, budget: budget, parameters: parameters,
        tokens: tokens, compute: Self.family.trainingFLOPs(parameters: parameters, tokens: tokens), loss: loss,
        seed: seed,
        model: RunRecord.Model(
          layers: layers, width: 8 * layers, feedForwardWidth: 22 * layers, heads: layers, context: 128, vocabulary: 128),
        recipe: RunRecord.Recipe(
          batchTokens: 1024, steps: 100, peakLearningRate: rate, warmupSteps: 10, weightDecay: 1e-4, split: "train")))
  }

  /// A roughly normal number: twelve uniform ones (from a linear congruential generator) less six.
  private mutating func normal() -> Double {
    (0..<12).reduce(-6.0) { sum, _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return sum + Double(state >> 11) / 9_007_199_254_740_992
    }
  }

  static func fit(minimumLoss: Double? = nil) -> FitDocument {
    FitDocument(
      law: "supervised", runs: 1,
      coefficients: [
        "E": law.irreducibleLoss, "A": law.parameterCoefficient, "B": law.tokenCoefficient, "alpha": law.alpha,
        "beta": law.beta, "gamma": law.gamma,
      ],
      objective: 1, meanAbsoluteRelativeError: 0.003, maxAbsoluteRelativeError: 0.01, starts: 1, delta: 1e-4,
      selection: FitDocument.Selection(availableRuns: 1, minimumLoss: minimumLoss),
      inputs: FitDocument.Inputs(runs: Digest(of: "")))
  }

  var inputs: FigureInputs {
    FigureInputs(.lab(records), supervisedFit: Self.fit(), extrapolationFit: Self.fit(minimumLoss: 1.9))
  }
}
