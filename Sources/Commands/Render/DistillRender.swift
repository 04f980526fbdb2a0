import ArgumentParser
import Artifacts
import Foundation
import PaperFigures
import Plotting
import RunStore
import CommandSupport

public struct DistillRender: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName("render"), abstract: "Draws one figure of a study, or all, as SVG, PNG or PDF.")

  @Option(help: "The study: lab, paper or theory.")
  var study = "lab"

  @Option(help: "A figure's name, as --list gives it, or all.")
  var figure = "all"

  @Option(help: "The run store; build/STUDY/runs.sqlite unless given.")
  var runs: String?

  @Option(help: "Folder of the fits, intervals and profiles; results/STUDY unless given.")
  var results: String?

  @Option(help: "Folder that the figures go to; figures/STUDY unless given.")
  var output: String?

  @Option(help: "Kinds of files, with commas between them: svg, png, pdf.")
  var format = FileFormats.usual

  @Option(help: "Width of the figure in points, or with a unit: 88mm, 3.35in. Each has its own unless given.")
  var width: PrintWidth?

  @Option(help: "Size of the PNG in units of 300 dots to the inch: 2 gives 600.")
  var scale = 1.0

  @Option(help: "How SVG holds text: letters, which can be searched and edited, or outlines of glyphs.")
  var text = TextForm.letters

  @Flag(help: "Leaves out the line below the panels that says which data are shown.")
  var noCaption = false

  @Flag(help: "Lists the study's figures and what each needs.")
  var list = false

  public init() {}

  public func validate() throws {
    guard scale >= 0.1, scale <= 8 else {
      throw ValidationError("--scale should be from 0.1 to 8, not \(scale)")
    }
  }

  public func run() throws {
    let available = FigureDefinition.all.filter { $0.studies.contains(study) }
    guard !available.isEmpty else {
      let studies = Set(FigureDefinition.all.flatMap(\.studies)).sorted().joined(separator: ", ")
      throw StageError("no figures for study \"\(study)\": expected \(studies)")
    }
    if list {
      for definition in available {
        print("\(definition.name): \(definition.subject); needs \(definition.needs)")
      }
      return
    }
    let chosen = figure == "all" ? available : available.filter { $0.name == figure }
    guard !chosen.isEmpty else {
      let names = available.map(\.name).joined(separator: ", ")
      throw StageError("no figure \"\(figure)\" in study \(study): expected \(names) or all")
    }
    let inputs = try readInputs()
    for file in try files(chosen, inputs) { try writeAtomically(file.bytes, to: file.path) }
  }

  /// All are drawn before the first is written, so that a failure leaves the folder as it was.
  private func files(
    _ chosen: [FigureDefinition], _ inputs: FigureInputs
  ) throws(StageError) -> [(path: String, bytes: Data)] {
    var files: [(path: String, bytes: Data)] = []
    let folder = output ?? "figures/\(study)"
    for definition in chosen {
      do throws(StageError) {
        for (format, bytes) in try render(definition, inputs) {
          files.append(("\(folder)/\(definition.fileStem).\(format.rawValue)", bytes))
        }
      } catch {
        // Without runs, only figures of laws and of theory can be drawn.
        guard figure == "all", inputs.records.isEmpty else { throw error }
        FileHandle.standardError.write(Data("distill-render: \(error)\n".utf8))
      }
    }
    return files
  }

  private func render(_ definition: FigureDefinition, _ inputs: FigureInputs) throws(StageError) -> [(FileFormat, Data)] {
    do {
      var figure = try definition.make(inputs)
      // The files' descriptions say which runs are shown, as the line below the panels does.
      if let caption = figure.caption?.description, !figure.summary.contains(caption) {
        figure.summary += " " + caption
      }
      if noCaption { figure.caption = nil }
      if let width { figure.width = width.points }
      let scene = try figure.layout()
      return try format.kinds.map { kind throws(PlotError) in
        switch kind {
        case .svg: (kind, try scene.svg(text: text))
        case .png: (kind, try scene.png(resolution: 300 * scale))
        case .pdf: (kind, try scene.pdf())
        }
      }
    } catch {
      throw StageError("figure \(definition.name): \(error)")
    }
  }

  private func readInputs() throws(StageError) -> FigureInputs {
    let folder = results ?? "results/\(study)"
    return FigureInputs(
      study: study, records: try records(),
      supervisedFit: try document(FitDocument.self, "\(folder)/fit-supervised.json"),
      extrapolationFit: try document(FitDocument.self, "\(folder)/fit-supervised-extrapolation.json"),
      supervisedBootstrap: try document(BootstrapDocument.self, "\(folder)/bootstrap-supervised.json"),
      distillationFit: try document(FitDocument.self, "\(folder)/fit-distillation.json"),
      distillationExtrapolationFit: try document(
        FitDocument.self, "\(folder)/fit-distillation-extrapolation.json"),
      supervisedProfiles: try document(ProfileDocument.self, "\(folder)/profile-supervised.json"),
      distillationProfiles: try document(ProfileDocument.self, "\(folder)/profile-distillation.json"),
      optima: try table("\(folder)/optima.csv", OptimaTable.read(from:)),
      reach: try table("\(folder)/reach.csv", ReachTable.read(from:)),
      figureLaw: try document(FigureLawDocument.self, "\(folder)/figure-law.json"))
  }

  /// The study's runs; none where a study that has figures without runs, of published laws or of theory, has no store.
  private func records() throws(StageError) -> [RunRecord] {
    let store = "build/\(study)/runs.sqlite"
    if runs == nil, ["paper", "theory"].contains(study), !FileManager.default.fileExists(atPath: store) { return [] }
    return try loadRuns(runs ?? store).records
  }

  /// The table at `path`, or nil where there is none.
  private func table<Table>(
    _ path: String, _ read: (String) throws(StageError) -> Table
  ) throws(StageError) -> Table? {
    FileManager.default.fileExists(atPath: path) ? try read(path) : nil
  }

  /// The document at `path`, or nil where there is none: a figure that needs it will say so.
  private func document<Document: ResultDocument>(
    _ type: Document.Type, _ path: String
  ) throws(StageError) -> Document? {
    FileManager.default.fileExists(atPath: path) ? try type.read(from: path) : nil
  }
}
