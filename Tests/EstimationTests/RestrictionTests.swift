import Estimation
import Foundation
import ScalingLaws
import SimulatedObservations
import Testing

/// Fits with coefficients that are given, and with a one-sided loss function.
@Suite struct RestrictionTests {
  private let simple = SupervisedLaw(
    irreducibleLoss: 1.69, parameterCoefficient: 406.4, tokenCoefficient: 410.7, alpha: 0.34, beta: 0.28)
  private static let given = [
    Restrictions(fixed: ["alpha": 0.5]), Restrictions(fixed: ["E": 1.7, "B": 300]), Restrictions(tied: [["alpha", "beta"]]),
    Restrictions(fixed: ["A": 500, "beta": 0.3]), Restrictions(fixed: ["A": 400], tied: [["B", "A"]]),
    Restrictions(tied: [["beta", "alpha"], ["A", "B"]]), Restrictions(fixed: ["gamma": 0.6]),
    Restrictions(fixed: ["gamma": 0.6, "alpha": 0.3], tied: [["A", "B"]]),
  ]

  /// The gradient against differences, also with runs above the law that count less.
  @Test(arguments: given, [1, 0.1]) func gradientsAreDerivatives(given: Restrictions, upperWeight: Double) throws {
    let runs = Simulation.supervised(simple, count: 29, noise: 0.02, seed: 23)
    let model = SupervisedModel(runs, fixedGamma: false, restrictions: given)
    let objective = HuberObjective(model, delta: 0.01, upperWeight: upperWeight)
    let start = try #require(
      model.point(["A": 350, "B": 500, "E": 1.5, "alpha": 0.33, "beta": 0.3, "gamma": 0.8]))
    let gradient = objective.evaluate(at: start).gradient
    for lane in 0..<6 {
      var (up, down) = (start, start)
      let step = 1e-6
      up[lane] += step
      down[lane] -= step
      let slope = (objective.evaluate(at: up).objective - objective.evaluate(at: down).objective) / (2 * step)
      let expected = model.free[lane] == 0 ? 0 : slope
      #expect(abs(gradient[lane] - expected) < 1e-5 * (1 + abs(expected)), "\(lane) \(given)")
      if model.free[lane] == 0 { #expect(abs(slope) < 1e-9, "what follows from others does nothing by itself") }
    }
    let law = try #require(SupervisedLaw(coefficients: model.coefficients(at: start)))
    #expect(given.fixed.allSatisfy { abs((law.coefficients[$0.key] ?? 0) / $0.value - 1) < 1e-12 })
    let residuals = runs.map { log(law.loss(parameters: $0.parameters, tokens: $0.tokens) / $0.loss) }
    let sum = residuals.reduce(0) { $0 + ($1 < 0 ? upperWeight : 1) * huberSum([$1], delta: 0.01) }
    #expect(abs(objective.evaluate(at: start).objective / sum - 1) < 1e-10)
  }

  @Test func givenCoefficientsAreKept() throws {
    let runs = Simulation.supervised(simple, count: 60, noise: 3e-3, seed: 24)
    let free = try fitChinchilla(runs)
    let fixed = try fitChinchilla(runs, restrictions: Restrictions(fixed: ["alpha": 0.34, "E": 1.69]))
    #expect(fixed.coefficients["alpha"] == 0.34 && abs((fixed.coefficients["E"] ?? 0) - 1.69) < 1e-12)
    #expect(fixed.objective >= free.objective * (1 - 1e-9) && fixed.objective < 1.1 * free.objective)
    let start = ["A", "B"].map { log(fixed.coefficients[$0] ?? .nan) } + [fixed.coefficients["beta"] ?? .nan]
    let better = nelderMead(start, scale: [0.3, 0.3, 0.02], restarts: 6) { x in
      objective(
        SupervisedLaw(
          irreducibleLoss: 1.69, parameterCoefficient: exp(x[0]), tokenCoefficient: exp(x[1]), alpha: 0.34, beta: x[2]), runs)
    }
    #expect(better >= fixed.objective * (1 - 1e-6))
    let tied = try fitSupervised(runs, restrictions: Restrictions(fixed: ["gamma": 1], tied: [["alpha", "beta"]]))
    #expect(tied.coefficients["alpha"] == tied.coefficients["beta"] && tied.coefficients["gamma"] == 1)
    let chinchilla = try fitChinchilla(runs, restrictions: Restrictions(tied: [["alpha", "beta"]]))
    #expect(abs(chinchilla.objective / tied.objective - 1) < 1e-6)
    // gamma at 1 is the Chinchilla law.
    let one = try fitSupervised(runs, restrictions: Restrictions(fixed: ["gamma": 1]))
    #expect(abs(one.objective / free.objective - 1) < 1e-6)
  }

  @Test func intervalsRespectThem() throws {
    let runs = Simulation.supervised(simple, count: 60, noise: 3e-3, seed: 25)
    let given = Restrictions(fixed: ["E": 1.69], tied: [["alpha", "beta"]])
    let fit = try fitChinchilla(runs, restrictions: given)
    let bootstrap = try bootstrapSupervised(
      runs, fixedGamma: true, coefficients: fit.coefficients, restrictions: given, options: BootstrapOptions(resamples: 32))
    #expect(bootstrap.samples["E"]?.allSatisfy { abs($0 - 1.69) < 1e-12 } == true)
    #expect(bootstrap.samples["alpha"] == bootstrap.samples["beta"])
    #expect(Set(bootstrap.samples["A"] ?? []).count > 16)
    let profiles = try profilesSupervised(
      runs, fixedGamma: true, coefficients: fit.coefficients, restrictions: given, losses: [("loss", 1e9, 2e10)])
    #expect(profiles.map(\.name).sorted() == ["A", "B", "alpha", "beta", "loss"])
    let alpha = try #require(profiles.first { $0.name == "alpha" })
    #expect(!alpha.lowIsOpen && !alpha.highIsOpen && alpha.interval.contains(alpha.estimate))
    for point in alpha.points where point.ratio < 10 {
      #expect(abs((point.coefficients["E"] ?? 0) - 1.69) < 1e-9)
      #expect(abs((point.coefficients["alpha"] ?? 0) - (point.coefficients["beta"] ?? 1)) < 1e-9)
      #expect(abs((point.coefficients["alpha"] ?? 0) - point.value) < 1e-6)
    }
    // What is known narrows what is not.
    let free = try fitChinchilla(runs)
    let wide = try #require(
      try profilesSupervised(runs, fixedGamma: true, coefficients: free.coefficients).first { $0.name == "alpha" })
    func width(_ profile: Profile) -> Double { profile.interval.upperBound - profile.interval.lowerBound }
    #expect(width(alpha) < 0.7 * width(wide))
  }

  @Test func senselessOnesAreRefused() {
    let runs = Simulation.supervised(simple, count: 30, noise: 1e-3, seed: 26)
    for given in [
      Restrictions(fixed: ["gamma": 1]), Restrictions(fixed: ["c0": 1]), Restrictions(fixed: ["alpha": -1]),
      Restrictions(tied: [["A", "alpha"]]), Restrictions(fixed: ["alpha": 0.2, "beta": 0.3], tied: [["alpha", "beta"]]),
      Restrictions(fixed: ["A": 1, "B": 1, "E": 1, "alpha": 1, "beta": 1]),
    ] {
      #expect(throws: EstimationError.self) { try fitChinchilla(runs, restrictions: given) }
    }
  }

  /// With delta far below the residuals, a weight of w leaves a share of about w / (1 + w) of the runs below the law.
  @Test func oneSidedLawsLieAlongTheLowerEdge() throws {
    var runs = Simulation.supervised(simple, count: 200, noise: 0, seed: 27)
    let errors = Simulation.supervised(simple, count: 200, noise: 0.1, seed: 28)
    for index in runs.indices {
      let noise = errors[index].loss / simple.loss(parameters: errors[index].parameters, tokens: errors[index].tokens)
      runs[index].loss *= max(noise, 1 / noise)
    }
    let fit = try fitChinchilla(runs, options: FitOptions(upperWeight: 0.1))
    let law = try #require(SupervisedLaw(coefficients: fit.coefficients))
    let below = runs.count { $0.loss < law.loss(parameters: $0.parameters, tokens: $0.tokens) }
    #expect((12...24).contains(below), "\(below) of 200, of which 18 are expected")
    func error(_ law: SupervisedLaw) -> Double {
      runs.reduce(0) { sum, run in
        let truth = simple.loss(parameters: run.parameters, tokens: run.tokens)
        return sum + abs(log(law.loss(parameters: run.parameters, tokens: run.tokens) / truth))
      } / 200
    }
    let middle = try #require(SupervisedLaw(coefficients: try fitChinchilla(runs).coefficients))
    #expect(error(law) < 0.3 * error(middle))
  }
}
