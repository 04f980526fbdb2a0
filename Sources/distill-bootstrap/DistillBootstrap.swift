import ArgumentParser
import Artifacts
import Estimation
import Foundation
import RunStore
import ScalingLaws
import Stages

@main
struct DistillBootstrap: StageCommand {
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

  @Option(
    help: """
      What is resampled: runs, or teachers with all their students (of the distillation law alone; students of one \
      teacher are not independent).
      """)
  var resample: Resampling = .runs

  @Option(
    help: """
      Where each refit starts: at the fit's optimum alone, as in the paper, at variants of it, too (wide), or also at \
      other resamples' refits (exchange).
      """)
  var starts: RefitStarts = .wide

  @Option(help: "How often they are resampled.")
  var resamples = 4096

  @Option(help: "Nominal coverage of the intervals.")
  var confidence = 0.9

  @Option(help: "Seed of the resampling.")
  var seed: UInt64 = 1

  @Option(help: "How the intervals are printed.")
  var format: Format = .table

  @Option(help: "File to write the intervals to, as JSON.")
  var output: String?

  @Option(help: "File to write the refitted coefficients to, as a table (.csv) with a row a resample.")
  var samples: String?

  @Option(help: "Threads to use (default: all processors). The result does not depend on it.")
  var threads: Int?

  func validate() throws {
    if resamples < 2 { throw ValidationError("--resamples must be at least 2") }
    if !(confidence > 0 && confidence < 1) { throw ValidationError("--confidence must lie between 0 and 1") }
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
    if resample == .teachers, law != .distillation {
      throw ValidationError("--resample teachers goes with --law distillation")
    }
  }

  private func options(delta: Double) -> BootstrapOptions {
    BootstrapOptions(
      resamples: resamples, confidence: confidence, seed: seed, delta: delta, resampling: resample, starts: starts,
      threads: threads)
  }

  func run() throws {
    try runStage("distill-bootstrap") {
      let fitted = try FitDocument.read(from: fit)
      guard fitted.law == law.rawValue else {
        throw StageError("expected a fit of the \(law.rawValue) law, found \(fitted.law)", file: fit)
      }
      let bootstrap = try bootstrap(fitted, try loadRuns(runs))
      let document = document(bootstrap, fitted)
      let json = try document.json()
      if let samples {
        try writeAtomically(
          CoefficientSamples(estimates: fitted.coefficients, samples: bootstrap.samples).csv, to: samples)
      }
      if let output { try writeAtomically(json, to: output) }
      switch format {
      case .json: FileHandle.standardOutput.write(json)
      case .table: print(table(document))
      }
    }
  }

  private func bootstrap(_ fitted: FitDocument, _ loaded: LoadedRuns) throws(StageError) -> Bootstrap {
    let options = options(delta: fitted.delta)
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
      throw StageError("\(error)", file: resample == .teachers ? runs : fit)
    }
  }

  /// Refuses runs that the fit was not made from.
  private func expect(_ digest: Digest, of fitted: FitDocument) throws(StageError) {
    guard digest == fitted.inputs.runs else {
      throw StageError("was not made from the runs in \(runs): fit them again first", file: fit)
    }
  }

  private func document(_ bootstrap: Bootstrap, _ fitted: FitDocument) -> BootstrapDocument {
    let corrected = bootstrap.intervals(.biasCorrected)
    var intervals: [String: BootstrapDocument.Interval] = [:]
    for (name, range) in bootstrap.intervals(.percentile) {
      guard let estimate = bootstrap.estimates[name] else { continue }
      intervals[name] = .init(
        estimate: estimate, low: range.lowerBound, high: range.upperBound,
        biasCorrected: corrected[name].map { .init(low: $0.lowerBound, high: $0.upperBound) })
    }
    return BootstrapDocument(
      law: law.rawValue, resamples: resamples, confidence: confidence, seed: seed, resampling: resample.rawValue,
      starts: starts.rawValue, method: options(delta: fitted.delta).method, intervals: intervals,
      inputs: fitted.inputs)
  }

  private func table(_ document: BootstrapDocument) -> String {
    let percent = String(format: "%g%%", 100 * document.confidence)
    func row(_ name: String, _ cells: [String]) -> String {
      name.padding(toLength: 6, withPad: " ", startingAt: 0)
        + cells.map { String(repeating: " ", count: max(1, 13 - $0.count)) + $0 }.joined()
    }
    var lines = [
      "\(document.law) law, \(document.resamples) resamples of \(resample.rawValue), \(percent) intervals",
      row("", ["fit", "percentile", "", "corrected"]),
    ]
    for name in CoefficientSamples.order + ["a", "b"] {
      guard let interval = document.intervals[name] else { continue }
      let numbers = [interval.estimate, interval.low, interval.high]
        + (interval.biasCorrected.map { [$0.low, $0.high] } ?? [])
      lines.append(row(name, numbers.map { String(format: "%.5g", $0) }))
    }
    return lines.joined(separator: "\n")
  }
}

extension Resampling: ExpressibleByArgument {}
extension RefitStarts: ExpressibleByArgument {}
