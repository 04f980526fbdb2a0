import Foundation

/// Writes `data` to `path` so that a reader, or a crash, sees the old file or the new one, never a part.
///
/// Folders on the way are made. A file that already holds `data` is left alone except for its
/// modification time, which make goes by.
/// - Throws: ``StageError`` that names the file.
public func writeAtomically(_ data: Data, to path: String) throws(StageError) {
  // Where a link points, not in its place.
  let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
  let files = FileManager.default
  let old = try? files.attributesOfItem(atPath: url.path)
  let mode = old?[.posixPermissions] as? NSNumber
  // Also for those who may write everything: whoever took the right away meant it.
  if let mode, mode.intValue & 0o222 == 0 { throw StageError("cannot be written: it is read-only", file: path) }
  do {
    try files.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    // A pipe or a terminal cannot be replaced.
    let type = old?[.type] as? FileAttributeType
    guard type == nil || type == .typeRegular || type == .typeDirectory else {
      try FileHandle(forWritingTo: url).write(contentsOf: data)
      return
    }
    try data.write(to: url, options: .atomic)
    // The new file has the mode of the old one.
    if let mode { try files.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path) }
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
