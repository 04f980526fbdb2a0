import Allocation
import Foundation
import PaperStudy
import ScalingLaws

/// The paper's distillation law read the other way, to say where it matters for a plan which reading is right.
struct OtherReading {
  let law: PaperLaw
  let planner: Planner

  /// The student's loss must differ by more than this share of it to be worth a note.
  static let tolerance = 0.005

  /// - Parameter budget: FLOPs that may be spent; nil where the student's tokens were given.
  /// - Returns: nil where both readings give the student about the same loss.
  func note(_ plan: Plan, budget: Double?) throws -> String? {
    let size = plan.studentParameters
    let other =
      if let budget {
        try planner.plan(plan.scenario, studentParameters: size, compute: budget)
      } else {
        try planner.plan(plan.scenario, studentParameters: size, studentTokens: plan.studentTokens)
      }
    let difference = other.studentLoss / plan.studentLoss - 1
    guard abs(difference) > Self.tolerance else { return nil }
    let reading = law == .printed ? "as table 6 prints it" : "as the paper's figures have it"
    var text = String(
      format: "which B' is right matters here: with B' \(reading) (--law \(law.rawValue)) the best plan reaches %@, "
        + "%.1f%% %@, on %@ tokens", nats(other.studentLoss), 100 * abs(difference), difference < 0 ? "less" : "more",
      count(other.studentTokens))
    if let teacher = other.teacher {
      text += " from a teacher of \(count(teacher.parameters)) parameters and \(nats(teacher.loss))"
    }
    return text
  }
}
