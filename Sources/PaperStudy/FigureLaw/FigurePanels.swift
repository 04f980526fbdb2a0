import Allocation
import Foundation
import ScalingLaws

/// What the contour panels of the paper's figures show under a law, on the figures' own axes.
struct FigurePanels {
  let law: DistillationLaw
  let family: ModelFamily

  /// Places along an axis.
  private static let points = 121

  /// L_T along the vertical axis, from the irreducible loss to 2.5.
  private func teacherLoss(_ y: Double) -> Double {
    let low = law.supervised.irreducibleLoss
    return low + (2.5 - low) * y
  }

  private static func logarithmic(_ range: ClosedRange<Double>, _ share: Double) -> Double {
    range.lowerBound * pow(range.upperBound / range.lowerBound, share)
  }

  /// The panels of figure 7, 15 or 16 whose labels are counted together.
  func fields(_ panel: FigureMarks.Panel) -> [ContourField] {
    if let tokens = panel.tokens {
      return [field { (Self.logarithmic(1e9...100e9, $0), tokens) }]
    }
    let students = panel.students ?? []
    guard panel.figure == 16 else {
      return students.map { student in field { (student, Self.logarithmic(250e9...16e12, $0)) } }
    }
    return students.flatMap { student in
      [1e21, 1e22, 1e23, 1e24].map { compute in
        field { x in
          // Eq. 27, with the teacher's logits paid for.
          let teacher = family.forwardFLOPs(parameters: Self.logarithmic(1e9...1e12, x))
          return (student, compute / (3 * family.forwardFLOPs(parameters: student) + teacher))
        }
      }
    }
  }

  /// L_S over a horizontal axis that gives N_S and D_S, and L_T.
  private func field(_ student: (Double) -> (parameters: Double, tokens: Double)) -> ContourField {
    ContourField(columns: Self.points, rows: Self.points) { x, y in
      let (parameters, tokens) = student(x)
      return law.loss(studentParameters: parameters, studentTokens: tokens, teacherLoss: teacherLoss(y))
    }
  }

  /// The plans behind figure 19, 21, 24 or 27: compute from 1e20 to 1e26 FLOPs, students from 300M to 50B.
  struct Optima {
    private static let (columns, rows) = (73, 49)
    /// A tenth of the distance between two levels of losses.
    private static let certainty = 5e-3
    private let plans: [Plan?]

    init(_ planner: Planner, _ scenario: Scenario) {
      plans = (0..<Self.rows).flatMap { row in
        (0..<Self.columns).map { column in
          try? planner.plan(
            scenario,
            studentParameters: FigurePanels.logarithmic(300e6...50e9, Double(row) / Double(Self.rows - 1)),
            compute: FigurePanels.logarithmic(1e20...1e26, Double(column) / Double(Self.columns - 1)),
            certainty: Self.certainty)
        }
      }
    }

    /// A quantity of the plans, sizes and tokens as their decadic logarithm.
    func field(_ quantity: FigureMarks.Quantity) -> ContourField {
      ContourField(columns: Self.columns, rows: Self.rows) { x, y in
        let column = Int((x * Double(Self.columns - 1)).rounded()), row = Int((y * Double(Self.rows - 1)).rounded())
        guard let plan = plans[row * Self.columns + column] else { return .nan }
        let value: Double? =
          switch quantity {
          case .studentLoss: plan.studentLoss
          case .teacherLoss: plan.teacher?.loss
          case .studentTokens: plan.studentTokens
          case .teacherParameters: plan.teacher?.parameters
          case .teacherTokens: plan.teacher?.tokens
          }
        return value.map { LabelTest.scaled($0, quantity) } ?? .nan
      }
    }
  }
}
