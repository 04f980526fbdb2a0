import Foundation

/// A part of some work for one of several machines: 2/8 is the second of eight.
public struct WorkShard: Sendable, Hashable {
  public let number: Int
  public let count: Int

  /// - Returns: nil where `text` is not a number, a slash and a count of at least that number.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], number >= 1, number <= count, count <= 100_000 else {
      return nil
    }
    (self.number, self.count) = (number, count)
  }

  public init(_ number: Int, of count: Int) { (self.number, self.count) = (number, count) }

  /// The shard's own log beside that of the whole: `logs/gap.jsonl` has `logs/gap.shard-2-of-8.jsonl`. Two machines never write
  /// one file.
  public func log(beside path: String) -> String { "\(Self.start(beside: path))\(number)-of-\(count).jsonl" }

  /// The logs of all shards that there are beside the log of the whole, however many parts it was once cut into.
  public static func logs(beside path: String) -> [String] {
    let start = start(beside: path)
    let folder = start.lastIndex(of: "/").map { String(start[...$0]) } ?? ""
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return entries.map { folder + $0 }.filter { $0.hasPrefix(start) && $0.hasSuffix(".jsonl") }.sorted()
  }

  /// What the paths of all shards' logs begin with.
  private static func start(beside path: String) -> String {
    (path.hasSuffix(".jsonl") ? String(path.dropLast(".jsonl".count)) : path) + ".shard-"
  }

  /// Which of `count` things that take about as long are the shard's: every `count`th.
  public func places(of total: Int) -> [Int] { Array(stride(from: number - 1, to: total, by: count)) }
}
