import Allocation
import ArgumentParser
import Formats
import CommandSupport
import PaperStudy
import Reports
import ScalingLaws
import Studies
import Verification

public struct DistillTables: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Writes the paper's tables for a study as Markdown, CSV and LaTeX.",
    discussion: """
      Table 2 has the scenarios, 3 where the compute of the optimum goes, 6 the coefficients beside the published ones, \
      9 to 12 parameters and FLOPs by component, and 13 the models with their counted FLOPs.
      """)

  @OptionGroup var options: StudyOptions

  @Option(help: "The run store, or a log, from which sizes and budgets follow; the study's logs unless given.")
  var runs: String?

  @Option(help: "Folder with the fits, the intervals and optima.csv; the tables go there, too.")
  var results: String

  @OptionGroup var reading: ReadingArguments

  public init() {}

  public func run() throws {
    let study = try options.read()
    let source = runs, runs = try StudyRuns.read(study, from: runs, try reading.options())
    var laws = [(fit: FitDocument, bootstrap: BootstrapDocument)]()
    for (fit, intervals) in [
      (ResultFile.supervisedFit, ResultFile.supervisedIntervals), (.distillationFit, .distillationIntervals),
    ] where runs.offers(.result(fit)) {
      laws.append(
        (
          fit: try runs.fit(at: "\(results)/\(fit.rawValue)", source: source),
          bootstrap: try BootstrapDocument.read(from: "\(results)/\(intervals.rawValue)")
        ))
    }
    guard !laws.isEmpty else { throw StageError("has no law to make tables of", file: study.path) }
    let coefficients = try CoefficientTable(study: study.name, laws: laws)
    // All are made before the first is written, so that a failure leaves the folder as it was.
    var files = [("table-06", coefficients.markdown, coefficients.csv, coefficients.latex)]
    files += try tables(study, runs).map { ($0.fileStem, $0.markdown, $0.csv, $0.latex) }
    for (name, markdown, csv, latex) in files {
      try writeAtomically(markdown, to: "\(results)/\(name).md")
      try writeAtomically(csv, to: "\(results)/\(name).csv")
      try writeAtomically(latex, to: "\(results)/\(name).tex")
    }
  }

  /// What the study has: tables of plans with a distillation law, tables of components where its models are known.
  private func tables(_ study: Study, _ runs: StudyRuns) throws(StageError) -> [FormattedTable] {
    var tables = [FormattedTable]()
    if runs.offers(.result(.supervisedFit)) {
      let fit = try FitDocument.read(from: results + "/" + ResultFile.supervisedFit.rawValue)
      tables.append(ComputeOptimalTable(runs, law: try SupervisedLaw(fit)).table)
    }
    if runs.offers(.result(.optima)), let scale = PlanningScale(runs) {
      let optima = try OptimaTable.read(from: results + "/" + ResultFile.optima.rawValue)
      let use = try ComputeUseTable(
        study: study.name, optima: optima, scale: scale, printed: study.description.paper.map { _ in PrintedComputeUse.table })
      tables += [scenarioTable(study: study.name), use.table]
    }
    if let shapes = ModelShape.family(of: runs) {
      tables += ComponentTables(study: study.name, shapes: shapes).tables
      tables.append(ModelTable(study: study.name, shapes: shapes).table)
    }
    return tables
  }
}
