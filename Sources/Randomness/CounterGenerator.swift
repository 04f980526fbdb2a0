import Foundation

/// The numbers of a ``CounterRandom`` stream one after the other.
public struct CounterGenerator: RandomNumberGenerator, Sendable {
  private let random: CounterRandom
  private var index: UInt64 = 0

  /// The stream `stream` of `seed`; different streams of a seed are independent.
  public init(seed: UInt64, stream: UInt64 = 0) {
    random = CounterRandom(seed: seed, stream: stream)
  }

  public mutating func next() -> UInt64 {
    defer { index &+= 1 }
    return random.bits(at: index)
  }

  /// A number drawn uniformly from the open interval (0, 1).
  public mutating func uniform() -> Double { Self.uniform(next()) }

  /// 53 bits and a half more, which would round the greatest of them up to 1.
  package static func uniform(_ bits: UInt64) -> Double {
    min((Double(bits >> 11) + 0.5) * 0x1p-53, 1.0.nextDown)
  }

  /// A number drawn from the standard normal distribution (Box and Muller 1958).
  public mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
  }
}

/// A permutation of 0 ..< `count`, known by its seed (Fisher and Yates).
public func permutation(of count: Int, seed: UInt64, stream: UInt64 = 0) -> [Int] {
  var generator = CounterGenerator(seed: seed, stream: stream)
  return Array(0..<count).shuffled(using: &generator)
}
