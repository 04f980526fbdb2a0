import Formats
import Foundation
import Testing

/// Runs as people have them, through the stages: what is said, and what later stages read.
@Suite struct CaseStageTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func path(_ name: String) -> String {
    TemporaryFolder.repository.appendingPathComponent("Tests/RunsTests/Cases/\(name)").path
  }

  private func fit(_ name: String, _ more: String..., law: String = "chinchilla") throws -> StageResult {
    try Stage.run(
      "distill-fit", ["--law", law, "--runs", path(name), "--output", "fit.json"] + more, in: folder.url)
  }

  private func document() throws -> FitDocument { try FitDocument.read(from: folder.path("fit.json")) }

  @Test(arguments: [
    ("01-one-number-of-tokens/runs.csv", ["B", "E", "beta"]), ("02-one-size/runs.csv", ["A", "E", "alpha"]),
    ("03-constant-tokens-per-parameter/runs.csv", ["A", "B", "E", "alpha", "beta"]),
  ]) func whatIsNotDeterminedHasNoDigits(name: String, names: [String]) throws {
    let result = try fit(name)
    #expect(result.status == 0 && result.output.contains("not determined"))
    #expect(try document().undetermined?.sorted() == names)
    #expect(try names.allSatisfy { try document().coefficients[$0] == nil })
    let bootstrap = try Stage.run(
      "distill-bootstrap", ["--law", "chinchilla", "--runs", path(name), "--fit", "fit.json", "--resamples", "8"],
      in: folder.url)
    #expect(bootstrap.status == 0 && bootstrap.output.contains("not determined"), "\(bootstrap)")
  }

  @Test func oneTeacherSaysNothingOfTheLaw() throws {
    let result = try fit("18-one-teacher/runs.csv", "--supervised", "published", law: "distillation")
    #expect(result.status == 0 && result.output.contains("not determined"), "\(result)")
    #expect(try Set(["c0", "c1", "f1", "d1"]).isSubset(of: document().undetermined ?? []))
  }

  @Test func aFitCarriesHowItsRunsWereRead() throws {
    let result = try fit("14-bits/runs.csv", "--loss-unit", "bits", "--where", "N<2e9")
    #expect(result.status == 0 && result.output.contains("bits per byte"), "\(result)")
    #expect(try document().lossUnit == LossUnit(.bits, per: .byte))
    #expect(try document().selection.reading?.conditions == ["N<2e9"])
    // The same runs are found again without the options.
    let bootstrap = try Stage.run(
      "distill-bootstrap",
      ["--law", "chinchilla", "--runs", path("14-bits/runs.csv"), "--fit", "fit.json", "--resamples", "8"], in: folder.url)
    #expect(bootstrap.status == 0, "\(bootstrap)")
  }

  @Test func intervalsOfCheckpointsAreByTraining() throws {
    func width(_ more: String...) throws -> Double {
      #expect(try fit("11-checkpoints-of-trainings/runs.csv").status == 0)
      let bootstrap = try Stage.run(
        "distill-bootstrap",
        [
          "--law", "chinchilla", "--runs", path("11-checkpoints-of-trainings/runs.csv"), "--fit", "fit.json", "--resamples",
          "64", "--output", "intervals.json",
        ] + more, in: folder.url)
      #expect(bootstrap.status == 0, "\(bootstrap)")
      let alpha = try #require(BootstrapDocument.read(from: folder.path("intervals.json")).intervals["alpha"])
      return alpha.high - alpha.low
    }
    #expect(try width() > 2 * width("--resample", "runs"))
  }

  @Test func doubtsAreSaidAndKept() throws {
    let result = try fit("08-millions-and-billions/runs.csv")
    #expect(result.status == 0 && result.errors.contains("warning: ") && result.errors.contains("--tokens-unit B"))
    #expect(try document().readingWarnings?.count == 2)
    #expect(try fit("08-millions-and-billions/runs.csv", "--parameters-unit", "M", "--tokens-unit", "B").errors.isEmpty)
    #expect(try document().readingWarnings == nil)
  }

  @Test func studiesAreMadeOfOtherProgramsLogs() throws {
    let new = try Stage.run(
      "distill-study",
      ["new", "mine", "--runs", path("19-trainer-state"), path("20-wandb-export/runs.csv"), "--parameters", "124M"],
      in: folder.url)
    #expect(new.status == 0 && new.output.contains("warning: runs: runs did not finish (4 crashed)"), "\(new)")
    let log = try folder.read("Studies/mine/logs/19-trainer-state.jsonl")
    #expect(log.contains(#""tokens":26214400"#) && log.contains(#""loss":2.3903"#) && log.contains("evaluationCurve"))
    let shown = try Stage.run("distill-study", ["show", "mine"], in: folder.url)
    #expect(shown.output.contains("4 crashed"), "\(shown)")
  }
}
