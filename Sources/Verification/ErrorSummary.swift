import Formats
import ScalingLaws

/// Relative errors (predicted - observed) / observed of a law over some runs.
public struct ErrorSummary: Codable, Hashable, Sendable {
  public var runs: Int
  public var meanAbsolute: Double
  public var largestAbsolute: Double
  /// Mean with its sign: above zero where the law predicts too much.
  public var mean: Double

  public init(_ errors: [Double]) {
    runs = errors.count
    let count = Double(max(1, errors.count))
    meanAbsolute = errors.reduce(0) { $0 + abs($1) } / count
    largestAbsolute = errors.reduce(0) { max($0, abs($1)) }
    mean = errors.reduce(0, +) / count
  }
}

extension SupervisedLaw {
  /// Loss that the law gives a supervised run.
  public func prediction(of record: RunRecord) -> Double {
    loss(parameters: record.parameters, tokens: record.tokens)
  }
}

extension DistillationLaw {
  /// Loss that the law gives a distilled run; not a number for a run without a teacher.
  public func prediction(of record: RunRecord) -> Double {
    loss(
      studentParameters: record.parameters, studentTokens: record.tokens,
      teacherLoss: record.distillation?.teacherLoss ?? .nan)
  }

  /// L_T / L~_S of a distilled run: above 1 its teacher is weaker than the student would be by itself.
  public func teacherStrength(of record: RunRecord) -> Double? {
    record.distillation.map {
      $0.teacherLoss / supervised.loss(parameters: record.parameters, tokens: record.tokens)
    }
  }
}
