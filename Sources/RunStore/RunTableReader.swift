import Artifacts
import ScalingLaws

/// Reads a table of runs with a header line: `N,D,loss` for supervised runs, `N_S,D_S,L_T,L_S` for
/// distillations, or the long names of the log; `teacher` names the teacher's run; other columns are passed over.
/// - Throws: ``StageError`` with file, line and what was expected.
func readRunTable(_ path: String) throws(StageError) -> LoadedRuns {
  let table = try CommaSeparatedTable(readingFrom: path)
  let columns = try Columns(header: table.header.fields, file: path, line: table.header.line)

  let teacherPlace = table.header.fields.firstIndex(of: "teacher")

  var rows = [[Double]]()
  var teachers = [String?]()
  for line in table.rows {
    var row = [Double]()
    for (name, column) in zip(columns.names, columns.places) {
      guard column < line.fields.count, let value = Double(line.fields[column]), value.isFinite, value > 0 else {
        let found = column < line.fields.count ? "not `\(line.fields[column])`" : "but the line is too short"
        throw StageError("\(name) should be a positive number, \(found)", file: path, line: line.line)
      }
      row.append(value)
    }
    rows.append(row)
    // A line without a name says nothing of its teacher.
    teachers.append(teacherPlace.flatMap { $0 < line.fields.count && !line.fields[$0].isEmpty ? line.fields[$0] : nil })
  }
  guard !rows.isEmpty else { throw StageError("has no runs", file: path) }
  return columns.loaded(rows, teachers: teachers)
}

/// The columns of a table that hold a run.
private struct Columns {
  private enum Kind {
    case supervised, distillation
  }

  private let kind: Kind
  /// As the header has them, for messages.
  let names: [String]
  let places: [Int]

  init(header: [String], file: String, line: Int) throws(StageError) {
    func places(_ wanted: [[String]]) throws(StageError) -> [Int]? {
      var places = [Int]()
      for names in wanted {
        let found = header.indices.filter { names.contains(header[$0]) }
        guard found.count <= 1 else {
          let named = found.map { header[$0] }.joined(separator: " and ")
          throw StageError("two columns hold the same: \(named)", file: file, line: line)
        }
        guard let place = found.first else { return nil }
        places.append(place)
      }
      return places
    }
    let found: [Int]
    if let columns = try places(
      [["N_S", "studentParameters"], ["D_S", "studentTokens"], ["L_T", "teacherLoss"], ["L_S", "studentLoss"]])
    {
      (kind, found) = (.distillation, columns)
    } else if let columns = try places([["N", "parameters"], ["D", "tokens"], ["loss", "L"]]) {
      (kind, found) = (.supervised, columns)
    } else {
      throw StageError(
        "expected a header with N, D and loss, or N_S, D_S, L_T and L_S", file: file, line: line)
    }
    self.places = found
    names = found.map { header[$0] }
  }

  /// The runs of rows that hold the numbers of `names`.
  func loaded(_ rows: [[Double]], teachers: [String?]) -> LoadedRuns {
    switch kind {
    case .supervised:
      LoadedRuns(
        supervised: rows.map { SupervisedObservation(parameters: $0[0], tokens: $0[1], loss: $0[2]) })
    case .distillation:
      LoadedRuns(
        distillation: zip(rows, teachers).map { row, teacher in
          DistillationObservation(
            studentParameters: row[0], studentTokens: row[1], teacherLoss: row[2], studentLoss: row[3],
            teacher: teacher)
        })
    }
  }
}
