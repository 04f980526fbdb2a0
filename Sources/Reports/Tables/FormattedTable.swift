import Formats
import Foundation
import ScalingLaws

/// A table of a study as Markdown, CSV and LaTeX.
public struct FormattedTable: Sendable, Hashable {
  /// What a cell holds.
  public enum Cell: Sendable, Hashable {
    case words(String)
    /// A number, to so many digits in Markdown and LaTeX, and to twelve in CSV.
    case number(Double, digits: Int)
    /// A large number: with the letter of its thousands, to so many digits in Markdown and LaTeX.
    case large(Double, digits: Int)
    /// A share of one, as a percentage with so many decimals; CSV has the share.
    case share(Double, decimals: Int)
    /// A formula as plain text and as LaTeX.
    case formula(String, latex: String)
    case empty
  }

  public struct Column: Sendable, Hashable {
    /// Its name in CSV.
    public var name: String
    public var heading: String
    public var latex: String
    public var isNumber: Bool

    public init(_ name: String, _ heading: String, latex: String? = nil, isNumber: Bool = false) {
      self.name = name
      self.heading = heading
      self.latex = latex ?? FormattedTable.latexEscaped(heading)
      self.isNumber = isNumber
    }
  }

  /// `Table 9`, by the paper's number, or what the table is called where the paper has none.
  public var name: String
  /// Name of its files without extension, such as `table-09`.
  public var fileStem: String
  public var title: String
  /// Sentences that stand with the table, a paragraph each.
  public var notes: [String]
  public var columns: [Column]
  public var rows: [[Cell]]

  public init(number: Int, title: String, notes: [String], columns: [Column], rows: [[Cell]]) {
    self.init(
      name: "Table \(number)", fileStem: String(format: "table-%02d", number), title: title, notes: notes,
      columns: columns, rows: rows)
  }

  /// A table that the paper does not have.
  public init(name: String, fileStem: String, title: String, notes: [String], columns: [Column], rows: [[Cell]]) {
    self.name = name
    self.fileStem = fileStem
    self.title = title
    self.notes = notes
    self.columns = columns
    self.rows = rows
  }

  public var markdown: String { "# \(name): \(title)\n\n" + body }

  /// The table and its notes in Markdown, without a heading.
  public var body: String {
    let headings = markdownRow(columns.map(\.heading))
    let rule = markdownRow(columns.map { $0.isNumber ? "---:" : "---" })
    return headings + rule + rows.map { markdownRow($0.map(plain)) }.joined() + "\n" + notes.joined(separator: "\n\n") + "\n"
  }

  public var csv: String {
    let lines = rows.map { row in
      row.map { cell in
        switch cell {
        case .number(let value, _), .share(let value, _), .large(let value, _):
          value.isFinite ? String(format: "%.12g", value) : ""
        default: quoted(plain(cell))
        }
      }.joined(separator: ",")
    }
    return ([columns.map(\.name).joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }

  public var latex: String {
    var text = notes.map { "% \($0)\n" }.joined()
    text += "\\begin{tabular}{\(columns.map { $0.isNumber ? "r" : "l" }.joined())}\n  \\toprule\n"
    text += "  \(columns.map(\.latex).joined(separator: " & ")) \\\\\n  \\midrule\n"
    for row in rows { text += "  \(row.map(latex).joined(separator: " & ")) \\\\\n" }
    return text + "  \\bottomrule\n\\end{tabular}\n"
  }

  private func plain(_ cell: Cell) -> String {
    switch cell {
    case .words(let words): words
    // A condition belongs to the pattern right before it alone.
    case .number(let value, _) where !value.isFinite, .large(let value, _) where !value.isFinite,
      .share(let value, _) where !value.isFinite:
      "unknown"
    case .number(let value, let digits): String(format: "%.\(digits)g", value)
    case .large(let value, let digits): abbreviated(value, digits: digits)
    case .share(let value, let decimals): String(format: "%.\(decimals)f%%", 100 * value)
    case .formula(let text, _): text
    case .empty: ""
    }
  }

  private func latex(_ cell: Cell) -> String {
    switch cell {
    case .formula(_, let latex): return "$\(latex)$"
    case .number(let value, _) where !value.isFinite, .share(let value, _) where !value.isFinite: return plain(cell)
    case .number:
      let text = plain(cell)
      guard let range = text.range(of: "e"), let exponent = Int(text[range.upperBound...]) else { return "$\(text)$" }
      return "$\(text[..<range.lowerBound]) \\times 10^{\(exponent)}$"
    case .share: return "$\(plain(cell).replacingOccurrences(of: "%", with: "\\%"))$"
    case .words, .large, .empty: return Self.latexEscaped(plain(cell))
    }
  }

  private func quoted(_ text: String) -> String {
    guard text.contains(where: { "\",\n".contains($0) }) else { return text }
    return "\"\(text.replacingOccurrences(of: "\"", with: "\"\""))\""
  }

  static func latexEscaped(_ text: String) -> String {
    printable(text).map { character in
      switch character {
      case "&", "%", "_", "#", "$", "{", "}": "\\" + String(character)
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      default: String(character)
      }
    }.joined()
      .replacingOccurrences(of: "—", with: "---")
  }
}
