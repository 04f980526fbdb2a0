import Formats
import Foundation
import ScalingLaws
import Testing

import Runs

@Suite struct TableReaderTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  private func load(_ text: String) throws -> LoadedRuns {
    try loadRuns(folder.write(text, to: "runs.csv"))
  }

  static let supervised = [SupervisedObservation(parameters: 1e5, tokens: 2.5e6, loss: 1.5)]

  @Test(arguments: [
    "N,D,loss\n1e5,2.5e6,1.5\n",
    "C,N,D,loss\n1.5e12,100000,2500000,1.5",
    "loss,tokens,note,parameters\n1.5,2.5E+6,long,1e5\n",
    "\u{FEFF}N,D,L\r\n1e5,2.5e6,1.5\r\n\r\n",
    "\n N , D , loss \n\n 1e5 , 2.5e6 , 1.5 \n\n",
    "name,N,D,loss\n\"a, \"\"b\"\"\",\"1e5\",2.5e6,\"1.5\"\n",
  ]) func supervisedTables(text: String) throws {
    let loaded = try load(text)
    #expect(loaded.supervised == Self.supervised)
    #expect(loaded.distillation.isEmpty && loaded.records.count == 1)
  }

  @Test(arguments: [
    "N_S,D_S,L_T,L_S\n1e5,2.5e6,1.4,1.5\n",
    "studentLoss,teacherLoss,studentTokens,studentParameters\n1.5,1.4,2.5e6,1e5\n",
    "N,D,loss,N_S,D_S,L_T,L_S\n1,1,1,1e5,2.5e6,1.4,1.5\n",
  ]) func distillationTables(text: String) throws {
    let expected = DistillationObservation(
      studentParameters: 1e5, studentTokens: 2.5e6, teacherLoss: 1.4, studentLoss: 1.5, teacher: "teacher-1.4")
    #expect(try load(text).distillation == [expected])
  }

  /// What pandas and scripts write: the same two runs in every shape.
  @Test(arguments: [
    #"[{"N": 1e5, "D": 2.5e6, "loss": 1.5}, {"N": 2e5, "D": 2.5e6, "loss": 1.25}]"#,
    #"{"N": [1e5, 2e5], "D": [2.5e6, 2.5e6], "loss": [1.5, 1.25]}"#,
    #"{"N": {"0": 1e5, "1": 2e5}, "D": {"0": 2.5e6, "1": 2.5e6}, "loss": {"0": 1.5, "1": 1.25}}"#,
    #"{"0": {"N": 1e5, "D": 2.5e6, "loss": 1.5}, "1": {"N": 2e5, "D": 2.5e6, "loss": 1.25}}"#,
    #"{"a": {"config": {"N": 1e5, "D": 2.5e6}, "loss": 1.5}, "b": {"config": {"N": 2e5, "D": 2.5e6}, "loss": 1.25}}"#,
    #"{"columns": ["N", "D", "loss"], "index": [0, 1], "data": [[1e5, 2.5e6, 1.5], [2e5, 2.5e6, 1.25]]}"#,
    #"{"version": 2, "runs": [{"N": 1e5, "D": 2.5e6, "loss": 1.5}, {"N": 2e5, "D": 2.5e6, "loss": 1.25}]}"#,
  ]) func shapesOfJSON(text: String) throws {
    let loaded = try load(text)
    #expect(loaded.supervised.map { [$0.parameters, $0.tokens, $0.loss] } == [[1e5, 2.5e6, 1.5], [2e5, 2.5e6, 1.25]])
  }

  @Test func partsOfOneRunAreNoRuns() throws {
    let loaded = try load(#"{"config": {"N": 1e5, "D": 2.5e6}, "summary": {"loss": 1.5}}"#)
    #expect(loaded.supervised == Self.supervised)
    let error = #expect(throws: StageError.self) { try load(#"{"columns": ["N"], "data": [[1, 2]]}"#) }
    #expect(error?.message == "row 1 of `data` should have 1 values")
    let curve = try load(#"{"N": 1e5, "D": 2.5e6, "loss": 1.5, "history": [{"step": 1, "loss": 2}, {"step": 2, "loss": 1.5}]}"#)
    #expect(curve.supervised == Self.supervised)
    #expect(throws: StageError.self) { try load(#"{"runs": []}"#) }
    #expect(throws: StageError.self) { try load("{}") }
  }

  @Test func aTableMayNameTeachers() throws {
    let loaded = try load("N_S,teacher,D_S,L_T,L_S\n1e5,\"large, old\",2.5e6,1.4,1.5\n1e5,,2.5e6,1.4,1.5\n")
    #expect(loaded.distillation.map(\.teacher) == ["large, old", "teacher-1.4"])
  }

  @Test(arguments: [
    ("", nil as Int?, "is empty"), ("\n \n", nil, "is empty"), ("N,D,loss\n", nil, "has no runs"),
    ("N,D\n1,2\n", 1, "no column is known to hold the loss"),
    ("1e5,2e6,1.5\n1e5,2e6,1.5\n", 1, "no column is known to hold"),
    ("N,D,loss\n1e5,2e6,1.5\n\n1e5,2e6\n", 4, "has 2 fields separated by commas, but the header has 3"),
    ("N,D,loss\n1e5,2e6,nan\n", 2, "loss should be a positive number, not `nan`; --leave-out-failed"),
    ("N,D,loss\n1e5,inf,1.5\n", 2, "D should be"), ("N,D,loss\n0,2e6,1.5\n", 2, "N should be"),
    ("parameters,D,loss\n-1,2e6,1.5\n", 2, "parameters should be"),
    ("N,D,loss\n1e5,2e6,\n", 2, "loss should be"), ("N,D,loss\n\"1e5,2e6,1.5\n", 2, "a quote is not closed"),
    ("N,D,loss,N\n1,2,3,4\n", 1, "two columns hold the same: N and N"),
    ("N,D,loss,L\n1,2,3,4\n", 1, "two columns hold the same: loss and L"),
  ]) func badTablesAreNamed(text: String, line: Int?, message: String) throws {
    let error = #expect(throws: StageError.self) { try load(text) }
    #expect(error?.line == line)
    #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    #expect(error?.file?.hasSuffix("runs.csv") == true)
  }

  @Test func otherTextIsNamed() throws {
    let path = folder.path("latin.csv")
    try Data([0x4E, 0x2C, 0xE9, 0x0A]).write(to: URL(fileURLWithPath: path))
    #expect(throws: StageError.self) { try loadRuns(path) }
    #expect(throws: StageError.self) { try loadRuns(folder.write("some words\nand others\n", to: "runs.txt")) }
  }

  @Test func digestsDependOnTheLastDigit() {
    var moved = Self.supervised
    moved[0].loss = moved[0].loss.nextUp
    let digest = LoadedRuns.digest(of: Self.supervised)
    #expect(digest == LoadedRuns.digest(of: Self.supervised))
    #expect(digest != LoadedRuns.digest(of: moved))
    #expect(digest != LoadedRuns.digest(of: Self.supervised + Self.supervised))
  }
}

@Suite struct LogReaderTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  private func read(_ text: String) throws -> [LoggedRun] {
    try readRunLog(folder.write(text, to: "runs.jsonl"))
  }

  private static func line(_ record: RunRecord) throws -> String {
    String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
  }

  @Test func linesAreCountedWithTheBlankOnes() throws {
    let text = try "\u{FEFF}\(Self.line(record("b")))\r\n\n  \n\(Self.line(distillation("a")))\n"
    let runs = try read(text)
    #expect(runs.map(\.line) == [1, 4])
    #expect(runs.map(\.record) == [record("b"), distillation("a")])
    #expect(try loadRuns(folder.path("runs.jsonl")).records.map(\.run) == ["a", "b"])
  }

  @Test func badNumbersAreNamed() throws {
    let cases: [(WritableKeyPath<RunRecord, Double>, String)] = [
      (\.parameters, "parameters"), (\.tokens, "tokens"), (\.compute, "compute"), (\.loss, "loss"),
    ]
    for (key, name) in cases {
      var bad = record("a")
      bad[keyPath: key] = 0
      let error = try #require(throws: StageError.self) { try read(Self.line(record("b")) + "\n" + Self.line(bad) + "\n") }
      #expect(error.line == 2 && error.message.hasPrefix("`\(name)` should be a positive number"), "\(error)")
    }
    var bad = distillation("a")
    bad.distillation?.mixing = 1.5
    let error = try #require(throws: StageError.self) { try read(Self.line(bad) + "\n") }
    #expect(error.message.contains("mixing"))
  }

  @Test func runsOnTheMappingProblemEnterNoFit() throws {
    var run = record("m", purpose: .mapping)
    run.accuracy = 0.75
    run.mapping = .init(places: 8, width: 64, easyFraction: 0.5)
    _ = try read(Self.line(run) + "\n" + Self.line(record("a")) + "\n")
    let loaded = try loadRuns(folder.path("runs.jsonl"))
    #expect(loaded.records.last == run && loaded.supervised.count == 1)

    run.accuracy = 1.5
    let accuracy = try #require(throws: StageError.self) { try read(Self.line(run) + "\n") }
    #expect(accuracy.message.contains("`accuracy` should be a number from 0 to 1"))
    run.accuracy = nil
    run.mapping = nil
    let lacking = try #require(throws: StageError.self) { try read(Self.line(run) + "\n") }
    #expect(lacking.message.contains("a run for `mapping` has `mapping`"))
  }

  static let good =
    #"{"run":"a","kind":"supervised","origin":"measured","purpose":"law","sweep":"s","parameters":1e5,"tokens":1e6,"compute":6e11,"loss":1.5}"#

  @Test(arguments: [
    (good.replacing("1.5", with: "NaN"), "expected a JSON object"),
    (good.replacing("1.5", with: "1e999"), "numbers that fit their keys"),
    (good.replacing("1.5", with: "null"), "`loss` has no value"),
    (good.replacing("1.5", with: #"1.5,"loss":1.6"#), "`loss` is there twice"),
    (good.replacing("1.5", with: #"1.5,"seed":1.5"#), "numbers that fit their keys"),
    ("[\(good)]", "expected a JSON object"), (good + good, "expected a JSON object"), ("17", "expected a JSON object"),
  ]) func badLinesAreNamed(line: String, message: String) throws {
    let error = try #require(throws: StageError.self) { try read("\(Self.good)\n\(line)\n") }
    #expect(error.line == 2)
    #expect(error.message.contains(message), "\(error)")
    #expect(!error.description.contains("\n"))
  }

  @Test func keysMayComeAgainElsewhere() throws {
    let curve = extended(#""lossCurve":[{"tokens":1,"loss":2},{"tokens":2,"loss":1}],"software":"a\":{\"b""#)
    #expect(try read(curve + "\n").count == 1)
  }

  private func extended(_ text: String) -> String { String(Self.good.dropLast()) + "," + text + "}" }
}
