import Formats
import Foundation
import Laboratory
import Randomness
import Testing

@Suite struct CalibrationTests {
  /// Predictions of a model whose confidences come true with a chance that is higher by `shift`.
  private func diagram(shift: Double, blocks: Int = 40, perBlock: Int = 500) -> RunRecord.Reliability {
    var counter = ReliabilityCounter()
    var generator = CounterGenerator(seed: 3)
    for block in 0..<blocks {
      for _ in 0..<perBlock {
        let confidence = 0.2 + 0.6 * generator.uniform()
        let hit = generator.uniform() < confidence + shift
        counter.add(confidence: confidence, outcome: hit ? 1 : 0, block: block)
      }
    }
    return counter.reliability()
  }

  @Test func aCalibratedModelIsAtTheFloorAndAnOverconfidentOneIsNot() {
    let calibrated = diagram(shift: 0)
    #expect(calibrated.problem == nil)
    #expect(calibrated.counts.reduce(0, +) == 20_000)
    // The floor is what counting alone gives: the error lies about it, and the interval reaches down to it.
    #expect(calibrated.error < 2 * calibrated.floor && calibrated.error > 0.3 * calibrated.floor, "\(calibrated)")
    let overconfident = diagram(shift: -0.1)
    #expect(abs(overconfident.error - 0.1) < 0.01)
    #expect(overconfident.low < overconfident.error && overconfident.error < overconfident.high)
    #expect(overconfident.low > 0.085 && overconfident.high < 0.115)
    #expect(overconfident.low > 5 * overconfident.floor)
  }

  @Test func truncationIsMeasuredOnTheHeldOutText() throws {
    let trainer = try Trainer(TrainerTests.configuration(steps: 4), corpus: TrainerTests.corpus)
    trainer.trainStep()
    let kept = trainer.keptProbability()
    let counts = [1, 2, 4, 8, 16, 32, 64].compactMap { kept["top-\($0)"] }
    #expect(counts.count == 7 && zip(counts, counts.dropFirst()).allSatisfy(<))
    // After one step the probability is still spread wide: the most probable half of the tokens has little more than half.
    #expect(counts[6] > 0.5 && counts[6] < 0.9, "\(counts)")
    // The smallest set that reaches p has at least p, and less than the next token more.
    for share in [0.5, 0.7, 0.8, 0.9, 0.95, 0.99] {
      let value = try #require(kept["nucleus-\(share)"])
      #expect(value >= share && value < share + 0.03)
    }
  }

  @Test func theErrorIsEquation38() {
    // Two bins: 3 predictions at 0.5 with one hit, one at 1 with a hit.
    var counter = ReliabilityCounter()
    for hit in [1.0, 0, 0] { counter.add(confidence: 0.5, outcome: hit, block: 0) }
    counter.add(confidence: 1, outcome: 1, block: 1)
    let reliability = counter.reliability()
    #expect(abs(reliability.error - (3.0 / 4) * abs(1.0 / 3 - 0.5)) < 1e-3)
    #expect(reliability.counts[10] == 3 && reliability.counts[20] == 1)
  }

  @Test func impossibleDiagramsAreNamed() {
    var reliability = diagram(shift: 0)
    reliability.error += 0.01
    #expect(reliability.problem?.contains("its bins give") == true)
    reliability = diagram(shift: 0)
    reliability.outcomes[10] = Double(reliability.counts[10]) + 1
    #expect(reliability.problem?.contains("bin 11") == true)
    reliability.outcomes.removeLast()
    #expect(reliability.problem?.contains("21") == true)
  }
}
