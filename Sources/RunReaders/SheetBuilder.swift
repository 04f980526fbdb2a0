import Formats

/// Collects rows whose values come by name and in any order, and lays the columns out at the end.
struct SheetBuilder {
  private struct Row {
    var file: String
    var line: Int?
    var values: [(column: Int, text: String)]
  }

  /// Fields that a sheet may have; beyond that the rows are not what a law is fitted to.
  private static let mostFields = 20_000_000

  private(set) var columns = [String]()
  private var places = [String: Int]()
  private var rows = [Row]()
  /// What was taken to be so, for people.
  var notes = [String]()

  var isEmpty: Bool { rows.isEmpty }

  /// - Parameter first: columns that come first, whatever the rows hold.
  init(first: [String] = []) {
    for name in first { _ = place(of: name) }
  }

  private mutating func place(of name: String) -> Int {
    if let place = places[name] { return place }
    columns.append(name)
    places[name] = columns.count - 1
    return columns.count - 1
  }

  /// Adds a row; of values with the same name the last one counts.
  mutating func add(_ values: [(name: String, text: String)], file: String, line: Int? = nil) {
    rows.append(Row(file: file, line: line, values: values.map { (place(of: $0.name), $0.text) }))
  }

  /// - Throws: ``StageError`` where there are no rows, in the words of `lacks`, or far too many.
  func sheet(
    of file: String, format: String, trainingColumn: String? = nil, lacks: String
  ) throws(StageError) -> RunSheet {
    guard !rows.isEmpty else { throw StageError(([lacks] + notes).joined(separator: "; "), file: file) }
    guard rows.count.multipliedReportingOverflow(by: columns.count).partialValue <= Self.mostFields else {
      throw StageError(
        "has \(rows.count) rows of \(columns.count) columns, more than are read; name a part of it", file: file)
    }
    let laidOut = rows.map { row in
      var fields = [String](repeating: "", count: columns.count)
      for (column, text) in row.values { fields[column] = text }
      return RunSheet.Row(file: row.file, line: row.line, fields: fields)
    }
    return RunSheet(
      file: file, format: format, columns: columns, rows: laidOut, trainingColumn: trainingColumn, notes: notes)
  }
}

/// The measurements of one training by step: what is measured at the same step makes one row.
struct StepSeries {
  private struct Measurement {
    var line: Int?
    /// By the place of the name.
    var values: [Int: String] = [:]
  }

  private var names = [String]()
  private var places = [String: Int]()
  private var steps = [Int: Measurement]()
  /// Values that a later one of the same step and name took the place of.
  private(set) var replaced = 0

  var isEmpty: Bool { steps.isEmpty }
  var last: Int? { steps.keys.max() }

  func has(_ name: String, at step: Int) -> Bool {
    places[name].map { steps[step]?.values[$0] != nil } ?? false
  }

  private mutating func place(of name: String) -> Int {
    if let place = places[name] { return place }
    names.append(name)
    places[name] = names.count - 1
    return names.count - 1
  }

  /// Sets values at `step`; one that is there already is replaced.
  /// - Parameter isCounted: whether what is replaced by something else counts as such.
  mutating func record(
    _ values: [(name: String, text: String)], at step: Int, line: Int? = nil, isCounted: Bool = true
  ) {
    for value in values {
      let old = steps[step, default: Measurement()].values.updateValue(value.text, forKey: place(of: value.name))
      if isCounted, let old, old != value.text { replaced += 1 }
    }
    if let line, !values.isEmpty { steps[step]?.line = line }
  }

  /// Forgets what is at `step` and after it: a training that went on from a checkpoint measures it anew.
  /// - Returns: how many steps are forgotten.
  mutating func rewind(to step: Int) -> Int {
    let later = steps.keys.filter { $0 >= step }
    for step in later { steps[step] = nil }
    return later.count
  }

  /// Adds a row a step, in the order of the steps. What is logged under the name of one of the two leading columns is
  /// `logged/NAME`.
  func addRows(to sheet: inout SheetBuilder, training: (name: String, text: String), step name: String, file: String) {
    for step in steps.keys.sorted() {
      guard let measurement = steps[step] else { continue }
      let values = measurement.values.sorted { $0.key < $1.key }.map { place, text in
        (name: [training.name, name].contains(names[place]) ? "logged/" + names[place] : names[place], text: text)
      }
      sheet.add([training, (name, String(step))] + values, file: file, line: measurement.line)
    }
  }

  /// The whole numbers under `name`, by step.
  func numbers(of name: String) -> [Int: Int] {
    guard let place = places[name] else { return [:] }
    return steps.compactMapValues { $0.values[place].flatMap { Int($0) } }
  }

  /// Adds `values(step)` to each step that has none of these names.
  mutating func fill(_ values: (Int) -> [(name: String, text: String)]) {
    for step in Array(steps.keys) {
      record(values(step).filter { !has($0.name, at: step) }, at: step)
    }
  }
}

/// A number as the fields have it: the shortest text that reads back the same, whole numbers without decimals.
func fieldText(_ value: Double) -> String {
  if value.isNaN { return "NaN" }
  guard value.isFinite else { return value < 0 ? "-Infinity" : "Infinity" }
  if let whole = wholeText(value) { return whole }
  return value.description
}

/// See ``fieldText(_:)-(Double)``.
func fieldText(_ value: Float) -> String {
  if value.isNaN { return "NaN" }
  guard value.isFinite else { return value < 0 ? "-Infinity" : "Infinity" }
  if let whole = wholeText(value) { return whole }
  return value.description
}

/// Whole numbers up to a million billion are written out.
private func wholeText(_ value: some BinaryFloatingPoint) -> String? {
  abs(value) < 1e15 ? Int(exactly: value).map { String($0) } : nil
}

/// So many of what is called `name` in the singular.
func counted(_ count: Int, _ name: String) -> String {
  "\(count) \(name)\(count == 1 ? "" : "s")"
}

/// A number as a log writes it, or nil where `text` is none. Names of infinity and of what is no number are made alike.
func loggedNumber(_ text: some StringProtocol) -> String? {
  let text = String(text)
  guard let value = Double(text) else { return nil }
  return value.isFinite ? text : fieldText(value)
}
