import ArgumentParser
import Artifacts
import PaperFigures
import CommandSupport

public struct DistillGallery: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName("gallery"),
    abstract: "Writes a page that shows the studies' figures side by side, with links to the data behind them.")

  @Option(help: "Folder with a folder of figures a study.")
  var figures = "figures"

  @Option(help: "Folder with a folder of results a study.")
  var results = "results"

  @Option(help: "The page; FIGURES/index.html unless given.")
  var output: String?

  public init() {}

  public func run() throws {
    let page = output ?? figures + "/index.html"
    try writeAtomically(try Gallery(figures: figures, results: results, page: page).html(), to: page)
  }
}
