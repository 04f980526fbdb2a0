import Artifacts
import Foundation
import ScalingLaws

/// Reads a table of runs with a header line: `N,D,loss` for supervised runs, `N_S,D_S,L_T,L_S` for
/// distillations, or the long names of the log; other columns are passed over.
/// - Throws: ``StageError`` with file, line and what was expected.
func readRunTable(_ path: String) throws(StageError) -> LoadedRuns {
  var text = String(decoding: try readFile(path), as: UTF8.self)
  if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
  let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  guard let first = lines.first else { throw StageError("is empty", file: path) }
  let header = fields(of: first)

  func column(_ names: String...) -> Int? { header.firstIndex { names.contains($0) } }
  let names: [String]
  let columns: [Int]
  if let n = column("N", "parameters"), let d = column("D", "tokens"), let l = column("loss", "L") {
    (names, columns) = (["N", "D", "loss"], [n, d, l])
  } else if let n = column("N_S", "studentParameters"), let d = column("D_S", "studentTokens"),
    let t = column("L_T", "teacherLoss"), let l = column("L_S", "studentLoss")
  {
    (names, columns) = (["N_S", "D_S", "L_T", "L_S"], [n, d, t, l])
  } else {
    throw StageError(
      "expected a header with N, D and loss, or N_S, D_S, L_T and L_S", file: path, line: 1)
  }

  var rows = [[Double]]()
  for (index, line) in lines.enumerated().dropFirst() {
    guard line.contains(where: { !$0.isWhitespace }) else { continue }
    let values = fields(of: line)
    var row = [Double]()
    for (name, column) in zip(names, columns) {
      guard column < values.count, let value = Double(values[column]), value.isFinite, value > 0 else {
        let found = column < values.count ? "not `\(values[column])`" : "but the line is too short"
        throw StageError("\(name) should be a positive number, \(found)", file: path, line: index + 1)
      }
      row.append(value)
    }
    rows.append(row)
  }
  guard !rows.isEmpty else { throw StageError("has no runs", file: path) }
  if names.count == 3 {
    return LoadedRuns(
      supervised: rows.map { SupervisedObservation(parameters: $0[0], tokens: $0[1], loss: $0[2]) })
  }
  return LoadedRuns(
    distillation: rows.map {
      DistillationObservation(
        studentParameters: $0[0], studentTokens: $0[1], teacherLoss: $0[2], studentLoss: $0[3])
    })
}

/// The fields of a line of comma-separated values; commas inside quotes do not separate.
private func fields(of line: Substring) -> [String] {
  var fields = [String](), field = ""
  var quoted = false
  for character in line {
    switch character {
    case "\"": quoted.toggle()
    case "," where !quoted:
      fields.append(field)
      field = ""
    default: field.append(character)
    }
  }
  return (fields + [field]).map { $0.trimmingCharacters(in: .whitespaces) }
}
