public import Estimation
public import Runs

extension LoadedRuns {
  /// What the runs of a law are resampled by unless an option says otherwise, the same in every stage that makes intervals.
  public func independentUnits(law: String) -> Resampling {
    law == "distillation" ? .automatic(distillation) : .automatic(supervised)
  }
}
