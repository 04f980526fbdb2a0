import Formats
import Findings
import Foundation
import Testing

/// Findings on how to distil, from students with losses and scores that are made up: reconstructed, never measured.
@Suite struct PracticeFindingsTests {
  private func run(
    _ loss: Double, seed: Int, mixing: Double = 1, temperature: Double = 1, direction: String = "forward",
    isLaw: Bool = false
  ) -> RunRecord {
    RunRecord(
      run: "\(seed) \(mixing) \(temperature) \(direction)", kind: .distillation, origin: .reconstructed,
      purpose: isLaw ? .law : .tuning, sweep: "s", parameters: 6656, tokens: 1e6, compute: 1e11, loss: loss, seed: seed,
      recipe: .init(batchTokens: 1024, steps: 10, peakLearningRate: 0.02, warmupSteps: 2, weightDecay: 0, split: "student"),
      distillation: .init(
        teacherRun: "t", teacherLoss: 1.5, teacherParameters: 5e4, teacherTokens: 1e6, temperature: temperature,
        mixing: mixing, direction: direction, truncation: "full"))
  }

  private func records(seeds: Int) -> [RunRecord] {
    (1...seeds).flatMap { seed in
      let level = 2 + 0.1 * Double(seed), wobble = [0.003, -0.003, 0.001][seed % 3]
      return [
        run(level, seed: seed, isLaw: true), run(level * 1.0002 + wobble, seed: seed, mixing: 0.5),
        run(level * 1.1 + wobble, seed: seed, temperature: 4), run(level * 1.12 - wobble, seed: seed, direction: "reverse"),
      ]
    }
  }

  @Test func whatIsBeyondTheNoiseIsSaidAndWhatIsWithinIsNot() throws {
    let findings = PracticeFindings(study: "test", records: records(seeds: 3))
    let mixing = try #require(findings.mixing?.series.first)
    #expect(mixing.settings.map(\.isAmongLowest) == [true, true])
    let temperature = try #require(findings.temperature?.series.first)
    #expect(temperature.settings.map(\.isAmongLowest) == [true, false])
    #expect(findings.markdown.contains("No runs yet"), "the learning rate was not varied")
    let table = try #require(DirectionTable(findings))
    #expect(table.rows.count == 1 && table.rows[0].forward.seeds == 3)
    #expect(try abs(#require(table.rows[0].reverse.difference).mean - log(1.12)) < 0.001)
    #expect(table.markdown.contains("2.42 | 2.70") && table.csv.split(separator: "\n").count == 2)
    #expect(table.latex.contains("\\%") && !table.latex.contains("±"))
  }

  @Test func oneSeedIsSaidToTellNothing() throws {
    let findings = PracticeFindings(study: "test", records: records(seeds: 1))
    #expect(findings.mixing?.noise == nil)
    #expect(findings.markdown.contains("without a second seed no difference is told from noise"))
    #expect(findings.markdown.contains("not tested"))
    #expect(!PracticeFindings(study: "test", records: records(seeds: 1)).isEmpty)
    #expect(PracticeFindings(study: "test", records: []).isEmpty)
  }

  /// Models whose score follows their loss, and distilled ones that score `effect` more.
  private func scored(effect: Double, shift: Double = 0) -> [RunRecord] {
    (0..<60).map { index in
      let isStudent = index % 3 != 0
      let loss = 1.4 + 0.015 * Double(index) + (isStudent ? shift : 0)
      var run = run(loss, seed: index)
      if !isStudent { (run.kind, run.distillation) = (.supervised, nil) }
      run.distillation?.teacherRun = "t\(index % 10)"
      let noise = 0.002 * Double((index * 7) % 5 - 2)
      run.downstream = [
        .init(
          task: "ending", items: 1000, score: 0.9 - 0.3 * loss + noise + (isStudent ? effect : 0), chance: 0.25,
          standardError: 0.01)
      ]
      return run
    }
  }

  @Test func distilledModelsAreComparedAtOneLoss() throws {
    let alike = try #require(PracticeFindings(study: "test", records: scored(effect: 0)).downstream.first)
    #expect(try !#require(alike.effect).leavesOutZero)
    #expect(alike.distilled == 40 && alike.supervised == 20 && alike.overlap > 0.9)
    #expect(try abs(#require(alike.slope).estimate - 0.03) < 0.003)
    let better = try #require(PracticeFindings(study: "test", records: scored(effect: 0.05)).downstream.first)
    #expect(try #require(better.effect).low > 0.03)
    // Students of other losses than any supervised model's: said, since the curve alone compares them.
    let apart = try #require(PracticeFindings(study: "test", records: scored(effect: 0, shift: 2)).downstream.first)
    #expect(apart.overlap == 0)
  }
}
