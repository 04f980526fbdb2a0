import Formats
import ScalingLaws

/// The runs that a fit is of, in one form for both laws.
struct FittedRuns {
  struct Run {
    var name: String
    var parameters, tokens: Double
    /// Nil where there is no teacher.
    var teacherLoss: Double?
  }

  let runs: [Run]

  init(_ observations: [SupervisedObservation], names: [String]) {
    runs = zip(observations, names).map { Run(name: $1, parameters: $0.parameters, tokens: $0.tokens) }
  }

  init(_ observations: [DistillationObservation], names: [String]) {
    runs = zip(observations, names).map {
      Run(name: $1, parameters: $0.studentParameters, tokens: $0.studentTokens, teacherLoss: $0.teacherLoss)
    }
  }

  /// What a law says of five runs, from the smallest to the largest.
  func losses(_ law: (Run) -> Double) -> [FitDocument.Loss] {
    let sorted = runs.sorted { ($0.parameters, $0.tokens, $0.name) < ($1.parameters, $1.tokens, $1.name) }
    let count = min(5, sorted.count)
    return (0..<count).map { sorted[$0 * (sorted.count - 1) / max(1, count - 1)] }.map {
      .init(parameters: $0.parameters, tokens: $0.tokens, teacherLoss: $0.teacherLoss, loss: law($0))
    }
  }
}
