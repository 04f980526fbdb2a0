import Allocation
import Estimation
import Foundation
import ScalingLaws

extension LawQuestion {
  /// What is asked about a budget: the student's loss, the teacher's loss and what hangs on it, and the budget beyond
  /// which the answer turns.
  /// - Parameters:
  ///   - supervised: the law that gives L~_S, which all laws that are asked share.
  ///   - nominal: what the truth answers, where that is not the planner's law.
  public init(_ plan: PlanQuestion, supervised: SupervisedLaw, nominal: [String: Double]? = nil) {
    self.init(
      meaning: String(
        format: "N_S = %.3g, %.3g FLOPs, %@", plan.studentParameters, plan.compute, plan.scenario.rawValue),
      nominal: nominal ?? plan.nominal
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

extension PlanQuestion {
  /// What a law of any form answers, by name: the plan and what hangs on its teacher, but no crossover. The best of some
  /// thousands of choices, so that L_T is good to about a thousandth.
  /// - Parameter loss: L_S of a student of the plan's size with so many tokens and a teacher of this loss.
  public func answers(_ loss: (_ studentTokens: Double, _ teacherLoss: Double) -> Double) -> [String: Double] {
    let priced = choices.ladder(8193).map { (teacherLoss: $0.teacherLoss, loss: loss($0.studentTokens, $0.teacherLoss)) }
    guard let best = priced.min(by: { $0.loss < $1.loss }) else { return [:] }
    var values = [Self.studentLossName: best.loss, Self.teacherLossName: best.teacherLoss]
    for (name, value) in consequences { values[name] = value(best.teacherLoss) }
    return values
  }
}
