import Formats
import Foundation
import GRDB
import RunReaders
import Testing

@Suite struct MLflowTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  @Test func fileStores() throws {
    let sheet = try sheet("mlruns")
    #expect(sheet.trainingColumn == nil)
    // In the order in which they began.
    #expect(sheet.values("run") == ["run-c", "tag-b", "run-a"])
    #expect(sheet.values("status") == ["FAILED", "RUNNING", "FINISHED"])
    #expect(sheet.values("experiment") == ["sweep", "sweep", "sweep"])
    // The value of the largest step, not the last line.
    #expect(sheet.values("eval/loss") == ["", "2.75", "3.25"])
    #expect(sheet.values("odd") == ["", "Infinity", "NaN"])
    #expect(sheet.values("opt/name") == ["", "", "adam"])
    // Names that are taken.
    #expect(sheet.values("params/status") == ["", "", "mine"])
    #expect(sheet.values("loss") == ["4.5", "", ""] && sheet.values("params/loss") == ["ce", "", ""])
    #expect(sheet.notes("2 deleted runs"))
  }

  @Test(arguments: [("mlruns/17", 3), ("mlruns/17/aaaaaaaa", 1)]) func parts(path: String, runs: Int) throws {
    let sheet = try sheet(path)
    #expect(sheet.rows.count == runs)
    #expect(sheet.values("experiment").allSatisfy { $0 == "sweep" })
  }

  private func store(_ metric: String) throws -> String {
    try folder.write("experiment_id: '1'\nname: x\n", to: "mlruns/1/meta.yaml")
    try folder.write("run_id: a\nstatus: 3\n", to: "mlruns/1/a/meta.yaml")
    return try folder.write(metric, to: "mlruns/1/a/metrics/loss")
  }

  @Test func damagedStores() throws {
    var path = try store("1 3.5 1\n1 x 2\n")
    var error = #expect(throws: StageError.self) { try readForeignLog(folder.path) }
    #expect(error?.file?.hasSuffix("mlruns/1/a/metrics/loss") == true && error?.line == 2)
    path = try folder.write("run_id: [", to: "mlruns/1/a/meta.yaml")
    error = #expect(throws: StageError.self) { try readForeignLog(folder.path) }
    #expect(error?.file == path)
    try folder.write("", to: "mlruns/1/a/meta.yaml")
    error = #expect(throws: StageError.self) { try readForeignLog(folder.path) }
    #expect(error?.message.contains("empty or cut meta.yaml") == true)
  }

  @Test func theEndOfAMetricMayBeCut() throws {
    _ = try store("1 3.5 1\n1 3.")
    let sheet = try readForeignLog(folder.path)
    #expect(sheet?.values("loss") == ["3.5"])
    #expect(sheet?.notes("1 metric") == true)
  }

  private func database(_ name: String = "mlflow.db", _ statements: [String] = []) throws -> String {
    let path = folder.path + "/" + name
    try DatabaseQueue(path: path).write { db in
      for sql in statements { try db.execute(sql: sql) }
    }
    return path
  }

  private static let tables = [
    "CREATE TABLE experiments (experiment_id INTEGER, name TEXT, lifecycle_stage TEXT)",
    """
    CREATE TABLE runs
    (run_uuid TEXT, name TEXT, status TEXT, lifecycle_stage TEXT, experiment_id INTEGER, start_time INTEGER)
    """,
    "CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT)",
    """
    CREATE TABLE latest_metrics
    (key TEXT, value FLOAT, timestamp INTEGER, step INTEGER, is_nan BOOLEAN, run_uuid TEXT)
    """,
  ]

  @Test func databases() throws {
    let path = try database(
      "renamed.sqlite",
      Self.tables + [
        "INSERT INTO experiments VALUES (1, 'sweep', 'active'), (2, 'old', 'deleted')",
        """
        INSERT INTO runs VALUES ('a', 'first', 'FINISHED', 'active', 1, 2), ('b', NULL, 'KILLED', 'active', 1, 1),
        ('c', 'x', 'FINISHED', 'deleted', 1, 3), ('d', 'y', 'FINISHED', 'active', 2, 4), (x'00', 7.5, 5, NULL, 9, 'z')
        """,
        "INSERT INTO params VALUES ('n_params', '1000000', 'a'), ('loss', 'ce', 'a'), (NULL, x'ff', 'b')",
        """
        INSERT INTO latest_metrics VALUES ('loss', 3.25, 1, 1, 0, 'a'), ('loss', 0, 1, 1, 1, 'b'),
        ('tokens', 3e9, 1, 1, 0, 'a'), ('big', 1.7976931348623157e308, 1, 1, 0, 'a'), ('odd', 'text', 1, 1, 0, 'a')
        """,
      ])
    let sheet = try #require(try readForeignLog(path))
    #expect(Array(sheet.values("run").prefix(2)) == ["b", "first"])
    #expect(Array(sheet.values("loss").prefix(2)) == ["NaN", "3.25"])
    #expect(sheet.values("params/loss").contains("ce"))
    #expect(sheet.values("tokens").contains("3000000000"))
    #expect(sheet.values("big").contains("Infinity"))
    #expect(sheet.values("odd").contains("text"))
    #expect(sheet.values("status").contains("KILLED"))
    #expect(sheet.notes("2 deleted runs"))
  }

  @Test func aFolderMayHoldADatabase() throws {
    _ = try database(
      "mlflow.db", Self.tables + ["INSERT INTO runs VALUES ('a', 'first', 'FINISHED', 'active', 1, 2)"])
    #expect(try readForeignLog(folder.path)?.values("run") == ["first"])
  }

  @Test func otherDatabasesAreLeftAlone() throws {
    #expect(try readForeignLog(database("runs.sqlite", ["CREATE TABLE runs (run TEXT)"])) == nil)
  }

  @Test func damagedDatabases() throws {
    let path = try database("mlflow.db", Self.tables)
    var error = #expect(throws: StageError.self) { try readForeignLog(path) }
    #expect(error?.message == "has no runs")
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in [16, 100, 1000, whole.count / 2] {
      let cut = try folder.write(whole.prefix(length), to: "cut-\(length).db")
      error = #expect(throws: StageError.self) { try readForeignLog(cut) }
      #expect(error?.file == cut)
    }
    let old = try database("old.db", ["experiments", "runs", "params", "latest_metrics"].map { "CREATE TABLE \($0) (a TEXT)" })
    error = #expect(throws: StageError.self) { try readForeignLog(old) }
    #expect(error?.message.contains("no such column") == true)
  }
}
