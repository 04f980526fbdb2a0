import Foundation

/// A distillation law without L~_S, whose capacity gap fades with the student's tokens:
///
///     L_S = M (M / L_T)^phi,   M^q = L_T^q + S^q,
///     S = (A' / N_S^alpha' + B' / D_S^beta')^gamma',   phi = g / D_S^kappa.
///
/// S is what the student has to lose by itself. M joins it to the teacher's loss, the more sharply the greater q: a large
/// q gives the larger of the two, q = 1 their sum. M alone is the *monotone law*, g = 0, of six coefficients: with it a better
/// teacher always makes a better student. In the law of eight the distance to the teacher, log M / L_T, is stretched by
/// 1 + phi, the more the shorter the training.
///
/// Limits: L_S -> L_T as N_S, D_S -> infinity and as L_T -> infinity; L_S -> M as D_S -> infinity alone, so that long
/// trainings show no gap; as L_T -> 0, L_S -> S under the monotone law, and with a gap grows as L_T^-phi, as under eq. 8 it
/// grows as L_T^-c0. As in eq. 8 no student beats its teacher.
///
/// The best teacher of a student is known in closed form, see ``bestTeacherLoss(studentParameters:studentTokens:)``.
public struct FadingGapLaw: Sendable, Hashable {
  /// Coefficients A' and B' of the student's parameters and tokens.
  public var parameterCoefficient: Double
  public var tokenCoefficient: Double
  /// Their exponents alpha' and beta', and the outer exponent gamma'.
  public var alpha: Double
  public var beta: Double
  public var gamma: Double
  /// How sharply the student's own term and the teacher's loss take over from each other, q.
  public var sharpness: Double
  /// g, in tokens^kappa; 0 in the monotone law.
  public var gap: Double
  /// kappa, how fast the gap fades.
  public var fading: Double

  public init(
    parameterCoefficient: Double, tokenCoefficient: Double, alpha: Double, beta: Double, gamma: Double,
    sharpness: Double, gap: Double = 0, fading: Double = 0
  ) {
    self.parameterCoefficient = parameterCoefficient
    self.tokenCoefficient = tokenCoefficient
    self.alpha = alpha
    self.beta = beta
    self.gamma = gamma
    self.sharpness = sharpness
    self.gap = gap
    self.fading = fading
  }

  /// Predicted cross-entropy L_S in nats per token of a student with `studentParameters` after `studentTokens` tokens from
  /// a teacher with the loss `teacherLoss`. Sizes and the teacher's loss may be infinite.
  public func loss(studentParameters: Double, studentTokens: Double, teacherLoss: Double) -> Double {
    guard teacherLoss.isFinite else { return teacherLoss }
    let own = logOwnTerm(logParameters: log(studentParameters), logTokens: log(studentTokens)), teacher = log(teacherLoss)
    let joined = logSumExp(sharpness * teacher, sharpness * own) / sharpness
    let stretch = stretch(logTokens: log(studentTokens))
    return exp(stretch > 0 ? joined + stretch * (joined - teacher) : joined)
  }

  /// log S.
  private func logOwnTerm(logParameters: Double, logTokens: Double) -> Double {
    gamma
      * logSumExp(
        logPower(log(parameterCoefficient), alpha, logParameters), logPower(log(tokenCoefficient), beta, logTokens))
  }

  /// phi.
  private func stretch(logTokens: Double) -> Double { gap > 0 ? exp(logPower(log(gap), fading, logTokens)) : 0 }

  /// The teacher's loss L_T* at which the student's is least, S phi^(1/q): 0 in the monotone law, where every better teacher
  /// makes a better student.
  public func bestTeacherLoss(studentParameters: Double, studentTokens: Double) -> Double {
    let logTokens = log(studentTokens)
    return exp(logOwnTerm(logParameters: log(studentParameters), logTokens: logTokens))
      * pow(stretch(logTokens: logTokens), 1 / sharpness)
  }
}

extension FadingGapLaw {
  /// The printed names of the monotone law's coefficients, and of those that a gap adds, in the order of tables.
  public static let monotoneNames = CoefficientNames.sizes + CoefficientNames.fadingGap.prefix(1)
  public static let coefficientNames = CoefficientNames.sizes + CoefficientNames.fadingGap

  /// The law with these coefficients by their printed names; the monotone one where g and kappa are not among them. Nil
  /// where another is missing.
  public init?(coefficients: [String: Double]) {
    guard let a = coefficients["A"], let b = coefficients["B"], let alpha = coefficients["alpha"],
      let beta = coefficients["beta"], let gamma = coefficients["gamma"], let q = coefficients["q"]
    else { return nil }
    self.init(
      parameterCoefficient: a, tokenCoefficient: b, alpha: alpha, beta: beta, gamma: gamma, sharpness: q,
      gap: coefficients["g"] ?? 0, fading: coefficients["kappa"] ?? 0)
  }

  /// The coefficients by their printed names, g and kappa with them.
  public var coefficients: [String: Double] {
    [
      "A": parameterCoefficient, "B": tokenCoefficient, "alpha": alpha, "beta": beta, "gamma": gamma, "q": sharpness,
      "g": gap, "kappa": fading,
    ]
  }
}
