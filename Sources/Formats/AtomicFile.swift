import Foundation

/// Writes `data` to `path` so that a reader, or a crash, sees the old file or the new one, never a part.
///
/// Folders on the way are made. A file that already holds `data` is left alone except for its
/// modification time, which make goes by.
/// - Throws: ``StageError`` that names the file.
public func writeAtomically(_ data: Data, to path: String) throws(StageError) {
  let url = URL(fileURLWithPath: path)
  do {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url, options: .atomic)
  } catch {
    throw StageError("cannot be written: \(error.localizedDescription)", file: path)
  }
}

/// Writes `text` as UTF-8; see ``writeAtomically(_:to:)-(Data,_)``.
public func writeAtomically(_ text: String, to path: String) throws(StageError) {
  try writeAtomically(Data(text.utf8), to: path)
}

/// The bytes of the file at `path`.
/// - Throws: ``StageError`` that names the file.
public func readFile(_ path: String) throws(StageError) -> Data {
  do {
    return try Data(contentsOf: URL(fileURLWithPath: path))
  } catch {
    let reason = FileManager.default.fileExists(atPath: path) ? "cannot be read" : "does not exist"
    throw StageError(reason, file: path)
  }
}
