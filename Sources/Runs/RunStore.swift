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
      // Before the migration, which would add tables to any database.
      if try database.read(Schema.isEmpty) == false { try database.read(Schema.check) }
      try Schema.migrator.migrate(database)
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
      try database.read(Schema.check)
    } catch {
      throw StageError("is not a run store: \(error)", file: path)
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
            guard stored["record"] == json, stored["study"] == study else {
              let difference = stored["record"] == json ? "in another study" : "with other content"
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
      let decoder = JSONDecoder()
      return try database.read { db in
        try String.fetchAll(db, sql: "SELECT record FROM runs ORDER BY run").map {
          try decoder.decode(RunRecord.self, from: Data($0.utf8))
        }
      }
    } catch {
      throw StageError("cannot be read: \(error)", file: path)
    }
  }

  private static func canonical(_ record: RunRecord) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(record), as: UTF8.self)
  }
}
