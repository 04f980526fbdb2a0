import ArgumentParser
import Estimation
import Formats
import Foundation
import PaperStudy
import Runs
import ScalingLaws
import CommandSupport
import Studies
import Verification

public struct DistillVerify: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Prints a study's errors against their targets; ends with status 2 when one is missed.",
    discussion: """
      In the paper's own study, whose runs are drawn from its laws, also how well the fits found these again, and \
      what the paper's claims are worth under its distillation law as printed and as its figures have it.
      """)

  @OptionGroup var options: StudyOptions

  @Option(help: "The run store, or a log.")
  var runs: String

  @Option(help: "Folder with the fits.")
  var results: String

  @Option(help: "Folder that verification.json and verification.md are written to; that of the fits unless given.")
  var outputFolder: String?

  @Option(
    help: """
      The paper's distillation law, figures or printed, that reconstructed runs are asked to give again; the one that \
      they say they were drawn from unless given.
      """)
  var law: PaperLaw?

  @Option(
    help: "Largest mean absolute relative error that passes; the study's unless given, and 0.01 where it names none.",
    transform: number)
  var target: Double?

  @OptionGroup var reading: ReadingArguments

  public init() {}

  public func validate() throws {
    if let target, !(target > 0 && target < 1) { throw ValidationError("--target must lie between 0 and 1, not be \(target)") }
  }

  public func run() throws {
    var passes = false
    let study = try options.read()
    let loaded = try reading.load(runs)
    let has = StudyRuns(study, records: loaded.records)
    let target = target ?? study.target
    var laws = [LawVerification]()
    if has.offers(.result(.supervisedFit)) { laws.append(try supervised(loaded, has, target)) }
    if has.offers(.result(.distillationFit)) { laws.append(try distillation(loaded, has, target)) }
    guard !laws.isEmpty else { throw StageError("needs \(has.supervisedLack ?? "a law")", file: runs) }
    let isPaper = study.description.paper != nil
    let verification = Verification(
      study: study.name, laws: laws, recovery: isPaper ? try recovery(loaded) : nil,
      claims: isPaper ? try PaperClaims.claims(records: loaded.records) : nil)
    // Written whether or not it passes: a miss is what one wants to read about.
    let folder = outputFolder ?? results
    try verification.write(to: folder + "/verification.json")
    try writeAtomically(loaded.lossUnit.naming(verification.markdown), to: folder + "/verification.md")
    print(loaded.lossUnit.naming(verification.table), terminator: "")
    passes = verification.passes
    if !passes { throw ExitCode(2) }
  }

  private func supervised(
    _ loaded: LoadedRuns, _ has: StudyRuns, _ target: Double
  ) throws(StageError) -> LawVerification {
    let all = try fit(.supervisedFit, of: loaded, SupervisedLaw.init)
    let weak = try weakFit(.supervisedExtrapolation, of: loaded, has, SupervisedLaw.init)
    let chinchilla = try fit(.chinchillaFit, of: loaded, SupervisedLaw.init)
    return LawVerification(
      kind: .supervised, records: loaded.records, all: all.law.prediction(of:),
      weak: weak.map { ($0.law.prediction(of:), $0.threshold) },
      rivals: [("Chinchilla (gamma = 1)", chinchilla.law.prediction(of:))], target: target,
      competitors: otherLaws(fittedTo:))
  }

  /// Laws that others have fitted: Chinchilla's (Hoffmann et al. 2022), and Kaplan's (2020, eq. 1.5), which is eq. 1 with
  /// E = 0 and beta = 1. One that cannot be fitted is left out.
  private func otherLaws(fittedTo runs: [RunRecord]) -> [(name: String, predict: LawVerification.Prediction)] {
    let observations = runs.sorted { $0.run < $1.run }.map(SupervisedObservation.init)
    let fits = [
      ("Chinchilla's law", try? fitChinchilla(observations)),
      ("Kaplan's law", try? fitSupervised(observations, restrictions: Restrictions(fixed: ["E": 0, "beta": 1]))),
    ]
    return fits.compactMap { name, fit in
      fit.flatMap { SupervisedLaw(coefficients: $0.coefficients) }.map { (name, $0.prediction(of:)) }
    }
  }

  private func distillation(
    _ loaded: LoadedRuns, _ has: StudyRuns, _ target: Double
  ) throws(StageError) -> LawVerification {
    let all = try fit(.distillationFit, of: loaded, DistillationLaw.init)
    let weak = try weakFit(.distillationExtrapolation, of: loaded, has, DistillationLaw.init)
    var verification = LawVerification(
      kind: .distillation, records: loaded.records, all: all.law.prediction(of:),
      weak: weak.map { ($0.law.prediction(of:), $0.threshold) }, target: target,
      strength: all.law.teacherStrength(of:))
    if let weak {
      let document = try FitDocument.read(from: results + "/" + ResultFile.distillationExtrapolation.rawValue)
      verification.capability = .init(
        minimumLoss: document.supervisedMinimumLoss, isPublished: weak.law.supervised == .published)
    }
    return verification
  }

  /// The paper's law that students were drawn from.
  private func drawnLaw(_ runs: [RunRecord]) throws(StageError) -> PaperLaw {
    if let law { return law }
    let names = Set(runs.map { $0.reconstruction?.law ?? PaperLaw.printed.rawValue })
    guard names.count == 1, let law = names.first.flatMap(PaperLaw.init(rawValue:)) else {
      throw StageError(
        "expected distillations drawn from one law of the paper, printed or figures, found "
          + names.sorted().joined(separator: " and "), file: self.runs)
    }
    return law
  }

  /// The fits beside the laws that the runs were drawn from.
  private func recovery(_ loaded: LoadedRuns) throws(StageError) -> [LawRecovery] {
    let runs = loaded.records.filter { $0.purpose == .law }
    var recoveries = [LawRecovery]()
    for kind in RunRecord.Kind.allCases {
      let runs = runs.filter { $0.kind == kind }
      guard !runs.isEmpty else { continue }
      guard let noise = RunRecord.drawnNoise(runs) else {
        throw StageError(
          "the paper's study needs runs that were drawn with one noise, as distill-reconstruct writes them",
          file: self.runs)
      }
      switch kind {
      case .supervised:
        let law = try fit(.supervisedFit, of: loaded, SupervisedLaw.init).law
        recoveries.append(LawRecovery(law, published: .published, runs: runs, noise: noise))
      case .distillation:
        let law = try fit(.distillationFit, of: loaded, DistillationLaw.init).law
        recoveries.append(LawRecovery(law, published: try drawnLaw(runs).law, runs: runs, noise: noise))
      }
    }
    return recoveries
  }

  /// The law of a fit on the weaker runs, and the loss that they were cut at; nil where they are too few for one.
  private func weakFit<Law>(
    _ file: ResultFile, of loaded: LoadedRuns, _ has: StudyRuns, _ make: (FitDocument) throws(StageError) -> Law
  ) throws(StageError) -> (law: Law, threshold: Double)? {
    guard has.offers(.result(file)) else { return nil }
    let (law, selection) = try fit(file, of: loaded, make)
    guard let threshold = selection.minimumLoss else {
      throw StageError(
        "was fitted on all runs; expected a fit on the weaker ones (--weaker-fraction)",
        file: results + "/" + file.rawValue)
    }
    return (law, threshold)
  }

  /// The law of a fit in the results folder, checked to be of these runs.
  private func fit<Law>(
    _ file: ResultFile, of loaded: LoadedRuns, _ make: (FitDocument) throws(StageError) -> Law
  ) throws(StageError) -> (law: Law, selection: FitDocument.Selection) {
    let path = results + "/" + file.rawValue
    let document = try FitDocument.read(from: path)
    try loaded.check(document, file: path, source: runs)
    do {
      return (try make(document), document.selection)
    } catch {
      throw StageError(error.message, file: path)
    }
  }
}
