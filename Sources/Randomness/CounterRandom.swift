/// Random numbers by counter: Philox 2x64 with ten rounds (Salmon et al. 2011).
///
/// A number is a function of the seed, the stream and its place in the stream. Any thread can draw any of
/// them in any order, and they are the same everywhere.
public struct CounterRandom: Sendable, Hashable {
  public let seed: UInt64
  public let stream: UInt64

  public init(seed: UInt64, stream: UInt64) {
    self.seed = seed
    self.stream = stream
  }

  /// 64 random bits at a place in the stream.
  public func bits(at index: UInt64) -> UInt64 {
    Self.block(index, stream, key: seed).0
  }

  /// A number in 0..<bound; the bias is below bound / 2^64.
  public func integer(below bound: Int, at index: UInt64) -> Int {
    Int(truncatingIfNeeded: bits(at: index).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number in [0, 1).
  public func uniform(at index: UInt64) -> Double {
    Double(bits(at: index) >> 11) * 0x1p-53
  }

  /// Ten rounds of Philox on a counter of two words.
  package static func block(_ first: UInt64, _ second: UInt64, key: UInt64) -> (UInt64, UInt64) {
    var (left, right, key) = (first, second, key)
    for _ in 0..<10 {
      let product = left.multipliedFullWidth(by: 0xD2B7_4407_B1CE_6E93)
      (left, right) = (product.high ^ key ^ right, product.low)
      key &+= 0x9E37_79B9_7F4A_7C15
    }
    return (left, right)
  }
}
