import ArgumentParser
public import Formats
import Foundation

/// A count given on a command line. More than `range` allows would take hours or all memory: it is a slip of the hand.
/// - Throws: `ValidationError` in one line.
public func checkCount(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws {
  guard range.contains(value) else {
    throw ValidationError("--\(name) must lie between \(range.lowerBound) and \(range.upperBound), not be \(value)")
  }
}

/// The decimal number that an option is given: the one type of argument for numbers that are not counts.
/// - Throws: `ValidationError` of `0x10`, `inf`, `nan`, and of what no number holds.
public func number(_ argument: String) throws -> Double {
  guard let value = decimalNumber(argument) else {
    throw ValidationError("expected a decimal number, as 0.5 or 1e20")
  }
  return value
}

/// A number given on a command line.
/// - Throws: `ValidationError` in one line.
public func checkNumber(_ name: String, _ value: Double, in range: ClosedRange<Double>) throws {
  guard range.contains(value) else {
    throw ValidationError("--\(name) must lie between \(range.lowerBound) and \(range.upperBound), not be \(value)")
  }
}

/// Refuses outputs that would take the place of an input, of each other, or of what is no document of ours.
///
/// Files are told apart by where they lie, whatever the way to them: through links, `./` or `..`.
/// - Parameters:
///   - documents: JSON that the stage writes, nil where nothing is asked for.
///   - others: what else it writes.
///   - inputs: what it reads; `-` is standard input.
/// - Throws: ``StageError`` that names the file.
public func checkOutputs(
  documents: [String?], others: [String?] = [], inputs: [String?]
) throws(StageError) {
  func place(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path }
  let read = Set(inputs.compactMap { $0 }.filter { $0 != "-" }.map(place))
  var taken = Set<String>()
  for output in (documents + others).compactMap({ $0 }) {
    guard !read.contains(place(output)) else { throw StageError("is an input, and cannot be the output, too", file: output) }
    guard taken.insert(place(output)).inserted else { throw StageError("is named for two outputs", file: output) }
  }
  for output in documents.compactMap({ $0 }) {
    let type = (try? FileManager.default.attributesOfItem(atPath: place(output)))?[.type] as? FileAttributeType
    guard type == .typeRegular else { continue }
    let handle = FileHandle(forReadingAtPath: output)
    let start = (try? handle?.read(upToCount: 256)) ?? Data()
    try? handle?.close()
    let first = start.first { !" \t\r\n".utf8.contains($0) }
    guard first == nil || first == UInt8(ascii: "{") else {
      throw StageError(
        "holds something that is no document of this stage, and would be lost; name another output", file: output)
    }
  }
}
