import Allocation
import ArgumentParser
import Artifacts
import CommandSupport
import Verification

public struct DistillTables: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName("tables"),
    abstract: "Writes the paper's tables for a study as Markdown, CSV and LaTeX.",
    discussion: """
      Table 2 has the scenarios, 3 where the compute of the optimum goes, 6 the coefficients beside the published ones, \
      9 to 12 parameters and FLOPs by component, and 13 the models with their counted FLOPs.
      """)

  @Option(help: "The study's name.")
  var study: String

  @Option(help: "Folder with the fits, the intervals and optima.csv; the tables go there, too.")
  var results: String

  public init() {}

  public func run() throws {
    guard let shapes = ModelShape.family(study: study), let scale = PlanningScale(study: study) else {
      throw StageError("no models of study \"\(study)\": expected paper or lab")
    }
    let laws = try ["supervised", "distillation"].map { law in
      (
        fit: try FitDocument.read(from: "\(results)/fit-\(law).json"),
        bootstrap: try BootstrapDocument.read(from: "\(results)/bootstrap-\(law).json")
      )
    }
    let coefficients = try CoefficientTable(study: study, laws: laws)
    let optima = try OptimaTable.read(from: results + "/optima.csv")
    // All are made before the first is written, so that a failure leaves the folder as it was.
    let tables =
      [scenarioTable(study: study), try ComputeUseTable(study: study, optima: optima, scale: scale).table]
      + ComponentTables(study: study, shapes: shapes).tables + [ModelTable(study: study, shapes: shapes).table]
    var files = [("table-06", coefficients.markdown, coefficients.csv, coefficients.latex)]
    files += tables.map { ($0.fileStem, $0.markdown, $0.csv, $0.latex) }
    for (name, markdown, csv, latex) in files {
      try writeAtomically(markdown, to: "\(results)/\(name).md")
      try writeAtomically(csv, to: "\(results)/\(name).csv")
      try writeAtomically(latex, to: "\(results)/\(name).tex")
    }
  }
}
