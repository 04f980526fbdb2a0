import ArgumentParser
import Formats
import CommandSupport
import Foundation
import Reports
import Studies

public struct DistillStudy: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Makes a study from runs, and says what there is in one.",
    discussion: """
      For example
        distill-study new mine --runs runs.csv
        make STUDY=mine
      A study is a folder of Studies with study.json, which may be {}, and logs/, a JSON line a run.
      """,
    subcommands: [NewStudy.self, ShowStudy.self, StudyRules.self])

  public init() {}
}

struct ShowStudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Says what a study's runs are, which figures they allow, and what the others lack.")

  @Argument(help: "The study, a folder of ROOT.")
  var study: String

  @Option(help: "Folder of the studies.")
  var root = Study.folder

  func run() throws {
    print(studyText(try StudyRuns.read(try Study.read(study, in: root))), terminator: "")
  }
}

struct StudyRules: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "Writes what a study has as variables of make, for the Makefile.")

  @Argument(help: "The study, a folder of ROOT.")
  var study: String

  @Option(help: "The file.")
  var output: String

  @Option(help: "Folder of the studies.")
  var root = Study.folder

  func run() throws {
    try writeAtomically(makeVariables(try StudyRuns.read(try Study.read(study, in: root))), to: output)
  }
}
