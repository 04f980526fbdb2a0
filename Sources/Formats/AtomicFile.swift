import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// Writes `data` to `path` so that a reader, or a crash, sees the old file or the new one, never a part.
///
/// Folders on the way are made. A draft that a killed process left behind is used by the next one that writes the file.
/// - Throws: ``StageError`` that names the file.
public func writeAtomically(_ data: Data, to path: String) throws(StageError) {
  // Where a link points, not in its place.
  let url = URL(fileURLWithPath: linkTarget(path)).resolvingSymlinksInPath()
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
  } catch {
    throw StageError("cannot be written: \(error.localizedDescription)", file: path)
  }
  close(try replaceFile(url.path, with: data, mode: mode.map { mode_t($0.intValue) }, said: path))
}

/// Where the links of a file lead, also to a file that is not there yet.
package func linkTarget(_ path: String) -> String {
  var url = URL(fileURLWithPath: path)
  // As many as the system follows.
  for _ in 0..<40 {
    guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: url.path) else { break }
    url = URL(fileURLWithPath: next, relativeTo: url.deletingLastPathComponent()).absoluteURL
  }
  return url.path
}

/// Puts a new file in a place in one move.
///
/// The draft has one name for each file, `.NAME.new`, so that a rerun takes up what a killed process left, and is locked, so
/// that two that write the same file do so one after the other.
/// - Parameters:
///   - path: without links.
///   - mode: permissions of the new file; as usual unless given.
///   - name: the file's name in errors.
/// - Returns: the new file, open for appending and still locked (`flock`), for the caller to close.
/// - Throws: ``StageError`` that names the file.
package func replaceFile(_ path: String, with data: Data, mode: mode_t? = nil, said name: String) throws(StageError) -> Int32 {
  let url = URL(fileURLWithPath: path)
  // The longest name that a folder takes has 255 bytes.
  let stem = url.lastPathComponent.utf8.count <= 240 ? url.lastPathComponent : Digest(of: url.lastPathComponent).hexadecimal
  let draft = url.deletingLastPathComponent().appendingPathComponent(".\(stem).new").path
  func failure() -> StageError { StageError("cannot be written: \(String(cString: strerror(errno)))", file: name) }
  while true {
    let descriptor = open(draft, O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else { throw failure() }
    guard flock(descriptor, LOCK_EX) == 0 else {
      defer { close(descriptor) }
      throw failure()
    }
    // Who held the lock before may have moved the draft to its place.
    guard isOpen(descriptor, at: draft) else {
      close(descriptor)
      continue
    }
    guard ftruncate(descriptor, 0) == 0, writeAll(data, to: descriptor),
      mode.map({ fchmod(descriptor, $0) == 0 }) ?? true, rename(draft, path) == 0
    else {
      let error = failure()
      unlink(draft)
      close(descriptor)
      throw error
    }
    return descriptor
  }
}

/// Whether a path leads to the open file.
package func isOpen(_ descriptor: Int32, at path: String) -> Bool {
  var (own, named) = (stat(), stat())
  return fstat(descriptor, &own) == 0 && stat(path, &named) == 0 && own.st_ino == named.st_ino && own.st_dev == named.st_dev
}

private func writeAll(_ data: Data, to descriptor: Int32) -> Bool {
  data.withUnsafeBytes { bytes in
    var done = 0
    while done < bytes.count {
      let count = write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}

/// Writes `text` as UTF-8; see ``writeAtomically(_:to:)-(Data,_)``.
public func writeAtomically(_ text: String, to path: String) throws(StageError) {
  try writeAtomically(Data(text.utf8), to: path)
}

/// The bytes of the file at `path`.
/// - Throws: ``StageError`` that names the file.
public func readFile(_ path: String) throws(StageError) -> Data {
  let size = ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.uint64Value ?? 0
  guard size < ProcessInfo.processInfo.physicalMemory else {
    throw StageError("is larger than this machine's memory", file: path)
  }
  do {
    return try Data(contentsOf: URL(fileURLWithPath: path))
  } catch {
    let reason = FileManager.default.fileExists(atPath: path) ? "cannot be read" : "does not exist"
    throw StageError(reason, file: path)
  }
}
