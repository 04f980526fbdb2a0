import Foundation
import Testing

/// The stages of the paper study, and what they say to bad input.
@Suite struct PaperStageTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func run(_ name: String, _ arguments: String...) throws -> StageResult {
    try Stage.run(name, arguments, in: folder.url)
  }

  static let logs = ["fixed-ratio", "isoFLOP", "long", "protocol-1", "protocol-2", "protocol-3"].map { $0 + ".jsonl" }

  @Test func reconstructedRunsAreTheSameBytesAndGoIntoAStore() throws {
    let first = try run("distill-reconstruct", "--output", "a")
    #expect(first.status == 0 && first.output.contains("73 supervised runs and 697 distillations"), "\(first)")
    #expect(first.output.contains("noise 0.004") && first.output.contains("seed 1"))
    #expect(try run("distill-reconstruct", "--output", "b", "--noise", "0.004", "--seed", "1").status == 0)
    #expect(try run("distill-reconstruct", "--output", "c", "--seed", "2").status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("a")).sorted() == Self.logs)
    for log in Self.logs {
      #expect(try folder.read("a/" + log) == folder.read("b/" + log))
      #expect(try folder.read("a/" + log) != folder.read("c/" + log))
    }
    let store = try Stage.run(
      "distill-ingest", ["--study", "paper", "--store", "runs.sqlite"] + Self.logs.map { "a/" + $0 }, in: folder.url)
    #expect(store.status == 0 && store.output.contains("770 new runs"), "\(store)")
    // Other seeds under the same names are other runs.
    let mixed = try run("distill-ingest", "--study", "paper", "--store", "runs.sqlite", "c/long.jsonl")
    Stage.expectFailure(mixed, saying: "c/long.jsonl:1: ")
  }

  /// The logs that are committed, with the numbers that the generator writes now.
  @Test func theCommittedLogsAreTheGenerators() throws {
    let committed = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Studies/paper/logs")
    #expect(try run("distill-reconstruct", "--output", "a").status == 0)
    for log in Self.logs {
      #expect(try folder.read("a/" + log) == String(contentsOf: committed.appendingPathComponent(log), encoding: .utf8))
    }
  }

  /// Only students follow the distillation law, and each says which.
  @Test func theLawIsNamedByTheRunsThatAreDrawnFromIt() throws {
    #expect(try run("distill-reconstruct", "--output", "a").output.contains("law \"figures\""))
    #expect(try run("distill-reconstruct", "--output", "b", "--law", "printed").status == 0)
    for log in ["fixed-ratio.jsonl", "isoFLOP.jsonl", "long.jsonl"] {
      #expect(try folder.read("a/" + log) == folder.read("b/" + log))
    }
    for log in ["protocol-1.jsonl", "protocol-2.jsonl", "protocol-3.jsonl"] {
      let (figures, printed) = (try folder.read("a/" + log), try folder.read("b/" + log))
      #expect(figures != printed && figures.contains(#""law":"figures""#) && printed.contains(#""law":"printed""#))
    }
    let other = try run("distill-reconstruct", "--output", "c", "--law", "published")
    #expect(other.status != 0 && other.errors.contains("law"))
  }

  @Test func marksThatAreNotThePapersAreRefused() throws {
    try folder.write("{}", to: "marks.json")
    Stage.expectFailure(
      try run("distill-law-test", "--marks", "marks.json", "--results", "."),
      saying: "marks.json: expected the labels, axes and colour bars of the paper's figures")
    Stage.expectFailure(
      try run("distill-law-test", "--marks", "none.json", "--results", "."), saying: "none.json: does not exist")
  }

  /// The paper's laws need no runs; what does, says so, and the rest is drawn.
  @Test func figuresOfThePublishedLawsAreDrawnWithoutRuns() throws {
    try folder.write("{\"paper\": {\"law\": \"figures\"}}", to: "Bare/paper/study.json")
    func run(_ name: String, _ arguments: String...) throws -> StageResult {
      try Stage.run(name, arguments + ["--root", "Bare"], in: folder.url)
    }
    let all = try run("distill-render", "--study", "paper", "--output", "figures")
    #expect(all.status == 0, "\(all)")
    #expect(all.errors.contains("figure 8: results/paper/optima.csv does not exist"))
    let drawn = ["06", "07", "13", "14", "15", "16", "40"].flatMap { ["figure-\($0).png", "figure-\($0).svg"] }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("figures")).sorted() == drawn.sorted())
    Stage.expectFailure(
      try run("distill-render", "--study", "paper", "--figure", "2", "--output", "figures"),
      saying: "figure 2: study paper lacks")
    // A store that is named must be there.
    Stage.expectFailure(
      try run("distill-render", "--study", "paper", "--figure", "40", "--runs", "absent.sqlite", "--output", "figures"),
      saying: "absent.sqlite: ")
    // A figure looks at no file but its own.
    try folder.write("no table", to: "results/paper/optima.csv")
    #expect(try run("distill-render", "--study", "paper", "--figure", "40", "--output", "figures").status == 0)
    Stage.expectFailure(
      try run("distill-render", "--study", "paper", "--figure", "8", "--output", "figures"),
      saying: "results/paper/optima.csv:")
  }

  @Test(arguments: ["-0.1", "0.2", "nan", "much"]) func badNoiseIsRefused(noise: String) throws {
    let result = try run("distill-reconstruct", "--output", "a", "--noise=\(noise)")
    #expect(result.status != 0 && result.errors.contains("noise"), "\(result)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("a")))
  }

  @Test func aFolderThatCannotBeMadeIsNamed() throws {
    try folder.write("a file", to: "taken")
    Stage.expectFailure(try run("distill-reconstruct", "--output", "taken/logs"), saying: "taken/logs/fixed-ratio.jsonl: ")
  }

  @Test func thePaperStudyIsVerifiedOnlyOnReconstructedRuns() throws {
    try folder.write(Fixtures.log(Fixtures.records()), to: "runs.jsonl")
    for (name, more) in [
      ("fit-supervised", [String]()), ("fit-supervised-extrapolation", ["--weaker-fraction", "0.6667"]),
    ] {
      let fit = try Stage.run(
        "distill-fit", ["--law", "supervised", "--runs", "runs.jsonl", "--output", "\(name).json"] + more, in: folder.url)
      #expect(fit.status == 0, "\(fit)")
    }
    #expect(
      try run("distill-fit", "--law", "chinchilla", "--runs", "runs.jsonl", "--output", "fit-chinchilla.json").status == 0)
    let result = try run("distill-verify", "--study", "paper", "--runs", "runs.jsonl", "--results", ".")
    Stage.expectFailure(result, saying: "runs.jsonl: the paper's study needs runs that were drawn with one noise")
    #expect(!FileManager.default.fileExists(atPath: folder.path("verification.json")))
    // Under any other name they are verified as they are.
    #expect(try run("distill-verify", "--study", "test", "--runs", "runs.jsonl", "--results", ".").status == 0)
  }

  @Test func aGalleryOfNothingIsRefused() throws {
    Stage.expectFailure(try run("distill-gallery"), saying: "figures: holds no figure")
    #expect(!FileManager.default.fileExists(atPath: folder.path("figures/index.html")))
    try FileManager.default.createDirectory(
      atPath: folder.path("figures/lab"), withIntermediateDirectories: true)
    try folder.write("<svg><desc>what it shows</desc></svg>", to: "figures/lab/figure-05.svg")
    let result = try run("distill-gallery")
    #expect(result.status == 0, "\(result)")
    #expect(try folder.read("figures/index.html").contains("what it shows"))
  }
}
