import Artifacts
import ScalingLaws

extension SupervisedLaw {
  /// The law that `fit` found.
  /// - Throws: ``StageError`` where the fit is of another law, or lacks a coefficient.
  public init(_ fit: FitDocument) throws(StageError) {
    guard fit.law != "distillation" else {
      throw StageError("expected the fit of a supervised law, found \(fit.law)")
    }
    guard let law = SupervisedLaw(coefficients: fit.coefficients) else {
      throw StageError("the \(fit.law) fit lacks a coefficient of its law")
    }
    self = law
  }
}

extension DistillationLaw {
  /// The law that `fit` found, on top of the supervised law that it was fitted with.
  /// - Throws: ``StageError`` where the fit is of another law, or lacks a coefficient.
  public init(_ fit: FitDocument) throws(StageError) {
    guard fit.law == "distillation" else {
      throw StageError("expected the fit of a distillation law, found \(fit.law)")
    }
    guard let supervised = fit.supervised.flatMap(SupervisedLaw.init(coefficients:)),
      let law = DistillationLaw(coefficients: fit.coefficients, supervised: supervised)
    else { throw StageError("the distillation fit lacks a coefficient of its laws") }
    self = law
  }
}
