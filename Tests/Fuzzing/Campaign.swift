import Foundation
import Formats

#if canImport(Glibc)
  import Glibc
#endif

/// Many tries in worker processes that are watched: one that crashes or hangs is named, and the next goes on behind it.
package final class Campaign: @unchecked Sendable {
  private let executable: String
  private let root: String
  private let seed: UInt64
  /// Seconds of a processor that a try may take, however busy the machine is.
  private let limit: Double
  private let lock = NSLock()
  // Every access to these is inside `lock` while workers run.
  private var counts = [Subject: [String: Int]]()
  package private(set) var faults = [String]()

  package init(executable: String, root: String, seed: UInt64, limit: Double) {
    (self.executable, self.root, self.seed, self.limit) = (executable, root, seed, limit)
  }

  /// Does the tries, a process for each thousand.
  /// - Parameter jobs: processes at a time.
  package func run(_ tries: Range<Int>, jobs: Int) throws {
    let parts = stride(from: tries.lowerBound, to: tries.upperBound, by: 1000).map { $0..<min($0 + 1000, tries.upperBound) }
    let board = Board(parts: parts)
    DispatchQueue.concurrentPerform(iterations: min(jobs, parts.count)) { _ in
      while let part = board.next() {
        do {
          var next = part.lowerBound
          while next < part.upperBound { next = try runWorker(next..<part.upperBound) }
        } catch {
          board.fail(error)
        }
      }
    }
    faults.sort { (Int($0.prefix { $0.isNumber }) ?? 0) < (Int($1.prefix { $0.isNumber }) ?? 0) }
    if let error = board.error { throw error }
  }

  /// Which parts are still to be done.
  private final class Board: @unchecked Sendable {
    private let lock = NSLock()
    // Every access is inside `lock`.
    private var parts: [Range<Int>]
    private var firstError: (any Error)?

    init(parts: [Range<Int>]) { self.parts = parts.reversed() }

    var error: (any Error)? { lock.withLock { firstError } }
    func next() -> Range<Int>? { lock.withLock { firstError == nil ? parts.popLast() : nil } }
    func fail(_ error: any Error) { lock.withLock { firstError = firstError ?? error } }
  }

  /// - Returns: the try to go on with.
  private func runWorker(_ tries: Range<Int>) throws -> Int {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let notes = folder.appendingPathComponent("notes"), printed = folder.appendingPathComponent("printed")
    for file in [notes, printed] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = [
      "work", "--root", root, "--seed", "\(seed)", "--from", "\(tries.lowerBound)", "--to", "\(tries.upperBound)", "--folder",
      folder.path,
    ]
    process.currentDirectoryURL = folder
    process.standardOutput = try FileHandle(forWritingTo: printed)
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    var size: UInt64 = 0, since = 0.0, isHung = false
    while process.isRunning {
      Thread.sleep(forTimeInterval: 0.05)
      let now = (try? FileManager.default.attributesOfItem(atPath: notes.path))?[.size] as? UInt64 ?? 0
      let used = Self.processorSeconds(process.processIdentifier)
      if now != size { (size, since) = (now, used) }
      // The worker needs a moment to read its samples.
      if used - since > (size == 0 ? 60 : limit) {
        isHung = true
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }
    }
    let lines = try String(contentsOf: notes, encoding: .utf8).split(separator: "\n").map(String.init)
    var last = tries.lowerBound - 1
    for (place, line) in lines.enumerated() where place % 2 == 0 {
      let parts = line.split(separator: " ")
      guard parts.count == 2, let index = Int(parts[0]), let subject = Subject(rawValue: String(parts[1])) else { continue }
      last = index
      let outcome = place + 1 < lines.count ? lines[place + 1] : isHung ? "hang" : "crash, status \(process.terminationStatus)"
      let kind = String(outcome.prefix { $0.isLetter })
      lock.withLock {
        counts[subject, default: [:]][kind, default: 0] += 1
        if kind != "refused", kind != "done" { faults.append("\(index) \(subject.rawValue): \(outcome)") }
      }
    }
    guard last >= tries.lowerBound else {
      throw StageError("a worker did not start: status \(process.terminationStatus)", file: executable)
    }
    return last + 1
  }

  /// What a process has used of processors so far.
  private static func processorSeconds(_ process: Int32) -> Double {
    let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    // Behind the name, which may hold blanks: the times in ticks are the 12th and 13th.
    let fields = (status.split(separator: ")").last ?? "").split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// What came out, as a table.
  package var report: String {
    let kinds = ["refused", "done", "crash", "hang", "fault"]
    func row(_ name: String, _ counts: [String: Int]) -> [String] {
      [name, "\(counts.values.reduce(0, +))"] + kinds.map { "\(counts[$0] ?? 0)" }
    }
    let all = counts.values.reduce(into: [String: Int]()) { $0.merge($1, uniquingKeysWith: +) }
    let rows = Subject.allCases.compactMap { subject in counts[subject].map { row(subject.rawValue, $0) } }
    return aligned([["what is tried", "tries"] + kinds] + rows + [row("all", all)])
  }
}
