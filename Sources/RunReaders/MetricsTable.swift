import Formats
import Foundation

/// Tables of one training's measurements: `metrics.csv` of Lightning's `CSVLogger`, and what Keras' `CSVLogger` writes.
enum MetricsTable {
  private static let format = "a training's log of Lightning or Keras"
  static let fileName = "metrics.csv"

  /// Words of columns that say what a run is, so that a table with one is a table of runs.
  private static let runWords: Set = [
    "n", "d", "c", "run", "name", "id", "model", "seed", "params", "parameters", "size", "tokens", "samples", "flops",
    "compute", "width", "depth", "teacher", "student", "state",
  ]

  /// Reads `data` where it is such a table by its header, nil otherwise.
  static func sheet(_ data: Data, file: String) throws(StageError) -> RunSheet? {
    guard matches(data, isLightning: isLightning(file)) else { return nil }
    var sheet = SheetBuilder(first: ["run"])
    try add(data, file: file, training: name(of: file), to: &sheet)
    return try sheet.sheet(of: file, format: format, trainingColumn: "run", lacks: "has no measurements")
  }

  /// Reads the files in the folder `path` and below, each folder a training; nil where none is such a table.
  static func sheet(folder path: String, files: [(folder: String, name: String)]) throws(StageError) -> RunSheet? {
    var sheet = SheetBuilder(first: ["run"])
    var isFound = false
    for place in files {
      let file = [path, place.folder, place.name].filter { !$0.isEmpty }.joined(separator: "/")
      let data = try readPossiblyCompressed(file)
      guard matches(data, isLightning: isLightning(file)) else { continue }
      isFound = true
      let own = place.folder.split(separator: "/").filter { $0 != logsFolder }.joined(separator: "/")
      try add(data, file: file, training: own.isEmpty ? name(of: file) : own, to: &sheet)
    }
    guard isFound else { return nil }
    return try sheet.sheet(of: path, format: format, trainingColumn: "run", lacks: "has no measurements")
  }

  /// Lightning's folder where a logger is not named.
  private static let logsFolder = "lightning_logs"

  /// Whether it lies where Lightning puts it, where other columns than losses may say anything.
  private static func isLightning(_ file: String) -> Bool {
    let names = pathNames(file)
    return names.last == fileName && names.dropLast().last.map(isVersion) ?? false
  }

  private static func isVersion(_ name: String) -> Bool { name.hasPrefix("version_") }

  /// `lightning_logs/version_3/metrics.csv` is `version_3`, `mine/version_3/metrics.csv` is `mine/version_3`, and a file
  /// that has a name of its own is that.
  private static func name(of file: String) -> String {
    let names = pathNames(file)
    let own = names.last.map { String($0.prefix { $0 != "." }) } ?? file
    guard ["metrics", "log", "training", "history", "csv_log", ""].contains(own), let folder = names.dropLast().last else {
      return own
    }
    guard isVersion(folder), let above = names.dropLast(2).last, above != logsFolder else { return folder }
    return above + "/" + folder
  }

  /// Whether the header has an epoch or a step, a loss, and nothing that says what a run is.
  private static func matches(_ data: Data, isLightning: Bool) -> Bool {
    guard let line = LogLines(data.prefix(1 << 16)).first(where: { _ in true }), !line.isCut,
      let header = fields(of: line.text), Set(header).count == header.count
    else { return false }
    guard header.contains("epoch") || header.contains("step"), header.contains(where: { $0.contains("loss") }) else {
      return false
    }
    return isLightning
      || header.allSatisfy { column in
        let words = column.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return !column.isEmpty && runWords.isDisjoint(with: words)
      }
  }

  private static func add(
    _ data: Data, file: String, training: String, to sheet: inout SheetBuilder
  ) throws(StageError) {
    var header = [String]()
    // Lightning writes training and validation of the same step to lines of their own.
    var open: (line: Int, values: [(name: String, text: String)])?
    for line in LogLines(data, comparesEnd: true) where line.text.contains(where: { !$0.isWhitespace }) {
      guard let fields = fields(of: line.text) else {
        throw StageError("a quote is not closed on its line", file: file, line: line.number)
      }
      guard !header.isEmpty else {
        header = fields
        continue
      }
      guard !line.isCut else {
        sheet.notes.append(
          "\(training): the last line has no end and is not like another, so that it may be cut, and is passed over")
        break
      }
      guard fields.count == header.count else {
        throw StageError("expected \(header.count) fields, not \(fields.count)", file: file, line: line.number)
      }
      // Keras writes NA for what a metric lacks.
      let values = zip(header, fields).filter { !$0.1.isEmpty && $0.1 != "NA" }.map { column, field in
        (name: column == "run" ? "logged/run" : column, text: loggedNumber(field) ?? field)
      }
      guard !values.isEmpty else { continue }
      if let previous = open {
        if isSameStep(previous.values, values) {
          let new = values.filter { value in !previous.values.contains { $0.name == value.name } }
          open = (line.number, previous.values + new)
          continue
        }
        sheet.add([("run", training)] + previous.values, file: file, line: previous.line)
      }
      open = (line.number, values)
    }
    if let open { sheet.add([("run", training)] + open.values, file: file, line: open.line) }
  }

  /// Whether two lines name the same step, or without steps the same epoch, and contradict each other in nothing.
  private static func isSameStep(
    _ first: [(name: String, text: String)], _ second: [(name: String, text: String)]
  ) -> Bool {
    let known = Dictionary(first.map { ($0.name, $0.text) }) { $1 }
    let name = known["step"] != nil || second.contains { $0.name == "step" } ? "step" : "epoch"
    guard let place = known[name], second.contains(where: { $0.name == name && $0.text == place }) else { return false }
    return second.allSatisfy { known[$0.name] == nil || known[$0.name] == $0.text }
  }

  /// The fields of a line of comma-separated values; nil where a quote is not closed.
  private static func fields(of line: String) -> [String]? {
    var fields = [String](), field = ""
    var isQuoted = false, wasQuote = false
    for character in line.hasPrefix("\u{FEFF}") ? line.dropFirst() : line[...] {
      switch character {
      case "\"":
        if !isQuoted, wasQuote { field.append(character) }
        isQuoted.toggle()
      case "," where !isQuoted:
        fields.append(field)
        field = ""
      default: field.append(character)
      }
      wasQuote = character == "\""
    }
    return isQuoted ? nil : (fields + [field]).map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
