import Formats
import ScalingLaws

/// The runs that a fit was made from, found again among those that are there.
extension LoadedRuns {
  /// Supervised runs for the law, cut by loss and weighted by noise as the fit says.
  /// - Parameters:
  ///   - file: the fit's file, for messages.
  ///   - source: the runs' file.
  /// - Throws: ``StageError`` where the fit was made from others.
  public func supervised(
    of fit: FitDocument, file: String, source: String
  ) throws(StageError) -> [SupervisedObservation] {
    try check(fit, file: file, source: source)
    return fit.weighted(supervised(cutAs: fit))
  }

  /// Distillations for the law, cut by loss and weighted by noise as the fit says, and the supervised law that gave L~_S.
  /// - Throws: ``StageError`` where the fit was made from others, or does not say which supervised law that was.
  public func distillation(
    of fit: FitDocument, file: String, source: String
  ) throws(StageError) -> (runs: [DistillationObservation], supervised: SupervisedLaw) {
    try check(fit, file: file, source: source)
    guard let capability = fit.supervised.flatMap(SupervisedLaw.init(coefficients:)) else {
      throw StageError("does not say which supervised law gave L~_S: fit it again", file: file)
    }
    return (fit.weighted(distillation(cutAs: fit), supervised: capability), capability)
  }

  /// Makes sure that a fit was made from the runs that are there, cut by loss as the fit says.
  /// - Throws: ``StageError`` where it was made from others.
  public func check(_ fit: FitDocument, file: String, source: String) throws(StageError) {
    let digest =
      fit.isOfDistillations ? Self.digest(of: distillation(cutAs: fit)) : Self.digest(of: supervised(cutAs: fit))
    guard digest == fit.inputs.runs else {
      let selected = fit.selection.reading == nil ? "" : ", or choose the runs as the fit did"
      throw StageError("was made from other runs than \(source) holds: fit again\(selected)", file: file)
    }
  }

  private func supervised(cutAs fit: FitDocument) -> [SupervisedObservation] {
    supervised.filter { $0.loss >= fit.selection.minimumLoss ?? -.infinity }
  }

  private func distillation(cutAs fit: FitDocument) -> [DistillationObservation] {
    distillation.filter { $0.studentLoss >= fit.selection.minimumLoss ?? -.infinity }
  }
}
