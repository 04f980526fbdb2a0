public import Formats
import Foundation
import Runs
public import Studies

extension StudyRuns {
  /// A study's runs.
  /// - Parameter file: a store, a log or a table; the study's own logs unless given.
  /// - Throws: ``StageError`` where a line makes no sense.
  public static func read(_ study: Study, from file: String? = nil) throws(StageError) -> StudyRuns {
    if let file { return StudyRuns(study, records: try importRuns(file).records) }
    var records = [RunRecord]()
    for log in study.logs { records += try readRunLog(log).map(\.record) }
    return StudyRuns(study, records: records)
  }
}
