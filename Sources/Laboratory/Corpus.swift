import Formats
import Foundation
import Randomness

/// Parts of the corpus that share no text.
public enum CorpusSplit: String, Codable, Sendable, CaseIterable {
  case teacher, student, validation
}

/// English text as byte tokens, cut into disjoint splits of one distribution.
///
/// The text is cut into blocks, the blocks are dealt to the splits in a random but fixed order, and every
/// block into windows of one sequence and the token after it. No window crosses a block.
public struct Corpus: Sendable {
  /// The text: the prose of Debian's `dict-gcide` 0.48.5 (Webster's dictionary of 1913 with later additions)
  /// and of `dict-wn` 3.0 (WordNet), as ``DictionaryText`` makes it.
  public static let expectedDigest = "852121b7ad3147e2afc66479374f562423902066503ab5d9b536c04b30f4e473"
  public static let blockBytes = 8192
  public static let validationBlocks = 82
  private static let dealSeed: UInt64 = 0xD15_71_11ED

  public let digest: Digest
  /// Tokens below the vocabulary size.
  private let text: [UInt8]
  private let blocks: [CorpusSplit: [Int]]
  public let context: Int

  /// Reads the corpus and checks that it is the one that all of the laboratory's runs were made on.
  /// - Parameter anyText: takes another text, too; a tenth of a small one is held out.
  /// - Throws: ``StageError`` where the file is missing, too small, or another than expected.
  public init(
    path: String, anyText: Bool = false, context: Int = TransformerShape.familyContext
  ) throws(StageError) {
    let data = try readFile(path)
    let digest = Digest(of: data)
    guard anyText || digest.hexadecimal == Self.expectedDigest else {
      throw StageError(
        "is not the laboratory's corpus: its SHA-256 is \(digest), expected \(Self.expectedDigest); make it with `make corpus`, or pass --any-text",
        file: path)
    }
    let blocks = data.count / Self.blockBytes
    guard blocks >= 10 else {
      throw StageError("is too small: \(data.count) bytes, at least \(10 * Self.blockBytes) are needed", file: path)
    }
    self.init(
      text: [UInt8](data), digest: digest, context: context,
      validationBlocks: min(Self.validationBlocks, blocks / 10))
  }

  /// A corpus from any text; tests use it. Bytes outside ASCII become 0x1A, the substitute character.
  public init(text: [UInt8], digest: Digest, context: Int, validationBlocks: Int = validationBlocks) {
    self.digest = digest
    self.text = text.map { $0 < 128 ? $0 : 0x1A }
    self.context = context
    let dealt = permutation(of: text.count / Self.blockBytes, seed: Self.dealSeed)
    let rest = dealt.dropFirst(validationBlocks)
    let half = rest.count / 2
    blocks = [
      .validation: Array(dealt.prefix(validationBlocks)),
      .teacher: Array(rest.prefix(half)),
      .student: Array(rest.dropFirst(half)),
    ]
  }

  /// Random bytes in 64 blocks, one of them held out: what a measurement of speed trains on.
  static func random(context: Int) -> Corpus {
    var generator = CounterGenerator(seed: 1)
    let text = (0..<(64 * blockBytes)).map { _ in UInt8(generator.next() >> 57) }
    return Corpus(text: text, digest: Digest(of: text), context: context, validationBlocks: 1)
  }

  private var windowsPerBlock: Int { (Self.blockBytes - 1) / context }

  /// Number of windows in a split.
  public func windows(in split: CorpusSplit) -> Int {
    (blocks[split]?.count ?? 0) * windowsPerBlock
  }

  /// Tokens that a split can train on without repeating any.
  public func tokens(in split: CorpusSplit) -> Int { windows(in: split) * context }

  /// The block of a split that a window lies in, for standard errors.
  func block(ofWindow window: Int) -> Int { window / windowsPerBlock }

  /// The blocks of a split, whole.
  func blockTexts(of split: CorpusSplit) -> [[UInt8]] {
    (blocks[split] ?? []).map { Array(text[($0 * Self.blockBytes)..<(($0 + 1) * Self.blockBytes)]) }
  }

  /// Copies a window's tokens and, one place on, the tokens to be predicted.
  package func copy(
    window: Int, of split: CorpusSplit, inputs: UnsafeMutablePointer<UInt8>,
    targets: UnsafeMutablePointer<UInt8>
  ) {
    guard let blocks = blocks[split] else { return }
    let start = blocks[window / windowsPerBlock] * Self.blockBytes + window % windowsPerBlock * context
    text.withUnsafeBufferPointer { text in
      for i in 0..<context {
        inputs[i] = text[start + i]
        targets[i] = text[start + i + 1]
      }
    }
  }
}
