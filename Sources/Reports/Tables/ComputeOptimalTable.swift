import Formats
import Foundation
import ScalingLaws
import Studies

/// The compute-optimal size, tokens and loss of supervised training for budgets around those of a study's runs.
public struct ComputeOptimalTable: Sendable, Hashable {
  public struct Row: Sendable, Hashable {
    /// FLOPs.
    public var compute: Double
    public var parameters, tokens, loss: Double
    /// Whether the size and the tokens both lie among those of the runs.
    public var isAmongRuns: Bool
  }

  public var rows: [Row]
  public var table: FormattedTable

  /// - Parameter law: the study's supervised law, fitted to all its runs.
  public init(_ runs: StudyRuns, law: SupervisedLaw) {
    let family = runs.family
    let sizes = runs.supervised.map(\.parameters), tokens = runs.supervised.map(\.tokens)
    let computes = runs.supervised.map { family.trainingFLOPs(parameters: $0.parameters, tokens: $0.tokens) }
    let first = Int(log10(computes.min() ?? 1).rounded(.up)), last = Int(log10(computes.max() ?? 1).rounded(.down))
    func isInside(_ value: Double, _ values: [Double]) -> Bool {
      guard let low = values.min(), let high = values.max() else { return false }
      return (low...high).contains(value)
    }
    rows = (first...max(first, last) + 2).map { decade in
      let compute = Double("1e\(decade)") ?? pow(10, Double(decade))
      let best = law.computeOptimum(compute: compute, family: family)
      let length = family.tokens(compute: compute, parameters: best.parameters)
      return Row(
        compute: compute, parameters: best.parameters, tokens: length, loss: best.loss,
        isAmongRuns: isInside(best.parameters, sizes) && isInside(length, tokens))
    }
    table = FormattedTable(
      name: "Compute-optimal training", fileStem: "compute-optimal", title: "supervised, study `\(runs.study.name)`",
      notes: [
        "The size and the tokens with the lowest loss that the supervised law gives for a budget, "
          + (runs.knownFamily == nil ? "with 6ND for the compute." : "with 3 F(N) D for the compute.")
          + " Where it is asked beyond the sizes or the tokens of the runs, the last column says so."
      ],
      columns: [
        .init("compute", "C in FLOPs", latex: "$C$ in FLOPs", isNumber: true),
        .init("parameters", "N*", latex: "$N^*$", isNumber: true), .init("tokens", "D*", latex: "$D^*$", isNumber: true),
        .init("tokensPerParameter", "D*/N*", latex: "$D^*/N^*$", isNumber: true),
        .init("loss", "loss, \(runs.lossUnit.name)", isNumber: true), .init("range", "asked"),
      ],
      rows: rows.map { row in
        [
          .number(row.compute, digits: 3), .large(row.parameters, digits: 3), .large(row.tokens, digits: 3),
          .number(row.tokens / row.parameters, digits: 3), .number(row.loss, digits: 4),
          .words(row.isAmongRuns ? "among the runs" : "beyond the runs"),
        ]
      })
  }
}
