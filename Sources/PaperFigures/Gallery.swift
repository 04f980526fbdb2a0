import Artifacts
import Foundation

/// A page that shows the studies' figures side by side, a figure a row, with what each shows and the data behind
/// it. What is on it follows from ``FigureDefinition/all`` and the files that are there.
public struct Gallery {
  /// Folder with a folder of SVG files a study.
  public var figures: String
  /// Folder with a folder of results a study.
  public var results: String
  /// The page's own file, which links are relative to.
  public var page: String

  public init(figures: String, results: String, page: String) {
    self.figures = figures
    self.results = results
    self.page = page
  }

  /// The studies in the order of their columns, and what is to be known of them.
  static let studies = [
    (name: "lab", title: "Lab", note: "Small transformers that this project trained itself: every run is measured."),
    (
      name: "paper", title: "Paper",
      note: "The paper's sizes and budgets. Its runs are reconstructed: their losses are drawn from the published laws with "
        + "seeded noise, and none of them was measured."
    ),
    (
      name: "theory", title: "Theory",
      note: "The paper's two small models of the capacity gap, at its own size: kernel regression, which is computed, and "
        + "networks on the Mapping Problem, of which every run is measured."
    ),
  ]

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
    let notes = Self.studies.map { "<p><strong>\(escaped($0.title))</strong> \(escaped($0.note))</p>" }
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
    guard Int(definition.name) == nil else { return "Figure \(definition.name): \(definition.subject)" }
    return definition.subject.prefix(1).uppercased() + definition.subject.dropFirst()
  }

  /// By number, and names after them.
  private static func sorted(_ definitions: [FigureDefinition]) -> [FigureDefinition] {
    definitions.sorted { (Int($0.name) ?? .max, $0.name) < (Int($1.name) ?? .max, $1.name) }
  }

  /// A figure's row; nil where no study has a file of it.
  private func section(_ definition: FigureDefinition) throws(StageError) -> String? {
    var cells = [String](), found = false, isTall = false
    for study in Self.studies where definition.studies.contains(study.name) {
      let path = "\(figures)/\(study.name)/\(definition.fileStem).svg"
      if FileManager.default.fileExists(atPath: path) {
        found = true
        let drawing = try Drawing(readingFrom: path)
        isTall = isTall || drawing.isTall
        cells.append(cell(definition, study.name, study.title, path, drawing))
      } else {
        cells.append("<p class=\"none\"><strong>\(escaped(study.title))</strong> not drawn yet</p>")
      }
    }
    guard found else { return nil }
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
    _ definition: FigureDefinition, _ study: String, _ title: String, _ path: String, _ drawing: Drawing
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
      <a class="plate\(drawing.isWide ? " wide" : "")" href="\(link)"><img src="\(link)" alt="\(escaped(title)): \(escaped(definition.subject))"\(size) loading="lazy"></a>
      <figcaption><strong>\(escaped(title))</strong>\(words)\(links.joined())</figcaption>
      </figure>
      """
  }

  /// Files of the study that the definition's needs name: results, and the logs of sweeps.
  private func data(behind definition: FigureDefinition, of study: String) -> [(name: String, path: String)] {
    // What another study alone needs stands with its name in brackets.
    let needs = definition.needs.split { ",;".contains($0) }.filter { need in
      Self.studies.allSatisfy { $0.name == study || !need.contains("(\($0.name))") }
    }
    let words = needs.flatMap { $0.split { !($0.isLetter || $0.isNumber || "-_.".contains($0)) } }
    let folder = "\(results)/\(study)"
    var found = [(name: String, path: String)]()
    for word in words {
      for name in [String(word), "logs/\(word).jsonl"]
      where name.contains(".") && !found.contains(where: { $0.name == name })
        && FileManager.default.fileExists(atPath: "\(folder)/\(name)")
      {
        found.append((name, "\(folder)/\(name)"))
      }
    }
    if words.contains("runs"), !found.contains(where: { $0.name.hasPrefix("logs/") }),
      FileManager.default.fileExists(atPath: folder + "/logs")
    {
      found.append(("logs", folder + "/logs"))
    }
    return found
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
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
  }
}
