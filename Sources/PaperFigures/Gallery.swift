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
    var sections = [String]()
    for definition in Self.sorted(FigureDefinition.all) {
      if let section = try section(definition) { sections.append(section) }
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
      <title>Distillation scaling laws: figures</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <header>
      <h1>Distillation scaling laws: figures</h1>
      <p>Figures have the numbers of Busbridge et al. 2025, <a href="https://arxiv.org/abs/2502.08606">Distillation Scaling Laws</a>.</p>
      <div class="row">
      \(notes.joined(separator: "\n"))
      </div>
      </header>
      <main>
      \(sections.joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }

  /// By number, and names after them.
  private static func sorted(_ definitions: [FigureDefinition]) -> [FigureDefinition] {
    definitions.sorted { (Int($0.name) ?? .max, $0.name) < (Int($1.name) ?? .max, $1.name) }
  }

  /// A figure's row; nil where no study has a file of it.
  private func section(_ definition: FigureDefinition) throws(StageError) -> String? {
    var cells = [String](), found = false
    for study in Self.studies where definition.studies.contains(study.name) {
      let path = "\(figures)/\(study.name)/\(definition.fileStem).svg"
      if FileManager.default.fileExists(atPath: path) {
        found = true
        cells.append(try cell(definition, study.name, study.title, path))
      } else {
        cells.append("<p class=\"none\"><strong>\(escaped(study.title))</strong> not drawn yet</p>")
      }
    }
    guard found else { return nil }
    let number = Int(definition.name) == nil ? "" : "Figure \(definition.name): "
    let subject = number.isEmpty ? definition.subject.prefix(1).uppercased() + definition.subject.dropFirst() : definition.subject
    return """
      <section id="\(escaped(definition.fileStem))">
      <h2>\(escaped(number + subject))</h2>
      <div class="row">
      \(cells.joined(separator: "\n"))
      </div>
      </section>
      """
  }

  private func cell(
    _ definition: FigureDefinition, _ study: String, _ title: String, _ path: String
  ) throws(StageError) -> String {
    let description = escaped(try self.description(of: path))
    let link = escaped(relative(path))
    let data = data(behind: definition, of: study).map { name, path in
      "<a href=\"\(escaped(relative(path)))\">\(escaped(name))</a>"
    }
    let links = data.isEmpty ? "" : " <span class=\"data\">Data: \(data.joined(separator: ", "))</span>"
    return """
      <figure>
      <a href="\(link)"><img src="\(link)" alt="\(escaped(title)): \(escaped(definition.subject))" loading="lazy"></a>
      <figcaption><strong>\(escaped(title))</strong> \(description)\(links)</figcaption>
      </figure>
      """
  }

  /// What the figure in an SVG file says of itself.
  private func description(of path: String) throws(StageError) -> String {
    let text = String(decoding: try readFile(path), as: UTF8.self)
    guard let start = text.range(of: "<desc>"), let end = text.range(of: "</desc>", range: start.upperBound..<text.endIndex)
    else { throw StageError("does not say what it shows: expected <desc>; draw it again", file: path) }
    var words = String(text[start.upperBound..<end.lowerBound])
    for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")] {
      words = words.replacingOccurrences(of: entity, with: character)
    }
    return words
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

  private static let style = """
    body { margin: 0 auto; max-width: 84rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; }
    h1 { font-size: 1.5rem; line-height: 1.2; }
    h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
    section { border-top: 1px solid #ddd; padding: 1.25rem 0; }
    .row { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.5rem; align-items: start; }
    .row > p { margin: 0; }
    figure { margin: 0; max-width: 42rem; }
    img { display: block; width: 100%; height: auto; max-height: 32rem; object-fit: contain; object-position: left top; }
    figcaption { margin-top: .5rem; font-size: .85rem; color: #4d4d4d; }
    .none { color: #767676; font-size: .85rem; }
    .data { display: block; overflow-wrap: anywhere; }
    a { color: #0b5394; }
    """
}
