import Foundation
import PaperStudy
import ScalingLaws
import Testing

private func relative(_ value: Double, _ expected: Double) -> Double { abs(value / expected - 1) }

/// Central difference.
private func slope(at x: Double, step: Double = 1e-5, _ f: (Double) -> Double) -> Double {
  (f(x + step) - f(x - step)) / (2 * step)
}

@Suite struct SupervisedLawTests {
  let law = SupervisedLaw.published

  @Test func endlessSizeAndTokensLeaveTheIrreducibleLoss() {
    #expect(law.loss(parameters: .infinity, tokens: .infinity) == law.irreducibleLoss)
    #expect(law.logLoss(logParameters: .infinity, logTokens: .infinity) == log(law.irreducibleLoss))
    #expect(law.loss(parameters: 1e9, tokens: .infinity) > law.irreducibleLoss)
  }

  @Test func endlessTokensLeaveAPowerOfTheSize() {
    let excess = { law.loss(parameters: $0, tokens: .infinity) - law.irreducibleLoss }
    #expect(relative(excess(1e11) / excess(1e9), pow(100, -law.alpha * law.gamma)) < 1e-12)
  }

  @Test(arguments: [1e8, 1e9, 3e10], [1e9, 2e10, 1e13])
  func logSpaceAgrees(parameters: Double, tokens: Double) {
    let direct = log(law.loss(parameters: parameters, tokens: tokens))
    #expect(abs(law.logLoss(logParameters: log(parameters), logTokens: log(tokens)) - direct) < 1e-14)
  }

  @Test(arguments: [1e8, 3e10], [1e9, 1e13])
  func gradientIsTheSlope(parameters: Double, tokens: Double) {
    let gradient = law.logLossGradient(logParameters: log(parameters), logTokens: log(tokens))
    func slopeBy(_ x: Double, _ set: (inout SupervisedLaw, Double) -> Void) -> Double {
      slope(at: x) { value in
        var changed = law
        set(&changed, value)
        return changed.logLoss(logParameters: log(parameters), logTokens: log(tokens))
      }
    }
    #expect(abs(gradient.alpha - slopeBy(law.alpha) { $0.alpha = $1 }) < 1e-8)
    #expect(abs(gradient.beta - slopeBy(law.beta) { $0.beta = $1 }) < 1e-8)
    #expect(abs(gradient.gamma - slopeBy(law.gamma) { $0.gamma = $1 }) < 1e-8)
    #expect(
      abs(gradient.logIrreducibleLoss - slopeBy(log(law.irreducibleLoss)) { $0.irreducibleLoss = exp($1) })
        < 1e-8)
    #expect(
      abs(
        gradient.logParameterCoefficient
          - slopeBy(log(law.parameterCoefficient)) { $0.parameterCoefficient = exp($1) }) < 1e-8)
    #expect(
      abs(gradient.logTokenCoefficient - slopeBy(log(law.tokenCoefficient)) { $0.tokenCoefficient = exp($1) })
        < 1e-8)
  }

  @Test func computeOptimalExponentsAreThePrintedOnes() {
    // Table 6: a = 0.513 and b = 0.486 for the supervised law, from exponents printed to three digits.
    #expect(abs(law.computeOptimalParameterExponent - 0.513) < 2e-3)
    #expect(abs(law.computeOptimalTokenExponent - 0.486) < 2e-3)
    #expect(abs(DistillationLaw.printed.computeOptimalParameterExponent - 0.664) < 2e-3)
    #expect(abs(DistillationLaw.printed.computeOptimalTokenExponent - 0.335) < 2e-3)
  }

  @Test func chinchillaIsGammaOne() {
    let chinchilla = ChinchillaLaw(
      irreducibleLoss: 1.69, parameterCoefficient: 406.4, tokenCoefficient: 410.7, alpha: 0.34, beta: 0.28)
    let expected = 1.69 + 406.4 / pow(7e10, 0.34) + 410.7 / pow(1.4e12, 0.28)
    #expect(relative(chinchilla.loss(parameters: 7e10, tokens: 1.4e12), expected) < 1e-14)
  }
}

@Suite struct DistillationLawTests {
  let law = DistillationLaw.printed

  @Test func anEndlessStudentReachesItsTeacher() {
    #expect(law.loss(studentParameters: .infinity, studentTokens: .infinity, teacherLoss: 2.1) == 2.1)
  }

  @Test func aHopelessTeacherTeachesItsOwnLoss() {
    #expect(law.loss(studentParameters: 1e9, studentTokens: 1e11, teacherLoss: .infinity) == .infinity)
    for loss in [10.0, 100] {
      let student = law.loss(studentParameters: 1e9, studentTokens: 1e11, teacherLoss: loss)
      #expect(relative(student, loss) < 1e-6)
    }
  }

  @Test(arguments: [1e8, 1e9, 1e10]) func theBestTeacherIsNotTheStrongest(parameters: Double) {
    let losses = stride(from: 1.25, through: 3.5, by: 0.005).map {
      law.loss(studentParameters: parameters, studentTokens: 20 * parameters, teacherLoss: $0)
    }
    let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
    #expect(best > 0 && best < losses.count - 1)
  }

  @Test(arguments: [1e8, 3e8, 1e9, 1e10, 1e11])
  func theBestTeacherAndEndlessTokensGiveTheSupervisedLoss(parameters: Double) {
    // Figure 40: under one percent from 100M to 100B parameters.
    let best =
      stride(from: 1.2, through: 3.5, by: 0.001).map {
        law.loss(studentParameters: parameters, studentTokens: .infinity, teacherLoss: $0)
      }.min() ?? .nan
    #expect(relative(best, law.supervised.loss(parameters: parameters, tokens: .infinity)) < 0.01)
  }

  @Test(arguments: [1.6, 2.2, 2.9], [1e8, 5e9])
  func logSpaceAgreesAndItsGradientIsTheSlope(teacherLoss: Double, parameters: Double) {
    let (n, d, t) = (log(parameters), log(30 * parameters), log(teacherLoss))
    let k = law.supervised.logLoss(logParameters: n, logTokens: d)
    func value(_ law: DistillationLaw) -> Double {
      law.logLoss(logParameters: n, logTokens: d, logTeacherLoss: t, logCapability: k)
    }
    let direct = law.loss(
      studentParameters: parameters, studentTokens: 30 * parameters, teacherLoss: teacherLoss)
    #expect(abs(value(law) - log(direct)) < 1e-14)
    let l = teacherLoss
    let excess =
      pow(l, -law.c0) * pow(1 + pow(l / (exp(k) * law.d1), 1 / law.f1), -law.c1 * law.f1)
      * pow(
        law.parameterCoefficient / pow(parameters, law.alpha)
          + law.tokenCoefficient / pow(30 * parameters, law.beta), law.gamma)
    #expect(relative(direct, l + excess) < 1e-13)

    let gradient = law.logLossGradient(logParameters: n, logTokens: d, logTeacherLoss: t, logCapability: k)
    func check(_ analytic: Double, at x: Double, _ set: (inout DistillationLaw, Double) -> Void) {
      let numeric = slope(at: x, step: 1e-6 * max(1, abs(x))) {
        var changed = law
        set(&changed, $0)
        return value(changed)
      }
      #expect(abs(analytic - numeric) < 1e-7 * (1 + abs(numeric)))
    }
    check(gradient.logParameterCoefficient, at: log(law.parameterCoefficient)) {
      $0.parameterCoefficient = exp($1)
    }
    check(gradient.logTokenCoefficient, at: log(law.tokenCoefficient)) { $0.tokenCoefficient = exp($1) }
    check(gradient.alpha, at: law.alpha) { $0.alpha = $1 }
    check(gradient.beta, at: law.beta) { $0.beta = $1 }
    check(gradient.gamma, at: law.gamma) { $0.gamma = $1 }
    check(gradient.c0, at: law.c0) { $0.c0 = $1 }
    check(gradient.c1, at: law.c1) { $0.c1 = $1 }
    check(gradient.f1, at: law.f1) { $0.f1 = $1 }
    check(gradient.logD1, at: log(law.d1)) { $0.d1 = exp($1) }
  }
}
