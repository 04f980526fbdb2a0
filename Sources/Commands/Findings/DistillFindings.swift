import ArgumentParser
import Formats
import Findings
import Runs
import ScalingLaws
import CommandSupport
import Studies
import Verification

public struct DistillFindings: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Answers the paper's questions from a study's distillations: findings and practice, each as JSON and Markdown.")

  @OptionGroup var options: StudyOptions

  @Option(help: "The run store, or a log.")
  var runs: String

  @Option(help: "Folder with the fits; the findings go there, too.")
  var results: String

  @Option(help: "Measured times of a step in either direction, for table 7; `make bench` writes them.")
  var speeds: String?

  @OptionGroup var processors: ThreadOptions

  @OptionGroup var reading: ReadingArguments

  public init() {}

  public func run() throws {
    let study = try options.read()
    let loaded = try reading.load(runs)
    let path = results + "/fit-distillation.json"
    let fit = try FitDocument.read(from: path)
    try loaded.check(fit, file: path, source: runs)
    let findings = try Findings(
      study: study.name, records: loaded.records, fit: fit, family: StudyRuns(study, records: loaded.records).family,
      threads: processors.threads)
    try findings.write(to: results + "/findings.json")
    try writeAtomically(findings.markdown, to: results + "/findings.md")
    let practice = PracticeFindings(study: study.name, records: loaded.records)
    try practice.write(to: results + "/practice.json")
    try writeAtomically(practice.markdown, to: results + "/practice.md")
    if let table = DirectionTable(practice, speeds: try speeds.map(DirectionSpeed.read) ?? []) {
      try writeAtomically(table.markdown, to: results + "/table-07.md")
      try writeAtomically(table.csv, to: results + "/table-07.csv")
      try writeAtomically(table.latex, to: results + "/table-07.tex")
    }
  }
}
