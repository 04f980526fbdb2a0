import Estimation
import Foundation
import Randomness
import Testing

/// Distance in units of the last place of `expected`.
private func ulps(_ value: Double, _ expected: Double) -> Double {
  value == expected ? 0 : abs(value - expected) / expected.ulp
}

@Suite struct VectorMathTests {
  @Test func exponentialIsWithinAnUlp() {
    let random = CounterRandom(seed: 7, stream: 0)
    var worst = 0.0
    for index in 0..<20_000 {
      let x = Lanes((0..<8).map { -708 + 1417 * random.uniform(at: UInt64(8 * index + $0)) })
      let y = exponential(x)
      for lane in 0..<8 { worst = max(worst, ulps(y[lane], exp(x[lane]))) }
    }
    for index in 0..<20_000 {
      let x = Lanes((0..<8).map { -2 * random.uniform(at: UInt64(1_000_000 + 8 * index + $0)) })
      let y = exponential(x)
      for lane in 0..<8 { worst = max(worst, ulps(y[lane], exp(x[lane]))) }
    }
    #expect(worst <= 1)
  }

  @Test func logarithmIsWithinAnUlp() {
    let random = CounterRandom(seed: 8, stream: 0)
    var worst = 0.0
    for index in 0..<20_000 {
      let x = Lanes((0..<8).map { exp(-700 + 1400 * random.uniform(at: UInt64(8 * index + $0))) })
      let near = Lanes((0..<8).map { 0.5 + 1.5 * random.uniform(at: UInt64(1_000_000 + 8 * index + $0)) })
      let (y, z) = (logarithm(x), logarithm(near))
      for lane in 0..<8 {
        worst = max(worst, ulps(y[lane], log(x[lane])), ulps(z[lane], log(near[lane])))
      }
    }
    #expect(worst <= 1)
  }

  @Test func softPlusIsWithinAFewUlps() {
    let random = CounterRandom(seed: 9, stream: 0)
    var worst = 0.0
    for index in 0..<40_000 {
      let d = Lanes((0..<8).map { -60 + 120 * random.uniform(at: UInt64(8 * index + $0)) })
      let soft = softPlus(d)
      for lane in 0..<8 {
        let x = d[lane]
        let expected = x > 0 ? x + log1p(exp(-x)) : log1p(exp(x))
        worst = max(worst, ulps(soft.value[lane], expected))
        worst = max(worst, ulps(soft.share[lane], x > 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))))
        #expect(abs(soft.share[lane] + soft.complement[lane] - 1) <= 4 * 0x1p-53)
      }
    }
    #expect(worst <= 4)
  }

  @Test func edges() {
    let e = exponential([0, 1000, -1000, .infinity, -.infinity, .nan, -740, 709.7])
    #expect(e[0] == 1 && e[1] == .infinity && e[2] == 0 && e[3] == .infinity && e[4] == 0 && e[5].isNaN)
    #expect(abs(e[6] / exp(-740) - 1) < 0.2 && e[6] > 0)
    #expect(ulps(e[7], exp(709.7)) <= 2)
    let l = logarithm([0, 1, .infinity, -1, .nan, 0x1p-1074, 0x1p1023, 0x1p-1022])
    #expect(l[0] == -.infinity && l[1] == 0 && l[2] == .infinity && l[3].isNaN && l[4].isNaN)
    #expect(ulps(l[5], log(0x1p-1074)) <= 2)
    #expect(ulps(l[6], log(0x1p1023)) <= 1 && ulps(l[7], log(0x1p-1022)) <= 1)
    let s = softPlus([0, 1e300, -1e300, 800, -800, 40, -40, 1e-300])
    #expect(s.value[1] == 1e300 && s.value[2] < 1e-300 && s.value[2] >= 0)
    #expect(s.share[1] == 1 && s.complement[1] < 1e-300 && s.share[2] < 1e-300)
    #expect(s.share[0] == 0.5 && ulps(s.value[0], log(2)) <= 1)
  }

  @Test func neverFallsWhereItShouldRise() {
    // Around the seams of the reductions.
    for centre in [
      0.0, 0x1.62e42fefa39efp-2, -0x1.62e42fefa39efp-2, 0x1.62e42fefa39efp-1, -0.881373587019543, 0.881373587019543,
    ] {
      var lastExponential = 0.0
      var lastSoft = -1.0
      for step in -64..<64 {
        let x = centre + Double(8 * step) * 1e-15
        let lanes = Lanes((0..<8).map { x + Double($0) * 1e-15 })
        let (e, s) = (exponential(lanes), softPlus(lanes).value)
        for lane in 0..<8 {
          #expect(e[lane] >= lastExponential - lastExponential.ulp)
          #expect(s[lane] >= lastSoft - 2 * abs(lastSoft).ulp)
          (lastExponential, lastSoft) = (e[lane], s[lane])
        }
      }
    }
  }
}
