import Formats
import Foundation
import ScalingLaws
import Testing
import Verification

@Suite struct VerificationTests {
  static let law = SupervisedLaw(
    irreducibleLoss: 1, parameterCoefficient: 40, tokenCoefficient: 2e4, alpha: 0.5, beta: 0.8, gamma: 0.6)

  private func record(
    _ name: String, parameters: Double, tokens: Double, error: Double = 0, seed: Int? = nil
  ) -> RunRecord {
    RunRecord(
      run: name, kind: .supervised, origin: .reconstructed, purpose: .law, sweep: "test",
      parameters: parameters, tokens: tokens, compute: 6 * parameters * tokens,
      loss: Self.law.loss(parameters: parameters, tokens: tokens) / (1 + error), seed: seed)
  }

  @Test func errorsAreRelativeToTheObservedLoss() {
    let off = record("a", parameters: 1e5, tokens: 1e6, error: 0.02)
    #expect(abs(Self.law.prediction(of: off) / off.loss - 1.02) < 1e-12)
    let summary = ErrorSummary([0.02, -0.01])
    #expect(abs(summary.meanAbsolute - 0.015) < 1e-15)
    #expect(abs(summary.mean - 0.005) < 1e-15)
    #expect(summary.largestAbsolute == 0.02)
  }

  @Test func theNoiseFloorPoolsSeedsOfOneConfiguration() throws {
    let runs = [
      record("a", parameters: 1e5, tokens: 1e6, error: 0.01, seed: 1),
      record("b", parameters: 1e5, tokens: 1e6, error: -0.01, seed: 2),
      record("c", parameters: 2e5, tokens: 1e6, error: 0.5, seed: 1),
    ]
    let noise = try #require(NoiseFloor(runs))
    #expect(noise.configurations == 1 && noise.runs == 2 && noise.degreesOfFreedom == 1)
    // Two values at +-1% have a standard deviation of sqrt(2) percent.
    #expect(abs(noise.standardDeviation - 0.01 * 2.0.squareRoot()) < 1e-5)
    #expect(noise.low < noise.standardDeviation && noise.standardDeviation < noise.high)
    #expect(NoiseFloor([runs[2]]) == nil)
  }

  @Test func chiSquareIntervalsCoverTenDegreesOfFreedom() throws {
    // Tabulated: 3.940 and 18.307 are the 5% and 95% quantiles at ten degrees of freedom.
    let runs = (0..<11).map { record("\($0)", parameters: 1e5, tokens: 1e6, error: 0.001 * Double($0), seed: $0) }
    let noise = try #require(NoiseFloor(runs))
    #expect(abs(pow(noise.standardDeviation / noise.low, 2) * 10 - 18.307) < 0.0005)
    #expect(abs(pow(noise.standardDeviation / noise.high, 2) * 10 - 3.940) < 0.0005)
  }

  /// Tabulated 5% and 95% quantiles, from one degree of freedom, where approximations fail, to many.
  @Test(arguments: [
    (1, 0.003932, 3.8415), (2, 0.10259, 5.9915), (3, 0.35185, 7.8147), (5, 1.1455, 11.070),
    (30, 18.493, 43.773), (100, 77.929, 124.342),
  ]) func chiSquareIntervalsMatchTables(freedom: Int, low: Double, high: Double) throws {
    let runs = (0...freedom).map {
      record("\($0)", parameters: 1e5, tokens: 1e6, error: 0.001 * Double($0 % 3), seed: $0)
    }
    let noise = try #require(NoiseFloor(runs))
    #expect(noise.degreesOfFreedom == freedom)
    let quantiles = [noise.high, noise.low].map { pow(noise.standardDeviation / $0, 2) * Double(freedom) }
    #expect(abs(quantiles[0] / low - 1) < 1e-4, "\(quantiles[0])")
    #expect(abs(quantiles[1] / high - 1) < 1e-4, "\(quantiles[1])")
  }

  @Test func runsOfOneSeedOrOriginTellNothingOfTheSeeds() {
    let first = record("a", parameters: 1e5, tokens: 1e6, seed: 1)
    var again = record("b", parameters: 1e5, tokens: 1e6, error: 0.1, seed: 1)
    #expect(NoiseFloor([first, again]) == nil)
    again.seed = 2
    #expect(NoiseFloor([first, again]) != nil)
    again.origin = .measured
    #expect(NoiseFloor([first, again]) == nil)
  }

  @Test func aMissedTargetFails() {
    let runs = (1...30).map { record("\($0)", parameters: 1e4 * Double($0), tokens: 1e6) }
    func verification(_ weak: SupervisedLaw, threshold: Double = 1.65) -> Verification {
      Verification(
        study: "test",
        laws: [
          LawVerification(
            kind: .supervised, records: runs, all: Self.law.prediction(of:), weak: (weak.prediction(of:), threshold),
            target: 0.01)
        ])
    }
    #expect(verification(Self.law).passes)
    #expect(!verification(Self.law, threshold: 0).passes, "no stronger runs, nothing shown")
    var wrong = Self.law
    wrong.irreducibleLoss += 0.1
    let failed = verification(wrong)
    #expect(!failed.passes)
    #expect(failed.markdown.contains("FAIL") && failed.table.contains("FAIL"))
    #expect(failed.markdown.contains("30 reconstructed supervised runs"))
  }

  @Test func baselinesTestTheLawAndTuningRunsDoNot() throws {
    var runs = (1...30).map { record("\($0)", parameters: 1e4 * Double($0), tokens: 1e5 * Double($0)) }
    for index in 20..<30 { runs[index].purpose = index < 25 ? .baseline : .tuning }
    runs[20].loss *= 1.2
    runs[25].loss *= 10
    let verified = LawVerification(
      kind: .supervised, records: runs, all: Self.law.prediction(of:), weak: (Self.law.prediction(of:), runs[10].loss),
      target: 0.01)
    #expect(verified.data.reconstructedRuns == 20)
    let check = try #require(verified.checks.first { $0.name.hasSuffix("baselines that were not") })
    #expect(check.errors.runs == 5 && !check.passes)
    #expect(verified.lengths.reduce(0) { $0 + $1.errors.runs } == 25)
  }
}
