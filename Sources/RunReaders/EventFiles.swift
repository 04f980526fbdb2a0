import Formats
import Foundation
import SwiftProtobuf

/// TensorBoard's event files, as TensorFlow, PyTorch, Keras and others write them: `events.out.tfevents.*`.
enum EventFiles {
  private static let format = "event files of TensorBoard"
  /// Folders that Keras' callback makes of one training.
  private static let kerasParts: Set = ["train", "validation"]

  static func isName(_ name: String) -> Bool { name.contains(".tfevents.") || name.hasSuffix(".tfevents") }

  /// Reads one file, a training by the name of its folder.
  static func sheet(_ data: Data, file: String) throws(StageError) -> RunSheet {
    var training = Training(folder: pathNames(file).dropLast().last ?? file)
    try training.add(data, file: file, prefix: "")
    return try sheet([training], of: file)
  }

  /// Reads the files in the folder `path` and below, each folder a training; nil where there are none.
  static func sheet(folder path: String, files: [(folder: String, name: String)]) throws(StageError) -> RunSheet? {
    guard !files.isEmpty else { return nil }
    let folders = Set(files.map(\.folder))
    var trainings = [Training](), places = [String: Int]()
    // The name begins with when a file was begun: what a resumed training measures anew comes later.
    for file in files {
      let (folder, prefix) = training(of: file.folder, among: folders)
      let name = folder.isEmpty ? pathNames(path).last ?? path : folder
      let place = places[folder] ?? trainings.count
      if place == trainings.count {
        trainings.append(Training(folder: name))
        places[folder] = place
      }
      let full = [path, file.folder, file.name].filter { !$0.isEmpty }.joined(separator: "/")
      try trainings[place].add(readPossiblyCompressed(full), file: full, prefix: prefix)
    }
    return try sheet(trainings, of: path)
  }

  /// Which training a folder is of, and what goes before its tags: where `train` and `validation` lie side by side they
  /// are the parts of one.
  private static func training(of folder: String, among folders: Set<String>) -> (folder: String, prefix: String) {
    let parts = folder.split(separator: "/").map(String.init)
    guard let last = parts.last, kerasParts.contains(last) else { return (folder, "") }
    let above = parts.dropLast().joined(separator: "/")
    let beside = kerasParts.map { above.isEmpty ? $0 : above + "/" + $0 }
    return beside.allSatisfy(folders.contains) ? (above, last + "/") : (folder, "")
  }

  private static func sheet(_ trainings: [Training], of path: String) throws(StageError) -> RunSheet {
    var sheet = SheetBuilder(first: ["run", "step", "wall_time"])
    for training in trainings {
      training.series.addRows(to: &sheet, training: ("run", training.folder), step: "step", file: training.file)
      sheet.notes += training.notes
    }
    return try sheet.sheet(of: path, format: format, trainingColumn: "run", lacks: "has no scalars")
  }

  private struct Training {
    let folder: String
    private(set) var file = ""
    private(set) var series = StepSeries()
    private var other = Set<String>()
    private var cut = [String]()

    init(folder: String) {
      self.folder = folder
    }

    var notes: [String] {
      var notes = cut.map { "\($0): the last record is cut and passed over" }
      if series.replaced > 0 {
        notes.append("\(folder): \(counted(series.replaced, "value")) came again at the same step; the last one counts")
      }
      if !other.isEmpty {
        notes.append("\(folder): tags that are no scalars are left out: \(other.sorted().prefix(5).joined(separator: ", "))")
      }
      return notes
    }

    /// - Throws: ``StageError`` where the file is damaged.
    mutating func add(_ data: Data, file: String, prefix: String) throws(StageError) {
      self.file = file
      let records = try TFRecords(data, file: file)
      if records.isCut { cut.append((file as NSString).lastPathComponent) }
      var options = BinaryDecodingOptions()
      options.discardUnknownFields = true
      for (index, record) in records.records.enumerated() {
        let bytes = data[data.startIndex + record.lowerBound..<data.startIndex + record.upperBound]
        let event: EventFileEvent
        do {
          event = try EventFileEvent(serializedBytes: bytes, options: options)
        } catch {
          throw StageError("is damaged: record \(index + 1) is not an event of TensorBoard", file: file)
        }
        guard case .summary(let summary) = event.what else { continue }
        var values = [(name: String, text: String)]()
        for value in summary.value where !value.tag.isEmpty {
          if let text = value.scalar {
            values.append((prefix + value.tag, text))
          } else {
            other.insert(value.tag)
          }
        }
        guard !values.isEmpty else { continue }
        series.record(values, at: Int(event.step))
        series.record([("wall_time", fieldText(event.wallTime))], at: Int(event.step), isCounted: false)
      }
    }
  }
}

extension EventFileSummary.Value {
  /// The number that it holds, or nil where it is an image, a histogram, a text.
  fileprivate var scalar: String? {
    switch value {
    case .simpleValue(let number): fieldText(number)
    case .tensor(let tensor) where ["", "scalars"].contains(metadata.pluginData.pluginName): tensor.scalar
    default: nil
    }
  }
}

extension EventFileTensor {
  /// The number of a tensor of one, nil of others. The types are TensorFlow's DT_FLOAT, DT_DOUBLE, DT_INT32, DT_INT64.
  fileprivate var scalar: String? {
    guard tensorShape.dim.allSatisfy({ $0.size == 1 }) else { return nil }
    switch dtype {
    case 1: return (floatVal.only ?? content(UInt32.self).map(Float.init(bitPattern:))).map { fieldText($0) }
    case 2: return (doubleVal.only ?? content(UInt64.self).map(Double.init(bitPattern:))).map { fieldText($0) }
    case 3: return (intVal.only ?? content(Int32.self)).map { String($0) }
    case 9: return (int64Val.only ?? content(Int64.self)).map { String($0) }
    default: return nil
    }
  }

  /// The bytes of the tensor as one number, little end first.
  private func content<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
    guard tensorContent.count == MemoryLayout<Number>.size else { return nil }
    return tensorContent.reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
  }
}

extension Array {
  fileprivate var only: Element? { count == 1 ? self[0] : nil }
}
