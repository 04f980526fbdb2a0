import Formats
import RunReaders

/// A small table of what logs do not say of their runs: a column with the run's name, and others such as its parameters,
/// its tokens a step or its teacher.
struct Manifest {
  private let file: String
  private let columns: [String]
  /// Fields of the other columns, by the run's name.
  private let rows: [String: [String]]

  /// - Throws: ``StageError`` where it has no column of names, or names a run twice.
  init(_ path: String) throws(StageError) {
    let sheet = try readTextTable(try readPossiblyCompressed(path), file: path)
    guard let key = Self.nameColumn(sheet.columns) else {
      throw StageError("a manifest needs a column `run` with the runs' names", file: path, line: 1)
    }
    var rows = [String: [String]]()
    for row in sheet.rows {
      var fields = row.fields
      let name = fields.remove(at: key)
      guard rows.updateValue(fields, forKey: name) == nil else {
        throw StageError("run `\(name)` is there twice", file: path, line: row.line)
      }
    }
    file = path
    columns = sheet.columns.enumerated().filter { $0.offset != key }.map(\.element)
    self.rows = rows
  }

  private static func nameColumn(_ columns: [String]) -> Int? {
    columns.firstIndex { ["run", "name", "runname", "runid", "training"].contains(ColumnNames.plain($0)) }
  }

  /// The sheet with the manifest's columns; what the sheet says itself stays.
  /// - Throws: ``StageError`` where the sheet does not name its runs, or one is not in the manifest.
  func completing(_ sheet: RunSheet) throws(StageError) -> RunSheet {
    let own = sheet.trainingColumn.flatMap { sheet.columns.firstIndex(of: $0) } ?? Self.nameColumn(sheet.columns)
    guard let key = own else {
      throw StageError("has no column with the names of its runs, which the manifest \(file) is about", file: sheet.file)
    }
    var whole = sheet, places = [Int]()
    for column in columns {
      if let place = whole.columns.firstIndex(of: column) {
        places.append(place)
      } else {
        places.append(whole.columns.count)
        whole.columns.append(column)
      }
    }
    for index in whole.rows.indices {
      let name = whole.rows[index].fields[key]
      guard let fields = rows[name] else {
        throw StageError("run `\(name)` is not in the manifest \(file)", file: sheet.file, line: whole.rows[index].line)
      }
      whole.rows[index].fields += [String](repeating: "", count: whole.columns.count - whole.rows[index].fields.count)
      for (place, field) in zip(places, fields) where whole.rows[index].fields[place].isEmpty {
        whole.rows[index].fields[place] = field
      }
    }
    return whole
  }
}
