import CommandSupport
import Estimation
import Formats
import Runs
import ScalingLaws

/// Refits to resampled runs. With a log they can be stopped, and cut into parts for several machines.
extension DistillBootstrap {
  /// What all refits of a log must have been made with.
  private struct Settings: Encodable {
    var law: String
    var coefficients: [String: Double]
    var seed: UInt64
    var delta: Double
    var upperWeight: Double
    var resampling: String
    var starts: String
    var supervised: [String: Double]?
    var fixed: [String: Double]?
    var tied: [[String]]?
    var inputs: FitDocument.Inputs
  }

  /// Refits the resamples that the log lacks, where there is one.
  /// - Returns: nil where only a part was asked for, or how much is left.
  func refittedBootstrap(
    _ fitted: FitDocument, _ loaded: LoadedRuns, _ units: Resampling
  ) throws(StageError) -> Bootstrap? {
    let options = options(fitted, units)
    let (coefficients, refit) = try refits(fitted, loaded, units)
    var done = try ResumableLog<ResampleRefit>(
      settings: Settings(
        law: fitted.law, coefficients: coefficients, seed: seed, delta: options.delta, upperWeight: options.upperWeight,
        resampling: units.rawValue, starts: starts.rawValue, supervised: fitted.supervised, fixed: fitted.fixed,
        tied: fitted.tied, inputs: fitted.inputs),
      parts: parts, kind: "refit", place: \.resample)
    var left = parts.list ? [] : done.missing(of: resamples)
    // Into a log, enough at a time for all threads to be busy.
    let batch = parts.log == nil ? resamples : 16 * options.threads
    while !left.isEmpty {
      try done.add(try refit(Array(left.prefix(batch))))
      left.removeFirst(min(batch, left.count))
    }
    guard parts.wantsResult else {
      print(done.left(of: resamples, "resamples"))
      return nil
    }
    return Bootstrap(
      estimates: coefficients, refits: (0..<resamples).compactMap { done.items[$0] }, confidence: nominal.confidence)
  }

  /// Where refits start, and how resamples of given numbers are refitted.
  private func refits(
    _ fitted: FitDocument, _ loaded: LoadedRuns, _ units: Resampling
  ) throws(StageError) -> (coefficients: [String: Double], refit: ([Int]) throws(StageError) -> [ResampleRefit]) {
    let options = options(fitted, units), file = units == .runs ? fit : runs
    switch law {
    case .supervised, .chinchilla:
      let chosen = try loaded.supervised(of: fitted, file: fit, source: runs)
      let coefficients = try named(file) { () throws(EstimationError) in try whole(fitted, chosen) }
      return (
        coefficients,
        { (resamples) throws(StageError) in
          try named(file) { () throws(EstimationError) in
            try supervisedRefits(
              chosen, fixedGamma: law == .chinchilla, coefficients: coefficients, restrictions: fitted.restrictions,
              resamples: resamples, options: options)
          }
        }
      )
    case .distillation:
      let chosen = try loaded.distillation(of: fitted, file: fit, source: runs)
      if let refusal = fitted.refusal { throw StageError(refusal, file: fit) }
      return (
        fitted.coefficients,
        { (resamples) throws(StageError) in
          try named(file) { () throws(EstimationError) in
            try distillationRefits(
              chosen.runs, supervised: chosen.supervised, coefficients: fitted.coefficients, resamples: resamples,
              options: options)
          }
        }
      )
    }
  }
}

/// What goes wrong in an estimation, as an error of the file that it is of.
private func named<Result>(
  _ file: String, _ body: () throws(EstimationError) -> Result
) throws(StageError) -> Result {
  do {
    return try body()
  } catch {
    throw StageError(error.description, file: file)
  }
}
