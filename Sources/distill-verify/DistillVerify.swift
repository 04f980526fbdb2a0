import ArgumentParser
import Artifacts
import Foundation
import RunStore
import ScalingLaws
import Verification

@main
struct DistillVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill-verify",
    abstract: "Prints a study's errors against their targets; ends with status 1 when one is missed.")

  @Option(help: "The study's name.")
  var study: String

  @Option(help: "The run store, or a log.")
  var runs: String

  @Option(help: "Folder with the fits.")
  var results: String

  @Option(help: "Folder that verification.json and verification.md are written to; that of the fits unless given.")
  var outputFolder: String?

  @Option(help: "Largest mean absolute relative error that passes.")
  var target = 0.01

  func run() throws {
    var passes = false
    try runStage("distill-verify") {
      let loaded = try loadRuns(runs)
      let all = try fit("fit-supervised.json", of: loaded)
      let weak = try fit("fit-supervised-extrapolation.json", of: loaded)
      let chinchilla = try fit("fit-chinchilla.json", of: loaded)
      guard let threshold = weak.document.selection.minimumLoss else {
        throw StageError(
          "was fitted on all runs; expected a fit on the weaker ones (--weaker-fraction)",
          file: results + "/fit-supervised-extrapolation.json")
      }
      let verification = SupervisedVerification(
        study: study, records: loaded.records, all: all.law, weak: weak.law, threshold: threshold,
        chinchilla: chinchilla.law, target: target)
      // Written whether or not it passes: a miss is what one wants to read about.
      let folder = outputFolder ?? results
      try writeAtomically(try verification.json(), to: folder + "/verification.json")
      try writeAtomically(verification.markdown, to: folder + "/verification.md")
      print(verification.table, terminator: "")
      passes = verification.passes
    }
    if !passes { throw ExitCode.failure }
  }

  /// A fit of the results folder, checked to be of these runs.
  private func fit(
    _ name: String, of loaded: LoadedRuns
  ) throws -> (document: FitDocument, law: SupervisedLaw) {
    let path = results + "/" + name
    let document = try FitDocument.read(from: path)
    guard let law = SupervisedLaw(coefficients: document.coefficients) else {
      throw StageError("lacks a coefficient of the supervised law", file: path)
    }
    let fitted = loaded.supervised.filter { $0.loss >= document.selection.minimumLoss ?? 0 }
    guard LoadedRuns.digest(of: fitted) == document.inputs.runs else {
      throw StageError("was made from other runs than \(runs) holds; fit again", file: path)
    }
    return (document, law)
  }
}
