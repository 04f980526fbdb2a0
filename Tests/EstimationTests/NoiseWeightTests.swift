import Estimation
import Foundation
import PaperStudy
import Randomness
import ScalingLaws
import SimulatedObservations
import Testing

/// Residuals in units of each run's noise.
@Suite struct NoiseWeightTests {
  /// Huber's function, as it is defined.
  private func huber(_ r: Double, _ delta: Double) -> Double {
    abs(r) <= delta ? 0.5 * r * r : delta * (abs(r) - 0.5 * delta)
  }

  /// Noise that grows from run to run, a hundredfold from the first to the last.
  private func sigma(_ index: Int, of count: Int) -> Double { 1e-3 * pow(100, Double(index) / Double(count - 1)) }

  @Test(arguments: [1e-4, 1e-2, 10]) func theObjectiveIsOfScaledResiduals(delta: Double) throws {
    let runs = Simulation.supervised(count: 37, noise: 0.02, seed: 20).enumerated().map { index, run in
      var run = run
      run.noise = sigma(index, of: 37)
      return run
    }
    let point = try #require(
      SupervisedModel(runs, fixedGamma: false).point(SupervisedLaw.published.coefficients))
    let value = HuberObjective(SupervisedModel(runs, fixedGamma: false), delta: delta).evaluate(at: point)
    let typical = exp(runs.reduce(0) { $0 + log($1.noise ?? .nan) } / 37)
    let expected = runs.reduce(0) { sum, run in
      let error = log(SupervisedLaw.published.loss(parameters: run.parameters, tokens: run.tokens) / run.loss)
      return sum + huber(error * typical / (run.noise ?? .nan), delta)
    }
    #expect(abs(value.objective / expected - 1) < 1e-10)
  }

  @Test func theGradientIsTheSlope() throws {
    let runs = Simulation.distillation(count: 45, noise: 0.02, seed: 21).enumerated().map { index, run in
      var run = run
      run.noise = sigma(index, of: 45)
      return run
    }
    let model = DistillationModel(runs, supervised: .published)
    let point = try #require(model.point(DistillationLaw.printed.coefficients))
    let objective = HuberObjective(model, delta: 50)
    let gradient = objective.evaluate(at: point).gradient
    for index in 0..<DistillationModel.dimension {
      var (low, high) = (point, point)
      low[index] -= 1e-6
      high[index] += 1e-6
      let slope = (objective.evaluate(at: high).objective - objective.evaluate(at: low).objective) / 2e-6
      #expect(abs(gradient[index] - slope) < 1e-5 * (1 + abs(slope)), "\(index)")
    }
  }

  @Test func noiseThatIsTheSameChangesNothing() throws {
    let runs = Simulation.supervised(count: 60, noise: 3e-3, seed: 5)
    let same = runs.map { run in
      var run = run
      run.noise = 0.25
      return run
    }
    let (plain, weighted) = (try fitSupervised(runs), try fitSupervised(same))
    #expect(plain.coefficients == weighted.coefficients && plain.objective == weighted.objective)
    // Runs of which one has no noise count alike.
    var some = same
    some[3].noise = nil
    #expect(SupervisedModel(some, fixedGamma: false).precisions.isEmpty)
  }

  /// Of 80 runs every second one has forty times the noise of the others.
  @Test func runsWithLittleNoiseCountMore() throws {
    var (plain, weighted) = (0.0, 0.0)
    for seed in 1...2 as ClosedRange<UInt64> {
      var generator = CounterGenerator(seed: seed)
      let runs = Simulation.supervised(count: 80, noise: 0, seed: seed).enumerated().map { index, run in
        var run = run
        run.noise = index % 2 == 0 ? 0.04 : 0.001
        run.loss *= exp((run.noise ?? 0) * generator.normal())
        return run
      }
      func error(_ runs: [SupervisedObservation]) throws -> Double {
        let fit = try fitSupervised(runs, options: FitOptions(delta: 1e-3))
        let law = try #require(SupervisedLaw(coefficients: fit.coefficients))
        return runs.map { run in
          abs(
            log(
              law.loss(parameters: run.parameters, tokens: run.tokens)
                / SupervisedLaw.published.loss(parameters: run.parameters, tokens: run.tokens)))
        }.reduce(0, +) / 80
      }
      weighted += try error(runs)
      plain += try error(runs.map { SupervisedObservation(parameters: $0.parameters, tokens: $0.tokens, loss: $0.loss) })
    }
    #expect(weighted < 0.8 * plain, "\(weighted) \(plain)")
  }

  @Test func errorsOfAWeightedFitAreOfLosses() throws {
    let runs = Simulation.supervised(count: 40, noise: 5e-3, seed: 2).enumerated().map { index, run in
      var run = run
      run.noise = sigma(index, of: 40)
      return run
    }
    let fit = try fitSupervised(runs)
    let law = try #require(SupervisedLaw(coefficients: fit.coefficients))
    let errors = runs.map { abs(law.loss(parameters: $0.parameters, tokens: $0.tokens) / $0.loss - 1) }
    #expect(abs(fit.meanAbsoluteRelativeError - errors.reduce(0, +) / 40) < 1e-12)
    // Intervals are of the same objective: a law that no resample moves away from is inside.
    let bootstrap = try bootstrapSupervised(
      runs, fixedGamma: false, coefficients: fit.coefficients, options: BootstrapOptions(resamples: 32))
    let range = try #require(bootstrap.intervals()["alpha"]), alpha = try #require(fit.coefficients["alpha"])
    #expect(range.lowerBound <= alpha && alpha <= range.upperBound)
  }
}
