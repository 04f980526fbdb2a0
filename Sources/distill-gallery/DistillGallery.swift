import ArgumentParser
import Artifacts
import PaperFigures
import Stages

@main
struct DistillGallery: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill-gallery",
    abstract: "Writes a page that shows the studies' figures side by side, with links to the data behind them.")

  @Option(help: "Folder with a folder of figures a study.")
  var figures = "figures"

  @Option(help: "Folder with a folder of results a study.")
  var results = "results"

  @Option(help: "The page; FIGURES/index.html unless given.")
  var output: String?

  func run() throws {
    try runStage("distill-gallery") {
      let page = output ?? figures + "/index.html"
      try writeAtomically(try Gallery(figures: figures, results: results, page: page).html(), to: page)
    }
  }
}
