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
    let chosen = supervised.filter { $0.loss >= fit.selection.minimumLoss ?? -.infinity }
    try expect(Self.digest(of: chosen), of: fit, file: file, source: source)
    return fit.weighted(chosen)
  }

  /// Distillations for the law, cut by loss and weighted by noise as the fit says, and the supervised law that gave L~_S.
  /// - Throws: ``StageError`` where the fit was made from others, or does not say which supervised law that was.
  public func distillation(
    of fit: FitDocument, file: String, source: String
  ) throws(StageError) -> (runs: [DistillationObservation], supervised: SupervisedLaw) {
    let chosen = distillation.filter { $0.studentLoss >= fit.selection.minimumLoss ?? -.infinity }
    try expect(Self.digest(of: chosen), of: fit, file: file, source: source)
    guard let capability = fit.supervised.flatMap(SupervisedLaw.init(coefficients:)) else {
      throw StageError("does not say which supervised law gave L~_S: fit it again", file: file)
    }
    return (fit.weighted(chosen, supervised: capability), capability)
  }

  /// Makes sure that a fit was made from the runs that are there, cut by loss as the fit says.
  /// - Throws: ``StageError`` where it was made from others.
  public func check(_ fit: FitDocument, file: String, source: String) throws(StageError) {
    let least = fit.selection.minimumLoss ?? -.infinity
    let digest =
      fit.law == "distillation"
      ? Self.digest(of: distillation.filter { $0.studentLoss >= least })
      : Self.digest(of: supervised.filter { $0.loss >= least })
    try expect(digest, of: fit, file: file, source: source)
  }

  private func expect(_ digest: Digest, of fit: FitDocument, file: String, source: String) throws(StageError) {
    guard digest == fit.inputs.runs else {
      let selected = fit.selection.reading == nil ? "" : ", or choose the runs as the fit did"
      throw StageError("was made from other runs than \(source) holds: fit again\(selected)", file: file)
    }
  }
}
