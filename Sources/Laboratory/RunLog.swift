import Formats
import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// The log of a sweep: a JSON line a finished run, locked so that it has one writer.
///
/// A line is appended and flushed to disk in one piece when its run ends; a line that a crash cut short is
/// removed when the log is opened again.
public final class RunLog {
  public let path: String
  /// The runs that the log held when it was opened, or got since, by their names.
  public private(set) var records: [String: RunRecord]
  /// Their names.
  public var finished: Set<String> { Set(records.keys) }
  /// The open log, which is locked itself: whatever link or name leads to it, it is the same file.
  private var file: LockedFile

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
    let locked = try LockedFile(path)
    file = locked
    records = [:]
    for record in try repair() { records[record.run] = record }
  }

  deinit {
    // A log that got no run leaves no file where there was none.
    file.removeIfEmptyAndNew()
  }

  /// Appends a finished run; one that the log has gets what was measured beside its loss.
  /// - Throws: ``StageError`` where the log cannot be written, or the run came out as another.
  public func record(_ record: RunRecord) throws(StageError) {
    guard let old = records[record.run] else { return try append(record) }
    let whole = try old.adding(measurementsOf: record)
    var text = ""
    for line in try Self.read(path) { text += try (line.run == whole.run ? whole : line).logLine() }
    try replace(Data(text.utf8))
    records[whole.run] = whole
  }

  /// Appends a finished run.
  public func append(_ record: RunRecord) throws(StageError) {
    let line = try record.logLine()
    try lockAnewIfReplaced()
    try file.append(Array(line.utf8))
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
    try replace(Data(text.utf8))
  }

  /// The runs in a log, which is not opened for writing; none where there is no file. A line that is being written, or was
  /// cut, is no run yet.
  public static func runs(at path: String) throws(StageError) -> [RunRecord] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let data = try readFile(path)
    let end = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? data.startIndex
    return try readRunLog(Data(data[..<end]), file: path).map(\.record)
  }

  /// The runs in a log; none where there is no file.
  static func read(_ path: String) throws(StageError) -> [RunRecord] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try readRunLog(path).map(\.record)
  }

  /// Puts a new log in the place of the old one. It is locked before it gets its name, so that no other writer comes
  /// between.
  private func replace(_ data: Data) throws(StageError) {
    try lockAnewIfReplaced()
    file = try file.replaced(with: data)
  }

  /// Where another program put a new file in the log's place, lines belong into that one.
  private func lockAnewIfReplaced() throws(StageError) {
    if !file.isAtItsPath { file = try LockedFile(path) }
  }

  /// Ends a whole last line that lacks its end, and cuts off one that is not whole.
  private func repair() throws(StageError) -> [RunRecord] {
    let data = try readFile(path)
    if let last = data.last, last != UInt8(ascii: "\n") {
      let end = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? data.startIndex
      let isWhole = (try? JSONDecoder().decode(RunRecord.self, from: data[end...])) != nil
      try replace(isWhole ? data + Data("\n".utf8) : data[..<end])
    }
    return try Self.read(path)
  }
}
