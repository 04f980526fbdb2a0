public import Formats
import Foundation

/// What a stage makes one by one and may take long for, in a file to go on from: a line of settings, then one an item.
///
/// A shard writes a file of its own beside it, and reads no other. The whole takes in what the shards' files hold. The file
/// is written anew every time, in one step.
public struct ResumableLog<Item: Codable & Sendable>: Sendable {
  private let file: String?
  private let shard: WorkShard?
  private let place: @Sendable (Item) -> Int
  private var text: String
  /// By their places.
  public private(set) var items: [Int: Item] = [:]

  /// - Parameters:
  ///   - settings: what all items must have been made with.
  ///   - parts: names the whole's file, unless nothing is kept, and the shard.
  ///   - kind: what an item is called: "study".
  ///   - place: an item's number, from 0.
  ///   - isWhole: whether an item that can be read is one.
  /// - Throws: ``StageError`` where a file holds items of other settings, or something else.
  public init(
    settings: some Encodable, parts: ShardOptions, kind: String, place: @escaping @Sendable (Item) -> Int,
    isWhole: (Item) -> Bool = { _ in true }
  ) throws(StageError) {
    let own = parts.log.map { parts.shard?.log(beside: $0) ?? $0 }
    (file, shard, self.place) = (own, parts.shard, place)
    let first = try Self.line(settings)
    text = first
    let others = parts.shard == nil ? parts.log.map(WorkShard.logs(beside:)) ?? [] : []
    for path in [own].compactMap({ $0 }) + others where FileManager.default.fileExists(atPath: path) {
      let lines = String(decoding: try readFile(path), as: UTF8.self).split(separator: "\n")
      guard let head = lines.first, head + "\n" == first else {
        throw StageError("was made with other settings or runs; name another log", file: path, line: 1)
      }
      for (index, line) in lines.enumerated().dropFirst() {
        guard let item = try? Self.decoder.decode(Item.self, from: Data(line.utf8)), isWhole(item) else {
          throw StageError("expected a \(kind), as this stage logs it", file: path, line: index + 1)
        }
        items[place(item)] = item
        if path == own { text += line + "\n" }
      }
    }
  }

  /// The places below `total`, or the shard's of them, that have no item yet.
  public func missing(of total: Int) -> [Int] { places(of: total).filter { items[$0] == nil } }

  /// How many of them that is, in words.
  /// - Parameter kind: what the work is made of, in the plural.
  public func left(of total: Int, _ kind: String) -> String {
    let part = shard.map { "shard \($0.number) of \($0.count): " } ?? ""
    return "\(part)\(missing(of: total).count) of \(places(of: total).count) \(kind) are left"
  }

  private func places(of total: Int) -> [Int] { shard?.places(of: total) ?? Array(0..<total) }

  public mutating func add(_ more: [Item]) throws(StageError) {
    for item in more { items[place(item)] = item }
    guard let file, !more.isEmpty else { return }
    for item in more { text += try Self.line(item) }
    try writeAtomically(text, to: file)
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  private static func line(_ value: some Encodable) throws(StageError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    } catch {
      throw StageError("cannot be logged: \(error)")
    }
  }
}
