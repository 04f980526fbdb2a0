import Formats
import Foundation
import ScalingLaws

/// Runs from a store, a log or a table, as records and as the laws see them.
public struct LoadedRuns: Sendable {
  /// Every run, those for no law too, in the order of their names; empty where they come from a table.
  public var records: [RunRecord]
  /// Supervised runs made for the law.
  public var supervised: [SupervisedObservation]
  /// Distillation runs made for the law.
  public var distillation: [DistillationObservation]

  public init(supervised: [SupervisedObservation] = [], distillation: [DistillationObservation] = []) {
    records = []
    self.supervised = supervised
    self.distillation = distillation
  }

  /// The observations of records; only those made for the law are taken.
  public init(records: [RunRecord]) {
    self.records = records.sorted { $0.run < $1.run }
    let forLaw = self.records.filter { $0.purpose == .law }
    supervised = forLaw.filter { $0.kind == .supervised }.map(SupervisedObservation.init)
    distillation = forLaw.compactMap(DistillationObservation.init)
  }

  /// SHA-256 of the observations in order, every number to its last digit.
  public static func digest(of runs: [SupervisedObservation]) -> Digest {
    Digest(of: runs.map { "\($0.parameters),\($0.tokens),\($0.loss)\n" }.joined())
  }

  /// SHA-256 of the observations in order, every number to its last digit.
  public static func digest(of runs: [DistillationObservation]) -> Digest {
    Digest(
      of: runs.map { run in
        "\(run.studentParameters),\(run.studentTokens),\(run.teacherLoss),\(run.studentLoss)\n"
      }.joined())
  }
}

extension SupervisedObservation {
  public init(_ record: RunRecord) {
    self.init(
      parameters: record.parameters, tokens: record.tokens, loss: record.loss, training: record.training)
  }
}

extension DistillationObservation {
  /// Nil where the record is not of a distillation.
  public init?(_ record: RunRecord) {
    guard record.kind == .distillation, let distillation = record.distillation else { return nil }
    self.init(
      studentParameters: record.parameters, studentTokens: record.tokens,
      teacherLoss: distillation.teacherLoss, studentLoss: record.loss, teacher: distillation.teacherRun,
      teacherParameters: distillation.teacherParameters)
  }
}

/// Reads runs from a store (`.sqlite`), a log (`.jsonl`) or a table (`.csv`), by the name of the file.
/// - Throws: ``StageError`` with file, line and what was expected.
public func loadRuns(_ path: String) throws(StageError) -> LoadedRuns {
  switch URL(fileURLWithPath: path).pathExtension.lowercased() {
  case "sqlite": LoadedRuns(records: try RunStore(readingFrom: path).records())
  case "jsonl": LoadedRuns(records: try readRunLog(path).map(\.record))
  case "csv": try readRunTable(path)
  default: throw StageError("is neither a .sqlite store, nor a .jsonl log, nor a .csv table", file: path)
  }
}
