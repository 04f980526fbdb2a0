import Formats
import ScalingLaws

/// Reads a table of runs with a header line: `N,D,loss` for supervised runs, `N_S,D_S,L_T,L_S` for distillations, or the
/// long names of the log. `teacher` names the teacher's run, `N_T` and `D_T` are its size and tokens; `seed` and `sweep`
/// may be there; other columns are passed over.
struct RunTable {
  /// A run.
  struct Row {
    var line: Int
    var parameters, tokens, loss: Double
    var distillation: Teacher?
    var seed: Int?
    var sweep: String?
  }

  /// What a distillation's row says of its teacher.
  struct Teacher {
    var loss: Double
    /// Nil where the row has none.
    var name: String?
    var parameters, tokens: Double?
  }

  let rows: [Row]

  /// - Throws: ``StageError`` with file, line and what was expected.
  init(_ path: String) throws(StageError) {
    let table = try CommaSeparatedTable(readingFrom: path)
    let header = try Header(table.header.fields, file: path, line: table.header.line)
    var rows = [Row]()
    for line in table.rows { rows.append(try header.row(line, file: path)) }
    guard !rows.isEmpty else { throw StageError("has no runs", file: path) }
    self.rows = rows
  }
}

/// Which column holds what.
private struct Header {
  private let isDistillation: Bool
  /// As the header has them, for messages.
  private let names: [String]
  /// N, D and the loss, or N_S, D_S, L_T and L_S.
  private let places: [Int]
  private let teacher, teacherParameters, teacherTokens, seed, sweep: Int?

  init(_ header: [String], file: String, line: Int) throws(StageError) {
    func place(_ names: [String]) throws(StageError) -> Int? {
      let found = header.indices.filter { names.contains(header[$0]) }
      guard found.count <= 1 else {
        let named = found.map { header[$0] }.joined(separator: " and ")
        throw StageError("two columns hold the same: \(named)", file: file, line: line)
      }
      return found.first
    }
    func places(_ wanted: [[String]]) throws(StageError) -> [Int]? {
      var places = [Int]()
      for names in wanted {
        guard let place = try place(names) else { return nil }
        places.append(place)
      }
      return places
    }
    let found: [Int]
    if let columns = try places(
      [["N_S", "studentParameters"], ["D_S", "studentTokens"], ["L_T", "teacherLoss"], ["L_S", "studentLoss"]])
    {
      (isDistillation, found) = (true, columns)
    } else if let columns = try places([["N", "parameters"], ["D", "tokens"], ["loss", "L"]]) {
      (isDistillation, found) = (false, columns)
    } else {
      throw StageError(
        "expected a header with N, D and loss, or N_S, D_S, L_T and L_S", file: file, line: line)
    }
    self.places = found
    names = header
    teacher = try place(["teacher"])
    teacherParameters = try place(["N_T", "teacherParameters"])
    teacherTokens = try place(["D_T", "teacherTokens"])
    seed = try place(["seed"])
    sweep = try place(["sweep"])
  }

  func row(_ line: CommaSeparatedTable.Row, file: String) throws(StageError) -> RunTable.Row {
    func text(_ place: Int?) -> String? {
      place.flatMap { $0 < line.fields.count && !line.fields[$0].isEmpty ? line.fields[$0] : nil }
    }
    func number(_ place: Int) throws(StageError) -> Double {
      guard place < line.fields.count, let value = Double(line.fields[place]), value.isFinite, value > 0 else {
        let found = place < line.fields.count ? "not `\(line.fields[place])`" : "but the line is too short"
        throw StageError("\(names[place]) should be a positive number, \(found)", file: file, line: line.line)
      }
      return value
    }
    func optional(_ place: Int?) throws(StageError) -> Double? {
      guard let place, text(place) != nil else { return nil }
      return try number(place)
    }
    var seed: Int?
    if let given = text(self.seed) {
      guard let value = Int(given) else {
        throw StageError("seed should be a whole number, not `\(given)`", file: file, line: line.line)
      }
      seed = value
    }
    return RunTable.Row(
      line: line.line, parameters: try number(places[0]), tokens: try number(places[1]),
      loss: try number(places[isDistillation ? 3 : 2]),
      distillation: isDistillation
        ? RunTable.Teacher(
          loss: try number(places[2]), name: text(teacher), parameters: try optional(teacherParameters),
          tokens: try optional(teacherTokens)) : nil,
      seed: seed, sweep: text(sweep))
  }
}

/// A table's runs as the laws see them, in the order of its lines.
/// - Throws: ``StageError`` with file, line and what was expected.
func readRunTable(_ path: String) throws(StageError) -> LoadedRuns {
  let rows = try RunTable(path).rows
  return LoadedRuns(
    supervised: rows.filter { $0.distillation == nil }.map {
      SupervisedObservation(parameters: $0.parameters, tokens: $0.tokens, loss: $0.loss)
    },
    distillation: rows.compactMap { row in
      row.distillation.map { teacher in
        DistillationObservation(
          studentParameters: row.parameters, studentTokens: row.tokens, teacherLoss: teacher.loss, studentLoss: row.loss,
          teacher: teacher.name)
      }
    })
}
