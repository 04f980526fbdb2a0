import Formats
import Foundation

/// What Weights & Biases keeps of runs on the machine that they ran on: `wandb/run-DATE-ID/files`.
enum WandbFolder {
  private static let format = "local run folders of Weights & Biases"
  private static let summaryName = "wandb-summary.json"
  /// Of `wandb-metadata.json`, what tells runs apart; the rest describes the machine.
  private static let metadata = ["startedAt", "program", "gpu", "gpu_count"]
  /// Objects with this key are media or tables, whose values are elsewhere.
  private static let mediaKey = "_type"

  static func isSummary(_ name: String) -> Bool { name == summaryName || name == summaryName + ".gz" }

  /// Reads the folder `path` where it is a run folder, or holds some or a folder `wandb` that does; nil otherwise.
  static func sheet(folder path: String) throws(StageError) -> RunSheet? {
    if isRun(path) { return try sheet([path], of: path) }
    for folder in [path, path + "/wandb"] where FolderListing.isFolder(folder) {
      let runs = try FolderListing.folders(of: folder)
        .filter { ($0.hasPrefix("run-") || $0.hasPrefix("offline-run-")) && FolderListing.isFolder("\(folder)/\($0)/files") }
      if !runs.isEmpty { return try sheet(runs.map { folder + "/" + $0 }, of: path) }
    }
    return nil
  }

  /// Reads the run that a `wandb-summary.json` is of.
  static func sheet(summary path: String) throws(StageError) -> RunSheet {
    let folder = (path as NSString).deletingLastPathComponent
    let names = pathNames(path).dropLast()
    let run = names.last == "files" ? names.dropLast().last : names.last
    var runs = Runs()
    try runs.add(files: folder.isEmpty ? "." : folder, summary: path, name: run ?? summaryName)
    return try runs.sheet(of: path, format: format)
  }

  private static func isRun(_ path: String) -> Bool {
    [summaryName, "config.yaml"].contains { FolderListing.isFile("\(path)/files/\($0)") }
  }

  private static func sheet(_ folders: [String], of path: String) throws(StageError) -> RunSheet {
    var runs = Runs()
    for folder in folders {
      let summary = "\(folder)/files/\(summaryName)"
      guard FolderListing.isFile(summary) else {
        runs.withoutSummary += 1
        continue
      }
      try runs.add(files: folder + "/files", summary: summary, name: pathNames(folder).last ?? folder)
    }
    return try runs.sheet(of: path, format: format)
  }

  private struct Runs {
    private var merged = MergedRuns(groups: ["metadata", "config", "summary"])
    var withoutSummary = 0

    /// Adds the run whose files lie in `files`.
    mutating func add(files: String, summary: String, name: String) throws(StageError) {
      let document = try DocumentValue.json(readPossiblyCompressed(summary), file: summary)
      guard document.members != nil else {
        throw StageError("expected an object with the run's last values", file: summary)
      }
      var config = [(name: String, text: String)](), metadata = config
      let configFile = files + "/config.yaml"
      if FolderListing.isFile(configFile) {
        config = WandbFolder.config(try DocumentValue.yaml(readPossiblyCompressed(configFile), file: configFile))
      }
      let metadataFile = files + "/wandb-metadata.json"
      if FolderListing.isFile(metadataFile) {
        let described = try DocumentValue.json(readPossiblyCompressed(metadataFile), file: metadataFile)
        metadata = WandbFolder.metadata.compactMap { name in
          described[name]?.fieldText.map { ("metadata/" + name, $0) }
        }
      }
      let values = document.flattened { $0[mediaKey] != nil }.filter { !$0.name.hasPrefix("_wandb/") }
      guard !values.isEmpty else {
        withoutSummary += 1
        return
      }
      // Folders are called run-DATE_TIME-ID.
      let parts = name.split(separator: "-")
      let id = parts.count >= 3 && parts.dropLast().contains("run") ? String(parts[parts.count - 1]) : name
      merged.add([("run", id)], groups: [metadata, config, values], file: summary)
    }

    func sheet(of path: String, format: String) throws(StageError) -> RunSheet {
      var sheet = merged.builder()
      if !sheet.isEmpty {
        sheet.notes.append("whether runs finished or crashed is not in these folders, so that all count")
      }
      if withoutSummary > 0 {
        sheet.notes.append(
          "left out: \(counted(withoutSummary, "run folder")) without values in a \(summaryName); what was kept offline has "
            + "them only in its .wandb file")
      }
      return try sheet.sheet(of: path, format: format, lacks: "has no run with values in a \(summaryName)")
    }
  }

  /// The values of `key: {value: x}`, also `key: {desc:, value:}`; nested ones are joined by `/`.
  private static func config(_ document: DocumentValue) -> [(name: String, text: String)] {
    let members = (document.members ?? []).filter { !$0.name.hasPrefix("_wandb") && $0.name != "wandb_version" }
    let plain = members.map { member in
      let isWrapped = member.value.members?.allSatisfy { ["desc", "value"].contains($0.name) } ?? false
      return DocumentValue.Member(name: member.name, value: isWrapped ? member.value["value"] ?? .null : member.value)
    }
    return DocumentValue.object(plain).flattened()
  }
}
