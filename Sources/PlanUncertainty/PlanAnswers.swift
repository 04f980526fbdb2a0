import Allocation
import Estimation
import Foundation
import ScalingLaws

/// What laws answer a plan's question, the same way for all of them: from the coefficients that fits and resamples have.
package struct PlanAnswers: Sendable {
  private let model: DistillationModel
  private let quantities: [ProfiledQuantity<DistillationModel.Point>]
  private let consequences: [(name: String, value: @Sendable (Double) -> Double)]

  /// - Parameter model: any model of the law, in internal coordinates.
  package init(_ question: PlanQuestion, model: DistillationModel, supervised: SupervisedLaw) {
    self.model = model
    consequences = question.consequences
    quantities = model.profiledQuantities(of: question, supervised: supervised)
  }

  /// By the names of ``Allocation/PlanQuestion/nominal``; empty where the coefficients are no law's.
  package func callAsFunction(_ coefficients: [String: Double]) -> [String: Double] {
    guard let point = model.point(coefficients) else { return [:] }
    var values: [String: Double] = [:]
    for quantity in quantities { values[quantity.name] = exp(quantity.value(point)) }
    if let loss = values[PlanQuestion.teacherLossName] {
      for (name, value) in consequences { values[name] = value(loss) }
    }
    return values
  }
}
