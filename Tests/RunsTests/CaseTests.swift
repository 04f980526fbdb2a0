import Formats
import Foundation
import Testing

import Runs

/// Small inputs of kinds that went wrong, each as `Cases/NAME` holds it: what is read, what is said, what is refused.
@Suite struct CaseTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")

  /// Keeps what tests write until they end.
  private let own: Folder

  init() throws { own = try Folder() }

  private func path(_ name: String) -> String { Self.folder.appendingPathComponent(name).path }

  private func read(_ name: String, _ change: (inout ReadingOptions) -> Void = { _ in }) throws -> ImportedRuns {
    var options = ReadingOptions()
    change(&options)
    return try importRuns(path(name), options)
  }

  private func failure(_ name: String, _ change: (inout ReadingOptions) -> Void = { _ in }) throws -> StageError {
    try #require(throws: StageError.self) { try read(name, change) }
  }

  @Test func decimalCommasMakeTooManyFields() throws {
    let error = try failure("04-decimal-commas/runs.csv")
    #expect(error.line == 2)
    #expect(error.message.contains("4 fields") && error.message.contains("header has 3"))
    #expect(error.message.contains("decimal commas"))
  }

  @Test func semicolonsAndDecimalCommasAreReadAndSaid() throws {
    let runs = try read("05-semicolons/runs.csv")
    #expect(runs.records.first.map { [$0.parameters, $0.tokens, $0.loss] } == [412_239_449, 16_252_063_004, 2.6239])
    #expect(runs.notes.contains { $0.contains("semicolons") } && runs.notes.contains { $0.contains("decimal commas") })
  }

  @Test func separatedThousandsAreReadAndSaid() throws {
    let runs = try read("06-thousands/runs.csv")
    #expect(runs.records.first.map { [$0.parameters, $0.tokens, $0.loss] } == [412_239_449, 16_252_063_004, 2.6239])
    #expect(runs.notes.count { $0.contains("separated thousands") } == 2)
  }

  @Test func aFileThatEndsInANumberIsNotWhole() throws {
    let error = try failure("07-cut-in-a-number/runs.csv")
    #expect(error.line == 25 && error.message.contains("the last line is not whole"))
  }

  @Test func millionsAndBillionsAreGuessed() throws {
    let doubtful = try read("08-millions-and-billions/runs.csv")
    #expect(doubtful.warnings.contains { $0.contains("--parameters-unit M") })
    #expect(doubtful.warnings.contains { $0.contains("--tokens-unit B") })
    let settled = try read("08-millions-and-billions/runs.csv") { ($0.parametersUnit, $0.tokensUnit) = (1e6, 1e9) }
    #expect(settled.warnings.isEmpty)
    #expect(settled.records.first.map { [$0.parameters, $0.tokens] } == [412.239 * 1e6, 16.2521 * 1e9])
  }

  @Test func theChoiceOfTwoLossesIsAskedFor() throws {
    let error = try failure("09-other-names/runs.csv")
    #expect(error.line == 1)
    for part in ["`eval/loss`", "`train/loss`", "--columns loss='eval/loss'"] { #expect(error.message.contains(part)) }
    let runs = try read("09-other-names/runs.csv") { $0.columns = [.loss: "train/loss"] }
    #expect(runs.records.count == 24 && runs.records.first?.loss == 2.723932)
    #expect(runs.records.first.map { [$0.parameters, $0.tokens] } == [412_239_449, 16_252_063_004])
    #expect(runs.records.first?.run == "run-0")
  }

  @Test func whichSizeIsTakenIsSaid() throws {
    let runs = try read("10-total-and-non-embedding/runs.csv")
    #expect(runs.records.first?.parameters == 412_239_449)
    #expect(
      runs.notes.contains { $0.contains("`N_no_emb` (non-embedding parameters)") && $0.contains("--columns parameters='N'") })
    let total = try read("10-total-and-non-embedding/runs.csv") { $0.columns = [.parameters: "N"] }
    #expect(total.records.first?.parameters == 514_075_366 && total.notes.isEmpty)
  }

  @Test func checkpointsOfTrainingsAreFound() throws {
    let runs = try read("11-checkpoints-of-trainings/runs.csv")
    #expect(Set(runs.records.map(\.training)).count == 9 && runs.records.allSatisfy { $0.training != nil })
    #expect(runs.warnings.contains { $0.contains("108 runs are checkpoints of 9 trainings") && $0.contains("--cluster none") })
    #expect(try loadRuns(path("11-checkpoints-of-trainings/runs.csv")).supervised.allSatisfy { $0.training != nil })
    let alone = try read("11-checkpoints-of-trainings/runs.csv") { $0.findsTrainings = false }
    #expect(alone.warnings.isEmpty && alone.records.count == 108 && alone.records.allSatisfy { $0.training == nil })
    let last = try read("11-checkpoints-of-trainings/runs.csv") { $0.choice = .last }
    #expect(last.records.count == 9 && last.warnings.isEmpty)
  }

  @Test func checkpointsAreFoundWithoutNames() throws {
    let text = try String(contentsOfFile: path("11-checkpoints-of-trainings/runs.csv"), encoding: .utf8)
    let nameless = text.split(separator: "\n").map { $0.split(separator: ",").dropFirst().joined(separator: ",") + "\n" }
      .joined()
    let runs = try importRuns(own.write(nameless, to: "runs.csv"))
    #expect(Set(runs.records.map(\.training)).count == 9 && runs.warnings.count == 1)
  }

  @Test func searchesForHyperparametersAreFound() throws {
    let runs = try read("13-learning-rates/runs.csv")
    #expect(runs.warnings.contains { $0.contains("72 runs at 6 (N, D)") && $0.contains("--select best") })
    let best = try read("13-learning-rates/runs.csv") { $0.choice = .best }
    #expect(best.records.count == 6 && best.warnings.isEmpty)
    #expect(best.notes == ["66 of 72 runs left out: not the best at its sizes"])
    for run in best.records {
      let cell = runs.records.filter { $0.parameters == run.parameters && $0.tokens == run.tokens }
      #expect(run.loss == cell.map(\.loss).min())
    }
  }

  @Test func theUnitOfLossesIsCarried() throws {
    #expect(try read("14-bits/runs.csv").records.allSatisfy { $0.lossUnit == LossUnit(.bits, per: .byte) })
    let loaded = try loadRuns(path("14-bits/runs.csv"), ReadingOptions(lossUnit: LossUnit(.bits, per: .token)))
    #expect(loaded.lossUnit == LossUnit(.bits, per: .byte), "the column is in bits per byte, whatever bits alone say")
    let words = try loadRuns(path("14-bits/runs.csv"), ReadingOptions(lossUnit: LossUnit(.nats, per: .word)))
    #expect(words.lossUnit == LossUnit(.nats, per: .word))
  }

  @Test func linesOfJSONNeedNoMoreThanThreeNumbers() throws {
    let runs = try read("15-minimal-jsonl/runs.jsonl")
    #expect(runs.records.count == 24 && runs.warnings.isEmpty)
    #expect(runs.records.last.map { [$0.parameters, $0.tokens, $0.loss] } == [607_348_590, 15_820_111_034, 2.55364])
  }

  @Test func failedRunsAreLeftOutWhenAsked() throws {
    let error = try failure("16-nan-rows/runs.csv")
    #expect(error.line == 22 && error.message.contains("3 more rows") && error.message.contains("--leave-out-failed"))
    let runs = try read("16-nan-rows/runs.csv") { $0.leavesOutFailed = true }
    #expect(runs.records.count == 20)
    #expect(runs.notes.contains { $0.hasPrefix("4 of 24 runs left out") && $0.contains("line 22") })
  }

  @Test func summedLossesAreDoubted() throws {
    let warnings = try read("17-students-in-summed-loss/runs.csv").warnings
    #expect(warnings.contains { $0.contains("above the log of any vocabulary") })
    #expect(warnings.contains { $0.contains("times its teacher's") })
  }

  @Test func exportedTablesSayWhatDidNotFinish() throws {
    #expect(try read("20-wandb-export/runs.csv").warnings.contains { $0.contains("4 crashed") })
    let finished = try read("20-wandb-export/runs.csv") { $0.leavesOutFailed = true }
    #expect(finished.records.count == 20 && finished.notes == ["4 of 24 runs left out: not finished (4 crashed)"])
    let chosen = try read("20-wandb-export/runs.csv") {
      $0.columns = [.parameters: "model.n_params", .loss: "eval/loss"]
      $0.conditions = ["State=finished", "tokens>1e9"]
    }
    #expect(chosen.records.allSatisfy { $0.tokens > 1e9 } && chosen.notes.count == 2)
  }
}
