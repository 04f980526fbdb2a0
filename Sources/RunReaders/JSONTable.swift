import Foundation
import Formats

/// Reads runs from JSON: an array of objects, an object a line, or one object of columns, each an array.
///
/// Values of objects inside others are named by their way: `{"eval": {"loss": 2}}` has `eval/loss`. Python's `NaN` and
/// `Infinity` are read as such.
/// - Throws: ``StageError`` with file, and line where there is one.
public func readJSONTable(_ data: Data, file: String) throws(StageError) -> RunSheet {
  var builder = SheetBuilder(file: file)
  let text = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
  if let whole = jsonValue(Data(text)) {
    if let objects = whole as? [Any] {
      for (place, object) in objects.enumerated() {
        guard let object = object as? [String: Any] else {
          throw StageError("entry \(place + 1) is no JSON object", file: file)
        }
        builder.add(object, line: nil)
      }
      return try builder.sheet("a JSON array")
    }
    guard let object = whole as? [String: Any] else {
      throw StageError("expected JSON objects, with a run in each", file: file)
    }
    let arrays = object.compactMapValues { $0 as? [Any] }
    if arrays.count == object.count, let count = arrays.values.first?.count, arrays.values.allSatisfy({ $0.count == count }) {
      for place in 0..<count { builder.add(arrays.mapValues { $0[place] }, line: nil) }
      return try builder.sheet("a JSON object of columns")
    }
    builder.add(object, line: 1)
    return try builder.sheet("a JSON object")
  }
  let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  let last = lines.lastIndex { $0.contains { !isBlank($0) } }
  for (place, line) in lines.enumerated() where line.contains(where: { !isBlank($0) }) {
    guard let object = jsonValue(Data(line)) as? [String: Any] else {
      let isCut = place == last && text.last != UInt8(ascii: "\n")
      throw StageError(
        isCut ? "the last line is not whole" : "expected a JSON object, one a line", file: file, line: place + 1)
    }
    if let key = duplicateKey(in: line) {
      throw StageError("`\(key)` is there twice in one object", file: file, line: place + 1)
    }
    builder.add(object, line: place + 1)
  }
  return try builder.sheet("JSON objects, one a line")
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }

/// Rows whose columns are known only when all of them are.
struct SheetBuilder {
  let file: String
  private var columns: [String] = []
  private var places: [String: Int] = [:]
  private var rows: [RunSheet.Row] = []

  init(file: String) { self.file = file }

  mutating func add(_ object: [String: Any], line: Int?) {
    var fields = [String](repeating: "", count: columns.count)
    for (name, text) in flattened(object) {
      if let place = places[name] {
        fields[place] = text
      } else {
        places[name] = columns.count
        columns.append(name)
        fields.append(text)
      }
    }
    rows.append(RunSheet.Row(file: file, line: line, fields: fields))
  }

  func sheet(_ format: String) throws(StageError) -> RunSheet {
    guard !rows.isEmpty else { throw StageError("has no runs", file: file) }
    let padded = rows.map { row in
      var row = row
      row.fields += [String](repeating: "", count: columns.count - row.fields.count)
      return row
    }
    return RunSheet(file: file, format: format, columns: columns, rows: padded)
  }
}

/// The values of an object in the order of their names, those of objects inside it by their way. Arrays are passed over:
/// no column of a run is one.
func flattened(_ object: [String: Any], below path: String = "") -> [(name: String, text: String)] {
  var values = [(name: String, text: String)]()
  for (key, value) in object.sorted(by: { $0.key < $1.key }) {
    let name = path.isEmpty ? key : "\(path)/\(key)"
    if let inner = value as? [String: Any] {
      values += flattened(inner, below: name)
    } else if let text = jsonText(value) {
      values.append((name, text))
    }
  }
  return values
}

/// A value as a field of a table; nil of an array or object.
func jsonText(_ value: Any) -> String? {
  if value is NSNull { return "" }
  if let text = value as? String { return text }
  guard let number = value as? NSNumber else { return nil }
  switch String(cString: number.objCType) {
  case "c", "B": return number.boolValue ? "true" : "false"
  case "d", "f":
    let double = number.doubleValue
    return double == double.rounded() && abs(double) < 1e15 ? String(format: "%.0f", double) : "\(double)"
  default: return number.stringValue
  }
}

/// A JSON value, in which Python's `NaN`, `Infinity` and `-Infinity` become strings; nil of what is no JSON.
func jsonValue(_ data: Data) -> Any? {
  if let value = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) { return value }
  guard let quoted = quotingPythonNumbers(data) else { return nil }
  return try? JSONSerialization.jsonObject(with: quoted, options: .fragmentsAllowed)
}

/// The same text with `NaN`, `Infinity` and `-Infinity` outside strings put in quotes; nil where there are none.
private func quotingPythonNumbers(_ data: Data) -> Data? {
  let words = ["NaN", "-Infinity", "Infinity"].map { Array($0.utf8) }
  let bytes = [UInt8](data)
  var quoted = [UInt8](), isInString = false, found = false, place = 0
  quoted.reserveCapacity(bytes.count)
  while place < bytes.count {
    let byte = bytes[place]
    if isInString, byte == UInt8(ascii: "\\"), place + 1 < bytes.count {
      quoted += bytes[place...place + 1]
      place += 2
      continue
    }
    if byte == UInt8(ascii: "\"") { isInString.toggle() }
    if !isInString, let word = words.first(where: { bytes[place...].starts(with: $0) }) {
      quoted += [UInt8(ascii: "\"")] + word + [UInt8(ascii: "\"")]
      place += word.count
      found = true
      continue
    }
    quoted.append(byte)
    place += 1
  }
  return found ? Data(quoted) : nil
}
