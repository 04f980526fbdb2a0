import Formats
import Foundation
import RunReaders
import ScalingLaws

/// Takes, of records, those that options ask for: by their conditions, their tokens, and the choice among equals.
///
/// - Parameter file: what they were read from, for messages.
/// - Returns: the records by name, with a note for every reason to leave runs out.
/// - Throws: ``StageError`` where none is left, a condition is none, or asks about what no record has.
public func selectRuns(
  _ all: [RunRecord], _ options: ReadingOptions, file: String
) throws(StageError) -> ImportedRuns {
  // By name, whatever the order of the log.
  var runs = ImportedRuns(records: all.sorted { $0.run < $1.run })
  try keep(try Condition.all(options), in: &runs, file: file)
  leaveOutShort(&runs.records, options, notes: &runs.notes)
  choose(options.choice, of: &runs.records, notes: &runs.notes)
  guard !runs.records.isEmpty || all.isEmpty else { throw nothingLeft(of: all.count, notes: runs.notes, file: file) }
  return runs
}

private func keep(_ conditions: [Condition], in runs: inout ImportedRuns, file: String) throws(StageError) {
  guard !conditions.isEmpty else { return }
  var all = [(record: RunRecord, fields: [String: String])]()
  for record in runs.records { all.append((record, try fields(of: record))) }
  for condition in conditions {
    guard all.isEmpty || all.contains(where: { $0.fields[condition.column] != nil }) else {
      throw StageError("no run has `\(condition.column)`, which --where \(condition.text) asks about", file: file)
    }
    let count = all.count
    all.removeAll { !condition.holds(of: $0.fields[condition.column] ?? "") }
    note(count - all.count, of: count, "not \(condition.text)", in: &runs.notes)
  }
  runs.records = all.map(\.record)
}

/// The values of a record by their JSON keys, those of objects inside it by their way.
private func fields(of record: RunRecord) throws(StageError) -> [String: String] {
  let sheet = try readJSONTable(Data(try record.logLine().utf8), file: record.run)
  return Dictionary(zip(sheet.columns, sheet.rows[0].fields), uniquingKeysWith: { first, _ in first })
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

/// Notes how many runs were left out and why, where there are any.
func note(_ count: Int, of all: Int, _ reason: String, in notes: inout [String]) {
  if count > 0 { notes.append("\(count) of \(all) runs left out: \(reason)") }
}

/// What is said where no run is left, with the reason that took the last ones.
func nothingLeft(of count: Int, notes: [String], file: String) -> StageError {
  StageError("no run is left of \(count)" + (notes.last.map { ": \($0)" } ?? ""), file: file)
}

/// Leaves out the runs that have fewer tokens than the options ask for.
func leaveOutShort(_ records: inout [RunRecord], _ options: ReadingOptions, notes: inout [String]) {
  guard let least = options.minimumTokens else { return }
  let count = records.count
  records.removeAll { $0.tokens < least }
  note(count - records.count, of: count, "fewer than \(abbreviated(least)) tokens", in: &notes)
}

/// Takes the runs that a choice, where there is one, takes.
func choose(_ choice: ReadingOptions.Choice?, of records: inout [RunRecord], notes: inout [String]) {
  guard let choice, choice != .all else { return }
  let kept = chosen(choice, of: records)
  note(records.count - kept.count, of: records.count, choice.reason, in: &notes)
  records = kept
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
