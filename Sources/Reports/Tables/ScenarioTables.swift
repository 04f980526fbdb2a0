import Allocation
import Formats
import Foundation
import PaperStudy

/// Table 2: the scenarios and what each pays for.
public func scenarioTable(study: String) -> FormattedTable {
  FormattedTable(
    number: 2, title: "scenarios of what a distillation pays for",
    notes: [
      "The cost of a distillation is 3 F(N_S) D_S + F(N_T) (delta_logits D_S + 3 delta_pretraining D_T) (eq. 9). The "
        + "scenarios are the same in every study; this is `\(study)`."
    ],
    columns: [
      .init("scenario", "scenario"),
      .init("deltaLogits", "delta logits", latex: "$\\delta_T^{\\text{Lgt}}$", isNumber: true),
      .init("deltaPretraining", "delta pretraining", latex: "$\\delta_T^{\\text{Pre}}$", isNumber: true),
      .init("pays", "what is paid for"),
    ],
    rows: Scenario.distillations.map { scenario in
      let paid = [
        scenario.paysInference ? "the teacher's logits" : nil, scenario.paysPretraining ? "the teacher's training" : nil,
      ]
      .compactMap { $0 }
      return [
        .words(scenario.rawValue.replacingOccurrences(of: "-", with: " ")),
        .number(scenario.paysInference ? 1 : 0, digits: 1), .number(scenario.paysPretraining ? 1 : 0, digits: 1),
        .words((["the student's training"] + paid).joined(separator: ", ")),
      ]
    })
}

/// Table 3: where the compute of the optimum goes, by the student's size and the budget, when teacher and logits are
/// paid for.
public struct ComputeUseTable: Sendable {
  /// A corner of the table.
  private struct Corner: Sendable {
    /// Whether its students are the smallest of the study, or the largest.
    var isSmall: Bool
    var budgets: ClosedRange<Double>
    /// What the paper says of it, in our words; nil in a study that the paper has no table of.
    var words: String?
  }

  public var study: String
  public var table: FormattedTable

  /// - Parameters:
  ///   - optima: the study's compute-optimal plans.
  ///   - scale: its student sizes and budgets.
  ///   - printed: what the paper says of the study; nil where it has no table of it.
  /// - Throws: ``StageError`` where no plan is in any corner.
  public init(
    study: String, optima: OptimaTable, scale: PlanningScale, printed: [PrintedComputeUse]? = nil
  ) throws(StageError) {
    self.study = study
    let sizes = scale.studentParameters
    var rows = [[FormattedTable.Cell]]()
    let corners =
      printed?.map { Corner(isSmall: $0.isSmall, budgets: $0.budgets, words: $0.words) } ?? Self.corners(of: scale)
    for corner in corners {
      // The four smallest and the three largest sizes: in the paper up to 3B and from 10B.
      for size in corner.isSmall ? sizes.prefix(4) : sizes.suffix(3) {
        for row in optima.rows where row.scenario == Scenario.teacherPretrainingAndInference.rawValue {
          guard Self.isNear(row.studentParameters, size), Self.isWholeDecade(row.compute),
            corner.budgets.contains(pow(10, log10(row.compute).rounded()))
          else { continue }
          rows.append(Self.cells(row, words: corner.words))
        }
      }
    }
    guard !rows.isEmpty else { throw StageError("optima.csv has no plan at the sizes and budgets of table 3") }
    var columns: [FormattedTable.Column] = [
      .init("studentParameters", "N_S", latex: "$N_S$", isNumber: true),
      .init("compute", "compute in FLOPs", latex: "$C$ in FLOPs", isNumber: true),
      .init("studentShare", "student training", isNumber: true), .init("logitShare", "teacher's logits", isNumber: true),
      .init("teacherShare", "teacher pretraining", isNumber: true), .init("largest", "largest"),
    ]
    if printed != nil { columns.append(.init("published", "the paper")) }
    table = FormattedTable(
      number: 3, title: "where the compute of the optimum goes, study `\(study)`",
      notes: [
        "Shares of the compute-optimal plans in the scenario that pays for the teacher's training and its logits, from "
          + "optima.csv."
          + (printed != nil
            ? " The last column tells in other words what the paper's table 3 says of such students and budgets." : "")
      ],
      columns: columns, rows: rows)
  }

  /// For a study that the paper has no table of: the lowest two decades and the highest two.
  private static func corners(of scale: PlanningScale) -> [Corner] {
    guard let low = scale.budgets.first, let high = scale.budgets.last else { return [] }
    // A little wider, for budgets are rounded.
    let (little, much) = (low / 1.01...low * 10.1, high / 10.1...high * 1.01)
    return [(true, little), (true, much), (false, little), (false, much)].map {
      Corner(isSmall: $0, budgets: $1)
    }
  }

  private static func cells(_ row: OptimaTable.Row, words: String?) -> [FormattedTable.Cell] {
    let parts = [("student training", row.studentShare), ("logits", row.logitShare), ("teacher pretraining", row.teacherShare)]
    let largest = parts.max { $0.1 < $1.1 }?.0 ?? ""
    return [
      .large(row.studentParameters, digits: 3), .number(row.compute, digits: 3), .share(row.studentShare, decimals: 0),
      .share(row.logitShare, decimals: 0), .share(row.teacherShare, decimals: 0), .words(largest),
    ] + (words.map { [.words($0)] } ?? [])
  }

  private static func isNear(_ value: Double, _ target: Double) -> Bool { abs(value / target - 1) < 1e-6 }
  private static func isWholeDecade(_ value: Double) -> Bool { abs(log10(value) - log10(value).rounded()) < 1e-6 }
}
