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
      What is resampled, or taken as independent: runs, teachers with all their students (of the distillation law \
      alone; students of one teacher are not independent), or trainings with all their checkpoints (of the others). Unless \
      given, teachers where ten or more are named and some have several students, trainings where runs share one, else runs.
      """)
  var resample: Resampling?

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

  @OptionGroup var parts: ShardOptions

  @OptionGroup var processors: ThreadOptions

  public init() {}

  public func validate() throws {
    try checkCount("resamples", resamples, in: 2...1_000_000)
    if resample == .teachers, law != .distillation {
      throw ValidationError("--resample teachers goes with --law distillation")
    }
    if resample == .trainings, law == .distillation {
      throw ValidationError("--resample trainings goes with --law supervised and chinchilla")
    }
    if parts.log != nil, method != .refits || starts == .exchange {
      throw ValidationError("--log goes with --method refits and --starts optimum or wide, whose refits are made one by one")
    }
  }

  private func likelihood(_ fitted: FitDocument, _ units: Resampling) -> LikelihoodOptions {
    LikelihoodOptions(
      samples: resamples, confidence: nominal.confidence, seed: seed, delta: fitted.delta, units: units,
      threads: processors.threads)
  }

  func options(_ fitted: FitDocument, _ units: Resampling) -> BootstrapOptions {
    BootstrapOptions(
      resamples: resamples, confidence: nominal.confidence, seed: seed, delta: fitted.delta,
      upperWeight: fitted.upperWeight ?? 1, resampling: units, starts: starts, threads: processors.threads)
  }

  public func run() throws {
    try checkOutputs(documents: [output], others: [samples, parts.log], inputs: [runs, fit])
    let fitted = try FitDocument.read(from: fit)
    guard fitted.law == law.rawValue else {
      throw StageError("expected a fit of the \(law.rawValue) law, found \(fitted.law)", file: fit)
    }
    if method == .likelihood, fitted.upperWeight != nil || !fitted.restrictions.isEmpty {
      throw StageError(
        "--method likelihood is for fits by Huber's function without fixed or tied coefficients: take --method refits",
        file: fit)
    }
    let loaded = try loadRuns(runs, fitted.selection.reading ?? ReadingOptions())
    let units = resample ?? loaded.independentUnits(law: fitted.law)
    if samples != nil, let refusal = fitted.refusal { throw StageError(refusal, file: fit) }
    // Refits of what is not determined at all would tell nothing.
    var bootstrap: Bootstrap?
    if fitted.undetermined == nil || !fitted.coefficients.isEmpty {
      switch method {
      case .refits:
        guard let refitted = try refittedBootstrap(fitted, loaded, units) else { return }
        bootstrap = refitted
      case .likelihood: bootstrap = try likelyLaws(fitted, loaded, units)
      }
    }
    let document = document(bootstrap, fitted, units)
    let json = try document.json(for: output)
    if let samples, let bootstrap {
      try writeAtomically(
        CoefficientSamples(estimates: fitted.coefficients, samples: bootstrap.samples).csv, to: samples)
    }
    if let output { try writeAtomically(json, to: output) }
    switch format {
    case .json: FileHandle.standardOutput.write(json)
    case .table: print(([table(document)] + (fitted.determination ?? [])).joined(separator: "\n"))
    }
  }

  private func likelyLaws(
    _ fitted: FitDocument, _ loaded: LoadedRuns, _ units: Resampling
  ) throws(StageError) -> Bootstrap {
    let options = likelihood(fitted, units)
    do {
      switch law {
      case .supervised, .chinchilla:
        let chosen = try loaded.supervised(of: fitted, file: fit, source: runs)
        return try likelySupervisedLaws(
          chosen, fixedGamma: law == .chinchilla, coefficients: try whole(fitted, chosen), options: options)
      case .distillation:
        let chosen = try loaded.distillation(of: fitted, file: fit, source: runs)
        if let refusal = fitted.refusal { throw StageError(refusal, file: fit) }
        return try likelyDistillationLaws(
          chosen.runs, supervised: chosen.supervised, coefficients: fitted.coefficients, options: options)
      }
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError("\(error)", file: units == .runs ? fit : runs)
    }
  }

  /// The fit's coefficients; where the runs do not determine some, which the fit leaves out, those of the law that the
  /// search ends at, for refits to start from.
  func whole(
    _ fitted: FitDocument, _ runs: [SupervisedObservation]
  ) throws(EstimationError) -> [String: Double] {
    guard fitted.undetermined != nil else { return fitted.coefficients }
    let options = FitOptions(delta: fitted.delta, upperWeight: fitted.upperWeight ?? 1, threads: processors.threads)
    return try
      (law == .supervised
      ? fitSupervised(runs, restrictions: fitted.restrictions, options: options)
      : fitChinchilla(runs, restrictions: fitted.restrictions, options: options)).coefficients
  }

  private func document(_ bootstrap: Bootstrap?, _ fitted: FitDocument, _ units: Resampling) -> BootstrapDocument {
    let open = fitted.undetermined ?? []
    func isOpen(_ name: String) -> Bool {
      open.contains(name) || ["a", "b"].contains(name) && (open.contains("alpha") || open.contains("beta"))
    }
    // Bias correction is for refits, which scatter about the fit; posterior samples scatter about the truth.
    let corrected = method == .refits ? bootstrap?.intervals(.biasCorrected) ?? [:] : [:]
    var intervals: [String: BootstrapDocument.Interval] = [:]
    for (name, range) in bootstrap?.intervals(.percentile) ?? [:] where !isOpen(name) && !fitted.restrictions.isConstant(name) {
      guard let estimate = bootstrap?.estimates[name] else { continue }
      intervals[name] = .init(
        estimate: estimate, low: range.lowerBound, high: range.upperBound,
        biasCorrected: corrected[name].map { .init(low: $0.lowerBound, high: $0.upperBound) })
    }
    var document = BootstrapDocument(
      law: law.rawValue, resamples: bootstrap?.samples.values.map(\.count).max() ?? 0, confidence: nominal.confidence,
      seed: seed, resampling: units.rawValue, starts: method == .refits ? starts.rawValue : nil,
      method: method == .refits ? options(fitted, units).method : likelihood(fitted, units).method,
      intervals: intervals, inputs: fitted.inputs)
    document.undetermined = fitted.undetermined
    return document
  }

  private func table(_ document: BootstrapDocument) -> String {
    let percent = String(format: "%g%%", 100 * document.confidence)
    func row(_ name: String, _ cells: [String]) -> String {
      name.padding(toLength: 6, withPad: " ", startingAt: 0)
        + cells.map { String(repeating: " ", count: max(1, 13 - $0.count)) + $0 }.joined()
    }
    var lines = [
      method == .refits
        ? "\(document.law) law, \(document.resamples) resamples of \(document.resampling ?? "runs"), \(percent) intervals"
        : "\(document.law) law, \(document.resamples) posterior samples, independent \(document.resampling ?? "runs"), \(percent) intervals",
      row("", method == .refits ? ["fit", "percentile", "", "corrected"] : ["fit", "percentile", ""]),
    ]
    for name in CoefficientNames.all + ["a", "b"] {
      if document.undetermined?.contains(name) == true { lines.append(row(name, []) + "  not determined") }
      guard let interval = document.intervals[name] else { continue }
      let numbers =
        [interval.estimate, interval.low, interval.high]
        + (interval.biasCorrected.map { [$0.low, $0.high] } ?? [])
      lines.append(row(name, numbers.map { String(format: "%.5g", $0) }))
    }
    return lines.joined(separator: "\n")
  }
}
