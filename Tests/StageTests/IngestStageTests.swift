import Foundation
import Testing

@Suite struct IngestStageTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Fixtures.log(Fixtures.records()), to: "runs.jsonl")
  }

  private func ingest(_ logs: String...) throws -> StageResult {
    try Stage.run("distill-ingest", ["--study", "test", "--store", "runs.sqlite"] + logs, in: folder.url)
  }

  @Test func ingestingAgainChangesNothing() throws {
    let first = try ingest("runs.jsonl")
    #expect(first.status == 0 && first.output.contains("41 new runs, 0 already there"), "\(first)")
    let second = try ingest("runs.jsonl", "runs.jsonl")
    #expect(second.status == 0 && second.output.contains("0 new runs, 82 already there"), "\(second)")
  }

  static let good =
    #"{"run":"a","kind":"supervised","origin":"reconstructed","purpose":"law","sweep":"s","parameters":1e5,"tokens":1e6,"compute":6e11,"loss":1.5}"#

  @Test(arguments: [
    ("not json", "expected a JSON object"),
    (good.replacing(#""loss":1.5"#, with: #""loss":-1"#), "`loss` should be a positive number"),
    (good.replacing(#""loss":1.5"#, with: #""loss":"low""#), "`loss` should be of type Double"),
    (good.replacing(#","loss":1.5"#, with: ""), "`loss` is missing"),
    (good.replacing("supervised", with: "guessed"), "`kind` should be supervised or distillation"),
    (good.replacing("supervised", with: "distillation"), "a distillation needs `distillation`"),
    (
      good.replacing("reconstructed", with: "measured").dropLast() + #","reconstruction":{"noise":0.004,"seed":1}}"#,
      "a measured run cannot have `reconstruction`"
    ),
    (good.dropLast() + #","reconstruction":{"noise":-1,"seed":1}}"#, "`reconstruction.noise` should be a number of at least 0"),
    (good.replacing("1.5", with: "1.6"), "is there already with other content"),
  ]) func aBadLineIsNamedAndNothingIsLost(line: String, expected: String) throws {
    #expect(try ingest("runs.jsonl").status == 0)
    let other = Self.good.replacing(#""run":"a""#, with: #""run":"new""#)
    try folder.write("\(Self.good)\n\(other)\n\(line)\n", to: "bad.jsonl")
    let result = try ingest("bad.jsonl")
    Stage.expectFailure(result, saying: expected)
    #expect(result.errors.contains("bad.jsonl:3:"), "\(result.errors)")
    // Neither the good lines of the bad file were stored, nor the old runs lost.
    let after = try ingest("runs.jsonl")
    #expect(after.output.contains("0 new runs, 41 already there"), "\(after)")
    try folder.write("\(Self.good)\n", to: "good.jsonl")
    #expect(try ingest("good.jsonl").output.contains("1 new runs"))
  }

  @Test func aLineCutShortIsNamed() throws {
    try folder.write("\(Self.good)\n\(Self.good.prefix(50))", to: "cut.jsonl")
    Stage.expectFailure(try ingest("cut.jsonl"), saying: "cut.jsonl:2: the last line is not whole")
    try folder.write("\(Self.good)", to: "whole.jsonl")
    #expect(try ingest("whole.jsonl").output.contains("1 new runs"))
  }

  @Test func aMissingLogOrAStrangeStoreIsNamed() throws {
    Stage.expectFailure(try ingest("none.jsonl"), saying: "none.jsonl: does not exist")
    try folder.write("this is no database, but it is long enough to look like a file of some kind", to: "runs.sqlite")
    Stage.expectFailure(try ingest("runs.jsonl"), saying: "runs.sqlite: is not a run store")
    #expect(try folder.read("runs.sqlite").hasPrefix("this is no database"))
  }
}
