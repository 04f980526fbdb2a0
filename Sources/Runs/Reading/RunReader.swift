import Foundation
import Formats
import RunReaders
import ScalingLaws

/// Finds out what a file is, reads it, and takes the runs that are asked for.
struct RunReader {
  let path: String
  let options: ReadingOptions

  func runs() throws(StageError) -> ImportedRuns {
    let conditions = try conditions()
    if URL(fileURLWithPath: path).pathExtension.lowercased() == "sqlite" {
      return try selected(try RunStore(readingFrom: path).records(), conditions)
    }
    // A folder, a database, or what only its path makes a log of another program.
    if let sheet = try readForeignLog(path) { return try imported(sheet, conditions) }
    let data = try readPossiblyCompressed(path), name = path == "-" ? "standard input" : path
    if isOwnLog(data) { return try selected(try readRunLog(data, file: name).map(\.record), conditions) }
    if path == "-", let sheet = try readForeignLog(data, named: name) { return try imported(sheet, conditions) }
    let first = data.drop { $0 == 0xEF || $0 == 0xBB || $0 == 0xBF || " \t\r\n".utf8.contains($0) }.first
    let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    return try imported(
      isJSON ? try readJSONTable(data, file: name) : try readTextTable(data, file: name), conditions)
  }

  private func imported(_ own: RunSheet, _ conditions: [Condition]) throws(StageError) -> ImportedRuns {
    var sheet = own
    if let manifest = options.manifest { sheet = try Manifest(manifest).completing(sheet) }
    var reading = try SheetImport(sheet, options: options, conditions: conditions)
    return try reading.runs()
  }

  private func conditions() throws(StageError) -> [Condition] {
    var conditions = [Condition]()
    for text in options.conditions { conditions.append(try Condition(text)) }
    return conditions
  }

  /// A log as our own trainer writes it says of every run what kind it is.
  private func isOwnLog(_ data: Data) -> Bool {
    guard let line = data.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first.map({ $0.prefix(1 << 16) }) else {
      return false
    }
    func has(_ key: String) -> Bool { line.range(of: Data("\"\(key)\"".utf8)) != nil }
    return has("run") && has("kind") && has("origin") && has("purpose")
  }

  // MARK: Runs of our own

  /// The records that meet the conditions and the other options that make sense for them.
  private func selected(_ all: [RunRecord], _ conditions: [Condition]) throws(StageError) -> ImportedRuns {
    // By name, whatever the order of the log.
    var runs = ImportedRuns(records: all.sorted { $0.run < $1.run })
    for condition in conditions {
      var kept = [RunRecord](), isKnown = false
      for record in runs.records {
        let fields = try Self.fields(of: record)
        isKnown = isKnown || fields[condition.column] != nil
        if condition.holds(of: fields[condition.column] ?? "") { kept.append(record) }
      }
      guard isKnown || runs.records.isEmpty else {
        throw StageError("no run has `\(condition.column)`, which --where \(condition.text) asks about", file: path)
      }
      runs.notes.append(leftOut(runs.records.count - kept.count, of: runs.records.count, "not \(condition.text)"))
      runs.records = kept
    }
    if let least = options.minimumTokens {
      let kept = runs.records.filter { $0.tokens >= least }
      runs.notes.append(
        leftOut(runs.records.count - kept.count, of: runs.records.count, "fewer than \(abbreviated(least)) tokens"))
      runs.records = kept
    }
    if let choice = options.choice, choice != .all {
      let kept = chosen(choice, of: runs.records)
      runs.notes.append(leftOut(runs.records.count - kept.count, of: runs.records.count, choice.reason))
      runs.records = kept
    }
    runs.notes.removeAll(where: \.isEmpty)
    guard !runs.records.isEmpty || all.isEmpty else { throw StageError("no run is left of \(all.count)", file: path) }
    return runs
  }

  /// The values of a record by their JSON keys, those of objects inside it by their way.
  private static func fields(of record: RunRecord) throws(StageError) -> [String: String] {
    let sheet = try readJSONTable(Data(try record.logLine().utf8), file: record.run)
    return Dictionary(zip(sheet.columns, sheet.rows[0].fields), uniquingKeysWith: { first, _ in first })
  }
}

extension ReadingOptions.Choice {
  /// Why a run was left out.
  var reason: String {
    switch self {
    case .all: ""
    case .best: "not the best at its sizes"
    case .last: "not the last checkpoint of its training"
    }
  }
}

/// How many runs were left out and why, in a sentence; empty where there are none.
func leftOut(_ count: Int, of all: Int, _ reason: String) -> String {
  count == 0 ? "" : "\(count) of \(all) runs left out: \(reason)"
}

/// The runs that a choice takes, in their order.
func chosen(_ choice: ReadingOptions.Choice, of records: [RunRecord]) -> [RunRecord] {
  struct Place: Hashable {
    var kind: RunRecord.Kind
    var parameters, tokens: Double
    var name: String?
  }
  func keep(_ place: (RunRecord) -> Place, _ isBetter: (RunRecord, RunRecord) -> Bool) -> [RunRecord] {
    var best = [Place: Int]()
    for (index, record) in records.enumerated() {
      let key = place(record)
      if let other = best[key], !isBetter(record, records[other]) { continue }
      best[key] = index
    }
    return best.values.sorted().map { records[$0] }
  }
  switch choice {
  case .all: return records
  case .best:
    return keep(
      { Place(kind: $0.kind, parameters: $0.parameters, tokens: $0.tokens, name: $0.distillation?.teacherRun) },
      { $0.loss < $1.loss })
  case .last:
    return keep(
      { Place(kind: $0.kind, parameters: 0, tokens: 0, name: $0.training ?? $0.run) }, { $0.tokens >= $1.tokens })
  }
}
