import ArgumentParser
import Formats
import Foundation
import PaperStudy
import Figures
import Plotting
import Runs
import CommandSupport
import Studies

public struct DistillRender: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self), abstract: "Draws one figure of a study, or all, as SVG, PNG or PDF.")

  @OptionGroup var options: StudyOptions

  @Option(help: "A figure's name, as --list gives it, or all.")
  var figure = "all"

  @Option(help: "The run store, or a log; the study's own logs unless given.")
  var runs: String?

  @Option(help: "Folder of the fits, intervals and profiles; results/STUDY unless given.")
  var results: String?

  @Option(help: "Folder that the figures go to; figures/STUDY unless given.")
  var output: String?

  @Option(help: "Kinds of files, with commas between them: svg, png, pdf.")
  var format = FileFormats.usual

  @Option(help: "Width of the figure in points, or with a unit: 88mm, 3.35in. Each has its own unless given.")
  var width: PrintWidth?

  @Option(help: "Size of the PNG in units of 300 dots to the inch: 2 gives 600.", transform: number)
  var scale = 1.0

  @Option(help: "How SVG holds text: letters, which can be searched and edited, or outlines of glyphs.")
  var text = TextForm.letters

  @Flag(help: "Leaves out the line below the panels that says which data are shown.")
  var noCaption = false

  @Flag(help: "Lists the study's figures, and what the others lack.")
  var list = false

  @OptionGroup var reading: ReadingArguments

  public init() {}

  public func validate() throws {
    guard scale >= 0.1, scale <= 8 else {
      throw ValidationError("--scale should be from 0.1 to 8, not \(scale)")
    }
  }

  public func run() throws {
    let study = try options.read()
    let runs = try StudyRuns.read(study, from: runs, try reading.options())
    if list {
      for definition in FigureDefinition.all {
        let lacks = definition.lacks(runs)
        let note = lacks.isEmpty ? "" : "; lacks \(lacks.map(\.words).joined(separator: ", "))"
        print("\(definition.name): \(definition.title)\(note)")
      }
      return
    }
    let chosen =
      figure == "all" ? FigureDefinition.drawable(from: runs) : FigureDefinition.all.filter { $0.name == figure }
    guard let first = chosen.first else {
      let names = FigureDefinition.drawable(from: runs).map(\.name).joined(separator: ", ")
      throw StageError("no figure \"\(figure)\" in study \(study.name): expected \(names) or all")
    }
    if figure != "all", let lack = first.lacks(runs).first {
      throw StageError("figure \(first.name): study \(study.name) lacks \(lack.words)")
    }
    let inputs = try readInputs(runs, files: Set(chosen.flatMap { $0.files(for: study) }))
    for file in try files(chosen, inputs) { try writeAtomically(file.bytes, to: file.path) }
  }

  /// All are drawn before the first is written, so that a failure leaves the folder as it was.
  private func files(
    _ chosen: [FigureDefinition], _ inputs: FigureInputs
  ) throws(StageError) -> [(path: String, bytes: Data)] {
    var files: [(path: String, bytes: Data)] = []
    let folder = output ?? "figures/\(inputs.study.name)"
    for definition in chosen {
      let absent = definition.files(for: inputs.study).first { file in
        definition.needs.contains(.result(file)) && !FileManager.default.fileExists(atPath: path(file, inputs.study))
      }
      if figure == "all", let absent {
        let line = "distill-render: figure \(definition.name): \(path(absent, inputs.study)) does not exist\n"
        FileHandle.standardError.write(Data(line.utf8))
        continue
      }
      for (format, bytes) in try render(definition, inputs) {
        files.append(("\(folder)/\(definition.fileStem).\(format.rawValue)", bytes))
      }
    }
    return files
  }

  private func render(_ definition: FigureDefinition, _ inputs: FigureInputs) throws(StageError) -> [(FileFormat, Data)] {
    do {
      var figure = try definition.figure(from: inputs)
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

  private func path(_ file: ResultFile, _ study: Study) -> String {
    "\(results ?? "results/\(study.name)")/\(file.rawValue)"
  }

  /// What the chosen figures are made from, and no other file. A file that is not there is left out, but for fits that the
  /// runs allow: a figure that needs it will say so.
  private func readInputs(_ runs: StudyRuns, files: Set<ResultFile>) throws(StageError) -> FigureInputs {
    func read<Value>(
      _ file: ResultFile, _ value: (String) throws(StageError) -> Value?
    ) throws(StageError) -> Value? {
      let path = path(file, runs.study)
      return files.contains(file) && FileManager.default.fileExists(atPath: path) ? try value(path) : nil
    }
    // A figure that shows runs beside a law of others would be wrong without notice.
    func fit(_ file: ResultFile) throws(StageError) -> FitDocument? {
      guard files.contains(file), runs.offers(.result(file)) else { return try read(file, FitDocument.read(from:)) }
      return try runs.fit(at: path(file, runs.study), source: self.runs)
    }
    return FigureInputs(
      runs, supervisedFit: try fit(.supervisedFit), extrapolationFit: try fit(.supervisedExtrapolation),
      supervisedBootstrap: try read(.supervisedIntervals, BootstrapDocument.read(from:)),
      distillationFit: try fit(.distillationFit), distillationExtrapolationFit: try fit(.distillationExtrapolation),
      supervisedProfiles: try read(.supervisedProfiles, ProfileDocument.read(from:)),
      distillationProfiles: try read(.distillationProfiles, ProfileDocument.read(from:)),
      optima: try read(.optima, OptimaTable.read(from:)), reach: try read(.reach, ReachTable.read(from:)),
      figureLaw: try read(.figureLaw, FigureLawDocument.read(from:)))
  }
}
