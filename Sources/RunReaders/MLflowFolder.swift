import Formats
import Foundation

/// MLflow's store of files: `mlruns/EXPERIMENT/RUN/{meta.yaml,params/,metrics/,tags/}`.
enum MLflowFolder {
  private static let format = "a file store of MLflow"

  /// Reads the folder `path` where it is a store, holds one as `mlruns`, or is an experiment or a run of one; nil
  /// otherwise.
  static func sheet(folder path: String) throws(StageError) -> RunSheet? {
    var runs = MLflowRuns()
    for folder in [path, path + "/mlruns"] where FolderListing.isFolder(folder) {
      if try add(folder, to: &runs) { return try runs.sheet(of: path, format: format) }
    }
    return nil
  }

  /// Adds what `folder` holds, a store, an experiment or a run. False where it is none of them.
  private static func add(_ folder: String, to runs: inout MLflowRuns) throws(StageError) -> Bool {
    if let meta = try meta(folder) {
      if meta["run_id"] != nil || meta["run_uuid"] != nil {
        try addRun(folder, meta: meta, experiment: experimentName(above: folder), to: &runs)
        return true
      }
      guard meta["experiment_id"] != nil else { return false }
      try addExperiment(folder, meta: meta, to: &runs)
      return true
    }
    var isStore = false
    for name in try FolderListing.folders(of: folder) where name != ".trash" && name != "models" {
      guard let meta = try meta(folder + "/" + name), meta["experiment_id"] != nil, meta["run_id"] == nil else { continue }
      isStore = true
      try addExperiment(folder + "/" + name, meta: meta, to: &runs)
    }
    if isStore, FolderListing.isFolder(folder + "/.trash") {
      for name in try FolderListing.folders(of: folder + "/.trash") {
        runs.deleted += try FolderListing.folders(of: folder + "/.trash/" + name)
          .filter { FolderListing.isFile("\(folder)/.trash/\(name)/\($0)/meta.yaml") }.count
      }
    }
    return isStore
  }

  /// The experiment's name where a run is named by itself.
  private static func experimentName(above folder: String) throws(StageError) -> String {
    let experiment = URL(fileURLWithPath: folder).standardizedFileURL.deletingLastPathComponent().path
    return try meta(experiment)?["name"]?.fieldText ?? ""
  }

  /// Nil where there is none, or one of something else than MLflow.
  private static func meta(_ folder: String) throws(StageError) -> DocumentValue? {
    let file = folder + "/meta.yaml"
    guard FolderListing.isFile(file) else { return nil }
    let data = try readPossiblyCompressed(file)
    guard ["experiment_id", "run_id", "run_uuid"].contains(where: data.holds) else {
      return nil
    }
    let document = try DocumentValue.yaml(data, file: file)
    guard document.members != nil else {
      throw StageError("expected the keys of a run or an experiment, as MLflow writes them", file: file)
    }
    return document
  }

  private static func addExperiment(
    _ folder: String, meta experiment: DocumentValue, to runs: inout MLflowRuns
  ) throws(StageError) {
    let isDeleted = experiment["lifecycle_stage"]?.fieldText == "deleted"
    var found = [(start: Double, folder: String, meta: DocumentValue)]()
    for name in try FolderListing.folders(of: folder) {
      let run = folder + "/" + name
      guard let meta = try meta(run), meta["run_id"] != nil || meta["run_uuid"] != nil else {
        // MLflow makes this file first, and writes it anew when a run ends.
        if FolderListing.isFile(run + "/meta.yaml") { runs.withoutMeta += 1 }
        continue
      }
      if isDeleted {
        runs.deleted += 1
      } else {
        found.append((meta["start_time"]?.fieldText.flatMap(Double.init) ?? 0, run, meta))
      }
    }
    // Folders have names by chance.
    for run in found.sorted(by: { ($0.start, $0.folder) < ($1.start, $1.folder) }) {
      try addRun(run.folder, meta: run.meta, experiment: experiment["name"]?.fieldText ?? "", to: &runs)
    }
  }

  private static func addRun(
    _ folder: String, meta: DocumentValue, experiment: String, to runs: inout MLflowRuns
  ) throws(StageError) {
    guard meta["lifecycle_stage"]?.fieldText != "deleted" else {
      runs.deleted += 1
      return
    }
    let id = (meta["run_id"] ?? meta["run_uuid"])?.fieldText ?? ""
    // Before run_name was in meta.yaml it was only a tag.
    var name = meta["run_name"]?.fieldText ?? ""
    let nameTag = folder + "/tags/mlflow.runName"
    if name.isEmpty, FolderListing.isFile(nameTag) { name = try text(nameTag) }
    var params = [(name: String, text: String)]()
    for file in try keys(folder + "/params") { params.append((file, try text("\(folder)/params/\(file)"))) }
    var metrics = [(name: String, text: String)]()
    for file in try keys(folder + "/metrics") {
      if let value = try lastValue("\(folder)/metrics/\(file)", runs: &runs) { metrics.append((file, value)) }
    }
    runs.add(
      name: name, id: id, experiment: experiment, status: MLflowRuns.status(meta["status"]?.fieldText ?? ""),
      params: params, metrics: metrics, file: folder)
  }

  /// Keys are files; a slash in a key makes folders.
  private static func keys(_ folder: String) throws(StageError) -> [String] {
    guard FolderListing.isFolder(folder) else { return [] }
    return try FolderListing.files(below: folder) { _ in true }.map { $0.folder.isEmpty ? $0.name : "\($0.folder)/\($0.name)" }
  }

  private static func text(_ file: String) throws(StageError) -> String {
    String(decoding: try readPossiblyCompressed(file), as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  /// The value that MLflow shows: of the largest step, and of its latest. Lines are `timestamp value step`, in old
  /// stores without a step.
  private static func lastValue(_ file: String, runs: inout MLflowRuns) throws(StageError) -> String? {
    var last: (step: Double, time: Double, text: String)?
    for line in LogLines(try readPossiblyCompressed(file)) {
      let parts = line.text.split(separator: " ")
      guard !parts.isEmpty else { continue }
      guard !line.isCut else {
        // Half a number reads as another number.
        runs.cutMetrics += 1
        continue
      }
      guard (2...3).contains(parts.count), let time = Double(parts[0]), let value = loggedNumber(parts[1]),
        let step = parts.count == 3 ? Double(parts[2]) : 0
      else {
        throw StageError("expected `timestamp value step`, not `\(line.text.prefix(60))`", file: file, line: line.number)
      }
      if let last, (last.step, last.time) > (step, time) { continue }
      last = (step, time, fieldText(Double(value) ?? .nan))
    }
    return last?.text
  }
}

/// The runs of an MLflow store, whatever it is kept in.
struct MLflowRuns {
  private var merged = MergedRuns(groups: ["params", "metrics"])
  /// Runs that were deleted, which MLflow keeps for a while.
  var deleted = 0
  /// Run folders whose meta.yaml names no run.
  var withoutMeta = 0
  /// Metrics whose last line is not whole.
  var cutMetrics = 0

  mutating func add(
    name: String, id: String, experiment: String, status: String, params: [(name: String, text: String)],
    metrics: [(name: String, text: String)], file: String
  ) {
    merged.add(
      [("run", name.isEmpty ? id : name), ("run_id", id), ("experiment", experiment), ("status", status)],
      groups: [params, metrics], file: file)
  }

  func sheet(of path: String, format: String) throws(StageError) -> RunSheet {
    var sheet = merged.builder()
    if deleted > 0 { sheet.notes.append("left out: \(counted(deleted, "deleted run"))") }
    if withoutMeta > 0 { sheet.notes.append("left out: \(counted(withoutMeta, "run")) with an empty or cut meta.yaml") }
    if cutMetrics > 0 { sheet.notes.append("passed over: the last line, which is cut, of \(counted(cutMetrics, "metric"))") }
    return try sheet.sheet(of: path, format: format, lacks: "has no runs")
  }

  /// `meta.yaml` has numbers, the database names.
  static func status(_ text: String) -> String {
    let names = ["1": "RUNNING", "2": "SCHEDULED", "3": "FINISHED", "4": "FAILED", "5": "KILLED"]
    return names[text] ?? text
  }
}
