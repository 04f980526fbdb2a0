import Allocation
import Formats
import Runs
import ScalingLaws

/// Reads teachers from a table with the columns `name`, `parameters` and `loss`.
/// - Throws: ``StageError`` with file, line and what was expected.
func readTeachers(_ path: String) throws(StageError) -> [GivenTeacher] {
  let table = try SeparatedTable(readingFrom: path)
  var places = [Int]()
  for column in ["name", "parameters", "loss"] {
    guard let place = table.header.fields.firstIndex(of: column) else {
      throw StageError(
        "expected a header with name, parameters and loss", file: path, line: table.header.line)
    }
    places.append(place)
  }
  var teachers = [GivenTeacher]()
  for row in table.rows {
    func field(_ column: Int) -> String { places[column] < row.fields.count ? row.fields[places[column]] : "" }
    func number(_ column: Int, _ name: String) throws(StageError) -> Double {
      guard let value = decimalNumber(field(column)), value > 0 else {
        throw StageError(
          "\(name) should be a positive number, not `\(field(column))`", file: path, line: row.line)
      }
      return value
    }
    guard !field(0).isEmpty else { throw StageError("a teacher has no name", file: path, line: row.line) }
    teachers.append(
      GivenTeacher(name: field(0), parameters: try number(1, "parameters"), loss: try number(2, "loss")))
  }
  guard !teachers.isEmpty else { throw StageError("has no teachers", file: path) }
  return teachers
}

extension FittedRange {
  /// What the distillations among `loaded` cover: sizes of students and, where the runs say, of teachers.
  /// - Throws: ``StageError`` where there are none.
  init(of loaded: LoadedRuns, file: String) throws(StageError) {
    let runs = loaded.distillation
    let teachers = loaded.records.filter { $0.purpose == .law }.compactMap { $0.distillation?.teacherParameters }
    func range(_ values: [Double]) throws(StageError) -> ClosedRange<Double> {
      guard let low = values.min(), let high = values.max() else {
        throw StageError("holds no distillation runs", file: file)
      }
      return low...high
    }
    self.init(
      parameters: try range(runs.map(\.studentParameters) + teachers), tokens: try range(runs.map(\.studentTokens)),
      teacherLoss: try range(runs.map(\.teacherLoss)),
      tokensPerParameter: try range(runs.map { $0.studentTokens / $0.studentParameters }))
  }
}
