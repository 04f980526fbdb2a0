import Formats
import Foundation
import SimulatedMapping
import Testing

/// The stages of the study of theory, and bad input to them.
@Suite struct TheoryStageTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func run(_ name: String, _ arguments: String...) throws -> StageResult {
    try Stage.run(name, arguments, in: folder.url)
  }

  private func log(_ records: [RunRecord], to name: String) throws {
    try folder.write(try records.map { try $0.logLine() }.joined(), to: name)
  }

  private func render(_ figure: String, runs: String? = nil) throws -> StageResult {
    try Stage.run(
      "distill-render",
      ["--study", "theory", "--figure", figure, "--output", "figures"] + (runs.map { ["--runs", $0] } ?? []),
      in: folder.url)
  }

  @Test func logsBecomeANoteAndFigures() throws {
    try log(SimulatedMapping().records(sweep: "teacher-width"), to: "teacher-width.jsonl")
    try log(SimulatedMapping().records(sweep: "teacher-steps"), to: "teacher-steps.jsonl")
    let store = "build/theory/runs.sqlite"
    let ingest = try run("distill-ingest", "--study", "theory", "--store", store, "teacher-width.jsonl", "teacher-steps.jsonl")
    #expect(ingest.status == 0, "\(ingest.errors)")
    for results in ["first", "second"] {
      let note = try run("distill-theory", "--study", "theory", "--runs", store, "--results", results)
      #expect(note.status == 0, "\(note.errors)")
    }
    for name in ["capacity-gap.md", "capacity-gap.json"] {
      #expect(try folder.read("first/" + name) == folder.read("second/" + name))
    }
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(folder.read("first/capacity-gap.json").utf8)) as? [String: Any])
    let sweeps = try #require(json["sweeps"] as? [[String: Any]])
    let students = try #require(sweeps.first?["students"] as? [[String: Any]])
    #expect(sweeps.count == 2 && students.compactMap { $0["verdict"] as? String } == ["neither", "uShape", "falls"])
    let kernel = try #require((json["kernelRegression"] as? [String: Any])?["students"] as? [[String: Any]])
    #expect(kernel.compactMap { $0["risingAfter"] as? Int } == Array(repeating: 1000, count: 6))
    #expect(try folder.read("first/capacity-gap.md").contains("108 reconstructed students in 4 trials"))

    for figure in ["10", "11", "12"] {
      let result = try render(figure)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try folder.read("figures/figure-\(figure).svg").contains("<desc>"))
      #expect(FileManager.default.fileExists(atPath: folder.path("figures/figure-\(figure).png")))
    }
  }

  @Test func withoutRunsFigure10IsDrawnAndTheOthersSayWhatMakesThem() throws {
    try folder.write("{\"kernelRegression\": true}", to: "Bare/theory/study.json")
    func bare(_ figure: String) throws -> StageResult {
      try run("distill-render", "--study", "theory", "--root", "Bare", "--figure", figure, "--output", "figures")
    }
    #expect(try bare("10").status == 0)
    for figure in ["11", "12"] {
      Stage.expectFailure(try bare(figure), saying: "figure \(figure): study theory lacks students on the Mapping Problem")
    }
    // A log of other runs has none of these.
    try folder.write(Fixtures.log(Fixtures.records()), to: "lab.jsonl")
    Stage.expectFailure(
      try render("11", runs: "lab.jsonl"), saying: "figure 11: study theory lacks students on the Mapping Problem")
    Stage.expectFailure(
      try run("distill-theory", "--study", "theory", "--runs", "lab.jsonl", "--results", "results"),
      saying: "lab.jsonl: holds no runs on the Mapping Problem; make sweep trains them")
    #expect(!FileManager.default.fileExists(atPath: folder.path("results")))
  }

  @Test func badRunsAreNamedAndChangeNothing() throws {
    try writeAtomically("kept", to: folder.path("results/capacity-gap.md"))
    var records = Array(SimulatedMapping().records.prefix(3))
    records[1].accuracy = 1.5
    try log(records, to: "bad.jsonl")
    try folder.write("", to: "empty.jsonl")
    for (runs, expected) in [
      ("bad.jsonl", "bad.jsonl:2: `accuracy` should be"), ("absent.sqlite", "absent.sqlite: does not exist"),
      ("empty.jsonl", "empty.jsonl: is empty"),
    ] {
      Stage.expectFailure(
        try run("distill-theory", "--study", "theory", "--runs", runs, "--results", "results"), saying: expected)
      Stage.expectFailure(
        try render("11", runs: runs), saying: expected)
    }
    #expect(try folder.read("results/capacity-gap.md") == "kept")
  }
}
