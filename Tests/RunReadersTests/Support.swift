import Formats
import Foundation

import RunReaders

/// The folder of this module's fixtures, all of our own making.
let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures").path

/// A folder that goes with its test.
final class Folder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("readers-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a file, with the folders on its way.
  @discardableResult
  func write(_ data: Data, to name: String) throws -> String {
    let url = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
    return url.path
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Data(text.utf8), to: name)
  }
}

func fixture(_ name: String) throws -> Data {
  try Data(contentsOf: URL(fileURLWithPath: fixtures).appendingPathComponent(name))
}

/// The runs of another program at `path`; nil where it holds none.
func readForeignLog(_ path: String) throws(StageError) -> RunSheet? {
  guard case .runs(let sheet) = try readForeign(path) else { return nil }
  return sheet
}

/// The runs that a fixture holds.
func sheet(_ name: String) throws -> RunSheet {
  guard let sheet = try readForeignLog(fixtures + "/" + name) else { throw StageError("is not recognised", file: name) }
  return sheet
}

extension RunSheet {
  /// A column's fields, those of the rows of a training where one is named.
  func values(_ column: String, run: String? = nil) -> [String] {
    guard let place = columns.firstIndex(of: column) else { return [] }
    let name = columns.firstIndex(of: "run")
    return rows.filter { row in run == nil || name.map { row.fields[$0] } == run }.map { $0.fields[place] }
  }

  func notes(_ words: String) -> Bool {
    notes.contains { $0.contains(words) }
  }
}
