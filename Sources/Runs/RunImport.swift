import Formats
import Foundation
import ScalingLaws

/// The runs of a store (`.sqlite`), a log (`.jsonl`) or a table (`.csv`) as records, by the name of the file.
///
/// A table's runs have the file's name and their line for a name, and are taken as measured and made for the law.
/// - Throws: ``StageError`` with file, line and what was expected.
public func importRuns(_ path: String) throws(StageError) -> [RunRecord] {
  guard URL(fileURLWithPath: path).pathExtension.lowercased() == "csv" else { return try loadRuns(path).records }
  let table = try RunTable(path)
  let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  let digits = String(table.rows.last?.line ?? 0).count
  return table.rows.map { row in
    let line = String(repeating: "0", count: max(0, digits - String(row.line).count)) + String(row.line)
    return row.record(named: "\(stem)-\(line)", sweep: stem)
  }
}

extension RunTable.Row {
  /// The row as a record. Nothing says what its models are: compute is 6ND.
  func record(named name: String, sweep: String) -> RunRecord {
    RunRecord(
      run: name, kind: distillation == nil ? .supervised : .distillation, origin: .measured, purpose: .law,
      sweep: self.sweep ?? sweep, parameters: parameters, tokens: tokens,
      compute: ModelFamily.parametersAlone.trainingFLOPs(parameters: parameters, tokens: tokens), loss: loss, seed: seed,
      distillation: distillation.map { teacher in
        // Students of teachers without a name have the same one where its loss is the same.
        RunRecord.Distillation(
          teacherRun: teacher.name ?? "teacher-\(teacher.loss)", teacherLoss: teacher.loss,
          teacherParameters: teacher.parameters, teacherTokens: teacher.tokens)
      })
  }
}
