import Formats
import Foundation

/// A value of a JSON or YAML document, with its scalars as text.
package indirect enum DocumentValue: Sendable, Hashable {
  case null
  /// A number or a truth value, as it is written.
  case scalar(String)
  case text(String)
  case list([DocumentValue])
  /// In the order of the names.
  case object([Member])

  package struct Member: Sendable, Hashable {
    package var name: String
    package var value: DocumentValue
  }

  package var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  package var elements: [DocumentValue]? {
    if case .list(let elements) = self { elements } else { nil }
  }

  package subscript(name: String) -> DocumentValue? {
    members?.first { $0.name == name }?.value
  }

  /// The text of a field, nil for what is no scalar. Nothing is empty.
  package var fieldText: String? {
    switch self {
    case .null: ""
    case .scalar(let text), .text(let text): text
    case .list, .object: nil
    }
  }

  /// The whole number that a scalar is.
  package var whole: Int? {
    guard let text = fieldText else { return nil }
    return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
  }

  /// Scalars by name, those of nested objects joined by `/`. Lists are written as JSON has them; nulls are left out.
  /// - Parameter skipping: says which objects are left out whole.
  package func flattened(
    under prefix: String = "", skipping: (DocumentValue) -> Bool = { _ in false }
  ) -> [(name: String, text: String)] {
    guard let members else { return [] }
    return members.flatMap { member -> [(name: String, text: String)] in
      let name = prefix + member.name
      switch member.value {
      case .null: return []
      case .scalar(let text), .text(let text): return [(name, text)]
      case .list: return [(name, member.value.written)]
      case .object:
        return skipping(member.value) ? [] : member.value.flattened(under: name + "/", skipping: skipping)
      }
    }
  }

  /// As JSON has it, on one line.
  private var written: String {
    switch self {
    case .null: "null"
    case .scalar(let text): text
    case .text(let text): "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    case .list(let elements): "[" + elements.map(\.written).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { "\"\($0.name)\":\($0.value.written)" }.joined(separator: ",") + "}"
    }
  }
}

extension DocumentValue {
  /// Reads JSON, also with the `NaN`, `Infinity` and `-Infinity` that Python writes, which become texts.
  /// - Throws: ``StageError`` with file and line.
  package static func json(_ data: Data, file: String) throws(StageError) -> DocumentValue {
    guard data.count <= SizeLimit.documentBytes else {
      throw StageError("is too large for a JSON document: \(data.count >> 20) MiB", file: file)
    }
    let text = quotingPythonNumbers(data)
    do {
      return DocumentValue(try JSONSerialization.jsonObject(with: text, options: [.fragmentsAllowed]))
    } catch {
      let reason = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? "damaged"
      // Foundation counts characters; people count lines.
      var line: Int?
      var words = reason.hasSuffix(".") ? String(reason.dropLast()) : reason
      if let place = words.range(of: " around character "), let offset = Int(words[place.upperBound...]) {
        line = 1 + text.prefix(offset).count { $0 == UInt8(ascii: "\n") }
        words = String(words[..<place.lowerBound])
      } else if words.contains("end of file") {
        line = 1 + text.count { $0 == UInt8(ascii: "\n") }
        words = "it ends too early"
      }
      throw StageError("is not JSON: \(words)", file: file, line: line)
    }
  }

  /// From what Foundation makes of JSON.
  private init(_ value: Any) {
    switch value {
    case is NSNull: self = .null
    case let members as [String: Any]:
      self = .object(members.map { Member(name: $0.key, value: DocumentValue($0.value)) }.sorted { $0.name < $1.name })
    case let elements as [Any]: self = .list(elements.map(DocumentValue.init))
    case let text as String: self = .text(text)
    case let number as NSNumber:
      // Numbers are also truth values to casts, but only truth values have this type.
      if CFBooleanType.matches(number) {
        self = .scalar(number.boolValue ? "true" : "false")
      } else {
        let text = number.stringValue
        self = .scalar(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
      }
    default: self = .null
    }
  }
}

/// The type of the truth values that Foundation makes of JSON.
private enum CFBooleanType {
  static func matches(_ number: NSNumber) -> Bool {
    type(of: number) == type(of: NSNumber(value: true)) && type(of: number) != type(of: NSNumber(value: 1))
  }
}

/// `json` with Python's names of what JSON has no numbers for as texts.
private func quotingPythonNumbers(_ json: Data) -> Data {
  let names = ["-Infinity", "Infinity", "NaN"].map { Array($0.utf8) }
  guard json.holds("NaN") || json.holds("Infinity") else { return json }
  let source = [UInt8](json)
  var quoted = Data(capacity: source.count + source.count / 8)
  var index = 0, isInText = false
  while index < source.count {
    let byte = source[index]
    if isInText {
      quoted.append(byte)
      if byte == UInt8(ascii: "\\"), index + 1 < source.count {
        index += 1
        quoted.append(source[index])
      } else if byte == UInt8(ascii: "\"") {
        isInText = false
      }
    } else if let name = names.first(where: { source[index...].starts(with: $0) }) {
      quoted.append(contentsOf: [UInt8(ascii: "\"")] + name + [UInt8(ascii: "\"")])
      index += name.count
      continue
    } else {
      quoted.append(byte)
      isInText = byte == UInt8(ascii: "\"")
    }
    index += 1
  }
  return quoted
}
