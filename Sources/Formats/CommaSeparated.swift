import Foundation

/// A table of comma-separated values with a header line: UTF-8, fields quoted where they have to be (RFC 4180, on one
/// line), blank lines and a byte order mark passed over.
public struct CommaSeparatedTable: Sendable {
  public struct Row: Sendable {
    /// The line of the file, counted from one.
    public var line: Int
    /// Without the blanks around them.
    public var fields: [String]
  }

  public let file: String
  public let header: Row
  public let rows: [Row]

  /// - Throws: ``StageError`` with file and line.
  public init(readingFrom file: String) throws(StageError) {
    guard var text = String(data: try readFile(file), encoding: .utf8) else {
      throw StageError("is not UTF-8 text", file: file)
    }
    if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
    var rows = [Row]()
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
    where line.contains(where: { !$0.isWhitespace }) {
      guard let fields = Self.fields(of: line) else {
        throw StageError("a quote is not closed on its line", file: file, line: index + 1)
      }
      rows.append(Row(line: index + 1, fields: fields))
    }
    guard let header = rows.first else { throw StageError("is empty", file: file) }
    self.file = file
    self.header = header
    self.rows = Array(rows.dropFirst())
  }

  /// The fields of a line: commas inside quotes do not separate, and a quote inside them is written twice. Nil where
  /// a quote is not closed.
  private static func fields(of line: Substring) -> [String]? {
    guard line.utf8.contains(UInt8(ascii: "\"")) else {
      return line.split(separator: ",", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    var fields = [String](), field = ""
    var isQuoted = false, wasQuote = false
    for character in line {
      switch character {
      case "\"":
        if !isQuoted, wasQuote { field.append(character) }
        isQuoted.toggle()
      case "," where !isQuoted:
        fields.append(field)
        field = ""
      default: field.append(character)
      }
      wasQuote = character == "\""
    }
    return isQuoted ? nil : (fields + [field]).map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
