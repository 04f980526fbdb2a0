import Foundation

/// Random numbers by counting: the n-th number of a stream is a hash of the seed, the stream and n.
///
/// Any number can be had without the ones before it, so results do not depend on the order or the
/// thread in which they are asked for. The hash is SplitMix64's finaliser applied twice over a Weyl
/// sequence (Steele, Lea and Flood 2014).
public struct CounterGenerator: RandomNumberGenerator, Sendable {
  private let key: UInt64
  private var counter: UInt64 = 0

  /// The stream `stream` of `seed`; different streams of a seed are independent.
  public init(seed: UInt64, stream: UInt64 = 0) {
    key = Self.mix(Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ (stream &* 0xD1B5_4A32_D192_ED03))
  }

  public mutating func next() -> UInt64 {
    counter &+= 1
    return Self.mix(Self.mix(key &+ counter &* 0x9E37_79B9_7F4A_7C15) ^ key)
  }

  /// A number drawn uniformly from the open interval (0, 1).
  public mutating func uniform() -> Double {
    (Double(next() >> 11) + 0.5) * 0x1p-53
  }

  /// A number drawn from the standard normal distribution (Box and Muller 1958).
  public mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A permutation of 0 ..< `count`, known by its seed (Fisher and Yates).
public func permutation(of count: Int, seed: UInt64, stream: UInt64 = 0) -> [Int] {
  var generator = CounterGenerator(seed: seed, stream: stream)
  return Array(0..<count).shuffled(using: &generator)
}
