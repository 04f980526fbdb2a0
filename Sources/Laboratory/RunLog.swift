import Formats
import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// The log of a sweep: a JSON line a finished run, and the lock that makes its writer the only one.
///
/// A line is appended and flushed to disk in one piece when its run ends; a line that a crash cut short is
/// removed when the log is opened again.
public final class RunLog {
  public let path: String
  /// The runs that the log held when it was opened, or got since, by their names.
  public private(set) var records: [String: RunRecord]
  /// Their names.
  public var finished: Set<String> { Set(records.keys) }
  private let lockDescriptor: Int32

  /// Opens the log, or starts it, and locks it until the process ends.
  /// - Throws: ``StageError`` where another process writes it, or a line is not a run.
  public init(path: String) throws(StageError) {
    self.path = path
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw StageError("cannot be made: \(error.localizedDescription)", file: folder.path)
    }
    // The kernel lets go of the lock when the process ends, however it ends.
    lockDescriptor = open(path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard lockDescriptor >= 0 else { throw StageError("cannot be locked", file: path) }
    guard flock(lockDescriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(lockDescriptor)
      throw StageError("another distill-train is writing this log; wait for it or stop it", file: path)
    }
    records = [:]
    for record in try Self.repair(path) { records[record.run] = record }
  }

  deinit {
    close(lockDescriptor)
  }

  /// Appends a finished run; one that the log has gets what was measured beside its loss.
  /// - Throws: ``StageError`` where the log cannot be written, or the run came out as another.
  public func record(_ record: RunRecord) throws(StageError) {
    guard let old = records[record.run] else { return try append(record) }
    let whole = try old.adding(measurementsOf: record)
    var text = ""
    for line in try Self.read(path) { text += try (line.run == whole.run ? whole : line).logLine() }
    try writeAtomically(text, to: path)
    records[whole.run] = whole
  }

  /// Appends a finished run.
  public func append(_ record: RunRecord) throws(StageError) {
    let line = try record.logLine()
    let descriptor = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw StageError("cannot be opened for writing", file: path) }
    defer { close(descriptor) }
    let bytes = Array(line.utf8)
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count, fsync(descriptor) == 0 else {
      throw StageError("cannot be written: is the disk full?", file: path)
    }
    records[record.run] = record
  }

  /// Puts the runs in the order of `names`, so that the finished log does not tell which run ended first;
  /// runs of other names stay behind them.
  public func sort(by names: [String]) throws(StageError) {
    let records = try Self.read(path)
    let places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let sorted = records.enumerated().sorted { a, b in
      (places[a.element.run] ?? .max, a.offset) < (places[b.element.run] ?? .max, b.offset)
    }.map(\.element)
    guard sorted != records else { return }
    var text = ""
    for record in sorted { text += try record.logLine() }
    try writeAtomically(text, to: path)
  }

  /// The runs in a log; none where there is no file.
  static func read(_ path: String) throws(StageError) -> [RunRecord] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try readRunLog(path).map(\.record)
  }

  /// Ends a whole last line that lacks its end, and cuts off one that is not whole.
  private static func repair(_ path: String) throws(StageError) -> [RunRecord] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let data = try readFile(path)
    if let last = data.last, last != UInt8(ascii: "\n") {
      let end = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? data.startIndex
      let isWhole = (try? JSONDecoder().decode(RunRecord.self, from: data[end...])) != nil
      try writeAtomically(isWhole ? data + Data("\n".utf8) : data[..<end], to: path)
    }
    return try read(path)
  }
}
