import ArgumentParser
import Formats
import CommandSupport
import Figures
import Studies

public struct DistillGallery: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Writes a page that shows the studies' figures side by side, with links to the data behind them.")

  @Option(help: "Folder with a folder of figures a study.")
  var figures = "figures"

  @Option(help: "Folder with a folder of results a study.")
  var results = "results"

  @Option(help: "The page; FIGURES/index.html unless given.")
  var output: String?

  @Option(help: "Folder of the studies.")
  var root = Study.folder

  public init() {}

  public func run() throws {
    let page = output ?? figures + "/index.html"
    let gallery = Gallery(studies: try Study.all(in: root), figures: figures, results: results, page: page)
    try writeAtomically(try gallery.html(), to: page)
  }
}
