/// The vector functions behind the kernels, all built from operations that round the same everywhere.

/// 2^x to within 2 ulp for x in [-126, 127]; arguments outside are clamped to it.
///
/// x = n + f with n whole and |f| <= 1/2: a polynomial gives 2^f, and n goes straight into the exponent.
@inline(__always)
package func exp2(_ x: Lane) -> Lane {
  let lowest = Lane(repeating: -126)
  let highest = Lane(repeating: 127)
  var clamped = x.replacing(with: lowest, where: x .< lowest)
  clamped.replace(with: highest, where: clamped .> highest)
  // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits of the mantissa.
  let shifter = Lane(repeating: 0x1.8p23)
  let shifted = clamped + shifter
  let f = clamped - (shifted - shifter)
  var p = Lane(repeating: 1.535_336_188_319_500_2e-4)
  p = Lane(repeating: 1.339_887_440_266_574e-3).addingProduct(p, f)
  p = Lane(repeating: 9.618_437_357_674_640e-3).addingProduct(p, f)
  p = Lane(repeating: 5.550_332_471_162_809e-2).addingProduct(p, f)
  p = Lane(repeating: 2.402_264_791_363_012e-1).addingProduct(p, f)
  p = Lane(repeating: 6.931_472_028_550_421e-1).addingProduct(p, f)
  p = Lane(repeating: 1).addingProduct(p, f)
  let exponent = unsafeBitCast(shifted, to: SIMD8<Int32>.self) &<< 23
  return unsafeBitCast(unsafeBitCast(p, to: SIMD8<Int32>.self) &+ exponent, to: Lane.self)
}

package let log2e: Float = 1.442_695_040_888_963_4
package let ln2: Float = 0.693_147_180_559_945_3

/// e^x, from ``exp2(_:)``.
@inline(__always)
package func exp(_ x: Lane) -> Lane {
  exp2(x * log2e)
}

/// 1 / (1 + e^-x).
@inline(__always)
package func sigmoid(_ x: Lane) -> Lane {
  1 / (1 + exp2(x * -log2e))
}

extension Lane {
  /// The sum of the eight numbers, added in pairs.
  @inline(__always) package var total: Float {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  /// The larger of each pair of numbers.
  @inline(__always)
  package static func larger(_ a: Lane, _ b: Lane) -> Lane {
    a.replacing(with: b, where: a .< b)
  }

  /// The largest of the eight numbers.
  @inline(__always) package var largest: Float {
    let four = lowHalf.replacing(with: highHalf, where: lowHalf .< highHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.lowHalf .< four.highHalf)
    return two.x < two.y ? two.y : two.x
  }
}
