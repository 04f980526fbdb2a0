import ArgumentParser
import Artifacts
import Stages
import Verification

@main
struct DistillTables: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill-tables",
    abstract: "Writes table 6, a study's coefficients beside the published ones: Markdown, CSV and LaTeX.")

  @Option(help: "The study's name.")
  var study: String

  @Option(help: "Folder with the fits and intervals; the table goes there, too.")
  var results: String

  func run() throws {
    try runStage("distill-tables") {
      let laws = try ["supervised", "distillation"].map { law in
        (
          fit: try FitDocument.read(from: "\(results)/fit-\(law).json"),
          bootstrap: try BootstrapDocument.read(from: "\(results)/bootstrap-\(law).json")
        )
      }
      let table = try CoefficientTable(study: study, laws: laws)
      try writeAtomically(table.markdown, to: results + "/table-06.md")
      try writeAtomically(table.csv, to: results + "/table-06.csv")
      try writeAtomically(table.latex, to: results + "/table-06.tex")
    }
  }
}
