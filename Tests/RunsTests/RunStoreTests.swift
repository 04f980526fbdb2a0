import Formats
import Foundation
import GRDB
import Testing

import Runs

/// Records as logs hold them: reconstructed, since no test trains anything.
func record(_ name: String, loss: Double = 1.5, purpose: RunRecord.Purpose = .law) -> RunRecord {
  RunRecord(
    run: name, kind: .supervised, origin: .reconstructed, purpose: purpose, sweep: "test", budget: 6e11,
    parameters: 1e5, tokens: 1e6, compute: 6e11, loss: loss, lossStandardError: 0.01, evaluationTokens: 4096,
    seed: 3,
    model: RunRecord.Model(layers: 2, width: 16, feedForwardWidth: 48, heads: 2, context: 128, vocabulary: 128),
    lossCurve: [RunRecord.CurvePoint(tokens: 1e6, loss: 1.6)], seconds: 0.125, software: "test")
}

func distillation(_ name: String, teacherLoss: Double = 1.4) -> RunRecord {
  var run = record(name)
  run.kind = .distillation
  run.distillation = RunRecord.Distillation(
    teacherRun: "teacher", teacherLoss: teacherLoss, teacherParameters: 2e5, teacherTokens: 4e6,
    divergence: 0.2, temperature: 1, mixing: 1)
  return run
}

func logged(_ records: [RunRecord]) -> [LoggedRun] {
  records.enumerated().map { LoggedRun(record: $1, file: "test.jsonl", line: $0 + 1) }
}

@Suite struct RunStoreTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  @Test func recordsComeBackAsTheyWereInTheOrderOfTheirNames() throws {
    let third = 1.0 / 3
    let runs = [record("b", loss: 1 + third), distillation("c"), record("a", purpose: .tuning)]
    let path = folder.path("new/runs.sqlite")
    let outcome = try RunStore(path: path).ingest(logged(runs), study: "test")
    #expect(outcome.added == 3 && outcome.alreadyThere == 0)
    let stored = try RunStore(readingFrom: path).records()
    #expect(stored == [runs[2], runs[0], runs[1]])
    let loaded = try loadRuns(path)
    #expect(loaded.supervised.map(\.loss) == [1 + third], "a tuning run enters no fit")
    #expect(loaded.distillation.map(\.teacherLoss) == [1.4])
  }

  @Test func aTakenNameStoresNothingOfItsBatch() throws {
    let path = folder.path("runs.sqlite")
    let store = try RunStore(path: path)
    _ = try store.ingest(logged([record("a"), record("b")]), study: "test")
    let error = #expect(throws: StageError.self) {
      try store.ingest(logged([record("c"), record("a"), record("b", loss: 1.75)]), study: "test")
    }
    #expect(error?.file == "test.jsonl" && error?.line == 3)
    #expect(try store.records().map(\.run) == ["a", "b"])
    #expect(throws: StageError.self) { try store.ingest(logged([record("a")]), study: "other") }
    let again = try store.ingest(logged([record("a"), record("c")]), study: "test")
    #expect(again.added == 1 && again.alreadyThere == 1)
  }

  /// What the readers let through by mistake, the database refuses.
  @Test(arguments: [
    ("parameters", "-1"), ("tokens", "0"), ("loss", "9e999"), ("loss", "NULL"), ("compute", "'many'"),
    ("kind", "'guessed'"), ("origin", "'dreamt'"), ("purpose", "''"), ("run", "''"), ("record", "'no JSON'"),
    ("evaluationTokens", "0"), ("teacherLoss", "1.5"), ("mixing", "2"), ("kind", "'distillation'"),
  ]) func theSchemaRefuses(column: String, value: String) throws {
    let path = folder.path("runs.sqlite")
    _ = try RunStore(path: path).ingest(logged([record("a")]), study: "test")
    let queue = try DatabaseQueue(path: path)
    #expect(throws: DatabaseError.self) {
      try queue.write { try $0.execute(sql: "UPDATE runs SET \(column) = \(value)") }
    }
    #expect(try RunStore(readingFrom: path).records() == [record("a")])
  }

  @Test func columnsHoldWhatTheRecordHolds() throws {
    let path = folder.path("runs.sqlite")
    _ = try RunStore(path: path).ingest(logged([distillation("a")]), study: "test")
    let row = try #require(try DatabaseQueue(path: path).read { try Row.fetchOne($0, sql: "SELECT * FROM runs") })
    let expected: [String: Double] = [
      "budget": 6e11, "parameters": 1e5, "tokens": 1e6, "compute": 6e11, "loss": 1.5, "lossStandardError": 0.01,
      "evaluationTokens": 4096, "seed": 3, "teacherLoss": 1.4, "teacherParameters": 2e5, "teacherTokens": 4e6,
      "divergence": 0.2, "temperature": 1, "mixing": 1,
    ]
    for (column, value) in expected { #expect(row[column] == value, "\(column)") }
    let words = ["run": "a", "study": "test", "kind": "distillation", "teacherRun": "teacher", "sweep": "test"]
    for (column, value) in words { #expect(row[column] == value, "\(column)") }
  }

  @Test func anotherProgramsDatabaseIsLeftAlone() throws {
    let path = folder.path("other.sqlite")
    let other = try DatabaseQueue(path: path)
    try other.write { try $0.execute(sql: "CREATE TABLE runs (speed REAL)") }
    try other.close()
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(throws: StageError.self) { try RunStore(path: path) }
    #expect(throws: StageError.self) { try RunStore(readingFrom: path) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  /// What the schema forbids can still be in a file, where another program took the schema away for a while.
  @Test(arguments: [
    ("NULL", "row 1, run a: `record` is missing"), ("'{}'", "row 1, run a: `run` is missing"),
    ("'no JSON'", "row 1, run a: expected"),
    ("(SELECT replace(record, '\"run\":\"a\"', '\"run\":\"b\"') FROM runs)", "row 1, run a: `record` is of another run"),
  ]) func aRowThatLacksItsRecordIsNamed(value: String, message: String) throws {
    let path = folder.path("runs.sqlite")
    _ = try RunStore(path: path).ingest(logged([record("a")]), study: "test")
    func change(_ sql: String) throws {
      let queue = try DatabaseQueue(path: path)
      try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA writable_schema = ON; \(sql)") }
      try queue.close()
    }
    let (strict, free) = ("record TEXT NOT NULL CHECK (json_valid(record))", "record TEXT")
    try change("UPDATE sqlite_master SET sql = replace(sql, '\(strict)', '\(free)') WHERE name = 'runs'")
    try change("UPDATE runs SET record = \(value)")
    try change("UPDATE sqlite_master SET sql = replace(sql, '\(free)', '\(strict)') WHERE name = 'runs'")
    let error = #expect(throws: StageError.self) { try RunStore(readingFrom: path).records() }
    #expect(try #require(error).description.hasPrefix("\(path): \(message)"), "\(error?.description ?? "")")
  }

  @Test func aTableWithoutItsChecksIsNoStore() throws {
    let path = folder.path("runs.sqlite")
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "CREATE TABLE runs (run TEXT, record TEXT); PRAGMA application_id = \(0x4453_544C)") }
    try queue.close()
    #expect(throws: StageError.self) { try RunStore(readingFrom: path) }
    #expect(throws: StageError.self) { try RunStore(path: path) }
  }

  @Test func manyFirstIngestsIntoANewStoreAllSucceed() throws {
    for round in 0..<20 {
      let path = folder.path("new-\(round).sqlite")
      let failures = Failures()
      DispatchQueue.concurrentPerform(iterations: 6) { index in
        do {
          _ = try RunStore(path: path).ingest(logged([record("shared"), record("own-\(index)")]), study: "test")
        } catch {
          failures.add("\(error)")
        }
      }
      #expect(failures.all.isEmpty)
      #expect(try RunStore(readingFrom: path).records().count == 7)
    }
  }

  @Test func readingMakesNoStore() throws {
    let path = folder.path("none.sqlite")
    #expect(throws: StageError.self) { try RunStore(readingFrom: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
    try folder.write("", to: "empty.sqlite")
    #expect(throws: StageError.self) { try loadRuns(folder.path("empty.sqlite")) }
  }
}

private final class Failures: @unchecked Sendable {
  // Every access is inside `lock`.
  private let lock = NSLock()
  private var messages = [String]()
  var all: [String] { lock.withLock { messages } }
  func add(_ message: String) { lock.withLock { messages.append(message) } }
}

/// A folder that goes away with its owner.
final class Folder {
  private let url = FileManager.default.temporaryDirectory.appendingPathComponent("runs-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: url.appendingPathComponent(name))
    return path(name)
  }
}
