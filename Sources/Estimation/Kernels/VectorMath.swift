/// Eight runs at a time: two AVX2 registers, so that the dependency chains of one hide behind the other's.
///
/// Everything here is arithmetic, fused multiply-add, comparison and bit operations, which IEEE 754 fixes to
/// the last bit; no mathematical library is called. The results are therefore the same on every processor
/// with AVX2 and FMA.
package typealias Lanes = SIMD8<Double>
typealias Bits = SIMD8<UInt64>
typealias Mask = SIMDMask<SIMD8<Int64>>

extension SIMD8<Double> {
  @_transparent var bits: SIMD8<UInt64> { unsafeBitCast(self, to: SIMD8<UInt64>.self) }
  @_transparent init(bits: SIMD8<UInt64>) { self = unsafeBitCast(bits, to: SIMD8<Double>.self) }

  /// Absolute values.
  @_transparent var magnitudes: Self { Self(bits: bits & Bits(repeating: 0x7FFF_FFFF_FFFF_FFFF)) }

  /// These magnitudes with the signs of `signs`. The magnitudes must not be negative.
  @_transparent func withSigns(of signs: Self) -> Self {
    Self(bits: bits | (signs.bits & Bits(repeating: 0x8000_0000_0000_0000)))
  }

  /// self * factor + summand, rounded once.
  @_transparent func fma(_ factor: Self, _ summand: Self) -> Self { summand.addingProduct(self, factor) }

  /// self * factor + summand, rounded once.
  @_transparent func fma(_ factor: Self, _ summand: Double) -> Self {
    Self(repeating: summand).addingProduct(self, factor)
  }

  /// The sum of the lanes, always in the same order.
  @_transparent var orderedSum: Double {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  @_transparent func replacing(where mask: Mask, with other: Self) -> Self {
    replacing(with: other, where: mask)
  }
}

/// Constants of the argument reductions.
private enum Constant {
  static var log2e: Double { 0x1.71547652b82fep+0 }
  /// log 2 in two parts; the first has 33 bits, so that its product with an exponent is exact.
  static var log2High: Double { 0x1.62e42feep-1 }
  static var log2Low: Double { 0x1.a39ef35793c76p-33 }
  /// Adding it rounds to an integer and leaves that integer in the low bits.
  static var rounder: Double { 0x1.8p+52 }
  static var sqrt2: Double { 0x1.6a09e667f3bcdp+0 }
}

/// e^x in two factors: a power between sqrt 1/2 and sqrt 2, and 2^n.
///
/// x = n log 2 + r with |r| <= log 2 / 2, and e^r = 1 + r + r² q(r), q being the Chebyshev fit of degree 9
/// (relative error 2e-17). The powers are summed in Estrin's order, which is fixed.
private struct SplitExponential {
  var power: Lanes
  /// n, and a number whose low bits are n.
  var n, shifted: Lanes

  @_transparent
  init(_ x: Lanes) {
    shifted = x.fma(Lanes(repeating: Constant.log2e), Constant.rounder)
    n = shifted - Constant.rounder
    let r = n.fma(
      Lanes(repeating: -Constant.log2Low), n.fma(Lanes(repeating: -Constant.log2High), x))
    let r2 = r * r
    let r4 = r2 * r2
    let q01 = r.fma(Lanes(repeating: 0.16666666666666669), 0.5000000000000001)
    let q23 = r.fma(Lanes(repeating: 0.008333333333330062), 0.04166666666662413)
    let q45 = r.fma(Lanes(repeating: 0.00019841269863053618), 0.0013888888917213717)
    let q67 = r.fma(Lanes(repeating: 2.7557268459997064e-06), 2.4801521295954376e-05)
    let q89 = r.fma(Lanes(repeating: 2.510038549551032e-08), 2.7620088445409746e-07)
    let q0to3 = q23.fma(r2, q01)
    let q4to7 = q67.fma(r2, q45)
    let q = q89.fma(r4, q4to7).fma(r4, q0to3)
    power = q.fma(r2, r) + 1
  }
}

/// e^x for x in [-708, 709], to 1 ulp; the caller keeps to the range.
@_transparent
func exponentialInRange(_ x: Lanes) -> Lanes {
  let split = SplitExponential(x)
  return Lanes(bits: split.power.bits &+ (split.shifted.bits &<< 52))
}

/// 2 atanh(s) - 2s for s = f / (2 + f), |s| <= 3 - 2 sqrt 2, divided by s: the tail of log(1 + f).
///
/// The coefficients are those of fdlibm's e_log.c, whose error is below 2^-58.45.
@_transparent
private func logarithmTail(_ s: Lanes) -> Lanes {
  let z = s * s
  let w = z * z
  let even =
    w.fma(
      w.fma(Lanes(repeating: 1.531383769920937332e-01), 2.222219843214978396e-01), 3.999999999940941908e-01)
    * w
  let odd = w.fma(
    w.fma(
      w.fma(Lanes(repeating: 1.479819860511658591e-01), 1.818357216161805012e-01), 2.857142874366239149e-01),
    6.666666666666735130e-01)
  return odd.fma(z, even)
}

/// log x for positive normal x, to 1 ulp.
@_transparent
func logarithmInRange(_ x: Lanes) -> Lanes {
  // The mantissa goes to [sqrt 1/2, sqrt 2), and the exponent k with it.
  let offset: UInt64 = 0x3FE6_A09E_667F_3BCD
  let biased = x.bits &- Bits(repeating: offset)
  // The exponent becomes a number by bit operations, since AVX2 has no conversion from 64-bit integers: under
  // the exponent of 2^52 the low bits count units.
  let shifted = (biased &+ Bits(repeating: 1024 << 52)) &>> 52
  let k = Lanes(bits: shifted | Bits(repeating: 0x4330_0000_0000_0000)) - (0x1p52 + 1024)
  let mantissa = Lanes(bits: (biased & Bits(repeating: 0x000F_FFFF_FFFF_FFFF)) &+ Bits(repeating: offset))
  let f = mantissa - 1
  let s = f / (f + 2)
  let half = f * f * 0.5
  let tail = s * (half + logarithmTail(s))
  let low = k.fma(Lanes(repeating: Constant.log2Low), tail)
  return k.fma(Lanes(repeating: Constant.log2High), f - (half - low))
}

/// What log(e^a + e^b) needs of d = b - a.
package struct SoftPlus {
  /// log(1 + e^d), to a few ulp.
  package var value: Lanes
  /// e^d / (1 + e^d), the share of e^b and the derivative of `value`.
  package var share: Lanes
  /// 1 / (1 + e^d), the share of e^a.
  package var complement: Lanes
}

/// Softplus with its derivative, for any finite d, with one exponential, one logarithm and one division.
///
/// With u = e^(-|d|) in [0, 1] the logarithm's argument 1 + u lies in [1, 2], so that its exponent is 0 or,
/// above sqrt 2, 1. Where |d| is above 708, e^-708 stands for u, which is wrong by less than 1e-307.
@_transparent
package func softPlus(_ d: Lanes) -> SoftPlus {
  let limit = Lanes(repeating: -708)
  let negated = Lanes(bits: d.bits | Bits(repeating: 0x8000_0000_0000_0000))
  let u = exponentialInRange(negated.replacing(where: negated .< limit, with: limit))
  let one = Lanes(repeating: 1)
  let sum = u + 1
  let upper = sum .> Lanes(repeating: Constant.sqrt2)
  // f with 1 + f = 1 + u, or (1 + u) / 2 above sqrt 2; the halving is exact.
  let f = u.replacing(where: upper, with: (u - 1) * 0.5)
  let base = Lanes(repeating: 0).replacing(where: upper, with: Lanes(repeating: 0x1.62e42fefa39efp-1))
  // One division for both f / (2 + f) and 1 / (1 + u).
  let denominator = f + 2
  let inverse = one / (sum * denominator)
  let s = f * (sum * inverse)
  let larger = denominator * inverse
  let half = f * f * 0.5
  let logarithm = base + (f - (half - s * (half + logarithmTail(s))))
  let smaller = u * larger
  let positive = d .> Lanes(repeating: 0)
  return SoftPlus(
    value: logarithm + d.replacing(where: d .< Lanes(repeating: 0), with: Lanes(repeating: 0)),
    share: smaller.replacing(where: positive, with: larger),
    complement: larger.replacing(where: positive, with: smaller))
}

/// e^x to 1 ulp: 0 below -745.2, infinity above 709.8, gradual underflow between, NaN for NaN.
package func exponential(_ x: Lanes) -> Lanes {
  var inside = x.replacing(where: x .< Lanes(repeating: -746), with: Lanes(repeating: -746))
  inside = inside.replacing(where: inside .> Lanes(repeating: 710), with: Lanes(repeating: 710))
  // 2^n may leave the normal numbers, and so it is multiplied by in two halves.
  let split = SplitExponential(inside)
  let half = split.n.fma(Lanes(repeating: 0.5), Constant.rounder)
  let rest = split.n - (half - Constant.rounder) + Constant.rounder
  let one = Lanes(repeating: 1)
  let first = Lanes(bits: one.bits &+ (half.bits &<< 52))
  let second = Lanes(bits: one.bits &+ (rest.bits &<< 52))
  return (split.power * first * second).replacing(where: x .!= x, with: x)
}

/// log x to 1 ulp: -infinity at 0, NaN below, infinity at infinity; subnormal numbers included.
package func logarithm(_ x: Lanes) -> Lanes {
  let subnormal = x .< Lanes(repeating: 0x1p-1022)
  let normal = x.replacing(where: subnormal, with: x * 0x1p54)
  let k = Lanes(repeating: 0).replacing(where: subnormal, with: Lanes(repeating: -54 * 0x1.62e42fefa39efp-1))
  let infinity = Lanes(repeating: .infinity)
  return (logarithmInRange(normal) + k)
    .replacing(where: x .== infinity, with: infinity)
    .replacing(where: x .== Lanes(repeating: 0), with: -infinity)
    .replacing(where: (x .< Lanes(repeating: 0)) .| (x .!= x), with: Lanes(repeating: .nan))
}
