/// Text with italics, subscripts and superscripts, built from parts:
///
///     "Loss " + .italic("L") + .subscript("S") + " (nats per token)"
public struct RichText: Sendable, Hashable, ExpressibleByStringInterpolation, CustomStringConvertible {
  /// Where a run of letters stands.
  public enum Script: Sendable, Hashable {
    case base, `subscript`, superscript
  }

  /// Letters of one style.
  public struct Run: Sendable, Hashable {
    public var text: String
    public var isItalic = false
    public var isBold = false
    public var script = Script.base
  }

  public internal(set) var runs: [Run]

  public init(stringLiteral value: String) {
    self.init(value)
  }

  /// Straight apostrophes become typographic ones: no text of a figure means anything else by them.
  public init(_ text: String) {
    let text = String(text.map { $0 == "'" ? "\u{2019}" : $0 })
    runs = text.isEmpty ? [] : [Run(text: text)]
  }

  private init(runs: [Run]) {
    self.runs = runs
  }

  /// Slanted letters: a symbol for a quantity.
  public static func italic(_ text: String) -> RichText {
    RichText(runs: [Run(text: text, isItalic: true)])
  }

  public static func bold(_ text: String) -> RichText {
    RichText(runs: [Run(text: text, isBold: true)])
  }

  public static func `subscript`(_ text: String, italic: Bool = false) -> RichText {
    RichText(runs: [Run(text: text, isItalic: italic, script: .subscript)])
  }

  public static func superscript(_ text: String, italic: Bool = false) -> RichText {
    RichText(runs: [Run(text: text, isItalic: italic, script: .superscript)])
  }

  /// An italic symbol with a tilde over its first letter.
  public static func tilde(_ symbol: Character) -> RichText {
    .italic("\(symbol)\u{303}")
  }

  public static func + (left: RichText, right: RichText) -> RichText {
    RichText(runs: left.runs + right.runs)
  }

  /// The runs, each a text of its own.
  public var parts: [RichText] { runs.map { RichText(runs: [$0]) } }

  /// The whole text in bold.
  public var bold: RichText {
    RichText(
      runs: runs.map { run in
        var run = run
        run.isBold = true
        return run
      })
  }

  public var isEmpty: Bool { runs.allSatisfy { $0.text.isEmpty } }

  /// The letters alone, with `_` and `^` before scripts.
  public var description: String {
    runs.map { run in
      switch run.script {
      case .base: run.text
      case .subscript: "_" + run.text
      case .superscript: "^" + run.text
      }
    }.joined()
  }
}
