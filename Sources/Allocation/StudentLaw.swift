import Foundation
import ScalingLaws

/// A distillation law at one student size, with what depends on the size alone worked out once: a search asks
/// for thousands of losses of the same student.
package struct StudentLaw: Sendable {
  /// FLOPs 3 F(N_S) of training on one token.
  package let trainingFLOPs: Double
  let parameters: Double
  private let law: DistillationLaw
  /// A / N_S^alpha and log B of the supervised law.
  private let capacityTerm, logTokenCoefficient: Double
  /// A' / N_S^alpha' and log B' of the distillation law.
  private let parameterTerm, logDistillationTokenCoefficient: Double
  private let logD1: Double

  package init(_ law: DistillationLaw, family: ModelFamily, parameters: Double) {
    self.law = law
    self.parameters = parameters
    trainingFLOPs = 3 * family.forwardFLOPs(parameters: parameters)
    capacityTerm = law.supervised.parameterCoefficient * pow(parameters, -law.supervised.alpha)
    logTokenCoefficient = log(law.supervised.tokenCoefficient)
    parameterTerm = law.parameterCoefficient * pow(parameters, -law.alpha)
    logDistillationTokenCoefficient = log(law.tokenCoefficient)
    logD1 = log(law.d1)
  }

  /// L_S after `tokens` = D_S tokens from a teacher with the loss `teacherLoss` = exp(`logTeacherLoss`), and
  /// log L~_S.
  package func loss(
    tokens: Double, teacherLoss: Double, logTeacherLoss: Double
  ) -> (loss: Double, logCapability: Double) {
    let logTokens = log(tokens)
    let supervised = law.supervised
    let reducible = capacityTerm + exp(logTokenCoefficient - supervised.beta * logTokens)
    let logCapability = log(supervised.irreducibleLoss + exp(supervised.gamma * log(reducible)))
    let sizes = log(parameterTerm + exp(logDistillationTokenCoefficient - law.beta * logTokens))
    let distance = (logTeacherLoss - logCapability - logD1) / law.f1
    let turn = law.f1 * (max(distance, 0) + log1p(exp(-abs(distance))))
    return (teacherLoss + exp(law.gamma * sizes - law.c0 * logTeacherLoss - law.c1 * turn), logCapability)
  }

  /// The most that L_S can fall per nat from the teacher `worse`, which gives `loss`, to the teacher
  /// `better`, with the same tokens or fewer; `logCapability` is log L~_S of the tokens with `worse`.
  ///
  /// At fixed D_S, dL_S/dL_T = 1 - (L_S - L_T) (c0 + c1 sigma(z)) / L_T, z = (log L_T - log L~_S - log d1) / f1:
  /// from one teacher to the other the excess L_S - L_T rises, L_T and sigma(z) fall.
  package func steepestFall(
    from worse: TeacherPoint, loss: Double, logCapability: Double, to better: TeacherPoint
  ) -> Double {
    let distance = (better.logLoss - logCapability - logD1) / law.f1
    return max(0, 1 - (loss - worse.loss) * (law.c0 + law.c1 / (1 + exp(-distance))) / worse.loss)
  }

  /// L~_S: what the student would reach on `tokens` tokens without a teacher.
  func supervisedLoss(tokens: Double) -> Double {
    law.supervised.loss(parameters: parameters, tokens: tokens)
  }

  /// Tokens after which the student reaches `loss` without a teacher; nil where no number of tokens does.
  func supervisedTokens(reaching loss: Double) -> Double? {
    let supervised = law.supervised
    guard loss > supervised.irreducibleLoss else { return nil }
    let rest = pow(loss - supervised.irreducibleLoss, 1 / supervised.gamma) - capacityTerm
    guard rest > 0 else { return nil }
    return exp((logTokenCoefficient - log(rest)) / supervised.beta)
  }
}

extension DistillationLaw {
  /// Throws where the law does not do what planning takes for granted: losses that fall with sizes and tokens,
  /// and a second term that falls with the teacher's loss.
  func checkForPlanning() throws(AllocationError) {
    let positive = [
      ("A of the supervised law", supervised.parameterCoefficient),
      ("B of the supervised law", supervised.tokenCoefficient),
      ("alpha of the supervised law", supervised.alpha), ("beta of the supervised law", supervised.beta),
      ("gamma of the supervised law", supervised.gamma), ("f1", f1), ("d1", d1),
    ]
    for (name, value) in positive where !(value > 0 && value.isFinite) {
      throw .unusableLaw(coefficient: name, value: value)
    }
    let notNegative = [
      ("E", supervised.irreducibleLoss), ("A", parameterCoefficient), ("B", tokenCoefficient), ("alpha", alpha),
      ("beta", beta), ("gamma", gamma), ("c0", c0), ("c1", c1),
    ]
    for (name, value) in notNegative where !(value >= 0 && value.isFinite) {
      throw .unusableLaw(coefficient: name, value: value)
    }
  }
}
