import Formats
import PaperStudy
import ScalingLaws

extension SupervisedLaw {
  /// The law that `fit` found.
  /// - Throws: ``StageError`` where the fit is of another law, or lacks a coefficient.
  public init(_ fit: FitDocument) throws(StageError) {
    guard !fit.isOfDistillations else {
      throw StageError("expected the fit of a supervised law, found \(fit.law)")
    }
    if let refusal = fit.refusal { throw StageError(refusal) }
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
    if let refusal = fit.refusal { throw StageError(refusal) }
    guard let supervised = fit.supervised.flatMap(SupervisedLaw.init(coefficients:)),
      let law = DistillationLaw(coefficients: fit.coefficients, supervised: supervised)
    else { throw StageError("the distillation fit lacks a coefficient of its laws") }
    self = law
  }
}

/// The distillation law `name`: `printed` or `figures` (``PaperLaw``), or the path of a fit.
/// - Throws: ``StageError`` that names the file.
public func readDistillationLaw(_ name: String) throws(StageError) -> DistillationLaw {
  if let paper = PaperLaw(rawValue: name) { return paper.law }
  guard name != "published" else {
    throw StageError(
      "\"published\" names the supervised law; the paper's distillation law is \"printed\" (table 6 to the letter) or "
        + "\"figures\" (B' as its figures have it)")
  }
  do {
    return try DistillationLaw(try FitDocument.read(from: name))
  } catch {
    throw StageError(error.message, file: name)
  }
}
