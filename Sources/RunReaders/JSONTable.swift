import Formats
import Foundation

/// Reads runs from JSON: an array of objects, an object a line, or one object of columns, each an array.
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
    let columns = members.compactMap { member in member.value.elements.map { (name: member.name, values: $0) } }
    if let count = columns.first?.values.count, columns.count == members.count,
      columns.allSatisfy({ $0.values.count == count })
    {
      for row in 0..<count {
        builder.add(columns.compactMap { column in column.values[row].fieldText.map { (column.name, $0) } }, file: file)
      }
      return try builder.sheet(of: file, format: "a JSON object of columns", lacks: "has no runs")
    }
    builder.add(document.flattened(), file: file, line: 1)
    return try builder.sheet(of: file, format: "a JSON object", lacks: "has no runs")
  default: throw StageError("expected JSON objects, with a run in each", file: file)
  }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
