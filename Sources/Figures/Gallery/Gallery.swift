import Formats
import Foundation
import Studies

/// A page that shows the studies' figures side by side, a figure a row, with what each shows and the data behind
/// it. What is on it follows from ``FigureDefinition/all`` and the files that are there.
public struct Gallery {
  /// The studies in the order of their columns.
  public var studies: [Study]
  /// Folder with a folder of SVG files a study.
  public var figures: String
  /// Folder with a folder of results a study.
  public var results: String
  /// The page's own file, which links are relative to.
  public var page: String

  public init(studies: [Study], figures: String, results: String, page: String) {
    self.studies = studies
    self.figures = figures
    self.results = results
    self.page = page
  }

  /// The page.
  /// - Throws: ``StageError`` where no figure is there, or one does not say what it shows.
  public func html() throws(StageError) -> String {
    var sections = [String](), contents = [String]()
    for definition in Self.sorted(FigureDefinition.all) {
      guard let section = try section(definition) else { continue }
      sections.append(section)
      contents.append("<li><a href=\"#\(escaped(definition.fileStem))\">\(escaped(Self.heading(definition)))</a></li>")
    }
    guard !sections.isEmpty else {
      throw StageError("holds no figure of any study; draw some with distill-render", file: figures)
    }
    let notes = studies.map { study in
      let report = "\(results)/\(study.name)/report.md"
      let link =
        FileManager.default.fileExists(atPath: report) ? " <a href=\"\(escaped(relative(report)))\">Report</a>" : ""
      return "<p><strong>\(escaped(study.title))</strong> \(escaped(study.description.note ?? ""))\(link)</p>"
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>Distillation scaling laws: figures</title>
      <style>
      \(GalleryStyle.css)
      </style>
      </head>
      <body>
      <a class="skip" href="#figures">Skip to the figures</a>
      <header id="top">
      <h1>Distillation scaling laws: figures</h1>
      <p>Figures have the numbers of Busbridge et al. 2025, <a href="https://arxiv.org/abs/2502.08606">Distillation Scaling Laws</a>.</p>
      <div class="row">
      \(notes.joined(separator: "\n"))
      </div>
      </header>
      <nav aria-labelledby="contents">
      <h2 id="contents">Contents</h2>
      <ol>
      \(contents.joined(separator: "\n"))
      </ol>
      </nav>
      <main id="figures" tabindex="-1">
      \(sections.joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }

  /// `Figure 5: predicted against observed loss`, or the subject alone where the paper has no such figure.
  private static func heading(_ definition: FigureDefinition) -> String {
    guard Int(definition.name) == nil else { return "Figure \(definition.name): \(definition.title)" }
    return definition.title.prefix(1).uppercased() + definition.title.dropFirst()
  }

  /// By number, and names after them.
  private static func sorted(_ definitions: [FigureDefinition]) -> [FigureDefinition] {
    definitions.sorted { (Int($0.name) ?? .max, $0.name) < (Int($1.name) ?? .max, $1.name) }
  }

  /// A figure's row; nil where no study has a file of it.
  private func section(_ definition: FigureDefinition) throws(StageError) -> String? {
    var cells = [String](), isTall = false
    for study in studies {
      let path = "\(figures)/\(study.name)/\(definition.fileStem).svg"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let drawing = try Drawing(readingFrom: path)
      isTall = isTall || drawing.isTall
      cells.append(cell(definition, study, path, drawing))
    }
    guard !cells.isEmpty else { return nil }
    let stem = escaped(definition.fileStem)
    return """
      <section id="\(stem)">
      <h2>\(escaped(Self.heading(definition))) <a class="anchor" href="#\(stem)" aria-label="Link to this figure">#</a></h2>
      <div class="\(isTall ? "tall" : "row")">
      \(cells.joined(separator: "\n"))
      </div>
      <p class="back"><a href="#contents">Contents</a></p>
      </section>
      """
  }

  private func cell(
    _ definition: FigureDefinition, _ study: Study, _ path: String, _ drawing: Drawing
  ) -> String {
    let link = escaped(relative(path))
    let stem = String(path.dropLast(4))
    let files = ["svg", "png", "pdf"].filter { FileManager.default.fileExists(atPath: "\(stem).\($0)") }.map {
      "<a href=\"\(escaped(relative("\(stem).\($0)")))\">\($0.uppercased())</a>"
    }
    let data = data(behind: definition, of: study).map { name, path in
      "<a href=\"\(escaped(relative(path)))\">\(escaped(name))</a>"
    }
    let words = drawing.words.isEmpty ? "" : " " + escaped(drawing.words)
    let links = [("Files", files), ("Data", data)].filter { !$0.1.isEmpty }.map { name, links in
      " <span class=\"data\">\(name): \(links.joined(separator: ", "))</span>"
    }
    let size = drawing.size.map { " width=\"\($0.width)\" height=\"\($0.height)\"" } ?? ""
    return """
      <figure>
      <a class="plate\(drawing.isWide ? " wide" : "")" href="\(link)"><img src="\(link)" alt="\(escaped(study.title)): \(escaped(definition.title))"\(size) loading="lazy"></a>
      <figcaption><strong>\(escaped(study.title))</strong>\(words)\(links.joined())</figcaption>
      </figure>
      """
  }

  /// Files of the study that the figure needs or uses: results, and the logs of sweeps.
  private func data(behind definition: FigureDefinition, of study: Study) -> [(name: String, path: String)] {
    func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
    var found = definition.files(for: study).map { ($0.rawValue, "\(results)/\(study.name)/\($0.rawValue)") }
      .filter { isThere($0.1) }
    let roles = definition.roles
    let sweeps = (study.description.sweeps ?? [:]).filter { roles.contains($0.value) }.keys.sorted()
    let logs = sweeps.map { ("logs/\($0).jsonl", "\(study.path)/logs/\($0).jsonl") }.filter { isThere($0.1) }
    found += logs
    if logs.isEmpty, definition.showsRuns, isThere(study.path + "/logs") { found.append(("logs", study.path + "/logs")) }
    return found.map { (name: $0.0, path: $0.1) }
  }

  /// `path` as the page's links have it.
  private func relative(_ path: String) -> String {
    func parts(_ path: String) -> [String] { URL(fileURLWithPath: path).standardizedFileURL.pathComponents }
    let (from, to) = (Array(parts(page).dropLast()), parts(path))
    let shared = zip(from, to).prefix { $0 == $1 }.count
    let up = Array(repeating: "..", count: from.count - shared)
    return (up + to.dropFirst(shared)).map {
      $0.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? $0
    }.joined(separator: "/")
  }

  private func escaped(_ text: String) -> String {
    printable(text).replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
  }
}
