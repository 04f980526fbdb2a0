import Foundation
import ScalingLaws

/// A distillation law at one student size, with what depends on the size alone worked out once: a search asks
/// for thousands of losses of the same student.
struct StudentLaw: Sendable {
  /// FLOPs 3 F(N_S) of training on one token.
  let trainingFLOPs: Double
  let parameters: Double
  private let law: DistillationLaw
  /// A / N_S^alpha and log B of the supervised law.
  private let capacityTerm, logTokenCoefficient: Double
  /// A' / N_S^alpha' and log B' of the distillation law.
  private let parameterTerm, logDistillationTokenCoefficient: Double
  private let logD1: Double

  init(_ law: DistillationLaw, family: ModelFamily, parameters: Double) {
    self.law = law
    self.parameters = parameters
    trainingFLOPs = 3 * family.forwardFLOPs(parameters: parameters)
    capacityTerm = law.supervised.parameterCoefficient * pow(parameters, -law.supervised.alpha)
    logTokenCoefficient = log(law.supervised.tokenCoefficient)
    parameterTerm = law.parameterCoefficient * pow(parameters, -law.alpha)
    logDistillationTokenCoefficient = log(law.tokenCoefficient)
    logD1 = log(law.d1)
  }

  /// L_S after `tokens` = D_S tokens from a teacher with the loss `teacherLoss` = exp(`logTeacherLoss`).
  func loss(tokens: Double, teacherLoss: Double, logTeacherLoss: Double) -> Double {
    let logTokens = log(tokens)
    let supervised = law.supervised
    let reducible = capacityTerm + exp(logTokenCoefficient - supervised.beta * logTokens)
    let logCapability = log(supervised.irreducibleLoss + exp(supervised.gamma * log(reducible)))
    let sizes = log(parameterTerm + exp(logDistillationTokenCoefficient - law.beta * logTokens))
    let distance = (logTeacherLoss - logCapability - logD1) / law.f1
    let turn = law.f1 * (max(distance, 0) + log1p(exp(-abs(distance))))
    return teacherLoss + exp(law.gamma * sizes - law.c0 * logTeacherLoss - law.c1 * turn)
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
