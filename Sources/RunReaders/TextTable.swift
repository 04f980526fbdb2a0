import Foundation
import Formats

/// Reads a table of separated values: by commas, semicolons or tabs, whichever the whole file agrees with.
/// - Throws: ``StageError`` with file and line.
public func readTextTable(_ data: Data, file: String) throws(StageError) -> RunSheet {
  let table = try SeparatedTable(data, file: file)
  var rows = table.rows
  var notes = table.separator == .comma ? [] : ["fields are separated by \(table.separator.name)s"]
  if !table.hasLastLineEnd, let last = rows.last {
    try checkIsWhole(last, of: rows, file: file)
    if let field = last.fields.last, isShortest(field, of: rows) {
      notes.append("the file ends without a line end after `\(field)`, which has fewer digits than all above it: is it cut?")
    }
  }
  // Comments of tools that write them before or after the rows.
  rows.removeAll { $0.fields.first?.hasPrefix("#") == true && $0.fields.dropFirst().allSatisfy(\.isEmpty) }
  return RunSheet(
    file: file, format: "a \(table.separator.name)-separated table", columns: table.header.fields,
    rows: rows.map { RunSheet.Row(file: file, line: $0.line, fields: $0.fields) },
    notes: notes)
}

/// A file whose last line has no end may have been cut inside its last number. It was where that number has fewer decimals
/// than all others of its column, which a writer with a fixed format never does, and one that strips zeros does for one
/// number in a hundred where two are missing.
private func checkIsWhole(_ last: SeparatedTable.Row, of rows: [SeparatedTable.Row], file: String) throws(StageError) {
  guard let field = last.fields.last, field.contains(where: \.isNumber) else { return }
  let fail = StageError(
    "the last line is not whole: the file ends inside its last number, `\(field)`", file: file, line: last.line)
  if let end = field.last, ".,eE+-".contains(end) { throw fail }
  guard let found = decimals(field) else { return }
  let others = rows.dropLast().compactMap { $0.fields.last.flatMap(decimals) }
  guard let least = others.min(), let most = others.max(), others.count >= 3, found < least else { return }
  if least == most || least - found >= 2 { throw fail }
}

/// Whether a whole number has fewer digits than all others of its column, which a cut one has, and a small one too.
private func isShortest(_ field: String, of rows: [SeparatedTable.Row]) -> Bool {
  func isWhole(_ text: String) -> Bool { !text.isEmpty && text.allSatisfy { $0.isASCII && $0.isNumber } }
  let others = rows.dropLast().compactMap(\.fields.last).filter(isWhole)
  return isWhole(field) && others.count >= 3 && others.allSatisfy { $0.count > field.count }
}

/// How many digits a number has after its point or comma; nil of what is no plain number.
private func decimals(_ field: String) -> Int? {
  guard field.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.,".contains($0)) }) else { return nil }
  guard let mark = field.lastIndex(where: { ".,".contains($0) }) else { return 0 }
  return field.distance(from: mark, to: field.endIndex) - 1
}
