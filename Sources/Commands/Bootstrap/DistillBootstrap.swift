import ArgumentParser
import Formats
import Estimation
import Foundation
import Runs
import ScalingLaws
import CommandSupport

public struct DistillBootstrap: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Makes confidence intervals for a fit, from refits to resampled runs or from posterior samples.",
    discussion: "The runs must be those that the fit was made from, cut by loss as the fit says.")

  enum Law: String, CaseIterable, ExpressibleByArgument {
    case supervised, chinchilla, distillation
  }

  enum Method: String, CaseIterable, ExpressibleByArgument {
    case refits, likelihood
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
      Where intervals come from: refits to resampled runs, or laws drawn by their likelihood, which hold what they \
      promise of predictions more often.
      """)
  var method: Method = .refits

  @Option(
    help: """
      What is resampled, or taken as independent: runs, or teachers with all their students (of the distillation law \
      alone; students of one teacher are not independent).
      """)
  var resample: Resampling = .runs

  @Option(
    help: """
      Where each refit starts: at the fit's optimum alone, as in the paper, at variants of it, too (wide), or also at \
      other resamples' refits (exchange).
      """)
  var starts: RefitStarts = .wide

  @Option(help: "How often they are resampled, or how many laws are drawn.")
  var resamples = 4096

  @OptionGroup var nominal: ConfidenceOptions

  @Option(help: "Seed of the resampling.")
  var seed: UInt64 = 1

  @Option(help: "How the intervals are printed.")
  var format: Format = .table

  @Option(help: "File to write the intervals to, as JSON.")
  var output: String?

  @Option(help: "File to write the refitted coefficients to, as a table (.csv) with a row a resample.")
  var samples: String?

  @OptionGroup var processors: ThreadOptions

  public init() {}

  public func validate() throws {
    if resamples < 2 { throw ValidationError("--resamples must be at least 2") }
    if resample == .teachers, law != .distillation {
      throw ValidationError("--resample teachers goes with --law distillation")
    }
  }

  private func likelihood(delta: Double) -> LikelihoodOptions {
    LikelihoodOptions(
      samples: resamples, confidence: nominal.confidence, seed: seed, delta: delta, units: resample, threads: processors.threads
    )
  }

  private func options(delta: Double) -> BootstrapOptions {
    BootstrapOptions(
      resamples: resamples, confidence: nominal.confidence, seed: seed, delta: delta, resampling: resample, starts: starts,
      threads: processors.threads)
  }

  public func run() throws {
    let fitted = try FitDocument.read(from: fit)
    guard fitted.law == law.rawValue else {
      throw StageError("expected a fit of the \(law.rawValue) law, found \(fitted.law)", file: fit)
    }
    let bootstrap = try bootstrap(fitted, try loadRuns(runs, fitted.selection.reading ?? ReadingOptions()))
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

  private func bootstrap(_ fitted: FitDocument, _ loaded: LoadedRuns) throws(StageError) -> Bootstrap {
    let options = options(delta: fitted.delta)
    do {
      switch law {
      case .supervised, .chinchilla:
        let chosen = try loaded.supervised(of: fitted, file: fit, source: runs)
        let fixedGamma = law == .chinchilla
        switch method {
        case .refits:
          return try bootstrapSupervised(
            chosen, fixedGamma: fixedGamma, coefficients: fitted.coefficients, options: options)
        case .likelihood:
          return try likelySupervisedLaws(
            chosen, fixedGamma: fixedGamma, coefficients: fitted.coefficients,
            options: likelihood(delta: fitted.delta))
        }
      case .distillation:
        let chosen = try loaded.distillation(of: fitted, file: fit, source: runs)
        switch method {
        case .refits:
          return try bootstrapDistillation(
            chosen.runs, supervised: chosen.supervised, coefficients: fitted.coefficients, options: options)
        case .likelihood:
          return try likelyDistillationLaws(
            chosen.runs, supervised: chosen.supervised, coefficients: fitted.coefficients,
            options: likelihood(delta: fitted.delta))
        }
      }
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError("\(error)", file: resample == .teachers ? runs : fit)
    }
  }

  private func document(_ bootstrap: Bootstrap, _ fitted: FitDocument) -> BootstrapDocument {
    // Bias correction is for refits, which scatter about the fit; posterior samples scatter about the truth.
    let corrected = method == .refits ? bootstrap.intervals(.biasCorrected) : [:]
    var intervals: [String: BootstrapDocument.Interval] = [:]
    for (name, range) in bootstrap.intervals(.percentile) {
      guard let estimate = bootstrap.estimates[name] else { continue }
      intervals[name] = .init(
        estimate: estimate, low: range.lowerBound, high: range.upperBound,
        biasCorrected: corrected[name].map { .init(low: $0.lowerBound, high: $0.upperBound) })
    }
    return BootstrapDocument(
      law: law.rawValue, resamples: bootstrap.samples.values.map(\.count).max() ?? 0, confidence: nominal.confidence,
      seed: seed, resampling: resample.rawValue, starts: method == .refits ? starts.rawValue : nil,
      method: method == .refits ? options(delta: fitted.delta).method : likelihood(delta: fitted.delta).method,
      intervals: intervals, inputs: fitted.inputs)
  }

  private func table(_ document: BootstrapDocument) -> String {
    let percent = String(format: "%g%%", 100 * document.confidence)
    func row(_ name: String, _ cells: [String]) -> String {
      name.padding(toLength: 6, withPad: " ", startingAt: 0)
        + cells.map { String(repeating: " ", count: max(1, 13 - $0.count)) + $0 }.joined()
    }
    var lines = [
      method == .refits
        ? "\(document.law) law, \(document.resamples) resamples of \(resample.rawValue), \(percent) intervals"
        : "\(document.law) law, \(document.resamples) posterior samples, independent \(resample.rawValue), \(percent) intervals",
      row("", method == .refits ? ["fit", "percentile", "", "corrected"] : ["fit", "percentile", ""]),
    ]
    for name in CoefficientNames.all + ["a", "b"] {
      guard let interval = document.intervals[name] else { continue }
      let numbers =
        [interval.estimate, interval.low, interval.high]
        + (interval.biasCorrected.map { [$0.low, $0.high] } ?? [])
      lines.append(row(name, numbers.map { String(format: "%.5g", $0) }))
    }
    return lines.joined(separator: "\n")
  }
}
