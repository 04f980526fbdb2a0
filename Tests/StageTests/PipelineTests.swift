import Foundation
import Testing

/// The stages after training, chained as make chains them.
@Suite struct PipelineTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Fixtures.log(Fixtures.records()), to: "runs.jsonl")
  }

  /// Runs all stages with `threads` threads into `results`.
  private func pipeline(_ results: String, threads: Int) throws -> StageResult {
    let store = results + ".sqlite"
    func run(_ name: String, _ arguments: String...) throws {
      let result = try Stage.run(name, arguments, in: folder.url)
      #expect(result.status == 0, "\(name): \(result.errors)")
    }
    try run("distill-ingest", "--study", "test", "--store", store, "runs.jsonl")
    let threads = ["--threads", "\(threads)"]
    for (law, name, more) in [
      ("supervised", "fit-supervised", [String]()),
      ("supervised", "fit-supervised-extrapolation", ["--weaker-fraction", "0.6667"]),
      ("chinchilla", "fit-chinchilla", []),
    ] {
      let result = try Stage.run(
        "distill-fit",
        ["--law", law, "--runs", store, "--output", "\(results)/\(name).json"] + more + threads, in: folder.url)
      #expect(result.status == 0, "\(result.errors)")
    }
    let bootstrap = try Stage.run(
      "distill-bootstrap",
      [
        "--law", "supervised", "--runs", store, "--fit", "\(results)/fit-supervised.json", "--resamples", "64",
        "--output", "\(results)/bootstrap-supervised.json",
      ] + threads, in: folder.url)
    #expect(bootstrap.status == 0, "\(bootstrap.errors)")
    return try Stage.run(
      "distill-verify", ["--study", "test", "--runs", store, "--results", results], in: folder.url)
  }

  @Test func theSameRunsGiveTheSameBytesWhateverTheThreads() throws {
    let first = try pipeline("first", threads: 1)
    let second = try pipeline("second", threads: 2)
    #expect(first.status == 0, "\(first)")
    #expect(first.output == second.output)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("first")).sorted()
    #expect(names.count == 6, "\(names)")
    for name in names { #expect(try folder.read("first/" + name) == folder.read("second/" + name), "\(name)") }
    #expect(try folder.read("first/verification.md").contains("41 reconstructed supervised runs"))
  }

  @Test func aMissedTargetEndsWithAFailureAndAReport() throws {
    _ = try pipeline("results", threads: 2)
    let result = try Stage.run(
      "distill-verify",
      ["--study", "test", "--runs", "results.sqlite", "--results", "results", "--target", "0.0001"],
      in: folder.url)
    #expect(result.status != 0)
    #expect(result.output.contains("FAIL"))
    #expect(try folder.read("results/verification.md").contains("FAIL"))
  }

  @Test func aFitOfOtherRunsIsRefused() throws {
    _ = try pipeline("results", threads: 2)
    try folder.write(Fixtures.log(Array(Fixtures.records().dropLast())), to: "fewer.jsonl")
    let result = try Stage.run(
      "distill-verify", ["--study", "test", "--runs", "fewer.jsonl", "--results", "results"], in: folder.url)
    Stage.expectFailure(result, saying: "fit-supervised.json: was made from other runs")
  }

  @Test func aUsersOwnTableIsFitted() throws {
    let rows = try Fixtures.records().map { "\($0.compute),\($0.parameters),\($0.tokens),\($0.loss)\n" }
    try folder.write("C,N,D,loss\n" + rows.joined(), to: "mine.csv")
    let result = try Stage.run(
      "distill-fit", ["--law", "chinchilla", "--runs", "mine.csv", "--delta", "1e-3", "--format", "json"],
      in: folder.url)
    #expect(result.status == 0, "\(result.errors)")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(json["runs"] as? Int == 41)
    #expect(json["delta"] as? Double == 0.001)
    let coefficients = try #require(json["coefficients"] as? [String: Double])
    #expect(coefficients.keys.sorted() == ["A", "B", "E", "alpha", "beta"])
  }

  @Test(arguments: [
    ("N,D\n1,2\n", "expected a header"), ("N,D,loss\n1e5,1e6,zero\n", "mine.csv:2: loss should be a positive number"),
    ("N,D,loss\n1e5,1e6,1.5\n", "few"), ("", "mine.csv"),
  ]) func aBadTableIsNamed(text: String, expected: String) throws {
    try folder.write(text, to: "mine.csv")
    let result = try Stage.run("distill-fit", ["--law", "supervised", "--runs", "mine.csv"], in: folder.url)
    Stage.expectFailure(result, saying: expected)
  }
}
