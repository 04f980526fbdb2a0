import Formats
import Foundation
import GRDB

/// MLflow's store in SQLite, `mlflow.db`.
enum MLflowDatabase {
  private static let format = "a database of MLflow"

  /// Whether `data` begins as a file of SQLite does.
  static func isDatabase(_ data: Data) -> Bool {
    data.starts(with: Array("SQLite format 3\0".utf8))
  }

  /// Reads the database at `path`; nil where it lacks MLflow's tables.
  /// - Throws: ``StageError`` where it is damaged, locked or cannot be read.
  static func sheet(_ path: String) throws(StageError) -> RunSheet? {
    let found: MLflowRuns?
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(10)
      let database = try DatabaseQueue(path: path, configuration: configuration)
      found = try database.read { db in
        for table in ["experiments", "runs", "params", "latest_metrics"] {
          guard try db.tableExists(table) else { return nil }
        }
        return try runs(db, path: path)
      }
    } catch let error as DatabaseError {
      throw StageError("cannot be read as a database: \(error.message ?? "damaged")", file: path)
    } catch {
      throw StageError("cannot be read as a database", file: path)
    }
    return try found?.sheet(of: path, format: format)
  }

  private static func runs(_ db: Database, path: String) throws -> MLflowRuns {
    var runs = MLflowRuns()
    let params = try values(db, "SELECT run_uuid, key, value FROM params ORDER BY key") { $0[2].text }
    let metrics = try values(db, "SELECT run_uuid, key, value, is_nan FROM latest_metrics ORDER BY key") { fields in
      if fields[3].text == "1" { return "NaN" }
      // The database holds no infinity: MLflow writes the largest number.
      guard let value = Double(fields[2].text) else { return fields[2].text }
      return abs(value) > 1.797693134862e308 ? (value < 0 ? "-Infinity" : "Infinity") : fieldText(value)
    }
    let all = try Row.fetchAll(
      db,
      sql: """
        SELECT runs.run_uuid, runs.name, runs.status, runs.lifecycle_stage, experiments.name, experiments.lifecycle_stage
        FROM runs LEFT JOIN experiments ON runs.experiment_id = experiments.experiment_id
        ORDER BY runs.start_time, runs.run_uuid
        """)
    for row in all {
      let fields: [String] = row.databaseValues.map(\.text)
      guard fields[3] != "deleted", fields[5] != "deleted" else {
        runs.deleted += 1
        continue
      }
      runs.add(
        name: fields[1], id: fields[0], experiment: fields[4], status: MLflowRuns.status(fields[2]),
        params: params[fields[0]] ?? [], metrics: metrics[fields[0]] ?? [], file: path)
    }
    return runs
  }

  /// Values by key, of each run.
  private static func values(
    _ db: Database, _ sql: String, text: ([DatabaseValue]) -> String
  ) throws -> [String: [(name: String, text: String)]] {
    var found: [String: [(name: String, text: String)]] = [:]
    for row in try Row.fetchAll(db, sql: sql) {
      let fields: [DatabaseValue] = row.databaseValues.map { $0 }
      found[fields[0].text, default: []].append((fields[1].text, text(fields)))
    }
    return found
  }
}

extension DatabaseValue {
  /// Whatever a damaged or hand-made database holds here; GRDB's own conversions stop the program at a wrong type.
  fileprivate var text: String {
    switch storage {
    case .null: ""
    case .int64(let number): String(number)
    case .double(let number): fieldText(number)
    case .string(let text): text
    case .blob(let data): String(decoding: data, as: UTF8.self)
    }
  }
}
