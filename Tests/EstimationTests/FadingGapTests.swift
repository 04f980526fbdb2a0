import Estimation
import Foundation
import PaperStudy
import Randomness
import ScalingLaws
import SimulatedObservations
import Testing

/// Fits of the monotone law and of the law with a fading gap.
@Suite struct FadingGapTests {
  static let truth = FadingGapLaw(
    parameterCoefficient: 3000, tokenCoefficient: 4e4, alpha: 0.4, beta: 0.45, gamma: 0.9, sharpness: 4, gap: 3e8,
    fading: 0.9)

  /// Runs of the paper's ranges with losses of the law.
  private func runs(_ law: FadingGapLaw, count: Int = 96, noise: Double, seed: UInt64) -> [DistillationObservation] {
    let random = CounterRandom(seed: seed, stream: 9)
    return Simulation.distillation(count: count, noise: noise, seed: seed).enumerated().map { index, run in
      var run = run
      run.studentLoss =
        law.loss(studentParameters: run.studentParameters, studentTokens: run.studentTokens, teacherLoss: run.teacherLoss)
        * exp(noise * Simulation.normal(random, index))
      return run
    }
  }

  private static let forms: [(DistillationForm, [String: Double])] = [
    (.monotone, truth.coefficients.filter { FadingGapLaw.monotoneNames.contains($0.key) }), (.fadingGap, truth.coefficients),
  ]

  @Test(arguments: forms) func theObjectiveIsTheLaws(form: DistillationForm, coefficients: [String: Double]) throws {
    let runs = Simulation.distillation(count: 45, noise: 0.02, seed: 80)
    let model = FadingGapModel(runs, hasGap: form == .fadingGap)
    let point = try #require(model.point(coefficients))
    #expect(Set(model.coefficients(at: point).keys) == Set(coefficients.keys) && coefficients.count == form.coefficients)
    for (name, value) in model.coefficients(at: point) {
      #expect(abs(value / (coefficients[name] ?? .nan) - 1) < 1e-11, "\(name)")
    }
    let law = try #require(RivalLaw(form: form, coefficients: coefficients, supervised: .published))
    for delta in [1e-4, 10] {
      let value = HuberObjective(model, delta: delta).evaluate(at: point).objective
      let expected = huberSum(runs.map { log(law.loss(of: $0) / $0.studentLoss) }, delta: delta)
      #expect(abs(value / expected - 1) < 1e-9)
    }
  }

  @Test(arguments: [false, true], 0..<4) func gradientsAreTheSlopes(hasGap: Bool, index: Int) {
    let random = CounterRandom(seed: 81, stream: UInt64(index))
    let u = (0..<8).map { random.uniform(at: UInt64($0)) }
    let model = FadingGapModel(Simulation.distillation(count: 45, noise: 0.02, seed: 82), hasGap: hasGap)
    let x: FadingGapModel.Point = [
      u[0], u[1], 0.1 + u[2], 0.1 + u[3], 0.3 + 0.5 * u[4], 0.05 + u[5], hasGap ? 0.1 + u[6] : 0, hasGap ? 0.1 + u[7] : 0,
    ]
    let charted = model.charted(around: x)
    for (f, point) in [
      (HuberObjective(model, delta: 50), x), (HuberObjective(charted, delta: 50), charted.toChart(x)),
    ] {
      let gradient = f.evaluate(at: point).gradient
      for j in 0..<FadingGapModel.dimension {
        var (low, high) = (point, point)
        low[j] -= 1e-6
        high[j] += 1e-6
        let slope = (f.evaluate(at: high).objective - f.evaluate(at: low).objective) / 2e-6
        if model.free[j] == 0 {
          #expect(gradient[j] == 0)
        } else {
          #expect(abs(gradient[j] - slope) < 1e-5 * (1 + abs(slope)), "\(j)")
        }
      }
    }
  }

  @Test func eachLawIsFoundWhereItHolds() throws {
    let options = FitOptions(thinning: 13)
    let runs = runs(Self.truth, noise: 1e-3, seed: 83)
    let monotone = try fitDistillation(runs, supervised: .published, form: .monotone, options: options)
    let fit = try fitDistillation(runs, supervised: .published, form: .fadingGap, options: options)
    #expect(fit.meanAbsoluteRelativeError < 1.1e-3 && fit.objective < 0.7 * monotone.objective)
    for name in ["q", "kappa"] {
      #expect(abs((fit.coefficients[name] ?? .nan) / Self.truth.coefficients[name]! - 1) < 0.3, "\(fit.coefficients)")
    }
    var flat = Self.truth
    flat.gap = 0
    let without = self.runs(flat, noise: 1e-3, seed: 84)
    let found = try fitDistillation(without, supervised: .published, form: .monotone, options: options)
    #expect(found.meanAbsoluteRelativeError < 1.1e-3 && found.coefficients["g"] == nil)
    let law = try #require(RivalLaw(form: .monotone, coefficients: found.coefficients, supervised: .published))
    let errors = without.map { abs(law.loss(of: $0) / $0.studentLoss - 1) }
    #expect(abs(errors.max()! - found.maxAbsoluteRelativeError) < 1e-9)
  }

  /// A search with little effort from a good fit is as good as that, and takes far fewer evaluations.
  @Test func aQuickSearchGoesOnFromAFit() throws {
    let runs = runs(Self.truth, noise: 3e-3, seed: 85)
    let whole = try fitDistillation(runs, supervised: .published, form: .fadingGap, options: FitOptions(thinning: 13))
    let quick = try fitDistillation(
      runs, supervised: .published, form: .fadingGap, from: whole.coefficients,
      options: FitOptions(thinning: 997, isQuick: true))
    #expect(quick.objective <= whole.objective * (1 + 1e-9) && quick.evaluations < whole.evaluations / 2)
    // What a simpler form lacks is left out of where it starts.
    let unit = try fitDistillation(
      runs, supervised: .published, form: .unitGamma, from: DistillationLaw.printed.coefficients,
      options: FitOptions(thinning: 30011, isQuick: true))
    #expect(unit.coefficients["gamma"] == 1)
  }
}
