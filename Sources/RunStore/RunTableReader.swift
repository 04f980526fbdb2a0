import Artifacts
import Foundation
import ScalingLaws

/// Reads a table of runs with a header line: `N,D,loss` for supervised runs, `N_S,D_S,L_T,L_S` for
/// distillations, or the long names of the log; other columns are passed over.
/// - Throws: ``StageError`` with file, line and what was expected.
func readRunTable(_ path: String) throws(StageError) -> LoadedRuns {
  guard var text = String(data: try readFile(path), encoding: .utf8) else {
    throw StageError("is not UTF-8 text", file: path)
  }
  if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
  let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
    .filter { $0.element.contains { !$0.isWhitespace } }
  guard let header = lines.first else { throw StageError("is empty", file: path) }
  let columns = try Columns(
    header: try fields(of: header.element, file: path, line: header.offset + 1), file: path,
    line: header.offset + 1)

  var rows = [[Double]]()
  for (index, line) in lines.dropFirst() {
    let values = try fields(of: line, file: path, line: index + 1)
    var row = [Double]()
    for (name, column) in zip(columns.names, columns.places) {
      guard column < values.count, let value = Double(values[column]), value.isFinite, value > 0 else {
        let found = column < values.count ? "not `\(values[column])`" : "but the line is too short"
        throw StageError("\(name) should be a positive number, \(found)", file: path, line: index + 1)
      }
      row.append(value)
    }
    rows.append(row)
  }
  guard !rows.isEmpty else { throw StageError("has no runs", file: path) }
  return columns.loaded(rows)
}

/// The columns of a table that hold a run.
private struct Columns {
  private enum Kind {
    case supervised, distillation
  }

  private let kind: Kind
  /// As the header has them, for messages.
  let names: [String]
  let places: [Int]

  init(header: [String], file: String, line: Int) throws(StageError) {
    func places(_ wanted: [[String]]) throws(StageError) -> [Int]? {
      var places = [Int]()
      for names in wanted {
        let found = header.indices.filter { names.contains(header[$0]) }
        guard found.count <= 1 else {
          let named = found.map { header[$0] }.joined(separator: " and ")
          throw StageError("two columns hold the same: \(named)", file: file, line: line)
        }
        guard let place = found.first else { return nil }
        places.append(place)
      }
      return places
    }
    let found: [Int]
    if let columns = try places(
      [["N_S", "studentParameters"], ["D_S", "studentTokens"], ["L_T", "teacherLoss"], ["L_S", "studentLoss"]])
    {
      (kind, found) = (.distillation, columns)
    } else if let columns = try places([["N", "parameters"], ["D", "tokens"], ["loss", "L"]]) {
      (kind, found) = (.supervised, columns)
    } else {
      throw StageError(
        "expected a header with N, D and loss, or N_S, D_S, L_T and L_S", file: file, line: line)
    }
    self.places = found
    names = found.map { header[$0] }
  }

  /// The runs of rows that hold the numbers of `names`.
  func loaded(_ rows: [[Double]]) -> LoadedRuns {
    switch kind {
    case .supervised:
      LoadedRuns(
        supervised: rows.map { SupervisedObservation(parameters: $0[0], tokens: $0[1], loss: $0[2]) })
    case .distillation:
      LoadedRuns(
        distillation: rows.map {
          DistillationObservation(
            studentParameters: $0[0], studentTokens: $0[1], teacherLoss: $0[2], studentLoss: $0[3])
        })
    }
  }
}

/// The fields of a line of comma-separated values: commas inside quotes do not separate, and a quote inside
/// them is written twice (RFC 4180).
private func fields(of line: Substring, file: String, line number: Int) throws(StageError) -> [String] {
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
  guard !isQuoted else { throw StageError("a quote is not closed on its line", file: file, line: number) }
  return (fields + [field]).map { $0.trimmingCharacters(in: .whitespaces) }
}
