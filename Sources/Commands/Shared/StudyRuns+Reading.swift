public import Formats
import Foundation
import Runs
public import Studies

extension StudyRuns {
  /// A study's runs: those of `file`, else of its own logs, that the study selects.
  /// - Parameters:
  ///   - file: a store, a log or a table; the study's own logs unless given.
  ///   - options: how they are read and which are taken; as the study says where they say nothing.
  /// - Throws: ``StageError`` where a line makes no sense, or no run is left.
  public static func read(
    _ study: Study, from file: String? = nil, _ options: ReadingOptions = ReadingOptions()
  ) throws(StageError) -> StudyRuns {
    let own = study.description.selection?.options ?? ReadingOptions()
    let chosen = options == ReadingOptions() ? own : options
    if let file {
      let imported = try importRuns(file, chosen)
      return StudyRuns(study, records: imported.records, leftOut: imported.notes)
    }
    var records = [RunRecord]()
    for log in study.logs { records += try readRunLog(log).map(\.record) }
    let selected = try selectRuns(records, chosen, file: study.path)
    return StudyRuns(study, records: selected.records, leftOut: selected.notes)
  }

  /// A fit that is shown beside the study's runs, checked to be of these.
  /// - Parameter source: what the runs were read from; the study's own logs where nil.
  /// - Throws: ``StageError`` where it is no fit, or one of other runs.
  public func fit(at path: String, source: String?) throws(StageError) -> FitDocument {
    let fit = try FitDocument.read(from: path)
    // The theory and a law alone have no runs.
    if !records.isEmpty { try LoadedRuns(records: records).check(fit, file: path, source: source ?? study.path) }
    return fit
  }
}
