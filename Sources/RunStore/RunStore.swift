import Artifacts
import Foundation
import GRDB

/// The runs of a study in SQLite: unique by name, checked, and never half-ingested.
///
/// Columns hold what queries ask for; `record` holds the whole log line, so that nothing is lost.
public struct RunStore: Sendable {
  private let database: DatabaseQueue
  private let path: String

  /// Opens a store, or makes it.
  /// - Throws: ``StageError`` where the file cannot be opened or is something else.
  public init(path: String) throws(StageError) {
    self.path = path
    do {
      try FileManager.default.createDirectory(
        at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
      database = try DatabaseQueue(path: path)
      try Self.migrator.migrate(database)
    } catch {
      throw StageError("is not a run store: \(error)", file: path)
    }
  }

  /// Opens a store that is there already.
  public init(readingFrom path: String) throws(StageError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw StageError("does not exist; distill-ingest makes it", file: path)
    }
    try self.init(path: path)
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("runs") { db in
      try db.execute(
        sql: """
          CREATE TABLE runs (
            run TEXT NOT NULL PRIMARY KEY CHECK (run <> ''),
            study TEXT NOT NULL CHECK (study <> ''),
            kind TEXT NOT NULL CHECK (kind IN ('supervised', 'distillation')),
            origin TEXT NOT NULL CHECK (origin IN ('measured', 'reconstructed')),
            purpose TEXT NOT NULL CHECK (purpose IN ('law', 'tuning')),
            sweep TEXT NOT NULL,
            parameters REAL NOT NULL CHECK (parameters > 0),
            tokens REAL NOT NULL CHECK (tokens > 0),
            compute REAL NOT NULL CHECK (compute > 0),
            loss REAL NOT NULL CHECK (loss > 0),
            teacherRun TEXT,
            teacherLoss REAL CHECK (teacherLoss > 0),
            record TEXT NOT NULL,
            CHECK ((kind = 'distillation') = (teacherRun IS NOT NULL AND teacherLoss IS NOT NULL))
          ) STRICT, WITHOUT ROWID
          """)
    }
    return migrator
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
          let stored = try String.fetchOne(
            db, sql: "SELECT record FROM runs WHERE run = ?", arguments: [run.record.run])
          if let stored {
            guard stored == json else {
              throw StageError(
                "run \(run.record.run) is there already with other content; give it another name, or remove the store to ingest anew",
                file: run.file, line: run.line)
            }
            outcome.alreadyThere += 1
            continue
          }
          try Self.insert(run.record, json: json, study: study, into: db)
          outcome.added += 1
        }
        return outcome
      }
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError("\(error)", file: path)
    }
  }

  private static func insert(
    _ record: RunRecord, json: String, study: String, into db: Database
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO runs (run, study, kind, origin, purpose, sweep, parameters, tokens, compute, loss,
                          teacherRun, teacherLoss, record)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        record.run, study, record.kind.rawValue, record.origin.rawValue, record.purpose.rawValue,
        record.sweep, record.parameters, record.tokens, record.compute, record.loss,
        record.distillation?.teacherRun, record.distillation?.teacherLoss, json,
      ])
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
