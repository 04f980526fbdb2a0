import Estimation
import Formats
import ScalingLaws

// What is noted in a fit's document only where there is something to note, so that other fits stay as they were.
extension FitDocument {
  mutating func note(_ restrictions: Restrictions) {
    fixed = restrictions.fixed.isEmpty ? nil : restrictions.fixed
    tied = restrictions.tied.isEmpty ? nil : restrictions.tied
  }

  /// - Parameter law: the loss of a run as the law has it.
  mutating func note(_ determination: Determination, _ runs: FittedRuns, law: (FittedRuns.Run) -> Double) {
    guard !determination.isComplete else { return }
    undetermined = determination.undetermined
    self.determination = determination.reasons
    losses = runs.losses(law).filter(\.loss.isFinite)
  }

  mutating func note(_ found: Estimation.Outliers?, _ fit: LawFit, _ runs: FittedRuns) {
    guard let found, !found.runs.isEmpty else { return }
    outliers = Outliers(
      limit: found.limit, deviation: found.deviation,
      runs: found.runs.map { run in
        let own = runs.runs[run.place]
        return Outlier(
          run: own.name, parameters: own.parameters, tokens: own.tokens, observed: run.observed, predicted: run.predicted,
          relativeError: run.relativeError, deviations: run.deviations)
      }, without: found.without?.filter { !fit.determination.undetermined.contains($0.key) && $0.value.isFinite })
  }
}
