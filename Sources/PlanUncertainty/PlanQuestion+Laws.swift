import Allocation
import Estimation
import Foundation
import ScalingLaws

extension LawQuestion {
  /// What is asked about a budget: the student's loss, the teacher's loss and what hangs on it, and the budget beyond
  /// which the answer turns.
  /// - Parameter supervised: the law that gives L~_S, which all laws that are asked share.
  public init(_ plan: PlanQuestion, supervised: SupervisedLaw) {
    self.init(
      meaning: String(
        format: "N_S = %.3g, %.3g FLOPs, %@", plan.studentParameters, plan.compute, plan.scenario.rawValue),
      nominal: plan.nominal
    ) { model in
      let answers = PlanAnswers(plan, model: model, supervised: supervised)
      return { answers($0) }
    } quantities: { model in
      model.profiledQuantities(of: plan, supervised: supervised)
    } consequences: { profiles in
      // The profiles of what hangs on a plan's teacher: that of the teacher's loss, at other values.
      guard let teacher = profiles.first(where: { $0.name == PlanQuestion.teacherLossName }) else { return [] }
      return plan.consequences.map { teacher.mapped($0.value, name: $0.name) }
    }
  }
}
