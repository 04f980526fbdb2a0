import Formats
import Foundation
import ScalingLaws

/// Runs from a store, a log or a table, as records and as the laws see them.
public struct LoadedRuns: Sendable {
  /// Every run, those for no law too, in the order of their names or, of a foreign file, of its rows.
  public var records: [RunRecord]
  /// Supervised runs made for the law.
  public var supervised: [SupervisedObservation]
  /// Distillation runs made for the law.
  public var distillation: [DistillationObservation]
  /// What the losses are measured in.
  public var lossUnit = LossUnit.natsPerToken
  /// What was taken to be so without being told, and what was left out.
  public var notes: [String] = []
  /// What makes the runs doubtful.
  public var warnings: [String] = []

  public init(supervised: [SupervisedObservation] = [], distillation: [DistillationObservation] = []) {
    records = []
    self.supervised = supervised
    self.distillation = distillation
  }

  /// The observations of records; only those made for the law are taken.
  public init(records: [RunRecord]) {
    self.init(ordered: records.sorted { $0.run < $1.run })
  }

  /// - Throws: ``StageError`` where losses are not all measured in the same.
  init(_ imported: ImportedRuns, file: String) throws(StageError) {
    self.init(ordered: imported.records)
    notes = imported.notes
    warnings = imported.warnings
    let units = Set(imported.records.filter { $0.purpose == .law }.map { $0.lossUnit ?? .natsPerToken })
    guard units.count <= 1 else {
      let names = units.map(\.name).sorted().joined(separator: " and ")
      throw StageError("has losses in \(names): a law needs one unit", file: file)
    }
    lossUnit = units.first ?? .natsPerToken
  }

  private init(ordered records: [RunRecord]) {
    self.records = records
    let forLaw = records.filter { $0.purpose == .law }
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

/// Reads runs from whatever holds them, as ``importRuns(_:_:)`` does, as the laws see them.
/// - Throws: ``StageError`` with file, line and what was expected.
public func loadRuns(_ path: String, _ options: ReadingOptions = ReadingOptions()) throws(StageError) -> LoadedRuns {
  let imported = try importRuns(path, options)
  return try LoadedRuns(imported, file: path)
}
