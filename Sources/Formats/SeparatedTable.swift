import Foundation

/// A table of separated values with a header line: fields quoted where they have to be (RFC 4180), blank lines and a byte
/// order mark passed over. Every row has as many fields as the header, but for empty ones at its end.
public struct SeparatedTable: Sendable {
  public enum Separator: Character, Sendable, CaseIterable {
    case comma = ","
    case semicolon = ";"
    case tab = "\t"

    public var name: String {
      switch self {
      case .comma: "comma"
      case .semicolon: "semicolon"
      case .tab: "tab"
      }
    }
  }

  public struct Row: Sendable, Hashable {
    /// The line of the file that it begins on, counted from one.
    public var line: Int
    /// Without the blanks around them.
    public var fields: [String]
  }

  public let file: String
  public let separator: Separator
  public let header: Row
  public let rows: [Row]
  /// Whether the file ends with the end of a line. Where it does not, its writer may have been stopped.
  public let hasLastLineEnd: Bool

  /// Reads a table of comma-separated values, as stages write them.
  /// - Throws: ``StageError`` with file and line.
  public init(readingFrom file: String) throws(StageError) {
    try self.init(try readFile(file), file: file, separators: [.comma])
  }

  /// - Parameter separators: those that may separate the fields. The first one is taken with which every row has as many
  ///   fields as the header, and more than one.
  /// - Throws: ``StageError`` with file and line where a row has more or fewer fields than the header, or a quote is not
  ///   closed.
  public init(_ data: Data, file: String, separators: [Separator] = Separator.allCases) throws(StageError) {
    guard let text = Self.text(data) else { throw StageError("is not UTF-8 text", file: file) }
    var failures = [(separator: Separator, columns: Int, error: StageError)]()
    for separator in separators {
      do throws(StageError) {
        let rows = try Self.rows(of: text, separator, file: file)
        guard let header = rows.first else { throw StageError("is empty", file: file) }
        let whole = try Self.rectangle(rows, separator, file: file)
        // A table of one column is one of another separator, unless there is none.
        if header.fields.count == 1, separators.count > 1 {
          throw StageError("has one column", file: file, line: header.line)
        }
        self.file = file
        self.separator = separator
        self.header = whole[0]
        self.rows = Array(whole.dropFirst())
        hasLastLineEnd = text.last.map { $0 == "\n" || $0 == "\r" } ?? true
        return
      } catch {
        let columns = (try? Self.rows(of: text, separator, file: file))?.first?.fields.count ?? 0
        failures.append((separator, columns, error))
      }
    }
    // What is said is about the separator that makes most of the header.
    guard let best = failures.max(by: { $0.columns < $1.columns }) else { throw StageError("is empty", file: file) }
    if best.columns == 1, separators.count > 1, let header = try Self.rows(of: text, .comma, file: file).first {
      throw StageError(
        "the header has one column, `\(header.fields[0])`; expected columns separated by commas, semicolons or tabs",
        file: file, line: header.line)
    }
    throw best.error
  }

  /// UTF-8, or UTF-16 where a byte order mark says so, as spreadsheets write it.
  private static func text(_ data: Data) -> [Unicode.Scalar]? {
    var decoded: String?
    if data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) {
      decoded = String(data: data, encoding: .utf16)
    } else {
      decoded = String(validating: data, as: UTF8.self)
    }
    guard let decoded else { return nil }
    let scalars = Array(decoded.unicodeScalars)
    return scalars.first == "\u{FEFF}" ? Array(scalars.dropFirst()) : scalars
  }

  /// The rows that are not blank. Separators and ends of lines inside quotes are text, and a quote inside them is written
  /// twice.
  private static func rows(
    of text: [Unicode.Scalar], _ separator: Separator, file: String
  ) throws(StageError) -> [Row] {
    let separating = separator.rawValue.unicodeScalars.first
    var rows = [Row](), fields = [String](), field = String.UnicodeScalarView()
    var line = 1, firstLine = 1, quoteLine = 0
    var isQuoted = false, wasQuoted = false, place = 0
    func trimmed() -> String {
      var rest = field[...]
      while rest.first?.isBlank == true { rest.removeFirst() }
      while rest.last?.isBlank == true { rest.removeLast() }
      return String(rest)
    }
    func endRow() {
      fields.append(trimmed())
      if fields.contains(where: { !$0.isEmpty }) { rows.append(Row(line: firstLine, fields: fields)) }
      fields = []
      field = String.UnicodeScalarView()
      wasQuoted = false
      firstLine = line
    }
    while place < text.count {
      let scalar = text[place]
      place += 1
      if scalar == "\r", place < text.count, text[place] == "\n" { continue }
      let endsLine = scalar == "\n" || scalar == "\r"
      if endsLine { line += 1 }
      if isQuoted {
        if scalar != "\"" {
          field.append(scalar)
        } else if place < text.count, text[place] == "\"" {
          field.append(scalar)
          place += 1
        } else {
          isQuoted = false
        }
      } else if scalar == "\"", !wasQuoted, field.allSatisfy({ $0 == " " }) {
        // A quote inside a field that does not begin with one is text.
        field = String.UnicodeScalarView()
        (isQuoted, wasQuoted, quoteLine) = (true, true, line)
      } else if endsLine {
        endRow()
      } else if scalar == separating {
        fields.append(trimmed())
        field = String.UnicodeScalarView()
        wasQuoted = false
      } else {
        field.append(scalar)
      }
    }
    if isQuoted { throw StageError("a quote is not closed", file: file, line: quoteLine) }
    endRow()
    return rows
  }

  /// The rows with as many fields as the header.
  private static func rectangle(_ rows: [Row], _ separator: Separator, file: String) throws(StageError) -> [Row] {
    guard var header = rows.first else { return [] }
    while header.fields.count > 1, header.fields.last?.isEmpty == true { header.fields.removeLast() }
    let count = header.fields.count
    var whole = [header]
    whole.reserveCapacity(rows.count)
    for var row in rows.dropFirst() {
      while row.fields.count > count, row.fields.last?.isEmpty == true { row.fields.removeLast() }
      guard row.fields.count == count else {
        var message = "has \(row.fields.count) fields separated by \(separator.name)s, but the header has \(count)"
        if separator == .comma, row.fields.count > count {
          message += "; numbers with decimal commas need quotes around them, or semicolons between the fields"
        } else if row.line == rows.last?.line, row.fields.count < count {
          message += "; the last line is not whole"
        }
        throw StageError(message, file: file, line: row.line)
      }
      whole.append(row)
    }
    return whole
  }
}

extension Unicode.Scalar {
  /// A tab, or a space of any kind.
  fileprivate var isBlank: Bool {
    self == "\t" || (isASCII ? self == " " : properties.generalCategory == .spaceSeparator)
  }
}
