import Formats
import Foundation
import Practice
import Testing

/// Students of one teacher with losses that are given, not trained: only their settings matter here.
struct Taught {
  static func run(
    _ loss: Double, seed: Int, parameters: Double = 6656, mixing: Double = 1, temperature: Double = 1, rate: Double = 0.02,
    direction: String = "forward", truncation: String = "full", purpose: RunRecord.Purpose = .tuning,
    teacher: String? = "t"
  ) -> RunRecord {
    RunRecord(
      run: "\(parameters) \(seed) \(mixing) \(temperature) \(rate) \(direction) \(truncation) \(purpose) \(teacher ?? "")",
      kind: teacher == nil ? .supervised : .distillation, origin: .reconstructed, purpose: purpose, sweep: "s",
      parameters: parameters, tokens: 1e6, compute: 1e11, loss: loss, seed: seed,
      model: .init(layers: 2, width: 16, feedForwardWidth: 48, heads: 2, context: 128, vocabulary: 128),
      recipe: .init(
        batchTokens: 1024, steps: 10, peakLearningRate: rate, warmupSteps: 2, weightDecay: 1e-4, split: "student"),
      distillation: teacher.map {
        .init(
          teacherRun: $0, teacherLoss: 1.5, teacherParameters: 5e4, teacherTokens: 1e6, temperature: temperature,
          mixing: mixing, direction: direction, truncation: truncation)
      })
  }

  /// Losses of three seeds that differ by seed far more than by lambda.
  static func mixed(_ effects: [Double: Double], noise: Double = 0.001) -> [RunRecord] {
    (1...3).flatMap { seed in
      effects.sorted { $0.key < $1.key }.enumerated().map { index, effect in
        let wobble = noise * Double((seed * 7 + index * 5) % 3 - 1)
        return run(
          2 * exp(0.1 * Double(seed) + effect.value + wobble), seed: seed, mixing: effect.key,
          purpose: effect.key == 1 ? .law : .tuning)
      }
    }
  }
}

@Suite struct SettingSeriesTests {
  @Test func aSeriesHoldsWhatDiffersInOneSettingAlone() throws {
    let records = [
      Taught.run(2, seed: 1, purpose: .law), Taught.run(2.1, seed: 1, mixing: 0.5), Taught.run(9, seed: 1, temperature: 2),
      Taught.run(9, seed: 1, mixing: 0.5, temperature: 2), Taught.run(2.2, seed: 1, purpose: .baseline, teacher: nil),
      Taught.run(9, seed: 1, parameters: 1e4, purpose: .law), Taught.run(3, seed: 2, purpose: .baseline, teacher: nil),
    ]
    let series = SettingSeries.all(.mixing, in: records)
    // The other size was never varied; the other seed has no student.
    #expect(series.count == 1)
    #expect(series[0].values.map(\.value) == [0, 0.5, 1])
    #expect(series[0].values.map(\.sorted) == [[2.2], [2.1], [2]])
    #expect(SettingSeries.all(.temperature, in: records).map { $0.values.map(\.value) } == [[1, 2]])
    #expect(SettingSeries.all(.direction, in: records).isEmpty)
  }

  @Test(arguments: [
    ("top-4", TeachingSetting.Truncation.top(4)), ("nucleus-0.9", .nucleus(0.9)), ("full", .full), ("top-x", nil),
    ("half", nil),
  ]) func truncationsAreReadAsLogsWriteThem(text: String, expected: TeachingSetting.Truncation?) {
    #expect(TeachingSetting.Truncation(text) == expected)
  }

  @Test func theWholeDistributionStandsAtTheVocabulary() throws {
    let two = [Taught.run(2, seed: 1, purpose: .law), Taught.run(2.5, seed: 1, truncation: "top-4")]
    #expect(SettingSeries.all(.top(mixing: 1), in: two).isEmpty, "one truncation is no series")
    let records = two + [Taught.run(2.2, seed: 1, truncation: "top-8")]
    let series = try #require(SettingSeries.all(.top(mixing: 1), in: records).first)
    #expect(series.values.map(\.value) == [4, 8, 128] && series.plainValue == 128)
    #expect(SettingSeries.all(.nucleus, in: records).isEmpty)
  }

  @Test func differencesAreTakenWithinSeeds() throws {
    // Seeds differ by ten per cent, lambda by one: only within a seed is that seen.
    let series = SettingSeries.all(.mixing, in: Taught.mixed([0.5: 0.01, 0.9: 0.0, 1: 0.0004]))
    let noise = try #require(PairedNoise(series))
    #expect(noise.degreesOfFreedom == 4 && noise.standardDeviation < 0.003)
    let half = try #require(series[0].value(0.5)), plain = try #require(series[0].value(1))
    let difference = try #require(series[0].difference(half, to: plain, noise: noise))
    #expect(abs(difference.mean - 0.0096) < 0.002 && difference.seeds == 3)
    #expect(try difference.mean - #require(difference.halfWidth) > 0)
    let told = try #require(series[0].indistinguishable(noise: noise))
    #expect(!told.contains(0.5) && told.contains(0.9) && told.contains(1), "\(told)")
  }

  @Test func oneSeedCallsNothingBest() {
    let records = Taught.mixed([0.5: 0.5, 1: 0]).filter { $0.seed == 1 }
    let series = SettingSeries.all(.mixing, in: records)
    #expect(PairedNoise(series) == nil)
    #expect(series[0].indistinguishable(noise: nil) == nil)
    #expect(series[0].lowest?.value == 1)
  }

  @Test func theLowestIsJudgedOnSeedsThatAllValuesHave() {
    // The second seed, whose losses are all lower, was only run at 0.5.
    let records = [
      Taught.run(2, seed: 1, purpose: .law), Taught.run(2.1, seed: 1, mixing: 0.5), Taught.run(1, seed: 2, mixing: 0.5),
    ]
    let series = SettingSeries.all(.mixing, in: records)[0]
    #expect(series.lowest?.value == 1)
    #expect(series.values.map(series.commonMean) == [2.1, 2])
  }
}
