import Formats
import Foundation
import Yams

extension DocumentValue {
  /// Values that a YAML document may come to; aliases in it can stand for very many.
  private static let mostValues = 200_000
  /// How deep values may lie in each other, in YAML and in what reads it.
  private static let deepest = 60

  /// Reads YAML. Numbers stay as they are written.
  /// - Throws: ``StageError`` with file and line.
  package static func yaml(_ data: Data, file: String) throws(StageError) -> DocumentValue {
    guard data.count <= SizeLimit.documentBytes >> 4 else {
      throw StageError("is too large for a YAML document: \(data.count >> 20) MiB", file: file)
    }
    guard let text = String(data: data, encoding: .utf8) else { throw StageError("is not UTF-8 text", file: file) }
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      let (words, line) = explained(error)
      throw StageError("is not YAML: \(words)", file: file, line: line)
    } catch {
      throw StageError("is not YAML", file: file)
    }
    guard let node else { return .null }
    var left = mostValues
    guard let value = DocumentValue(node, depth: 0, left: &left) else {
      throw StageError("has too many values, or values too deep in each other", file: file)
    }
    return value
  }

  private static func explained(_ error: YamlError) -> (words: String, line: Int?) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      (problem, mark.line)
    case .duplicatedKeysInMapping(let duplicates, _): ("a key comes twice: \(duplicates.joined(separator: ", "))", nil)
    default: ("damaged", nil)
    }
  }

  /// Nil where there are more values than `left`, or deeper ones than are read.
  private init?(_ node: Node, depth: Int, left: inout Int) {
    left -= 1
    guard left >= 0, depth <= Self.deepest else { return nil }
    switch node {
    case .scalar(let scalar): self = Self.scalar(scalar)
    case .sequence(let sequence):
      var elements = [DocumentValue]()
      for element in sequence {
        guard let value = DocumentValue(element, depth: depth + 1, left: &left) else { return nil }
        elements.append(value)
      }
      self = .list(elements)
    case .mapping(let mapping):
      var members = [Member]()
      for (key, element) in mapping {
        guard let value = DocumentValue(element, depth: depth + 1, left: &left) else { return nil }
        members.append(Member(name: key.scalar?.string ?? "?", value: value))
      }
      self = .object(members)
    case .alias: self = .null
    }
  }

  private static func scalar(_ scalar: Node.Scalar) -> DocumentValue {
    guard scalar.style == .plain || scalar.style == .any else { return .text(scalar.string) }
    switch scalar.string.lowercased() {
    case "", "~", "null": return .null
    case ".nan": return .scalar("NaN")
    case ".inf", "+.inf": return .scalar("Infinity")
    case "-.inf": return .scalar("-Infinity")
    case let text where text.hasSuffix(".0") && Double(text) != nil: return .scalar(String(text.dropLast(2)))
    default: return .scalar(scalar.string)
    }
  }
}
