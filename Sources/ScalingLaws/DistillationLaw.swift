import Foundation

/// The distillation scaling law (eq. 8),
///
///     L_S(N_S, D_S, L_T) = L_T + L_T^(-c0) (1 + (L_T / (L~_S d1))^(1/f1))^(-c1 f1)
///                                (A' / N_S^alpha' + B' / D_S^beta')^gamma',
///
/// with L~_S = L(N_S, D_S) the loss that the student would reach under the supervised law. The teacher acts
/// through its cross-entropy L_T alone. The factor in the middle is a broken power law in L_T / L~_S that
/// turns at d1 with sharpness 1/f1: it makes the capacity gap, where past an optimum L_T* a better teacher
/// makes a worse student.
///
/// Limits: L_S -> L_T as N_S, D_S -> infinity, and as L_T -> infinity. The second term is positive, so that
/// the law can never predict a student that beats its teacher, although measured students of weak teachers
/// sometimes do (fig. 41).
public struct DistillationLaw: Sendable, Hashable {
  /// Coefficient A' of the student's parameters.
  public var parameterCoefficient: Double
  /// Coefficient B' of the student's tokens.
  public var tokenCoefficient: Double
  /// Exponent alpha' of the student's parameters.
  public var alpha: Double
  /// Exponent beta' of the student's tokens.
  public var beta: Double
  /// Outer exponent gamma'.
  public var gamma: Double
  /// Exponent c0 of the teacher's loss, on the side of the strong teachers.
  public var c0: Double
  /// What the break adds to the exponent, c1, on the side of the weak teachers.
  public var c1: Double
  /// Width f1 of the break, in units of log L_T.
  public var f1: Double
  /// Where the break lies, d1, as a ratio L_T / L~_S.
  public var d1: Double
  /// The law that gives L~_S.
  public var supervised: SupervisedLaw

  public init(
    parameterCoefficient: Double, tokenCoefficient: Double, alpha: Double, beta: Double, gamma: Double,
    c0: Double, c1: Double, f1: Double, d1: Double, supervised: SupervisedLaw
  ) {
    self.parameterCoefficient = parameterCoefficient
    self.tokenCoefficient = tokenCoefficient
    self.alpha = alpha
    self.beta = beta
    self.gamma = gamma
    self.c0 = c0
    self.c1 = c1
    self.f1 = f1
    self.d1 = d1
    self.supervised = supervised
  }

  /// Predicted cross-entropy L_S of a student with `studentParameters` after `studentTokens` tokens from a
  /// teacher with the loss `teacherLoss`; sizes may be infinite, and so may the teacher's loss.
  public func loss(studentParameters: Double, studentTokens: Double, teacherLoss: Double) -> Double {
    guard teacherLoss.isFinite else { return teacherLoss }
    let excess = logExcess(
      logParameters: log(studentParameters), logTokens: log(studentTokens), logTeacherLoss: log(teacherLoss),
      logCapability: log(supervised.loss(parameters: studentParameters, tokens: studentTokens)))
    return teacherLoss + exp(excess)
  }

  /// log L_S as the fit sees it: LSE(log L_T, -c0 log L_T - c1 f1 LSE(0, (log L_T - log L~_S - log d1) / f1)
  /// + gamma' LSE(log A' - alpha' log N_S, log B' - beta' log D_S)).
  /// - Parameter logCapability: log L~_S.
  public func logLoss(
    logParameters: Double, logTokens: Double, logTeacherLoss: Double, logCapability: Double
  ) -> Double {
    logSumExp(
      logTeacherLoss,
      logExcess(
        logParameters: logParameters, logTokens: logTokens, logTeacherLoss: logTeacherLoss,
        logCapability: logCapability))
  }

  /// log(L_S - L_T).
  private func logExcess(
    logParameters: Double, logTokens: Double, logTeacherLoss: Double, logCapability: Double
  ) -> Double {
    let sizes = logSumExp(
      logPower(log(parameterCoefficient), alpha, logParameters),
      logPower(log(tokenCoefficient), beta, logTokens))
    let turn = f1 * logSumExp(0, (logTeacherLoss - logCapability - log(d1)) / f1)
    return gamma * sizes - c0 * logTeacherLoss - c1 * turn
  }

  /// Partial derivatives of log L_S by the coordinates in which the law is fitted.
  public struct Gradient: Sendable, Hashable {
    /// By log A' and log B'.
    public var logParameterCoefficient, logTokenCoefficient: Double
    public var alpha, beta, gamma, c0, c1, f1, logD1: Double
  }

  /// Gradient of ``logLoss(logParameters:logTokens:logTeacherLoss:logCapability:)`` at finite arguments.
  public func logLossGradient(
    logParameters: Double, logTokens: Double, logTeacherLoss: Double, logCapability: Double
  ) -> Gradient {
    let fromParameters = log(parameterCoefficient) - alpha * logParameters
    let fromTokens = log(tokenCoefficient) - beta * logTokens
    let sizes = logSumExp(fromParameters, fromTokens)
    let distance = (logTeacherLoss - logCapability - log(d1)) / f1
    let turn = logSumExp(0, distance)
    let turned = logSumExpShare(distance, 0)
    let share = logSumExpShare(gamma * sizes - c0 * logTeacherLoss - c1 * f1 * turn, logTeacherLoss)
    let byA = share * gamma * logSumExpShare(fromParameters, fromTokens)
    let byB = share * gamma * logSumExpShare(fromTokens, fromParameters)
    return Gradient(
      logParameterCoefficient: byA, logTokenCoefficient: byB,
      alpha: -byA * logParameters, beta: -byB * logTokens, gamma: share * sizes,
      c0: -share * logTeacherLoss, c1: -share * f1 * turn, f1: -share * c1 * (turn - turned * distance),
      logD1: share * c1 * turned)
  }

  /// Exponent a = beta' / (alpha' + beta') of compute in the compute-optimal N_S (table 6).
  public var computeOptimalParameterExponent: Double { beta / (alpha + beta) }

  /// Exponent b = alpha' / (alpha' + beta') of compute in the compute-optimal D_S (table 6).
  public var computeOptimalTokenExponent: Double { alpha / (alpha + beta) }
}
