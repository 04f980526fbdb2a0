import Formats
import Foundation
import RunReaders
import Testing

@Suite struct MetricsTableTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  private func read(_ text: String, _ name: String = "mine/metrics.csv") throws -> RunSheet? {
    try readForeignLog(folder.write(text, to: name))
  }

  @Test func lightning() throws {
    let sheet = try sheet("lightning")
    #expect(sheet.trainingColumn == "run")
    #expect(sheet.values("run") == ["version_0", "version_0", "version_0", "version_0", "version_2", "version_10"])
    // Training and validation of step 99 stand on two lines.
    #expect(sheet.values("step", run: "version_0") == ["49", "99", "149", "199"])
    #expect(sheet.values("train_loss", run: "version_0") == ["4.5", "4.25", "NaN", ""])
    #expect(sheet.values("val_loss", run: "version_0") == ["", "4.375", "", "3.875"])
    #expect(sheet.values("tokens", run: "version_10") == ["6553600"])
    #expect(sheet.rows.map(\.line) == [2, 4, 5, 6, 2, 2])
    let file = try RunReadersTests.sheet("lightning/lightning_logs/version_10/metrics.csv")
    #expect(file.values("run") == ["version_10"])
  }

  @Test func keras() throws {
    let sheet = try sheet("keras/small.csv")
    #expect(sheet.values("run") == ["small", "small"])
    #expect(sheet.values("val_loss") == ["3.625", "3.5"])
    #expect(sheet.values("val_accuracy") == ["0.4", ""])
  }

  @Test(arguments: [
    ("mine/version_1/metrics.csv", "mine/version_1"), ("lightning_logs/version_1/metrics.csv", "version_1"),
    ("mine/metrics.csv", "mine"), ("mine/big.csv", "big"), ("mine/training.log", "mine"),
  ]) func names(path: String, name: String) throws {
    #expect(try read("epoch,step,val_loss\n0,1,2.5\n", path)?.values("run") == [name])
  }

  @Test func sameStepsThatContradictAreRowsOfTheirOwn() throws {
    let sheet = try read("step,val_loss\n1,2.5\n1,2.25\n1,\n2,2\n")
    #expect(sheet?.values("val_loss") == ["2.5", "2.25", "2"])
  }

  @Test(arguments: ["2.2", "2.25", "2"]) func aWholeLastLineNeedsNoEnd(end: String) throws {
    let sheet = try read("epoch,step,val_loss\n0,1,2.5\n0,2,\(end)")
    // A loss without its point has another form than the others.
    #expect(sheet?.values("val_loss") == (end == "2" ? ["2.5"] : ["2.5", end]))
    #expect(sheet?.notes("may be cut") == (end == "2"))
  }

  @Test func theEndMayBeCut() throws {
    let sheet = try read("epoch,step,val_loss\r\n0,1,2.5\r\n0,2,2.")
    #expect(sheet?.values("val_loss") == ["2.5"])
    #expect(sheet?.notes("may be cut") == true)
  }

  @Test(arguments: [
    ("epoch,step,val_loss\n0,1\n0,2,3\n", 2, "expected 3 fields, not 2"),
    ("epoch,step,val_loss\n\n0,\"1,2.5\n0,2,3\n", 3, "a quote is not closed"),
    ("epoch,step,val_loss\n", nil as Int?, "has no measurements"),
  ]) func damaged(text: String, line: Int?, message: String) {
    let error = #expect(throws: StageError.self) { try read(text) }
    #expect(error?.line == line && error?.message.contains(message) == true)
  }
}
