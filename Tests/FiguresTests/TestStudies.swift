import Formats
import Figures
import Foundation
import Studies

extension Study {
  /// The repository's studies.
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Studies").path

  static let lab = try! Study.read("lab", in: root)
  static let paper = try! Study.read("paper", in: root)
  static let theory = try! Study.read("theory", in: root)
}

extension StudyRuns {
  static func lab(_ records: [RunRecord]) -> StudyRuns { StudyRuns(.lab, records: records) }
  static func paper(_ records: [RunRecord]) -> StudyRuns { StudyRuns(.paper, records: records) }
  static func theory(_ records: [RunRecord]) -> StudyRuns { StudyRuns(.theory, records: records) }
}

extension FigureInputs {
  /// The study's runs, which tests change.
  var records: [RunRecord] {
    get { runs.records }
    set { runs = StudyRuns(study, records: newValue) }
  }

  /// The same inputs with other records.
  func with(_ change: (inout [RunRecord]) -> Void) -> FigureInputs {
    var records = runs.records, inputs = self
    change(&records)
    inputs.runs = StudyRuns(study, records: records)
    return inputs
  }
}
