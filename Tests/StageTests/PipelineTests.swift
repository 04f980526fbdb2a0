import Foundation
import Testing

/// The stages after training, chained as make chains them.
@Suite struct PipelineTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Fixtures.log(Fixtures.records()), to: "runs.jsonl")
  }

  /// What the stages make with two threads, once for all tests.
  private struct Made: Sendable {
    var verification: StageResult
    /// The run store and the folder `results`.
    var files: [String: Data]
  }

  private static let made = Result {
    let folder = try TemporaryFolder()
    try folder.write(Fixtures.log(Fixtures.records()), to: "runs.jsonl")
    let verification = try pipeline("results", threads: 2, in: folder)
    return Made(verification: verification, files: try folder.files(in: "results"))
  }

  /// Runs all stages with `threads` threads into `results`, where the run store is, too.
  private static func pipeline(_ results: String, threads: Int, in folder: TemporaryFolder) throws -> StageResult {
    let store = results + "/runs.sqlite"
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
    let made = try Self.made.get()
    let again = try Self.pipeline("results", threads: 1, in: folder)
    #expect(again.status == 0, "\(again)")
    #expect(again.output == made.verification.output)
    let files = try folder.files(in: "results")
    let names = files.keys.filter { !$0.hasSuffix(".sqlite") }.sorted()
    #expect(names.count == 6, "\(names)")
    #expect(files.keys == made.files.keys)
    for name in names { #expect(files[name] == made.files[name], "\(name)") }
    #expect(try folder.read("results/verification.md").contains("41 reconstructed supervised runs"))
  }

  @Test func aMissedTargetEndsWithAFailureAndAReport() throws {
    try folder.write(try Self.made.get().files)
    let result = try Stage.run(
      "distill-verify",
      ["--study", "test", "--runs", "results/runs.sqlite", "--results", "results", "--target", "0.0001"],
      in: folder.url)
    #expect(result.status != 0)
    #expect(result.output.contains("FAIL"))
    #expect(try folder.read("results/verification.md").contains("FAIL"))
  }

  @Test func aFitOfOtherRunsIsRefused() throws {
    try folder.write(try Self.made.get().files)
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
    ("N,D\n1,2\n", "no column is known to hold the loss"),
    ("N,D,loss\n1e5,1e6,zero\n", "mine.csv:2: loss should be a positive number"),
    ("N,D,loss\n1e5,1e6,1.5\n", "few"), ("", "mine.csv"),
  ]) func aBadTableIsNamed(text: String, expected: String) throws {
    try folder.write(text, to: "mine.csv")
    let result = try Stage.run("distill-fit", ["--law", "supervised", "--runs", "mine.csv"], in: folder.url)
    Stage.expectFailure(result, saying: expected)
  }
}
