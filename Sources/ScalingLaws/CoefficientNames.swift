/// The printed names of coefficients, in the order of tables: the one place that says it.
public enum CoefficientNames {
  /// Of the sizes' term, which both laws have.
  static let sizes = ["A", "B", "alpha", "beta", "gamma"]
  /// Of the teacher's term, which the distillation law alone has.
  public static let teacher = ["c0", "c1", "f1", "d1"]
  /// Of ``FadingGapLaw``, beside those of the sizes.
  public static let fadingGap = ["q", "g", "kappa"]
  /// Every coefficient that the paper's laws may have.
  public static let all = SupervisedLaw.coefficientNames + teacher
}

extension SupervisedLaw {
  /// The printed names of the coefficients, in the order of tables.
  public static let coefficientNames = ["E"] + CoefficientNames.sizes

  /// The law with these coefficients by their printed names; gamma is 1 where it is not among them, as in a
  /// Chinchilla fit. Nil where another is missing.
  public init?(coefficients: [String: Double]) {
    guard let e = coefficients["E"], let a = coefficients["A"], let b = coefficients["B"],
      let alpha = coefficients["alpha"], let beta = coefficients["beta"]
    else { return nil }
    self.init(
      irreducibleLoss: e, parameterCoefficient: a, tokenCoefficient: b, alpha: alpha, beta: beta,
      gamma: coefficients["gamma"] ?? 1)
  }

  /// The coefficients by their printed names.
  public var coefficients: [String: Double] {
    [
      "E": irreducibleLoss, "A": parameterCoefficient, "B": tokenCoefficient, "alpha": alpha, "beta": beta,
      "gamma": gamma,
    ]
  }
}

extension DistillationLaw {
  /// The printed names of the coefficients, in the order of tables, without those of the supervised law.
  public static let coefficientNames = CoefficientNames.sizes + CoefficientNames.teacher

  /// The law with these coefficients by their printed names, on top of a supervised one. Nil where one is
  /// missing.
  public init?(coefficients: [String: Double], supervised: SupervisedLaw) {
    guard let a = coefficients["A"], let b = coefficients["B"], let alpha = coefficients["alpha"],
      let beta = coefficients["beta"], let gamma = coefficients["gamma"], let c0 = coefficients["c0"],
      let c1 = coefficients["c1"], let f1 = coefficients["f1"], let d1 = coefficients["d1"]
    else { return nil }
    self.init(
      parameterCoefficient: a, tokenCoefficient: b, alpha: alpha, beta: beta, gamma: gamma, c0: c0, c1: c1,
      f1: f1, d1: d1, supervised: supervised)
  }

  /// The coefficients by their printed names, without those of the supervised law.
  public var coefficients: [String: Double] {
    [
      "A": parameterCoefficient, "B": tokenCoefficient, "alpha": alpha, "beta": beta, "gamma": gamma, "c0": c0,
      "c1": c1, "f1": f1, "d1": d1,
    ]
  }
}
