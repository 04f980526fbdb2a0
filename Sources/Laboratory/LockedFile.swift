import Formats
import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A file that is open for appending and locked by this process alone.
///
/// The lock is on the file, not on its name or on a file beside it: who comes by a link meets it, too. The kernel lets go of
/// it when the process ends, however it ends, so that no lock is ever stale.
final class LockedFile {
  private let path: String
  private let descriptor: Int32
  /// Whether opening made it.
  private let isNew: Bool

  private init(path: String, descriptor: Int32, isNew: Bool) {
    (self.path, self.descriptor, self.isNew) = (path, descriptor, isNew)
  }

  /// Opens the file, or makes it.
  /// - Throws: ``StageError`` where another process has it locked, or it cannot be written.
  convenience init(_ path: String) throws(StageError) {
    // The file may be replaced between opening and locking; then the new one is to be locked.
    for _ in 0..<100 {
      let isNew = access(path, F_OK) != 0
      let descriptor = open(path, O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw StageError("cannot be opened for writing: \(reason())", file: path) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        throw StageError("another distill-train is writing this log; wait for it or stop it", file: path)
      }
      if isOpen(descriptor, at: path) {
        self.init(path: path, descriptor: descriptor, isNew: isNew)
        return
      }
      close(descriptor)
    }
    throw StageError("cannot be locked: it is replaced all the time", file: path)
  }

  deinit {
    close(descriptor)
  }

  /// Whether the path still leads to this file.
  var isAtItsPath: Bool { isOpen(descriptor, at: path) }

  /// Appends bytes and waits until they are on the disk: all of them, or none.
  func append(_ bytes: [UInt8]) throws(StageError) {
    var before = stat()
    guard fstat(descriptor, &before) == 0 else { throw StageError("cannot be read: \(reason())", file: path) }
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count, fsync(descriptor) == 0 else {
      let reason = written >= 0 && written < bytes.count ? "the disk is full" : reason()
      _ = ftruncate(descriptor, before.st_size)
      throw StageError("cannot be written: \(reason)", file: path)
    }
  }

  /// A new file in this one's place, locked before it has the name.
  func replaced(with data: Data) throws(StageError) -> LockedFile {
    let place = URL(fileURLWithPath: linkTarget(path)).resolvingSymlinksInPath().path
    var old = stat()
    let mode = fstat(descriptor, &old) == 0 ? old.st_mode & 0o7777 : nil
    let new = try replaceFile(place, with: data, mode: mode, said: path)
    fsync(new)
    return LockedFile(path: path, descriptor: new, isNew: false)
  }

  func removeIfEmptyAndNew() {
    var status = stat()
    guard isNew, isAtItsPath, fstat(descriptor, &status) == 0, status.st_size == 0 else { return }
    unlink(path)
  }
}

/// What the last system call complained of.
private func reason() -> String { String(cString: strerror(errno)) }
