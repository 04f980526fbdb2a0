import Estimation
import Foundation
import ScalingLaws
import SimulatedObservations
import Testing

@Suite struct IsoFLOPTests {
  private static let law = SupervisedLaw(
    irreducibleLoss: 1.69, parameterCoefficient: 406.4, tokenCoefficient: 410.7, alpha: 0.34, beta: 0.28)

  /// Nine sizes about the best of each budget, from a twelfth to twelve times it, and `shift` times further.
  private func runs(
    _ budgets: [Double], noise: Double, reach: Double = 3, shift: Double = 1
  ) -> [SupervisedObservation] {
    let errors = Simulation.supervised(Self.law, count: 9 * budgets.count, noise: noise, seed: 41)
    return budgets.enumerated().flatMap { place, compute in
      (0..<9).map { index in
        let n = shift * Self.law.optimalParameters(compute: compute) * pow(reach, Double(index - 4) / 4)
        let error = errors[9 * place + index]
        let factor = error.loss / Self.law.loss(parameters: error.parameters, tokens: error.tokens)
        return SupervisedObservation(
          parameters: n, tokens: compute / (6 * n), loss: Self.law.loss(parameters: n, tokens: compute / (6 * n)) * factor)
      }
    }
  }

  @Test func theBestSizeIsClosedForm() {
    for (law, compute) in [(Self.law, 1e21), (.published, 1e20)] {
      let best = law.computeOptimum(compute: compute, family: .parametersAlone)
      #expect(abs(law.optimalParameters(compute: compute) / best.parameters - 1) < 1e-4)
    }
  }

  @Test func exponentsOfALaw() throws {
    let budgets = [1e19, 3e19, 1e20, 3e20, 1e21]
    let fit = try fitIsoFLOP(runs(budgets, noise: 2e-3), options: IsoFLOPOptions(resamples: 512))
    #expect(fit.profiles.count == 5 && fit.profiles.allSatisfy { $0.problem == nil && $0.runs == 9 })
    for (profile, budget) in zip(fit.profiles, budgets) {
      #expect(abs(profile.compute / budget - 1) < 1e-9)
      let best = Self.law.optimalParameters(compute: budget)
      #expect(abs(log((profile.parameters ?? 0) / best)) < 0.3)
      #expect(abs((profile.tokens ?? 0) * (profile.parameters ?? 0) * 6 / budget - 1) < 1e-9)
    }
    let (a, b) = (Self.law.computeOptimalParameterExponent, Self.law.computeOptimalTokenExponent)
    #expect(fit.parameters.interval.contains(a) && fit.tokens.interval.contains(b), "\(fit)")
    #expect(abs(fit.parameters.exponent + fit.tokens.exponent - 1) < 1e-9)
    #expect(fit.parameters.interval.upperBound - fit.parameters.interval.lowerBound < 0.2)
    #expect(fit.resamples > 500)
    // Budgets that are given need not be 6 N D.
    let named = try fitIsoFLOP(
      runs(budgets, noise: 2e-3), budgets: budgets.flatMap { Array(repeating: 2 * $0, count: 9) },
      options: IsoFLOPOptions(resamples: 8))
    #expect(abs(named.parameters.exponent - fit.parameters.exponent) < 1e-9)
    #expect(named.profiles.map(\.compute) == budgets.map { 2 * $0 })
  }

  @Test func profilesWithoutAMinimumAreSaid() throws {
    let sound = runs([1e19, 1e20], noise: 0)
    let fit = try fitIsoFLOP(sound + runs([1e21], noise: 0, shift: 20), options: IsoFLOPOptions(resamples: 8))
    #expect(fit.profiles.map { $0.problem != nil } == [false, false, true])
    #expect(fit.profiles[2].problem == "its minimum lies beyond its smallest size" && fit.profiles[2].parameters == nil)
    #expect(throws: EstimationError.self) { try fitIsoFLOP(runs([1e19], noise: 0)) }
    #expect(throws: EstimationError.self) { try fitIsoFLOP(Simulation.supervised(count: 40, noise: 0, seed: 42)) }
  }

  @Test func planProfilesHoldTheOptimum() throws {
    let runs = Simulation.supervised(Self.law, count: 60, noise: 3e-3, seed: 43)
    let fit = try fitChinchilla(runs)
    let law = try #require(SupervisedLaw(coefficients: fit.coefficients))
    let found = try profilesComputeOptimum(
      runs, fixedGamma: true, coefficients: fit.coefficients, budgets: [1e20, 1e22],
      options: ProfileOptions(confidence: 0.95, scouts: 4096))
    #expect(try #require(found.exponent).interval.contains(Self.law.computeOptimalParameterExponent))
    for budget in found.budgets {
      let (own, truth) = (
        law.optimalParameters(compute: budget.compute), Self.law.optimalParameters(compute: budget.compute)
      )
      #expect(budget.parameters.interval.contains(truth) && abs(log(budget.parameters.estimate / own)) < 0.2)
      #expect(budget.tokens.interval.contains(budget.compute / 6 / truth))
      #expect(budget.loss.interval.contains(Self.law.loss(parameters: truth, tokens: budget.compute / 6 / truth)))
      // Every law of the profile has the value that it stands at, in size and in loss.
      for (profile, value) in [
        (budget.parameters, { (law: SupervisedLaw) in law.optimalParameters(compute: budget.compute) }),
        (
          budget.loss,
          { law in
            let size = law.optimalParameters(compute: budget.compute)
            return law.loss(parameters: size, tokens: budget.compute / 6 / size)
          }
        ),
      ] {
        for point in profile.points where point.ratio < 20 {
          let law = try #require(SupervisedLaw(coefficients: point.coefficients))
          #expect(abs(log(value(law) / point.value)) < 1e-4, "\(profile.name)")
        }
      }
    }
  }
}
