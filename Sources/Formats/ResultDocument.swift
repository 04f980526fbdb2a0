import Foundation

/// A JSON document that one stage writes and a later one reads.
public protocol ResultDocument: Codable {
  /// What it is, for messages: "a fit, as distill-fit writes it".
  static var meaning: String { get }
}

extension ResultDocument {
  /// The document at `path`.
  /// - Throws: ``StageError`` that names the file, where it cannot be read or holds something else.
  public static func read(from path: String) throws(StageError) -> Self {
    let data = try readFile(path)
    do {
      return try JSONDecoder().decode(Self.self, from: data)
    } catch {
      throw StageError("expected \(meaning)", file: path)
    }
  }

  /// Writes the document in one step.
  /// - Throws: ``StageError`` that names the file, where it cannot be written or a number in it is not finite.
  public func write(to path: String) throws(StageError) {
    try writeAtomically(try json(for: path), to: path)
  }

  /// The document as JSON; an error names the file that it is for.
  public func json(for path: String?) throws(StageError) -> Data {
    do {
      return try json()
    } catch {
      throw path.map(error.named) ?? error
    }
  }

  /// The document as JSON: equal documents give equal bytes.
  public func json() throws(StageError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(self) + Data("\n".utf8)
    } catch {
      throw StageError("cannot write \(Self.meaning): a number is not finite")
    }
  }
}

extension FitDocument: ResultDocument {
  public static var meaning: String { "a fit, as distill-fit writes it" }
}

extension BootstrapDocument: ResultDocument {
  public static var meaning: String { "intervals, as distill-bootstrap writes them" }
}
