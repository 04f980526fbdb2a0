import Foundation
import ScalingLaws
import Testing

@Suite struct FadingGapLawTests {
  private let law = FadingGapLaw(
    parameterCoefficient: 20, tokenCoefficient: 4e4, alpha: 0.3, beta: 0.8, gamma: 0.7, sharpness: 3, gap: 1e8, fading: 1.5)

  private func loss(_ n: Double, _ d: Double, _ teacher: Double, _ law: FadingGapLaw? = nil) -> Double {
    (law ?? self.law).loss(studentParameters: n, studentTokens: d, teacherLoss: teacher)
  }

  private func own(_ n: Double, _ d: Double) -> Double { pow(20 / pow(n, 0.3) + 4e4 / pow(d, 0.8), 0.7) }

  @Test func itIsItsFormula() {
    for (n, d, teacher) in [(1e4, 1e5, 1.5), (1e5, 1e7, 2), (1e6, 1e6, 0.7)] {
      let joined = pow(pow(teacher, 3) + pow(own(n, d), 3), 1.0 / 3)
      let expected = joined * pow(joined / teacher, 1e8 / pow(d, 1.5))
      #expect(abs(loss(n, d, teacher) / expected - 1) < 1e-12)
    }
  }

  @Test func endlessStudentsReachTheirTeacherAndEndlessTokensCloseTheGap() {
    #expect(abs(loss(.infinity, .infinity, 1.5) - 1.5) < 1e-14)
    #expect(abs(loss(1e30, 1e30, 1.5) - 1.5) < 1e-9)
    let joined = pow(pow(1.5, 3) + pow(20 / pow(1e4, 0.3), 0.7 * 3), 1.0 / 3)
    #expect(abs(loss(1e4, .infinity, 1.5) - joined) < 1e-12)
    // A gap that does not fade has no say at D = infinity either way but by its own size.
    var steady = law
    (steady.gap, steady.fading) = (0.1, 0)
    #expect(abs(loss(1e4, .infinity, 1.5, steady) - joined * pow(joined / 1.5, 0.1)) < 1e-12)
  }

  @Test func theTeacherIsAllThatCountsWhereItIsWeakAndNeverBeaten() {
    #expect(loss(1e4, 1e6, .infinity) == .infinity)
    #expect(abs(loss(1e5, 1e7, 500) / 500 - 1) < 1e-6)
    for teacher in [0.5, 1, 1.5, 3] { #expect(loss(1e5, 1e7, teacher) > teacher) }
  }

  @Test func aPerfectTeacherLeavesTheStudentsOwnTermOrAGapWithoutEnd() {
    var monotone = law
    monotone.gap = 0
    #expect(abs(loss(1e4, 1e6, 1e-300, monotone) - own(1e4, 1e6)) < 1e-12)
    #expect(abs(loss(1e4, 1e6, 0, monotone) - own(1e4, 1e6)) < 1e-12)
    #expect(loss(1e4, 1e6, 0) == .infinity)
    // As L_T^-phi.
    let stretch = 1e8 / pow(1e6, 1.5)
    #expect(abs(log(loss(1e4, 1e6, 1e-9) / loss(1e4, 1e6, 1e-8)) / log(10) - stretch) < 1e-6)
  }

  @Test func aGreatSharpnessTakesTheLargerTerm() {
    var sharp = law
    (sharp.gap, sharp.sharpness) = (0, 1e5)
    #expect(abs(loss(1e4, 1e6, 0.2, sharp) - own(1e4, 1e6)) < 1e-4)
    #expect(abs(loss(1e4, 1e6, 3, sharp) - 3) < 1e-4)
    sharp.sharpness = 1
    #expect(abs(loss(1e4, 1e6, 0.2, sharp) - own(1e4, 1e6) - 0.2) < 1e-12)
  }

  @Test func theBestTeacherIsTheLeastOfTheLaw() {
    for (n, d) in [(1e4, 3e5), (1e5, 1e6), (1e5, 1e8)] {
      let best = law.bestTeacherLoss(studentParameters: n, studentTokens: d)
      for factor in [0.7, 0.98, 1.02, 1.5] { #expect(loss(n, d, factor * best) > loss(n, d, best)) }
    }
    var monotone = law
    monotone.gap = 0
    #expect(monotone.bestTeacherLoss(studentParameters: 1e4, studentTokens: 1e6) == 0)
    for (better, worse) in [(0.1, 0.2), (1, 1.01), (2, 4)] {
      #expect(loss(1e4, 1e6, better, monotone) < loss(1e4, 1e6, worse, monotone))
    }
  }

  @Test func coefficientsMakeTheLaw() {
    #expect(FadingGapLaw(coefficients: law.coefficients) == law)
    let monotone = FadingGapLaw(coefficients: law.coefficients.filter { FadingGapLaw.monotoneNames.contains($0.key) })
    #expect(monotone?.gap == 0 && monotone?.sharpness == 3)
    #expect(FadingGapLaw(coefficients: ["A": 1]) == nil)
  }
}
