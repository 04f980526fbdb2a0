import Formats

/// What a sweep wants of a finished run beside its loss.
public struct RunExtras: Hashable, Sendable {
  public enum Measurement: String, Codable, Sendable, CaseIterable {
    /// Reliability diagrams.
    case calibration
    /// Scores of downstream tasks.
    case downstream
    /// The probability that truncation keeps of the model's distribution.
    case truncation
  }

  public var measurements: Set<Measurement>
  /// Whether its parameters are kept when it is done.
  public var keepsWeights: Bool

  public init(measurements: Set<Measurement> = [], keepsWeights: Bool = false) {
    self.measurements = measurements
    self.keepsWeights = keepsWeights
  }

  /// True where a log line has all of it. The parameters themselves may be on another machine.
  func areIn(_ record: RunRecord) -> Bool {
    (!measurements.contains(.calibration) || record.calibration != nil)
      && (!measurements.contains(.downstream) || record.downstream != nil)
      && (!measurements.contains(.truncation) || record.keptProbability != nil)
      && (!keepsWeights || record.weights != nil)
  }
}

extension RunRecord {
  /// How far the losses of two trainings of one run may be apart: other processors round otherwise.
  static let reproduction = 0.005

  /// The record with what `other`, of the same run, has measured beside the loss; all else stays.
  /// - Throws: ``StageError`` where `other` cannot be the same training.
  func adding(measurementsOf other: RunRecord) throws(StageError) -> RunRecord {
    guard run == other.run, abs(other.loss / loss - 1) < Self.reproduction else {
      throw StageError(
        "run \(run) was trained again and came to a loss of \(other.loss), but the log has \(loss): they are not one run")
    }
    var record = self
    record.calibration = other.calibration ?? calibration
    record.downstream = other.downstream ?? downstream
    record.keptProbability = other.keptProbability ?? keptProbability
    record.weights = other.weights ?? weights
    return record
  }
}
