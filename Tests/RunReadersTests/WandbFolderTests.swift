import Formats
import Foundation
import RunReaders
import Testing

@Suite struct WandbFolderTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  @Test func aRowIsARun() throws {
    let sheet = try sheet("wandb")
    #expect(sheet.trainingColumn == nil)
    #expect(sheet.values("run") == ["abc120", "abc121"])
    #expect(sheet.values("eval/loss") == ["3.25", "3.125"])
    #expect(sheet.values("model/n_params") == ["124000000", "124000001"])
    #expect(sheet.values("lr") == ["1.0e-04", "1.0e-04"])
    #expect(sheet.values("schedule") == ["[1,2]", "[1,2]"])
    #expect(sheet.values("flag") == ["true", "true"])
    #expect(sheet.values("worst") == ["NaN", "NaN"])
    #expect(sheet.values("metadata/program") == ["train.py", "train.py"])
    #expect(!sheet.columns.contains { $0.hasPrefix("_wandb") || $0.hasPrefix("image") || $0 == "note" })
    #expect(sheet.notes("finished or crashed") && sheet.notes("1 run folder "))
  }

  @Test(arguments: [
    "wandb/run-20260101_120000-abc120", "wandb/run-20260101_120000-abc120/files/wandb-summary.json",
  ]) func runsByThemselves(path: String) throws {
    let sheet = try sheet(path)
    #expect(sheet.values("run") == ["abc120"])
    #expect(sheet.values("model/layers") == ["12"])
  }

  @Test func theFolderAboveIsEnough() throws {
    try folder.write("{\"loss\": 3}", to: "wandb/run-20260101_120000-x/files/wandb-summary.json")
    try folder.write("loss: {value: ce}", to: "wandb/run-20260101_120000-x/files/config.yaml")
    let sheet = try readForeignLog(folder.path)
    #expect(sheet?.values("loss") == ["3"])
    #expect(sheet?.values("config/loss") == ["ce"])
  }

  @Test(arguments: ["[1]", "{\"a\":", "3"]) func damagedSummaries(text: String) throws {
    let path = try folder.write(text, to: "run-1-a/files/wandb-summary.json")
    let error = #expect(throws: StageError.self) { try readForeignLog(folder.path) }
    #expect(error?.file == path)
  }

  @Test func damagedConfigurationsAreNamed() throws {
    try folder.write("{\"loss\": 3}", to: "run-1-a/files/wandb-summary.json")
    let path = try folder.write("a:\n  value: [1\nb", to: "run-1-a/files/config.yaml")
    let error = #expect(throws: StageError.self) { try readForeignLog(folder.path) }
    #expect(error?.file == path && error?.line != nil)
  }

  @Test func runsWithoutValuesAreCounted() throws {
    try folder.write("{\"_wandb\": {\"runtime\": 1}}", to: "offline-run-1-a/files/wandb-summary.json")
    let error = #expect(throws: StageError.self) { try readForeignLog(folder.path) }
    #expect(error?.message.contains("kept offline") == true)
  }
}
