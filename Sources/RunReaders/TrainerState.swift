import Formats
import Foundation

/// What Hugging Face's `Trainer` writes: `trainer_state.json`, in each checkpoint and, at the end, beside them.
enum TrainerState {
  static let format = "trainer states of Hugging Face"
  static let fileName = "trainer_state.json"
  /// Without a compressed file's ending.
  static func isName(_ name: String) -> Bool { name == fileName || name == fileName + ".gz" }

  /// Whether a JSON document without a telling name is one.
  static func matches(_ document: DocumentValue) -> Bool {
    document["log_history"]?.elements != nil && document["global_step"] != nil
  }

  /// Reads one file. The training's name is the folder that holds its checkpoints.
  static func sheet(_ document: DocumentValue, file: String) throws(StageError) -> RunSheet {
    let folders = Array(pathNames(file).dropLast())
    let name = folders.last.map { isCheckpoint($0) ? folders.dropLast().last ?? $0 : $0 }
    var sheet = SheetBuilder(first: ["run", "step"])
    try add(State(document, file: file), training: name ?? fileName, to: &sheet)
    return try sheet.sheet(of: file, format: format, trainingColumn: "run", lacks: "has no measurements in log_history")
  }

  /// Reads the last state of every training in the folder `path` and below; nil where there are none.
  static func sheet(folder path: String, files: [(folder: String, name: String)]) throws(StageError) -> RunSheet? {
    guard !files.isEmpty else { return nil }
    // Checkpoints and the state that lies beside them are of the same training.
    var trainings = [(folder: String, files: [String])]()
    for file in files {
      let parts = file.folder.split(separator: "/").map(String.init)
      let isCheckpoint = parts.last.map(isCheckpoint) ?? false
      let folder = (isCheckpoint ? parts.dropLast() : parts[...]).joined(separator: "/")
      let place = [path, file.folder, file.name].filter { !$0.isEmpty }.joined(separator: "/")
      if let index = trainings.firstIndex(where: { $0.folder == folder }) {
        trainings[index].files.append(place)
      } else {
        trainings.append((folder, [place]))
      }
    }
    var sheet = SheetBuilder(first: ["run", "step"])
    var passedOver = 0
    for training in trainings {
      var last: State?
      for file in training.files {
        let state = try State(try DocumentValue.json(readPossiblyCompressed(file), file: file), file: file)
        if let found = last, found.globalStep >= state.globalStep { continue }
        last = state
      }
      passedOver += training.files.count - 1
      guard let last else { continue }
      let own = pathNames(path).last.map { isCheckpoint($0) ? pathNames(path).dropLast().last ?? $0 : $0 }
      try add(last, training: training.folder.isEmpty ? own ?? fileName : training.folder, to: &sheet)
    }
    if passedOver > 0 {
      sheet.notes.append(
        "passed over: \(counted(passedOver, "earlier state")), whose measurements each training's last one holds too")
    }
    return try sheet.sheet(of: path, format: format, trainingColumn: "run", lacks: "has no measurements in log_history")
  }

  private static func isCheckpoint(_ name: String) -> Bool {
    name.hasPrefix("checkpoint-")
  }

  private struct State {
    var file: String
    var globalStep: Int
    var document: DocumentValue

    init(_ document: DocumentValue, file: String) throws(StageError) {
      guard document.members != nil else {
        throw StageError("expected an object with log_history and global_step, as Trainer writes it", file: file)
      }
      guard document["log_history"]?.elements != nil else {
        throw StageError("lacks log_history, a list of measurements", file: file)
      }
      guard let step = document["global_step"]?.whole else {
        throw StageError("lacks global_step, a whole number", file: file)
      }
      (self.file, globalStep, self.document) = (file, step, document)
    }
  }

  /// What belongs to the last step but stands at the top.
  private static let lastValues = ["num_input_tokens_seen", "total_flos"]

  private static func add(_ state: State, training: String, to sheet: inout SheetBuilder) throws(StageError) {
    var series = StepSeries()
    var withoutStep = 0
    for (index, entry) in (state.document["log_history"]?.elements ?? []).enumerated() {
      guard entry.members != nil else {
        throw StageError("entry \(index + 1) of log_history should be an object", file: state.file)
      }
      guard let step = entry["step"]?.whole else {
        withoutStep += 1
        continue
      }
      series.record(entry.flattened().filter { $0.name != "step" }, at: step)
    }
    if withoutStep > 0 {
      sheet.notes.append("\(training): left out: \(counted(withoutStep, "measurement")) without a step")
    }
    if series.replaced > 0 {
      sheet.notes.append("\(training): \(counted(series.replaced, "value")) came again at the same step; the last one counts")
    }
    for name in lastValues {
      // Trainer writes 0 where it does not count.
      guard let last = series.last, let value = state.document[name]?.fieldText, Double(value) ?? 0 > 0 else { continue }
      if last != state.globalStep {
        sheet.notes.append("\(training): \(name) is left out, since it is of step \(state.globalStep), which logs no loss")
      } else if !series.has(name, at: last) {
        series.record([(name, value)], at: last)
      }
    }
    series.addRows(to: &sheet, training: ("run", training), step: "step", file: state.file)
  }
}
