import Formats
import Foundation

/// Reads runs from JSON: an array of objects, an object a line, or one object that holds such an array, columns, or runs by
/// their names; of pandas every orientation of `to_json` but `values` and `table`.
///
/// Values of objects inside others are named by their way: `{"eval": {"loss": 2}}` has `eval/loss`. Python's `NaN` and
/// `Infinity` are read as such.
/// - Throws: ``StageError`` with file, and line where there is one.
public func readJSONTable(_ data: Data, file: String) throws(StageError) -> RunSheet {
  var builder = SheetBuilder()
  let text = data.starts(with: [0xEF, 0xBB, 0xBF]) ? Data(data.dropFirst(3)) : data
  let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  let first = lines.first { $0.contains { !isBlank($0) } }
  let isLines = first.flatMap { try? DocumentValue.json(Data($0), file: file) }?.members != nil
  do throws(StageError) {
    return try sheet(of: try DocumentValue.json(text, file: file), &builder, file: file)
  } catch {
    // An object a line is no document.
    guard isLines, lines.count > 1 else { throw error }
  }
  let last = lines.lastIndex { $0.contains { !isBlank($0) } }
  for (place, line) in lines.enumerated() where line.contains(where: { !isBlank($0) }) {
    guard let object = try? DocumentValue.json(Data(line), file: file), object.members != nil else {
      let isCut = place == last && text.last != UInt8(ascii: "\n")
      throw StageError(
        isCut ? "the last line is not whole" : "expected a JSON object, one a line", file: file, line: place + 1)
    }
    if let key = duplicateKey(in: line) {
      throw StageError("`\(key)` is there twice in one object", file: file, line: place + 1)
    }
    builder.add(object.flattened(), file: file, line: place + 1)
  }
  return try builder.sheet(of: file, format: "JSON objects, one a line", lacks: "has no runs")
}

private func sheet(
  of document: DocumentValue, _ builder: inout SheetBuilder, file: String
) throws(StageError) -> RunSheet {
  switch document {
  case .list(let elements):
    for (place, element) in elements.enumerated() {
      guard element.members != nil else { throw StageError("entry \(place + 1) is no JSON object", file: file) }
      builder.add(element.flattened(), file: file)
    }
    return try builder.sheet(of: file, format: "a JSON array", lacks: "has no runs")
  case .object(let members):
    var isFound = try addSplit(members, to: &builder, file: file)
    for add in [addColumns, addInner, addNamed] where !isFound { isFound = add(members, &builder, file) }
    if !isFound { builder.add(document.flattened(), file: file, line: 1) }
    return try builder.sheet(of: file, format: "a JSON object", lacks: "has no runs")
  default: throw StageError("expected JSON objects, with a run in each", file: file)
  }
}

// MARK: Objects that hold several runs

private typealias Members = [DocumentValue.Member]

/// Columns by their names, each an array.
private func addColumns(_ members: Members, to builder: inout SheetBuilder, file: String) -> Bool {
  let columns = members.compactMap { member in member.value.elements.map { (name: member.name, values: $0) } }
  guard let count = columns.first?.values.count, columns.count == members.count,
    columns.allSatisfy({ $0.values.count == count }), columns.allSatisfy({ $0.values.allSatisfy { $0.members == nil } })
  else { return false }
  for row in 0..<count {
    builder.add(columns.compactMap { column in column.values[row].fieldText.map { (column.name, $0) } }, file: file)
  }
  return true
}

/// Names of columns and rows without names, as pandas writes `orient="split"`.
private func addSplit(_ members: Members, to builder: inout SheetBuilder, file: String) throws(StageError) -> Bool {
  func member(_ name: String) -> [DocumentValue]? { members.first { $0.name == name }?.value.elements }
  guard let columns = member("columns")?.map(\.fieldText), let rows = member("data"), !rows.isEmpty else { return false }
  for (place, row) in rows.enumerated() {
    guard let values = row.elements, values.count == columns.count else {
      throw StageError("row \(place + 1) of `data` should have \(columns.count) values", file: file)
    }
    builder.add(
      zip(columns, values).compactMap { name, value in
        name.flatMap { name in value.fieldText.map { (name, $0) } }
      }, file: file)
  }
  return true
}

/// Names of arrays that hold runs. A run's own curve is an array of objects, too.
private let runArrays: Set = [
  "runs", "data", "results", "rows", "records", "experiments", "trials", "models", "points", "entries", "items", "samples",
]

/// One array of objects, beside what is said of all.
private func addInner(_ members: Members, to builder: inout SheetBuilder, file: String) -> Bool {
  let lists = members.filter { member in
    member.value.elements.map { !$0.isEmpty && $0.allSatisfy { $0.members != nil } } ?? false
  }
  guard let list = lists.first, lists.count == 1, members.count == 1 || runArrays.contains(list.name.lowercased()),
    let elements = list.value.elements
  else { return false }
  for element in elements { builder.add(element.flattened(), file: file) }
  builder.notes.append("runs are those of its array `\(list.name)`")
  return true
}

/// Objects by their names: runs, or columns with the rows' numbers as names, as pandas writes them.
private func addNamed(_ members: Members, to builder: inout SheetBuilder, file: String) -> Bool {
  let objects = members.compactMap { member in member.value.members.map { (name: member.name, members: $0) } }
  guard objects.count == members.count, objects.count > 1, let first = objects.first else { return false }
  // Parts of one run, such as its configuration and its results, have hardly a name in common.
  let common = objects.dropFirst().reduce(Set(first.members.map(\.name))) { $0.intersection($1.members.map(\.name)) }
  guard common.count > 1 else { return false }
  guard !common.allSatisfy({ Int($0) != nil }) else {
    for row in first.members.map(\.name) {
      builder.add(
        objects.compactMap { column in
          column.members.first { $0.name == row }?.value.fieldText.map { (column.name, $0) }
        }, file: file)
    }
    return true
  }
  for (object, member) in zip(objects, members) {
    let fields = member.value.flattened()
    builder.add(fields.contains { $0.name == "run" } ? fields : [("run", object.name)] + fields, file: file)
  }
  return true
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
