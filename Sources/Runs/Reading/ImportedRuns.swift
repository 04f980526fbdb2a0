import Formats

/// Runs from a file, and what has to be known of how they were read.
public struct ImportedRuns: Sendable {
  /// In the order of the file.
  public var records: [RunRecord]
  /// What was taken to be so without being told, and what was left out, in sentences.
  public var notes: [String]
  /// What makes the runs doubtful, each with the option that settles it.
  public var warnings: [String]

  /// Whether the file is another program's, so that names of runs are unique in it alone.
  public var isForeign = false

  public init(records: [RunRecord], notes: [String] = [], warnings: [String] = []) {
    self.records = records
    self.notes = notes
    self.warnings = warnings
  }
}

/// Reads runs from whatever holds them: a store, a log of ours, a table of separated values, JSON, or the log of another
/// program; `-` is standard input.
/// - Throws: ``StageError`` with file, line, what was found and what was expected.
public func importRuns(_ path: String, _ options: ReadingOptions = ReadingOptions()) throws(StageError) -> ImportedRuns {
  let reader = RunReader(path: path, options: options)
  return try reader.runs()
}
