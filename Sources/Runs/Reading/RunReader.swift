import Foundation
import Formats
import RunReaders
import ScalingLaws

/// Finds out what a file is, reads it, and takes the runs that are asked for.
struct RunReader {
  let path: String
  let options: ReadingOptions

  func runs() throws(StageError) -> ImportedRuns {
    if URL(fileURLWithPath: path).pathExtension.lowercased() == "sqlite" {
      return try selectRuns(try RunStore(readingFrom: path).records(), options, file: path)
    }
    switch try readForeign(path) {
    case .runs(let sheet): return try imported(sheet)
    case .bytes(let data):
      let name = path == "-" ? "standard input" : path
      if isOwnLog(data) { return try selectRuns(try readRunLog(data, file: name).map(\.record), options, file: name) }
      let first = data.drop { $0 == 0xEF || $0 == 0xBB || $0 == 0xBF || " \t\r\n".utf8.contains($0) }.first
      let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
      return try imported(isJSON ? try readJSONTable(data, file: name) : try readTextTable(data, file: name))
    }
  }

  private func imported(_ own: RunSheet) throws(StageError) -> ImportedRuns {
    var sheet = own
    if let manifest = options.manifest { sheet = try Manifest(manifest).completing(sheet) }
    var reading = try SheetImport(sheet, options: options)
    return try reading.runs()
  }

  /// A log as our own trainer writes it says of every run what kind it is.
  private func isOwnLog(_ data: Data) -> Bool {
    guard let line = data.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first.map({ $0.prefix(1 << 16) }) else {
      return false
    }
    func has(_ key: String) -> Bool { line.range(of: Data("\"\(key)\"".utf8)) != nil }
    return has("run") && has("kind") && has("origin") && has("purpose")
  }
}
