import Formats
import Foundation
import Studies

/// The repository's own studies.
enum Repository {
  static let studies = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Studies").path

  static func runs(_ name: String) throws -> StudyRuns {
    let study = try Study.read(name, in: studies)
    let decoder = JSONDecoder()
    let records = try study.logs.flatMap { log in
      try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map {
        try decoder.decode(RunRecord.self, from: Data($0.utf8))
      }
    }
    return StudyRuns(study, records: records)
  }
}
