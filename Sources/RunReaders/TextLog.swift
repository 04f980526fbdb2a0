import Formats
import Foundation

/// A program's printed log, line by line.
protocol TextLogReader {
  /// For messages: `a log of nanoGPT`.
  static var format: String { get }
  /// Texts of which every such log has one, to pass over other files quickly.
  static var marks: [String] { get }
  init()
  /// Takes a line in; lines that say nothing are passed over.
  mutating func take(_ line: LogLines.Line)
  /// Whether lines were seen that only this program prints.
  var isFound: Bool { get }
  /// What was measured.
  var training: TextLogTraining { get }
  /// Adds what the whole log says of each step, such as its tokens.
  mutating func finish()
}

/// A training as a printed log tells of it.
struct TextLogTraining {
  var series = StepSeries()
  var notes = [String]()
  private var last: Int?
  private var forgotten = 0

  /// The last step that a measurement was of.
  var lastStep: Int { last ?? 0 }

  /// Takes measurements in. A step before the last one is of a training that went on from a checkpoint: what came after
  /// that is measured anew.
  mutating func record(_ values: [(name: String, text: String)], at step: Int, line: LogLines.Line) {
    if let last, step < last {
      forgotten += series.rewind(to: step)
    }
    last = step
    series.record(values, at: step, line: line.number)
  }

  var allNotes: [String] {
    guard forgotten > 0 else { return notes }
    return notes + [
      "the training went on from a checkpoint; left out: \(counted(forgotten, "step")) that it had gone on to before"
    ]
  }
}

/// Logs as programs print them.
enum TextLog {
  /// Reads `data` where it is a log of a program that is known here; nil otherwise.
  static func sheet(_ data: Data, file: String) throws(StageError) -> RunSheet? {
    // Tables and documents do not come with zero bytes, nor do logs.
    guard !data.prefix(1 << 12).contains(0) else { return nil }
    if let sheet = try sheet(data, file: file, by: MegatronLog.self) { return sheet }
    if let sheet = try sheet(data, file: file, by: NanoGPTLog.self) { return sheet }
    return try sheet(data, file: file, by: LLMCLog.self)
  }

  private static func sheet<Reader: TextLogReader>(
    _ data: Data, file: String, by type: Reader.Type
  ) throws(StageError) -> RunSheet? {
    guard type.marks.contains(where: data.holds) else { return nil }
    var reader = type.init()
    var isCut = false
    for line in LogLines(data, comparesEnd: true) {
      // Half a number reads as another number.
      if line.isCut { isCut = true } else { reader.take(line) }
    }
    guard reader.isFound else { return nil }
    reader.finish()
    var sheet = SheetBuilder(first: ["run", "step"])
    reader.training.series.addRows(to: &sheet, training: ("run", name(of: file)), step: "step", file: file)
    sheet.notes = reader.training.allNotes
    if isCut {
      sheet.notes.append("the last line has no end and is not like another, so that it may be cut, and is passed over")
    }
    return try sheet.sheet(
      of: file, format: type.format, trainingColumn: "run", lacks: "has no measurements")
  }

  /// The file's name, or its folder's where that says nothing.
  private static func name(of file: String) -> String {
    let names = pathNames(file)
    let own = names.last.map { String($0.prefix { $0 != "." }) } ?? file
    let isCommon = ["main", "log", "train", "training", "stdout", "output", "out", "slurm", ""].contains(own.lowercased())
    return isCommon ? names.dropLast().last ?? own : own
  }
}

/// Pieces of log lines.
enum LogText {
  /// The number that `text` begins with, after blanks, and what follows it.
  static func number(_ text: some StringProtocol) -> (text: String, rest: Substring)? {
    let start = Substring(text).drop { $0 == " " || $0 == "\t" }
    let word = start.prefix { $0.isLetter || $0.isNumber || "+-.".contains($0) }
    guard let number = loggedNumber(word) else { return nil }
    return (number, start[word.endIndex...])
  }

  /// The number after `label`, wherever in `text` that is.
  static func number(after label: String, in text: some StringProtocol) -> (text: String, rest: Substring)? {
    guard let place = text.range(of: label) else { return nil }
    return number(Substring(text)[place.upperBound...])
  }

  /// Steps beyond what anyone trains are none, so that counting on from one is safe.
  static func step(_ text: some StringProtocol) -> Int? {
    Int(text).flatMap { (0...1 << 53).contains($0) ? $0 : nil }
  }

  /// The step after `label`.
  static func step(after label: String, in text: some StringProtocol) -> (value: Int, rest: Substring)? {
    guard let found = number(after: label, in: text), let value = step(found.text) else { return nil }
    return (value, found.rest)
  }

  /// The whole number that ends `text`, such as what follows the dots of an argument or the bar of a table.
  static func lastWhole(of text: some StringProtocol) -> Int? {
    text.split { $0 == " " || $0 == "\t" || $0 == "|" }.last.flatMap { Int($0) }
  }

  /// `factor` times `step`, empty where that is beyond what a number holds.
  static func product(_ step: Int, _ factor: Int) -> String? {
    let product = step.multipliedReportingOverflow(by: factor)
    return product.overflow || factor <= 0 || step < 0 ? nil : String(product.partialValue)
  }
}
