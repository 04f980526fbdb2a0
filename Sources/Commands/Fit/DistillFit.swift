import ArgumentParser
import Formats
import Estimation
import Foundation
import PaperStudy
import Runs
import ScalingLaws
import CommandSupport

public struct DistillFit: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Fits a scaling law to runs.",
    discussion: """
      Minimises the sum over runs of Huber's function of log predicted - log observed from every point of the \
      paper's grid of starts. RUNS is a run store (.sqlite), a log of runs, a table (of N, D and loss, or of N_S, D_S, L_T and L_S), or the log of \
      another program; docs/readers.md says which. What has to be guessed is said.
      """)

  enum Law: String, CaseIterable, ExpressibleByArgument {
    case supervised, chinchilla, distillation, monotone
    case fadingGap = "fading-gap"
    case isoflop
    var isOfDistillations: Bool { self == .distillation || self == .monotone || self == .fadingGap }
  }

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case table, json
  }

  @Option(
    help: """
      The law to fit. monotone and fading-gap are distillation laws beside eq. 8, for predictions of losses; \
      docs/architecture.md says what they are. isoflop fits none, but finds the exponents of compute from the minima of \
      IsoFLOP profiles.
      """)
  var law: Law

  @Option(help: "The runs to fit it to.")
  var runs: String

  @Option(help: "How the fit is printed.")
  var format: Format = .table

  @Option(help: "File to write the fit to, as JSON.")
  var output: String?

  @Option(
    help: """
      File to write diagnostics to (.md, else JSON): residuals against every variable, each run's influence, and runs \
      left out.
      """)
  var diagnostics: String?

  @Option(help: "Where Huber's function turns from a parabola into a line.")
  var delta = 1e-4

  @Option(help: "Fit only this share of the runs, those with the largest loss.", transform: number)
  var weakerFraction: Double?

  @Option(help: "Fit only runs with at least this loss.", transform: number)
  var minimumLoss: Double?

  @Option(
    help: "For the distillation law: the supervised fit that gives L~_S, or 'published'. Else it is fitted.")
  var supervised: String?

  @Option(
    help: """
      What runs are weighted by: none, or the model of their noise, so that each residual is in units of its run's noise. \
      The model is made from the configurations that were trained from several seeds.
      """)
  var noise: NoiseWeights = .none

  @Option(
    help: "Where there are more than twice as many runs, starts are tried on about so many of them, spread over the design.")
  var screen = 128

  @OptionGroup var reading: ReadingArguments

  @OptionGroup var lawOptions: LawOptions

  @OptionGroup var processors: ThreadOptions

  public init() {}

  public func validate() throws {
    if weakerFraction != nil, minimumLoss != nil {
      throw ValidationError("--weaker-fraction and --minimum-loss exclude each other")
    }
    if let weakerFraction, !(weakerFraction > 0 && weakerFraction <= 1) {
      throw ValidationError("--weaker-fraction must lie above 0 and be at most 1")
    }
    // Below, Huber's function is a kink, which no descent gets past; above, squares.
    try checkNumber("delta", delta, in: 1e-8...10)
    try checkCount("screen", screen, in: 32...1_000_000_000)
    if supervised != nil, law != .distillation {
      throw ValidationError("--supervised goes with --law distillation")
    }
    let isRival = law == .monotone || law == .fadingGap
    if law == .isoflop || isRival, noise == .model {
      throw ValidationError("--noise goes with --law supervised, chinchilla and distillation")
    }
    if law == .isoflop || isRival, diagnostics != nil {
      throw ValidationError("--diagnostics goes with --law supervised, chinchilla and distillation")
    }
    if law.isOfDistillations || law == .isoflop, !lawOptions.isEmpty {
      throw ValidationError("--fix, --tie and --loss-function go with --law supervised and chinchilla")
    }
  }

  public func run() throws {
    try checkOutputs(documents: [output], others: [diagnostics], inputs: [runs, supervised == "published" ? nil : supervised])
    let loaded = try reading.load(runs)
    if law == .isoflop { return try fitProfiles(loaded) }
    let (fit, document) = try fitted(loaded, try reading.options())
    guard document.objective.isFinite, document.maxAbsoluteRelativeError.isFinite else {
      throw StageError("cannot be fitted: the law's errors are beyond what a number holds", file: runs)
    }
    let json = try document.json(for: output)
    sayOfReading(notes: loaded.notes, warnings: loaded.warnings, file: runs)
    if let diagnostics {
      try DiagnosticsDocument(
        try diagnose(document, fit.coefficients, loaded), fit: document, warnings: fit.warnings, loaded: loaded
      ).write(to: diagnostics)
    }
    if let output { try writeAtomically(json, to: output) }
    switch format {
    case .json:
      FileHandle.standardOutput.write(json)
      for warning in fit.warnings { printError("warning: \(warning)") }
      for line in noiseLines(document) + outlierLines(document) { printError("\(line.name): \(line.text)") }
    case .table:
      print(fitTable(document, fit))
    }
  }

  private func fitted(_ loaded: LoadedRuns, _ reading: ReadingOptions) throws(StageError) -> (LawFit, FitDocument) {
    let options = options
    switch law {
    case .supervised, .chinchilla, .isoflop:
      guard !loaded.supervised.isEmpty else { throw StageError("holds no supervised runs", file: runs) }
      let (alike, selection) = try select(loaded.supervised, by: \.loss, reading)
      let names = chosenNames(loaded, by: \.loss, of: loaded.supervised, selection)
      let restrictions: Restrictions
      do { restrictions = try lawOptions.restrictions() } catch { throw StageError("\(error)") }
      func fitted(_ runs: [SupervisedObservation]) throws(EstimationError) -> LawFit {
        try law == .supervised
          ? fitSupervised(runs, restrictions: restrictions, options: options)
          : fitChinchilla(runs, restrictions: restrictions, options: options)
      }
      var weights = try weights(loaded, .supervised, selection)
      let chosen = weights.map { $0.weighted(alike) } ?? alike
      if weights != nil {
        weights?.without = try attempt { () throws(EstimationError) in try fitted(alike).determinedCoefficients }
      }
      let (fit, outliers) = try attempt { () throws(EstimationError) -> (LawFit, Outliers?) in
        let fit = try fitted(chosen)
        // A law along the lower edge is meant to leave runs far above it.
        guard lawOptions.lossFunction == .huber else { return (fit, nil) }
        return (
          fit,
          try outliersSupervised(
            chosen, fixedGamma: law == .chinchilla, coefficients: fit.coefficients, restrictions: restrictions,
            options: options)
        )
      }
      var document = document(fit, selection, LoadedRuns.digest(of: chosen), loaded)
      document.note(restrictions)
      document.noise = weights
      if lawOptions.lossFunction == .oneSided { document.upperWeight = lawOptions.effectiveUpperWeight }
      let runs = FittedRuns(chosen, names: names)
      document.note(outliers, fit, runs)
      if let law = SupervisedLaw(coefficients: fit.coefficients) {
        document.note(fit.determination, runs) { law.loss(parameters: $0.parameters, tokens: $0.tokens) }
      }
      return (fit, document)
    case .distillation:
      guard !loaded.distillation.isEmpty else { throw StageError("holds no distillation runs", file: runs) }
      let (alike, selection) = try select(loaded.distillation, by: \.studentLoss, reading)
      let (capability, supervisedMinimumLoss) = try supervisedLaw(loaded, options)
      var weights = try weights(loaded, .distillation, selection, supervised: capability)
      let chosen = weights.map { $0.weighted(alike, supervised: capability) } ?? alike
      if weights != nil {
        weights?.without = try attempt { () throws(EstimationError) in
          try fitDistillation(alike, supervised: capability, options: options).determinedCoefficients
        }
      }
      let (fit, outliers) = try attempt { () throws(EstimationError) -> (LawFit, Outliers?) in
        let fit = try fitDistillation(chosen, supervised: capability, options: options)
        return (
          fit,
          try outliersDistillation(chosen, supervised: capability, coefficients: fit.coefficients, options: options)
        )
      }
      let digest = LoadedRuns.digest(of: chosen)
      var document = document(fit, selection, digest, loaded, supervised: capability.coefficients)
      document.noise = weights
      document.supervisedMinimumLoss = supervisedMinimumLoss
      let names = chosenNames(loaded, by: \.studentLoss, of: loaded.distillation, selection)
      let runs = FittedRuns(chosen, names: names)
      document.note(outliers, fit, runs)
      if let law = DistillationLaw(coefficients: fit.coefficients, supervised: capability) {
        document.note(fit.determination, runs) {
          law.loss(studentParameters: $0.parameters, studentTokens: $0.tokens, teacherLoss: $0.teacherLoss ?? .nan)
        }
      }
      return (fit, document)
    case .monotone, .fadingGap:
      guard !loaded.distillation.isEmpty else { throw StageError("holds no distillation runs", file: runs) }
      let (chosen, selection) = try select(loaded.distillation, by: \.studentLoss, reading)
      let form: DistillationForm = law == .monotone ? .monotone : .fadingGap
      let fit = try attempt { () throws(EstimationError) in
        // The supervised law is no part of them.
        try fitDistillation(chosen, supervised: .published, form: form, options: options)
      }
      return (fit, document(fit, selection, LoadedRuns.digest(of: chosen), loaded))
    }
  }

  /// The exponents of compute from IsoFLOP profiles.
  private func fitProfiles(_ loaded: LoadedRuns) throws {
    guard !loaded.supervised.isEmpty else { throw StageError("holds no supervised runs", file: runs) }
    let (chosen, selection) = try select(loaded.supervised, by: \.loss, try reading.options())
    let own = loaded.records.filter { $0.kind == .supervised && $0.purpose == .law }
    // In a table no run names its budget.
    let all = own.count == loaded.supervised.count ? own.map(\.budget) : loaded.supervised.map { _ in nil }
    let budgets = zip(all, loaded.supervised).filter { $0.1.loss >= selection.minimumLoss ?? -.infinity }.map(\.0)
    let settings = IsoFLOPOptions()
    let (fit, chinchilla) = try attempt { () throws(EstimationError) -> (IsoFLOPFit, LawFit?) in
      (try fitIsoFLOP(chosen, budgets: budgets, options: settings), try? fitChinchilla(chosen, options: options))
    }
    let exponents = chinchilla.flatMap { fit -> [String: Double]? in
      guard fit.determination.isComplete, let law = SupervisedLaw(coefficients: fit.coefficients), law.alpha + law.beta > 0
      else { return nil }
      return ["a": law.computeOptimalParameterExponent, "b": law.computeOptimalTokenExponent]
    }
    let document = IsoFLOPDocument(
      fit, options: settings, chinchilla: exponents, runs: chosen.count,
      inputs: FitDocument.Inputs(runs: LoadedRuns.digest(of: chosen)))
    let json = try document.json(for: output)
    if let output { try writeAtomically(json, to: output) }
    switch format {
    case .json: FileHandle.standardOutput.write(json)
    case .table: print(document.table)
    }
  }

  private var options: FitOptions {
    FitOptions(
      delta: delta, upperWeight: lawOptions.effectiveUpperWeight, threads: processors.threads, screenedRuns: screen)
  }

  /// The names of the runs that enter the fit.
  private func chosenNames<Run>(
    _ loaded: LoadedRuns, by loss: (Run) -> Double, of all: [Run], _ selection: FitDocument.Selection
  ) -> [String] {
    let names = loaded.names(distillations: law.isOfDistillations)
    return zip(names, all).filter { loss($0.1) >= selection.minimumLoss ?? -.infinity }.map(\.0)
  }

  /// The runs that enter the fit.
  private func select<Run>(
    _ all: [Run], by loss: (Run) -> Double, _ reading: ReadingOptions
  ) throws(StageError) -> ([Run], FitDocument.Selection) {
    var least = minimumLoss
    if let weakerFraction {
      let kept = Int((weakerFraction * Double(all.count)).rounded(.up))
      least = all.map(loss).sorted(by: >)[max(kept, 1) - 1]
    }
    guard let least else { return (all, FitDocument.Selection(availableRuns: all.count, reading: reading)) }
    let chosen = all.filter { loss($0) >= least }
    guard !chosen.isEmpty else { throw StageError("no run has a loss of at least \(least)", file: runs) }
    return (chosen, FitDocument.Selection(availableRuns: all.count, minimumLoss: least, reading: reading))
  }

  /// The noise that runs are weighted by; nil where they count alike.
  private func weights(
    _ loaded: LoadedRuns, _ kind: RunRecord.Kind, _ selection: FitDocument.Selection, supervised: SupervisedLaw? = nil
  ) throws(StageError) -> FitDocument.Noise? {
    guard noise == .model else { return nil }
    return try fittedNoise(loaded, kind, least: selection.minimumLoss, supervised: supervised, file: runs)
  }

  /// Residuals and influences of the runs that were fitted.
  private func diagnose(
    _ fit: FitDocument, _ coefficients: [String: Double], _ loaded: LoadedRuns
  ) throws(StageError) -> FitDiagnostics {
    let options = options
    let least = fit.selection.minimumLoss ?? -.infinity
    return try attempt { () throws(EstimationError) in
      if let supervised = fit.supervised.flatMap(SupervisedLaw.init(coefficients:)) {
        return try diagnoseDistillation(
          fit.weighted(loaded.distillation.filter { $0.studentLoss >= least }, supervised: supervised), supervised: supervised,
          coefficients: coefficients, options: options)
      }
      return try diagnoseSupervised(
        fit.weighted(loaded.supervised.filter { $0.loss >= least }), fixedGamma: law == .chinchilla,
        coefficients: coefficients,
        restrictions: fit.restrictions, options: options)
    }
  }

  /// The law that gives L~_S, and the least loss of the runs that it was fitted to, where these were cut by loss.
  private func supervisedLaw(
    _ loaded: LoadedRuns, _ options: FitOptions
  ) throws(StageError) -> (law: SupervisedLaw, minimumLoss: Double?) {
    switch supervised {
    case "published": return (.published, nil)
    case let path?: return try readSupervisedFit(path)
    case nil:
      guard !loaded.supervised.isEmpty else {
        throw StageError(
          "holds no supervised runs to fit L~_S to; give --supervised FIT.json or --supervised published",
          file: runs)
      }
      let fit = try attempt { () throws(EstimationError) in
        try fitSupervised(loaded.supervised, options: options)
      }
      if let reason = fit.determination.reasons.first {
        throw StageError("the supervised runs give no law for L~_S; give one with --supervised: \(reason)", file: runs)
      }
      guard let law = SupervisedLaw(coefficients: fit.coefficients) else {
        throw StageError("gives no supervised law", file: runs)
      }
      return (law, nil)
    }
  }

  private func attempt<Result>(_ body: () throws(EstimationError) -> Result) throws(StageError) -> Result {
    do {
      return try body()
    } catch {
      throw StageError(error.description, file: runs)
    }
  }

  private func document(
    _ fit: LawFit, _ selection: FitDocument.Selection, _ digest: Digest, _ loaded: LoadedRuns,
    supervised: [String: Double]? = nil
  ) -> FitDocument {
    FitDocument(
      law: law.rawValue, runs: fit.runs, coefficients: fit.determinedCoefficients, objective: fit.objective,
      meanAbsoluteRelativeError: fit.meanAbsoluteRelativeError,
      maxAbsoluteRelativeError: fit.maxAbsoluteRelativeError, starts: fit.starts, delta: delta,
      selection: selection, inputs: FitDocument.Inputs(runs: digest), supervised: supervised,
      lossUnit: loaded.lossUnit == .natsPerToken ? nil : loaded.lossUnit,
      readingWarnings: loaded.warnings.isEmpty ? nil : loaded.warnings)
  }
}

/// Reads the supervised law from a fit, and the least loss that its runs were cut at.
func readSupervisedFit(_ path: String) throws(StageError) -> (law: SupervisedLaw, minimumLoss: Double?) {
  let document = try FitDocument.read(from: path)
  if let refusal = document.refusal { throw StageError(refusal, file: path) }
  guard !document.isOfDistillations, let law = SupervisedLaw(coefficients: document.coefficients) else {
    throw StageError("expected the fit of a supervised law, found \(document.law)", file: path)
  }
  return (law, document.selection.minimumLoss)
}

func printError(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}
