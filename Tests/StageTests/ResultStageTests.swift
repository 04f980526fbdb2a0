import Foundation
import Testing

/// Bad input to the stages that read fits: one line, a failure, and what was there stays as it was.
@Suite struct ResultStageTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Fixtures.log(Fixtures.records()), to: "runs.jsonl")
    let fit = try run("distill-fit", "--law", "chinchilla", "--runs", "runs.jsonl", "--output", "fit.json")
    #expect(fit.status == 0, "\(fit.errors)")
  }

  private func run(_ name: String, _ arguments: String...) throws -> StageResult {
    try Stage.run(name, arguments, in: folder.url)
  }

  /// Runs the bootstrap on `runs` and `fit` into a file that is there already.
  private func bootstrap(law: String = "chinchilla", runs: String = "runs.jsonl", fit: String) throws -> StageResult {
    try folder.write("kept", to: "intervals.json")
    let result = try run(
      "distill-bootstrap", "--law", law, "--runs", runs, "--fit", fit, "--resamples", "8",
      "--output", "intervals.json")
    if result.status != 0 { #expect(try folder.read("intervals.json") == "kept") }
    return result
  }

  @Test func aFitThatIsNoneIsNamed() throws {
    for (text, name) in [("", "empty.json"), ("{\"law\": \"chin", "cut.json"), ("[]", "other.json")] {
      try folder.write(text, to: name)
      Stage.expectFailure(try bootstrap(fit: name), saying: "\(name): expected a fit")
    }
    Stage.expectFailure(try bootstrap(fit: "absent.json"), saying: "absent.json: does not exist")
  }

  @Test func aFitOfAnotherLawOrOfOtherRunsIsRefused() throws {
    Stage.expectFailure(
      try bootstrap(law: "supervised", fit: "fit.json"),
      saying: "fit.json: expected a fit of the supervised law, found chinchilla")
    try folder.write(Fixtures.log(Array(Fixtures.records().dropLast())), to: "fewer.jsonl")
    Stage.expectFailure(
      try bootstrap(runs: "fewer.jsonl", fit: "fit.json"), saying: "fit.json: was not made from the runs in fewer.jsonl")
    #expect(try bootstrap(fit: "fit.json").status == 0)
  }

  @Test(arguments: ["distill-fit", "distill-bootstrap"]) func badRunsAreNamedByFileAndLine(stage: String) throws {
    let good = try Fixtures.log(Array(Fixtures.records().prefix(2)))
    let cases = [
      (good + String(good.prefix(60)), "cut.jsonl", "cut.jsonl:3: "), ("", "empty.jsonl", "empty.jsonl: "),
      ("C,N,D\n1,2,3\n", "columns.csv", "columns.csv:1: expected a header"),
      ("N,D,loss\n1e5,1e6,1.5\n-1e5,1e6,1.5\n", "negative.csv", "negative.csv:3: N should be"),
      ("N,D,loss\n1e5,1e6,nan\n", "nan.csv", "nan.csv:2: loss should be"),
      ("not a database", "text.sqlite", "text.sqlite: "),
    ]
    for (text, name, expected) in cases {
      try folder.write(text, to: name)
      let fit = stage == "distill-fit" ? [] : ["--fit", "fit.json"]
      let result = try Stage.run(stage, ["--law", "chinchilla", "--runs", name] + fit, in: folder.url)
      Stage.expectFailure(result, saying: expected)
    }
  }

  /// Renders into a folder that holds a figure already, which must stay.
  private func render(study: String = "lab", figure: String = "5", runs: String = "runs.jsonl") throws -> StageResult {
    try folder.write("kept", to: "figure-05.svg")
    let result = try run(
      "distill-render", "--study", study, "--figure", figure, "--runs", runs, "--results", ".", "--output", ".")
    #expect(try folder.read("figure-05.svg") == "kept")
    #expect(!FileManager.default.fileExists(atPath: folder.path("figure-05.png")))
    return result
  }

  @Test func aFigureThatCannotBeMadeSaysWhy() throws {
    Stage.expectFailure(try render(study: "moon"), saying: "no figures for study \"moon\"")
    Stage.expectFailure(try render(figure: "99"), saying: "no figure \"99\" in study lab: expected ")
    Stage.expectFailure(try render(), saying: "fit-supervised.json")
    Stage.expectFailure(try render(runs: "absent.sqlite"), saying: "absent.sqlite: ")
    try folder.write("not a database", to: "text.sqlite")
    Stage.expectFailure(try render(runs: "text.sqlite"), saying: "text.sqlite: ")
    try folder.write("{", to: "fit-supervised.json")
    Stage.expectFailure(try render(), saying: "fit-supervised.json: expected a fit")
  }

  @Test func aTableOrFindingsWithoutTheirFitsSaySo() throws {
    try folder.write("kept", to: "table-06.md")
    Stage.expectFailure(
      try run("distill-tables", "--study", "lab", "--results", "."), saying: "fit-supervised.json: does not exist")
    #expect(try folder.read("table-06.md") == "kept")
    Stage.expectFailure(
      try run("distill-findings", "--study", "lab", "--runs", "runs.jsonl", "--results", "."),
      saying: "fit-distillation.json: does not exist")
    try folder.write("[]", to: "fit-distillation.json")
    Stage.expectFailure(
      try run("distill-findings", "--study", "lab", "--runs", "runs.jsonl", "--results", "."),
      saying: "fit-distillation.json: expected a fit")
  }
}
