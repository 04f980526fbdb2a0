import ArgumentParser
import Artifacts
import Foundation
import RunStore
import ScalingLaws
import CommandSupport
import Verification

public struct DistillVerify: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName("verify"),
    abstract: "Prints a study's errors against their targets; ends with status 1 when one is missed.",
    discussion: """
      In the study `paper`, whose runs are drawn from the paper's laws, also how well the fits found these again, and \
      what the paper's claims are worth under its distillation law as printed and as its figures have it.
      """)

  @Option(help: "The study's name.")
  var study: String

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

  @Option(help: "Largest mean absolute relative error that passes.")
  var target = 0.01

  public init() {}

  public func run() throws {
    var passes = false
    let loaded = try loadRuns(runs)
    var laws = [try supervised(loaded)]
    if !loaded.distillation.isEmpty { laws.append(try distillation(loaded)) }
    let isPaper = study == "paper"
    let verification = Verification(
      study: study, laws: laws, recovery: isPaper ? try recovery(loaded) : nil,
      claims: isPaper ? try PaperClaims.claims(records: loaded.records) : nil)
    // Written whether or not it passes: a miss is what one wants to read about.
    let folder = outputFolder ?? results
    try writeAtomically(try verification.json(), to: folder + "/verification.json")
    try writeAtomically(verification.markdown, to: folder + "/verification.md")
    print(verification.table, terminator: "")
    passes = verification.passes
    if !passes { throw ExitCode.failure }
  }

  private func supervised(_ loaded: LoadedRuns) throws(StageError) -> LawVerification {
    let all = try fit("fit-supervised.json", of: loaded, SupervisedLaw.init)
    let weak = try weakFit("fit-supervised-extrapolation.json", of: loaded, SupervisedLaw.init)
    let chinchilla = try fit("fit-chinchilla.json", of: loaded, SupervisedLaw.init)
    return LawVerification(
      kind: .supervised, records: loaded.records, all: all.law.prediction(of:), weak: weak.law.prediction(of:),
      threshold: weak.threshold, rivals: [("Chinchilla (gamma = 1)", chinchilla.law.prediction(of:))],
      target: target)
  }

  private func distillation(_ loaded: LoadedRuns) throws(StageError) -> LawVerification {
    let all = try fit("fit-distillation.json", of: loaded, DistillationLaw.init)
    let weak = try weakFit("fit-distillation-extrapolation.json", of: loaded, DistillationLaw.init)
    return LawVerification(
      kind: .distillation, records: loaded.records, all: all.law.prediction(of:),
      weak: weak.law.prediction(of:), threshold: weak.threshold, target: target)
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
          "the study paper needs runs that were drawn with one noise, as distill-reconstruct writes them",
          file: self.runs)
      }
      switch kind {
      case .supervised:
        let law = try fit("fit-supervised.json", of: loaded, SupervisedLaw.init).law
        recoveries.append(LawRecovery(law, published: .published, runs: runs, noise: noise))
      case .distillation:
        let law = try fit("fit-distillation.json", of: loaded, DistillationLaw.init).law
        recoveries.append(LawRecovery(law, published: try drawnLaw(runs).law, runs: runs, noise: noise))
      }
    }
    return recoveries
  }

  /// The law of a fit on the weaker runs, and the loss that they were cut at.
  private func weakFit<Law>(
    _ name: String, of loaded: LoadedRuns, _ make: (FitDocument) throws(StageError) -> Law
  ) throws(StageError) -> (law: Law, threshold: Double) {
    let (law, selection) = try fit(name, of: loaded, make)
    guard let threshold = selection.minimumLoss else {
      throw StageError(
        "was fitted on all runs; expected a fit on the weaker ones (--weaker-fraction)",
        file: results + "/" + name)
    }
    return (law, threshold)
  }

  /// The law of a fit in the results folder, checked to be of these runs.
  private func fit<Law>(
    _ name: String, of loaded: LoadedRuns, _ make: (FitDocument) throws(StageError) -> Law
  ) throws(StageError) -> (law: Law, selection: FitDocument.Selection) {
    let path = results + "/" + name
    let document = try FitDocument.read(from: path)
    let least = document.selection.minimumLoss ?? 0
    let digest =
      document.law == "distillation"
      ? LoadedRuns.digest(of: loaded.distillation.filter { $0.studentLoss >= least })
      : LoadedRuns.digest(of: loaded.supervised.filter { $0.loss >= least })
    guard digest == document.inputs.runs else {
      throw StageError("was made from other runs than \(runs) holds; fit again", file: path)
    }
    do {
      return (try make(document), document.selection)
    } catch {
      throw StageError(error.message, file: path)
    }
  }
}
