import Estimation
import Foundation
import PaperStudy
import ScalingLaws
import SimulatedObservations
import Testing

@Suite struct SupervisedFitTests {
  /// Runs without an irreducible loss: E goes to 0, and what comes after the fit takes it.
  @Test func anAbsentIrreducibleLossIsZero() throws {
    let runs = Simulation.supervised(count: 60, noise: 2e-3, seed: 3).map { run in
      var run = run
      run.loss = (run.loss - 1.22) * 1.1
      return run
    }
    let fit = try fitSupervised(runs)
    #expect(fit.coefficients["E"] == 0)
    #expect(fit.warnings.contains { $0.contains("irreducible") })
    let bootstrap = try bootstrapSupervised(
      runs, fixedGamma: false, coefficients: fit.coefficients, options: BootstrapOptions(resamples: 16))
    let range = try #require(bootstrap.intervals()["E"])
    #expect(range.lowerBound == 0 && range.upperBound > 0, "a resample may well show one: \(range)")
  }

  @Test func recoversALawFromNoiselessRuns() throws {
    let runs = Simulation.supervised(count: 80, noise: 0, seed: 1)
    let fit = try fitSupervised(runs)
    #expect(fit.maxAbsoluteRelativeError < 1e-7)
    for (name, expected) in ["A": 3355, "B": 18186, "E": 1.22, "alpha": 0.408, "beta": 0.431, "gamma": 0.452] {
      #expect(abs((fit.coefficients[name] ?? .nan) / expected - 1) < 1e-3, "\(name)")
    }
    #expect(fit.starts == 9600)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func beatsTheTruthOnNoisyRuns(seed: UInt64) throws {
    let runs = Simulation.supervised(count: 73, noise: 3e-3, seed: seed)
    let fit = try fitSupervised(runs)
    #expect(fit.objective <= objective(SupervisedLaw.published, runs))
    // What is reported is what the printed coefficients give by the law's definition.
    let law = try #require(SupervisedLaw(coefficients: fit.coefficients))
    #expect(abs(objective(law, runs) / fit.objective - 1) < 1e-9)
    let errors = runs.map { abs(law.loss(parameters: $0.parameters, tokens: $0.tokens) / $0.loss - 1) }
    #expect(abs(fit.maxAbsoluteRelativeError - (errors.max() ?? 0)) < 1e-12)
    #expect(abs(fit.meanAbsoluteRelativeError - errors.reduce(0, +) / 73) < 1e-12)
    // The predictions are far better than the noise.
    for run in runs {
      let truth = SupervisedLaw.published.loss(parameters: run.parameters, tokens: run.tokens)
      #expect(abs(law.loss(parameters: run.parameters, tokens: run.tokens) / truth - 1) < 0.005)
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64], [1e-4, 1e-3])
  func noSimplexSearchFindsBetter(seed: UInt64, delta: Double) throws {
    let runs = Simulation.supervised(count: 73, noise: 4e-3, seed: seed)
    let fit = try fitSupervised(runs, options: FitOptions(delta: delta))
    let names = ["A", "B", "E", "alpha", "beta", "gamma"]
    let start = names.map { name in
      let value = fit.coefficients[name] ?? .nan
      return name.first?.isUppercase == true ? log(value) : value
    }
    let better = nelderMead(start, scale: [0.3, 0.3, 0.02, 0.02, 0.02, 0.02], restarts: 6) { x in
      guard x[3] > 0, x[4] > 0, x[5] > 0 else { return .infinity }
      return objective(
        SupervisedLaw(
          irreducibleLoss: exp(x[2]), parameterCoefficient: exp(x[0]), tokenCoefficient: exp(x[1]),
          alpha: x[3], beta: x[4], gamma: x[5]), runs, delta: delta)
    }
    #expect(better >= fit.objective * (1 - 1e-6))
  }

  @Test func threadsDoNotMatter() throws {
    let runs = Simulation.supervised(count: 60, noise: 5e-3, seed: 4)
    let one = try fitSupervised(runs, options: FitOptions(threads: 1))
    let three = try fitSupervised(runs, options: FitOptions(threads: 3))
    #expect(one == three)
  }

  @Test func orderDoesNotMatter() throws {
    let runs = Simulation.supervised(count: 61, noise: 3e-3, seed: 5)
    let fit = try fitSupervised(runs)
    let turned = try fitSupervised(runs.reversed())
    #expect(abs(turned.objective / fit.objective - 1) < 1e-9)
  }

  @Test(arguments: [1, 2] as [UInt64]) func dismissalLosesNothing(seed: UInt64) throws {
    let runs = Simulation.supervised(count: 70, noise: 8e-3, seed: seed)
    let model = SupervisedModel(runs, fixedGamma: false)
    let starts = Array(StartGrid.supervised(model))
    let objective = HuberObjective(model, delta: 1e-4)
    let all = MultiStart(stages: [], threads: 2).minimise(objective, from: starts)
    let some = supervisedPlan(threads: 2).minimise(objective, from: starts)
    #expect(some.evaluations < all.evaluations / 4 * 3)
    #expect(some.finalists[0].objective <= all.finalists[0].objective * (1 + 1e-7))
  }

  @Test func deltaMovesFromLeastAbsoluteToLeastSquares() throws {
    var runs = Simulation.supervised(count: 80, noise: 1e-3, seed: 6)
    runs[40].loss *= 1.2
    let robust = try fitSupervised(runs, options: FitOptions(delta: 1e-4))
    let squares = try fitSupervised(runs, options: FitOptions(delta: 10))
    func typical(_ fit: LawFit) throws -> Double {
      let law = try #require(SupervisedLaw(coefficients: fit.coefficients))
      return runs.map { abs(law.loss(parameters: $0.parameters, tokens: $0.tokens) / $0.loss - 1) }
        .sorted()[40]
    }
    let (little, much) = (try typical(robust), try typical(squares))
    #expect(little < 0.7 * much)
  }

  @Test func aLawWithoutIrreducibleLossIsWarnedOf() throws {
    let law = SupervisedLaw(
      irreducibleLoss: 1e-9, parameterCoefficient: 40, tokenCoefficient: 60, alpha: 0.1, beta: 0.1)
    let fit = try fitChinchilla(Simulation.supervised(law, count: 60, noise: 0, seed: 7))
    #expect(fit.maxAbsoluteRelativeError < 1e-4)
    #expect(fit.warnings.contains { $0.hasPrefix("E has run to 0") }, "\(fit.coefficients) \(fit.warnings)")
    let plain = try fitChinchilla(Simulation.supervised(count: 60, noise: 1e-3, seed: 7))
    #expect(plain.warnings.isEmpty, "\(plain.warnings)")
    let noSize = SupervisedLaw(
      irreducibleLoss: 2, parameterCoefficient: 1e-3, tokenCoefficient: 600, alpha: 0.3, beta: 0.3)
    let flat = try fitSupervised(Simulation.supervised(noSize, count: 60, noise: 2e-3, seed: 8))
    #expect(!flat.warnings.isEmpty)
    #expect(flat.coefficients.values.allSatisfy { $0.isFinite })
  }

  @Test func badRunsAreRefused() {
    let runs = Simulation.supervised(count: 20, noise: 0, seed: 9)
    #expect(throws: EstimationError.self) { try fitSupervised(Array(runs.prefix(5))) }
    var negative = runs
    negative[3].loss = -1
    #expect(throws: EstimationError.self) { try fitChinchilla(negative) }
    #expect(throws: EstimationError.self) { try fitSupervised(runs, options: FitOptions(delta: 0)) }
  }
}

@Suite struct ChinchillaFitTests {
  @Test func reachesTheOptimumOfNoisyRuns() throws {
    let law = SupervisedLaw(
      irreducibleLoss: 1.69, parameterCoefficient: 406.4, tokenCoefficient: 410.7, alpha: 0.34, beta: 0.28)
    let runs = Simulation.supervised(law, count: 240, noise: 0.01, seed: 10)
    let fit = try fitChinchilla(runs, options: FitOptions(delta: 1e-3))
    #expect(fit.starts == 2400)
    #expect(fit.coefficients["gamma"] == nil)
    #expect(fit.objective <= objective(law, runs, delta: 1e-3))
    let start =
      ["A", "B", "E"].map { log(fit.coefficients[$0] ?? .nan) }
      + ["alpha", "beta"].map {
        fit.coefficients[$0] ?? .nan
      }
    let better = nelderMead(start, scale: [0.3, 0.3, 0.02, 0.02, 0.02], restarts: 6) { x in
      objective(
        SupervisedLaw(
          irreducibleLoss: exp(x[2]), parameterCoefficient: exp(x[0]), tokenCoefficient: exp(x[1]),
          alpha: x[3], beta: x[4]), runs, delta: 1e-3)
    }
    #expect(better >= fit.objective * (1 - 1e-6))
  }
}
