import ArgumentParser
import Artifacts
import Estimation
import Foundation
import RunStore
import ScalingLaws

@main
struct DistillBootstrap: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill-bootstrap",
    abstract: "Makes confidence intervals for a fit by refitting resampled runs.",
    discussion: "The runs must be those that the fit was made from, cut by loss as the fit says.")

  enum Law: String, CaseIterable, ExpressibleByArgument {
    case supervised, chinchilla, distillation
  }

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case table, json
  }

  @Option(help: "The law that was fitted.")
  var law: Law

  @Option(help: "The runs that it was fitted to.")
  var runs: String

  @Option(help: "The fit, as distill-fit writes it.")
  var fit: String

  @Option(help: "How often the runs are resampled.")
  var resamples = 4096

  @Option(help: "Nominal coverage of the intervals.")
  var confidence = 0.9

  @Option(help: "Seed of the resampling.")
  var seed: UInt64 = 1

  @Option(help: "How the intervals are printed.")
  var format: Format = .table

  @Option(help: "File to write the intervals to, as JSON.")
  var output: String?

  @Option(help: "Threads to use (default: all processors). The result does not depend on it.")
  var threads: Int?

  func validate() throws {
    if resamples < 2 { throw ValidationError("--resamples must be at least 2") }
    if !(confidence > 0 && confidence < 1) { throw ValidationError("--confidence must lie between 0 and 1") }
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  func run() throws {
    try runStage("distill-bootstrap") {
      let fitted = try FitDocument.read(from: fit)
      guard fitted.law == law.rawValue else {
        throw StageError("expected a fit of the \(law.rawValue) law, found \(fitted.law)", file: fit)
      }
      let bootstrap = try intervals(of: fitted, try loadRuns(runs))
      let document = try document(bootstrap, fitted)
      let json = try document.json()
      if let output { try writeAtomically(json, to: output) }
      switch format {
      case .json: FileHandle.standardOutput.write(json)
      case .table: print(table(document))
      }
    }
  }

  private func intervals(of fitted: FitDocument, _ loaded: LoadedRuns) throws(StageError) -> Bootstrap {
    let options = BootstrapOptions(
      resamples: resamples, confidence: confidence, seed: seed, delta: fitted.delta, threads: threads)
    let least = fitted.selection.minimumLoss ?? -.infinity
    do {
      switch law {
      case .supervised, .chinchilla:
        let chosen = loaded.supervised.filter { $0.loss >= least }
        try expect(LoadedRuns.digest(of: chosen), of: fitted)
        return try bootstrapSupervised(
          chosen, fixedGamma: law == .chinchilla, coefficients: fitted.coefficients, options: options)
      case .distillation:
        let chosen = loaded.distillation.filter { $0.studentLoss >= least }
        try expect(LoadedRuns.digest(of: chosen), of: fitted)
        guard let capability = fitted.supervised.flatMap(SupervisedLaw.init(coefficients:)) else {
          throw StageError("does not say which supervised law gave L~_S: fit it again", file: fit)
        }
        return try bootstrapDistillation(
          chosen, supervised: capability, coefficients: fitted.coefficients, options: options)
      }
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError("\(error)", file: fit)
    }
  }

  /// Refuses runs that the fit was not made from.
  private func expect(_ digest: Digest, of fitted: FitDocument) throws(StageError) {
    guard digest == fitted.inputs.runs else {
      throw StageError("was not made from the runs in \(runs): fit them again first", file: fit)
    }
  }

  private func document(_ bootstrap: Bootstrap, _ fitted: FitDocument) throws(StageError) -> BootstrapDocument {
    var estimates = fitted.coefficients
    if let alpha = estimates["alpha"], let beta = estimates["beta"], alpha + beta > 0 {
      estimates["a"] = beta / (alpha + beta)
      estimates["b"] = alpha / (alpha + beta)
    }
    var intervals: [String: BootstrapDocument.Interval] = [:]
    for (name, range) in bootstrap.intervals {
      guard let estimate = estimates[name] else { continue }
      intervals[name] = .init(estimate: estimate, low: range.lowerBound, high: range.upperBound)
    }
    return BootstrapDocument(
      law: law.rawValue, resamples: resamples, confidence: confidence, seed: seed, method: Bootstrap.method,
      intervals: intervals, inputs: fitted.inputs)
  }

  private func table(_ document: BootstrapDocument) -> String {
    let order = ["E", "A", "B", "alpha", "beta", "gamma", "c0", "c1", "f1", "d1", "a", "b"]
    let percent = String(format: "%g%%", 100 * document.confidence)
    var lines = ["\(document.law) law, \(document.resamples) resamples, \(percent) intervals"]
    for name in order {
      guard let interval = document.intervals[name] else { continue }
      let numbers = [interval.estimate, interval.low, interval.high].map { value in
        let text = String(format: "%.5g", value)
        return String(repeating: " ", count: max(0, 13 - text.count)) + text
      }
      lines.append(name.padding(toLength: 6, withPad: " ", startingAt: 0) + numbers.joined())
    }
    return lines.joined(separator: "\n")
  }
}
