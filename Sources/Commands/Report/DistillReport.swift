import ArgumentParser
import Formats
import CommandSupport
import Foundation
import Reports
import Studies
import Verification

public struct DistillReport: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Writes what a study's runs say, in words: report.md.")

  @OptionGroup var options: StudyOptions

  @Option(help: "The run store, or a log; the study's own logs unless given.")
  var runs: String?

  @Option(help: "Folder with the fits, intervals, profiles, plans and errors; the report goes there, too.")
  var results: String

  @Option(help: "The figures' folder as seen from the report; ../../figures/STUDY unless given.")
  var figures: String?

  @OptionGroup var reading: ReadingArguments

  public init() {}

  public func run() throws {
    let study = try options.read()
    let source = runs, runs = try StudyRuns.read(study, from: runs, try reading.options())
    func path(_ file: ResultFile) -> String { "\(results)/\(file.rawValue)" }
    var laws = [StudyReport.Law]()
    for (fit, intervals, profiles) in [
      (ResultFile.supervisedFit, ResultFile.supervisedIntervals, ResultFile.supervisedProfiles),
      (.distillationFit, .distillationIntervals, .distillationProfiles),
    ] where runs.offers(.result(fit)) {
      laws.append(
        StudyReport.Law(
          fit: try runs.fit(at: path(fit), source: source), intervals: try BootstrapDocument.read(from: path(intervals)),
          profiles: try ProfileDocument.read(from: path(profiles))))
    }
    let verification = laws.isEmpty ? nil : try Verification.read(from: results + "/verification.json")
    let report = StudyReport(
      runs, laws: laws, verification: verification,
      optima: runs.offers(.result(.optima)) ? try OptimaTable.read(from: path(.optima)) : nil,
      figures: figures ?? "../../figures/\(study.name)")
    try writeAtomically(try report.markdown(), to: results + "/report.md")
  }
}
