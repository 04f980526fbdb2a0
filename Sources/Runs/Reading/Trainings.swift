import Formats
import RunReaders
import ScalingLaws

/// Finds runs that are checkpoints of one training. They share what is peculiar to it (its seed, its data, its rate), so
/// that intervals that take them as independent are too narrow.
enum Trainings {
  /// How even the steps between checkpoints are, and how many a training has at least where nothing names it.
  private static let evenness = 0.02, leastCheckpoints = 4
  /// The share of all runs that has to be in such groups.
  private static let leastShare = 0.8

  /// Sets `training` of runs that share one, and of no others. A run whose training has no other run takes its name.
  /// - Parameters:
  ///   - records: in the order of the file, with the name of the run in `training` where a column has it.
  ///   - hasColumn: whether a column is said to name trainings.
  static func find(
    in records: inout [RunRecord], sheet: RunSheet, hasColumn: Bool, options: ReadingOptions, notes: inout [String],
    warnings: inout [String]
  ) {
    let names = records.map(\.training)
    for index in records.indices { records[index].training = nil }
    let named = names.compactMap { $0 }
    if named.count == records.count, Set(named).count == records.count {
      for (index, name) in named.enumerated() { records[index].run = name }
      return
    }
    guard options.findsTrainings else { return }
    var groups = [String: [Int]]()
    for (index, name) in names.enumerated() { if let name { groups[name, default: []].append(index) } }
    groups = groups.filter { $0.value.count > 1 }
    if !groups.isEmpty, hasColumn || groups.values.allSatisfy({ isTraining($0, records) }) {
      mark(groups, in: &records, how: "by name", &warnings)
      return
    }
    var sized = [Size: [Int]]()
    for (index, record) in records.enumerated() { sized[Size(record), default: []].append(index) }
    let long = sized.filter { $0.value.count >= leastCheckpoints && isTraining($0.value, records) }
    guard Double(long.values.reduce(0) { $0 + $1.count }) >= leastShare * Double(records.count) else { return }
    // One seed for all says nothing: so may runs of their own have.
    let seeded = records.allSatisfy { $0.seed != nil } && Set(records.map(\.seed)).count > 1
    guard long.values.allSatisfy({ isEven($0, records) || (seeded && isRising($0, records)) }) else {
      notes.append(
        "every N has several D, and rows are taken as runs of their own; where they are checkpoints of one training, name it by "
          + "--cluster COLUMN")
      return
    }
    var trainings = [String: [Int]]()
    for (size, places) in long {
      trainings[
        "N=\(abbreviated(size.parameters))" + (size.seed.map { ", seed \($0)" } ?? "") + (size.rest.map { ", \($0)" } ?? "")] =
        places
    }
    // Sizes that look the same when they are abbreviated.
    guard trainings.count == long.count else { return }
    mark(
      trainings, in: &records, how: seeded ? "N and seed repeat while D grows" : "N repeats while D grows in even steps",
      &warnings)
  }

  private struct Size: Hashable {
    var parameters: Double
    var seed: Int?
    var rest: String?

    init(_ record: RunRecord) {
      (parameters, seed) = (record.parameters, record.seed)
      rest = record.distillation?.teacherRun
    }
  }

  /// One model on ever more tokens.
  private static func isTraining(_ places: [Int], _ records: [RunRecord]) -> Bool {
    Set(places.map { records[$0].parameters }).count == 1 && Set(places.map { records[$0].tokens }).count == places.count
  }

  /// Whether tokens rise by the same step, as they do where a checkpoint is kept every so many of them.
  private static func isEven(_ places: [Int], _ records: [RunRecord]) -> Bool {
    let tokens = places.map { records[$0].tokens }.sorted()
    let steps = zip(tokens.dropFirst(), tokens).map { $0 - $1 }
    guard let least = steps.min(), let most = steps.max() else { return false }
    return most - least <= evenness * most
  }

  /// Whether the runs stand together in the file, with tokens that rise.
  private static func isRising(_ places: [Int], _ records: [RunRecord]) -> Bool {
    guard let first = places.first, let last = places.last, last - first == places.count - 1 else { return false }
    return zip(places, places.dropFirst()).allSatisfy { records[$0].tokens < records[$1].tokens }
  }

  private static func mark(_ groups: [String: [Int]], in records: inout [RunRecord], how: String, _ warnings: inout [String]) {
    for (name, places) in groups { for place in places { records[place].training = name } }
    let count = groups.values.reduce(0) { $0 + $1.count }
    warnings.append(
      "\(count) runs are checkpoints of \(groups.count) \(groups.count == 1 ? "training" : "trainings") (\(how)): they are not independent, "
        + "and intervals are made by training; --cluster none takes every one as a run, --select last the last of each")
  }
}
