import Formats
import Foundation

/// What the page needs to know of an SVG file.
struct Drawing {
  /// What it shows, without the line that is drawn below its panels: nothing is to be read twice.
  var words: String
  /// In pixels of a page, 96 to the inch.
  var size: (width: Int, height: Int)?

  /// Whether it is higher than it is wide, and so needs a row of its own to be read.
  var isTall: Bool { size.map { $0.height > $0.width * 11 / 10 } ?? false }

  /// Whether it is as wide as a page of print: it needs more than the width of a telephone.
  var isWide: Bool { size.map { $0.width > 420 } ?? false }

  /// - Throws: ``StageError`` where the file does not say what it shows.
  init(readingFrom path: String) throws(StageError) {
    let text = String(decoding: try readFile(path), as: UTF8.self)
    guard let description = Self.between("<desc>", "</desc>", in: text[...]) else {
      throw StageError("does not say what it shows: expected <desc>; draw it again", file: path)
    }
    var words = Self.unescaped(description)
    if let caption = Self.between(" id=\"caption\" aria-label=\"", "\"", in: text[...]).map(Self.unescaped),
      !caption.isEmpty
    {
      words = words.replacingOccurrences(of: caption, with: "")
        .trimmingCharacters(in: .whitespaces)
    }
    self.words = words
    let head = Self.between("<svg", ">", in: text[...]) ?? ""
    if let width = Self.points(" width", in: head), let height = Self.points(" height", in: head) {
      size = (Int((width * 96 / 72).rounded()), Int((height * 96 / 72).rounded()))
    }
  }

  private static func points(_ attribute: String, in head: Substring) -> Double? {
    between(attribute + "=\"", "pt\"", in: head).flatMap { Double($0) }
  }

  private static func between(_ start: String, _ end: String, in text: Substring) -> Substring? {
    guard let from = text.range(of: start),
      let to = text.range(of: end, range: from.upperBound..<text.endIndex)
    else { return nil }
    return text[from.upperBound..<to.lowerBound]
  }

  private static func unescaped(_ text: Substring) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")]
      .reduce(String(text)) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }
}
