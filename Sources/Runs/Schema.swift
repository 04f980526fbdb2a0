import Formats
import GRDB

/// The run store's tables, and what marks a database as a run store.
enum Schema {
  /// SQLite's application id of a run store: "DSTL" in ASCII.
  private static let applicationID = 0x4453_544C

  /// The only table. Another one of this name is not a store's.
  private static let table = {
    // 9e999 is SQLite's infinity; NaN is stored as NULL, which `NOT NULL` refuses.
    func positive(_ name: String) -> String { "\(name) REAL NOT NULL CHECK (\(name) > 0 AND \(name) < 9e999)" }
    func positiveOrAbsent(_ name: String) -> String { "\(name) REAL CHECK (\(name) > 0 AND \(name) < 9e999)" }
    return """
      CREATE TABLE runs (
        run TEXT NOT NULL PRIMARY KEY CHECK (run <> ''),
        study TEXT NOT NULL CHECK (study <> ''),
        kind TEXT NOT NULL CHECK (kind IN ('supervised', 'distillation')),
        origin TEXT NOT NULL CHECK (origin IN ('measured', 'reconstructed')),
        purpose TEXT NOT NULL CHECK (purpose IN ('law', 'baseline', 'tuning', 'mapping')),
        sweep TEXT NOT NULL,
        \(positiveOrAbsent("budget")),
        \(positive("parameters")),
        \(positive("tokens")),
        \(positive("compute")),
        \(positive("loss")),
        lossStandardError REAL CHECK (lossStandardError >= 0 AND lossStandardError < 9e999),
        evaluationTokens INTEGER CHECK (evaluationTokens > 0),
        seed INTEGER,
        teacherRun TEXT CHECK (teacherRun <> ''),
        \(positiveOrAbsent("teacherLoss")),
        \(positiveOrAbsent("teacherParameters")),
        \(positiveOrAbsent("teacherTokens")),
        divergence REAL CHECK (divergence >= 0 AND divergence < 9e999),
        \(positiveOrAbsent("temperature")),
        mixing REAL CHECK (mixing BETWEEN 0 AND 1),
        record TEXT NOT NULL CHECK (json_valid(record)),
        CHECK ((kind = 'distillation') = (teacherRun IS NOT NULL AND teacherLoss IS NOT NULL)),
        CHECK (kind = 'distillation' OR coalesce(teacherRun, teacherLoss, teacherParameters, teacherTokens,
          divergence, temperature, mixing) IS NULL)
      ) STRICT, WITHOUT ROWID
      """
  }()

  /// Why a database is not a run store.
  struct Mismatch: Error, CustomStringConvertible {
    var description: String
  }

  /// True of a database without tables, which may become a store.
  static func isEmpty(_ db: Database) throws -> Bool {
    try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
  }

  /// - Throws: ``Mismatch`` where the database is another program's, or another version's.
  static func check(_ db: Database) throws {
    guard try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
      throw Mismatch(description: "it lacks the mark of one, and is left as it is; name another file")
    }
    let stored = try String.fetchOne(db, sql: "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'runs'")
    guard let stored, words(stored) == words(table) else {
      throw Mismatch(description: "another version made it; ingest the logs into a new one")
    }
  }

  /// A statement without the blanks that it is laid out with.
  private static func words(_ sql: String) -> [Substring] { sql.split(whereSeparator: \.isWhitespace) }

  /// Makes an empty database a store. In the transaction of its caller, so that no one sees half of one.
  static func create(in db: Database) throws {
    try db.execute(sql: table)
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
  }

  /// Inserts a record; `json` is its log line.
  static func insert(_ record: RunRecord, json: String, study: String, into db: Database) throws {
    let teacher = record.distillation
    let columns: KeyValuePairs<String, (any DatabaseValueConvertible)?> = [
      "run": record.run, "study": study, "kind": record.kind.rawValue, "origin": record.origin.rawValue,
      "purpose": record.purpose.rawValue, "sweep": record.sweep, "budget": record.budget,
      "parameters": record.parameters, "tokens": record.tokens, "compute": record.compute,
      "loss": record.loss, "lossStandardError": record.lossStandardError,
      "evaluationTokens": record.evaluationTokens, "seed": record.seed,
      "teacherRun": teacher?.teacherRun, "teacherLoss": teacher?.teacherLoss,
      "teacherParameters": teacher?.teacherParameters, "teacherTokens": teacher?.teacherTokens,
      "divergence": teacher?.divergence, "temperature": teacher?.temperature, "mixing": teacher?.mixing,
      "record": json,
    ]
    let names = columns.map(\.key).joined(separator: ", ")
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    try db.execute(
      sql: "INSERT INTO runs (\(names)) VALUES (\(places))", arguments: StatementArguments(columns.map(\.value)))
  }
}
