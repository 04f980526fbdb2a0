import Formats
import Foundation
import Randomness
import Testing

import Verification

/// Simulated seeds, whose noise is known.
@Suite struct NoiseModelTests {
  /// Configurations of many lengths and teachers, each from several seeds, about a loss that is theirs.
  private func runs(
    seeds: Int, kind: RunRecord.Kind, draw: UInt64 = 1, shift: (Int) -> Double = { _ in 0 }, sigma: (Double, Double) -> Double
  ) -> [RunRecord] {
    var generator = CounterGenerator(seed: draw)
    var runs = [RunRecord]()
    for cell in 0..<40 {
      let tokens = 2e5 * pow(100, Double(cell % 8) / 7), teacher = 1.2 + 0.2 * Double(cell / 8)
      for seed in 0..<seeds {
        let loss = 1.6 * exp(sigma(tokens, teacher / 1.6) * generator.normal() + shift(cell))
        runs.append(
          RunRecord(
            run: "\(cell)-\(seed)", kind: kind, origin: .measured, purpose: .law, sweep: "s", parameters: 1e5 + Double(cell),
            tokens: tokens, compute: 1, loss: loss, seed: seed,
            distillation: kind == .supervised
              ? nil : .init(teacherRun: "t\(cell / 8)", teacherLoss: teacher, teacherParameters: nil, teacherTokens: nil)))
      }
    }
    return runs
  }

  private func strength(_ run: RunRecord) -> Double? { run.distillation.map { $0.teacherLoss / 1.6 } }

  @Test func theNoiseOfLengthsAndTeachersIsFound() throws {
    let truth = [-5.0, -0.4, -8.0]
    let runs = runs(seeds: 30, kind: .distillation) { tokens, strength in
      exp(truth[0] + truth[1] * log(tokens / 1e6) + truth[2] * log1p(pow(strength, 32)) / 32)
    }
    let model = try #require(NoiseModel(runs, strength: strength))
    #expect(model.coefficients.count == 3 && model.degreesOfFreedom == 40 * 29)
    for (place, value) in truth.enumerated() {
      let error = model.covariance[place][place].squareRoot()
      #expect(abs(model.coefficients[place] - value) < 3 * error, "\(model.coefficients)")
      #expect(error < 0.05 * abs(value) + 0.1)
    }
    #expect(try #require(model.chanceOfOneNoise) < 1e-6)
  }

  @Test func intervalsHoldTheNoise() throws {
    var held = 0
    for draw in 1...100 {
      let runs = runs(seeds: 3, kind: .supervised, draw: UInt64(draw)) { tokens, _ in exp(-5 - 0.3 * log(tokens / 1e6)) }
      let model = try #require(NoiseModel(runs) { _ in nil })
      let interval = model.intervals(of: [runs[0]]) { _ in nil }[0]
      if interval.contains(exp(-5 - 0.3 * log(runs[0].tokens / 1e6))) { held += 1 }
    }
    #expect((82...97).contains(held), "nominal coverage is 90%: \(held)")
  }

  /// Of runs drawn with a known noise the mean square is held against it: about 1 for the law, more for another.
  @Test func aKnownNoiseIsHeldAgainstTheResiduals() throws {
    let runs = runs(seeds: 3, kind: .supervised) { _, _ in 0.01 }
    let fit = try #require(LackOfFit(runs, coefficients: 0, predict: { _ in 1.6 }, drawn: 0.01))
    #expect(fit.runs == 120 && fit.freedomAbove == 120 && fit.freedomBelow == 0)
    let squares = runs.reduce(0) { $0 + pow(log($1.loss / 1.6) / 0.01, 2) }
    #expect(abs(fit.ratio - squares / 120) < 1e-12 && abs(fit.ratio - 1) < 0.4 && fit.probability > 0.01)
    let off = try #require(LackOfFit(runs, coefficients: 6, predict: { _ in 1.63 }, drawn: 0.01))
    #expect(off.ratio > 3 && off.probability < 1e-6 && off.freedomAbove == 114)
    #expect(LackOfFit(runs, coefficients: 120, predict: { _ in 1.6 }, drawn: 0.01) == nil)
  }

  @Test func oneNoiseIsTakenForOne() throws {
    let model = try #require(NoiseModel(runs(seeds: 6, kind: .supervised) { _, _ in 0.01 }) { _ in nil })
    #expect(try #require(model.chanceOfOneNoise) > 0.01)
    #expect(NoiseModel(runs(seeds: 1, kind: .supervised) { _, _ in 0.01 }) { _ in nil } == nil)
  }

  @Test func aTrueLawFitsAndAWrongOneDoesNot() throws {
    let sigma = { (tokens: Double, _: Double) in 0.01 * pow(tokens / 1e6, -0.4) }
    func test(_ runs: [RunRecord]) throws -> LackOfFit {
      try #require(LackOfFit(runs, coefficients: 1, predict: { _ in 1.6 }, noise: { sigma($0.tokens, 1) }))
    }
    let good = try test(runs(seeds: 4, kind: .supervised, sigma: sigma))
    #expect(good.probability > 0.01 && good.freedomAbove == 39 && good.freedomBelow == 120)
    let bad = try test(runs(seeds: 4, kind: .supervised, shift: { $0 % 2 == 0 ? 0.01 : -0.01 }, sigma: sigma))
    #expect(bad.probability < 1e-6 && bad.ratio > 2)
    #expect(
      LackOfFit(runs(seeds: 1, kind: .supervised, sigma: sigma), coefficients: 1, predict: { _ in 1.6 }, noise: { _ in 1 })
        == nil)
  }
}
