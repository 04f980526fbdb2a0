import Formats
import Foundation
import GRDB

/// The runs of a study in SQLite: unique by name, checked, and never half-ingested.
///
/// Columns hold what queries ask for; `record` holds the whole log line, so that nothing is lost. The schema
/// is in `docs/formats.md`.
public struct RunStore: Sendable {
  private let database: DatabaseQueue
  private let path: String

  /// Opens a store to add runs, or makes it.
  /// - Throws: ``StageError`` where the file cannot be opened or is something else, which is left as it is.
  public init(path: String) throws(StageError) {
    self.path = path
    do {
      try FileManager.default.createDirectory(
        at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
      var configuration = Configuration()
      // Another ingest may be writing; it takes well under a second.
      configuration.busyMode = .timeout(10)
      // By its whole path: SQLite takes some names, as `:memory:` and `file:...`, for its own.
      database = try DatabaseQueue(path: URL(fileURLWithPath: path).path, configuration: configuration)
      // One ingest makes the store and others that wait find it whole. Any other database is left as it is.
      if try database.read(Schema.isEmpty) {
        try database.inTransaction(.immediate) { db in
          if try Schema.isEmpty(db) { try Schema.create(in: db) }
          return .commit
        }
      }
      try database.read(Schema.check)
    } catch let error as DatabaseError
      where [.SQLITE_FULL, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_BUSY].contains(error.resultCode)
    {
      throw StageError("cannot be written: \(error.message ?? "\(error)")", file: path)
    } catch {
      throw StageError("is not a run store: \(error)", file: path)
    }
  }

  /// Opens a store that is there already, to read it and no more.
  /// - Throws: ``StageError`` where there is none, or where the file is something else.
  public init(readingFrom path: String) throws(StageError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw StageError("does not exist; distill-ingest makes it", file: path)
    }
    self.path = path
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(10)
      database = try DatabaseQueue(path: URL(fileURLWithPath: path).path, configuration: configuration)
      guard try !database.read(Schema.isEmpty) else {
        throw Schema.Mismatch(description: "it is empty, as an ingest leaves it that is stopped early; ingest again")
      }
      try database.read(Schema.check)
    } catch {
      let isHalfDone = FileManager.default.fileExists(atPath: path + "-journal")
      throw StageError(
        "is not a run store: \(error)" + (isHalfDone ? "; an ingest was stopped in the middle: ingest again" : ""), file: path)
    }
  }

  /// What an ingest did.
  public struct Outcome: Sendable, Equatable {
    public var added = 0
    public var alreadyThere = 0
  }

  /// Adds runs in one transaction: all of them, or none. A run that is there already with the same content
  /// is passed over.
  /// - Throws: ``StageError`` with file and line where a run's name is taken by another run, in the store or
  ///   among `runs`.
  public func ingest(_ runs: [LoggedRun], study: String) throws(StageError) -> Outcome {
    do {
      return try database.write { db in
        var outcome = Outcome()
        for run in runs {
          let json = try Self.canonical(run.record)
          let stored = try Row.fetchOne(
            db, sql: "SELECT study, record FROM runs WHERE run = ?", arguments: [run.record.run])
          if let stored {
            let (record, owner) = (stored["record"] as String?, stored["study"] as String?)
            guard record == json, owner == study else {
              let difference = record == json ? "in another study" : "with other content"
              throw StageError(
                "run \(run.record.run) is there already \(difference); give it another name, or ingest into a new store",
                file: run.file, line: run.line)
            }
            outcome.alreadyThere += 1
          } else {
            try Schema.insert(run.record, json: json, study: study, into: db)
            outcome.added += 1
          }
        }
        return outcome
      }
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError("\(error)", file: path)
    }
  }

  /// All runs, in the order of their names.
  public func records() throws(StageError) -> [RunRecord] {
    do {
      return try database.read { db in
        let decoder = JSONDecoder()
        return try Row.fetchAll(db, sql: "SELECT run, record FROM runs ORDER BY run").enumerated().map {
          try record($1, $0 + 1, decoder)
        }
      }
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError("cannot be read: \(error)", file: path)
    }
  }

  /// The record of a row. Another program may have written what the schema forbids, and a damaged file may hold anything.
  private func record(_ row: Row, _ number: Int, _ decoder: JSONDecoder) throws(StageError) -> RunRecord {
    // Values of other types than text come out as nil.
    let run = String.fromDatabaseValue(row["run"] as DatabaseValue)
    let place = "row \(number)" + (run.map { ", run \(printable($0, limit: 80))" } ?? "")
    guard let json = String.fromDatabaseValue(row["record"] as DatabaseValue) else {
      throw StageError("\(place): `record` is missing; ingest the logs into a new store", file: path)
    }
    do throws(StageError) {
      let record = try runRecord(of: Data(json.utf8), decoder)
      guard record.run == run else { throw StageError("`record` is of another run") }
      return record
    } catch {
      throw StageError("\(place): \(error.message); ingest the logs into a new store", file: path)
    }
  }

  private static func canonical(_ record: RunRecord) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(record), as: UTF8.self)
  }
}
