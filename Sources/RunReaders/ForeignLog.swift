import Formats
import Foundation

/// What is found at a path: runs in a format of another program, or a file that is none of these.
public enum ForeignContent {
  case runs(RunSheet)
  /// The file's bytes, unpacked where they are gzip's: a table or a log of our own.
  case bytes(Data)
}

/// Reads what other programs leave behind: a file or a folder at `path`, recognised by content and name; `-` is standard
/// input.
///
/// Known are trainer states of Hugging Face, local run folders of Weights & Biases, stores of MLflow, event files of
/// TensorBoard, logs of Lightning and Keras, and what Megatron-LM, llm.c and nanoGPT print; `docs/readers.md` has each
/// with its columns. Files may be packed by gzip.
///
/// - Throws: ``StageError`` with file, and line where there is one, where it is one of these but damaged, without
///   measurements or not readable, and where `path` is a folder with none of these.
public func readForeign(_ path: String) throws(StageError) -> ForeignContent {
  let isStandardInput = path == "-"
  if !isStandardInput {
    guard FileManager.default.fileExists(atPath: path) else { throw StageError("does not exist", file: path) }
    if FolderListing.isFolder(path) { return .runs(try readFolder(path)) }
    // Only its path makes a file a W&B summary or a database.
    let name = (path as NSString).lastPathComponent
    if WandbFolder.isSummary(name) { return .runs(try WandbFolder.sheet(summary: path)) }
  }
  let data = try readPossiblyCompressed(path)
  if !isStandardInput, MLflowDatabase.isDatabase(data), let sheet = try MLflowDatabase.sheet(path) { return .runs(sheet) }
  let name = isStandardInput ? "standard input" : path
  return try readForeignLog(data, named: name).map { .runs($0) } ?? .bytes(data)
}

/// Reads runs from the content of a file, unpacked already, as ``readPossiblyCompressed(_:)`` gives it.
///
/// - Parameter path: what the file is called, for messages, for the names of trainings and to recognise it.
/// - Returns: nil where it is none of the formats that come in one file.
/// - Throws: ``StageError`` as ``readForeign(_:)``.
public func readForeignLog(_ data: Data, named path: String) throws(StageError) -> RunSheet? {
  let name = (path as NSString).lastPathComponent
  if EventFiles.isName(name) || TFRecords.matches(data) { return try EventFiles.sheet(data, file: path) }
  if TrainerState.isName(name) { return try TrainerState.sheet(.json(data, file: path), file: path) }
  if data.first(where: { !isBlank($0) }) == UInt8(ascii: "{") {
    // A list of objects, a line each, also begins so, and is for others to read.
    guard data.holds("\"log_history\""), let document = try? DocumentValue.json(data, file: path),
      TrainerState.matches(document)
    else { return nil }
    return try TrainerState.sheet(document, file: path)
  }
  if let sheet = try MetricsTable.sheet(data, file: path) { return sheet }
  return try TextLog.sheet(data, file: path)
}

private func isBlank(_ byte: UInt8) -> Bool {
  [0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].contains(byte)
}

/// Runs are looked for in the order in which the formats say more of them.
private func readFolder(_ path: String) throws(StageError) -> RunSheet {
  let isState = TrainerState.isName, isEvents = EventFiles.isName
  let own = try FolderListing.entries(of: path)
  let isTraining = own.contains { ($0.kind == .file && isState($0.name)) || $0.name.hasPrefix("checkpoint-") }
  // A training's folder may hold W&B's of the same training, which says less of it.
  if !isTraining {
    if let sheet = try WandbFolder.sheet(folder: path) { return sheet }
    if let sheet = try MLflowFolder.sheet(folder: path) { return sheet }
    let database = path + "/mlflow.db"
    if FolderListing.isFile(database), let sheet = try MLflowDatabase.sheet(database) { return sheet }
  }
  let files = try FolderListing.files(below: path) { isState($0) || isEvents($0) || $0 == MetricsTable.fileName }
  let events = files.filter { isEvents($0.name) }
  if var sheet = try TrainerState.sheet(folder: path, files: files.filter { isState($0.name) }) {
    if !events.isEmpty { sheet.notes.append("it also holds event files of TensorBoard, which are passed over") }
    return sheet
  }
  if var sheet = try MetricsTable.sheet(folder: path, files: files.filter { $0.name == MetricsTable.fileName }) {
    if !events.isEmpty { sheet.notes.append("it also holds event files of TensorBoard, which are passed over") }
    return sheet
  }
  if let sheet = try EventFiles.sheet(folder: path, files: events) { return sheet }
  throw StageError(
    "is a folder without runs that are known: no trainer_state.json, wandb run folders, mlruns, mlflow.db, metrics.csv of "
      + "Lightning or events.out.tfevents files", file: path)
}
