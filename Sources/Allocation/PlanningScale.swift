import Foundation
import ScalingLaws

/// The sizes, budgets and losses at which a study's compute-optimal tables are made.
public struct PlanningScale: Sendable, Hashable {
  /// Constants of F(N).
  public var family: ModelFamily
  public var bounds: PlanningBounds
  /// Student sizes N_S that get a panel of their own in the figures, rising.
  public var studentParameters: [Double]
  /// Student sizes for contours over N_S and C, rising; those of the panels are among them.
  public var contourParameters: [Double]
  /// Compute C in FLOPs, rising, evenly spaced in its logarithm.
  public var budgets: [Double]
  /// Student losses L_S whose cost is asked for, in nats per token, rising.
  public var losses: [Double]
  /// Where the law was fitted; nil where the runs have to say.
  public var fittedRange: FittedRange?
  /// Why the bounds are what they are, in a few words.
  public var boundsOrigin: String

  public init(
    family: ModelFamily, bounds: PlanningBounds, studentParameters: [Double], contourParameters: [Double],
    budgets: [Double], losses: [Double], fittedRange: FittedRange?, boundsOrigin: String
  ) {
    self.boundsOrigin = boundsOrigin
    self.family = family
    self.bounds = bounds
    self.studentParameters = studentParameters
    self.contourParameters = contourParameters
    self.budgets = budgets
    self.losses = losses
    self.fittedRange = fittedRange
  }

  /// Twenty budgets a decade, losses in hundredths of a nat, and about 25 sizes for contours.
  /// - Parameters:
  ///   - panels: student sizes with a panel each, rising.
  ///   - budgetDecades: the least and the greatest budget as powers of ten.
  ///   - losses: the least and the greatest loss in hundredths of a nat.
  public init(
    family: ModelFamily, bounds: PlanningBounds, panels: [Double], budgetDecades: ClosedRange<Int>,
    losses: ClosedRange<Int>, boundsOrigin: String, fittedRange: FittedRange?
  ) {
    let perDecade = 20
    self.init(
      family: family, bounds: bounds, studentParameters: panels, contourParameters: Self.filled(panels),
      budgets: (0...(budgetDecades.count - 1) * perDecade).map { step in
        // A whole power of ten, and the part of a decade.
        Double("1e\(budgetDecades.lowerBound + step / perDecade)").map {
          $0 * pow(10, Double(step % perDecade) / Double(perDecade))
        } ?? .nan
      },
      losses: losses.map { Double($0) / 100 }, fittedRange: fittedRange,
      boundsOrigin: boundsOrigin)
  }

  /// The bounds of all plans, as a caption states them.
  public var boundsSentence: String {
    func words(_ range: ClosedRange<Double>) -> String {
      "from \(abbreviated(range.lowerBound)) to \(abbreviated(range.upperBound))"
    }
    let (student, size, teacher) = (bounds.studentTokens, bounds.teacherParameters, bounds.teacherTokens)
    let boxes =
      student == size && size == teacher
      ? "D_S, N_T and D_T lie \(words(student))"
      : student == teacher
        ? "D_S and D_T lie \(words(student)), N_T \(words(size))"
        : "D_S lies \(words(student)), N_T \(words(size)), D_T \(words(teacher))"
    let sentence = "Bounds of the plans: \(boxes), \(boundsOrigin)"
    guard family.uninformedLoss.isFinite else { return sentence + "." }
    return sentence + ", and no loss is above ln \(Int(family.vocabulary)) = "
      + String(format: "%.2f nats, that of a model that knows nothing.", family.uninformedLoss)
  }

  /// `sizes`, with evenly spaced others between each two so that neighbours are within a factor of 1.3.
  private static func filled(_ sizes: [Double]) -> [Double] {
    var filled = Array(sizes.prefix(1))
    for (low, high) in zip(sizes, sizes.dropFirst()) {
      let steps = max(1, Int((log(high / low) / log(1.3)).rounded(.up)))
      for step in 1..<max(steps, 1) { filled.append(low * pow(high / low, Double(step) / Double(steps))) }
      filled.append(high)
    }
    return filled
  }
}

/// Where a distillation law was fitted.
public struct FittedRange: Sendable, Hashable {
  /// Non-embedding parameters, of students and teachers.
  public var parameters: ClosedRange<Double>
  /// Tokens that students were distilled on.
  public var tokens: ClosedRange<Double>
  /// Teachers' losses L_T in nats per token.
  public var teacherLoss: ClosedRange<Double>
  /// The students' tokens per parameter, M_S; nil where they are not known.
  public var tokensPerParameter: ClosedRange<Double>?

  public init(
    parameters: ClosedRange<Double>, tokens: ClosedRange<Double>, teacherLoss: ClosedRange<Double>,
    tokensPerParameter: ClosedRange<Double>? = nil
  ) {
    self.tokensPerParameter = tokensPerParameter
    self.parameters = parameters
    self.tokens = tokens
    self.teacherLoss = teacherLoss
  }

  /// A quantity of a plan that lies outside.
  public struct Excursion: Sendable, Hashable {
    /// For example `studentParameters`.
    public var quantity: Quantity
    public var value: Double
    public var range: ClosedRange<Double>
  }

  public enum Quantity: String, Sendable, Hashable {
    case studentParameters, studentTokens, tokensPerParameter, teacherLoss, teacherParameters
  }

  /// What of `plan` lies outside, none where the law is asked only about what it was fitted on.
  public func excursions(of plan: Plan) -> [Excursion] {
    var asked: [(Quantity, Double, ClosedRange<Double>)] = [
      (.studentParameters, plan.studentParameters, parameters), (.studentTokens, plan.studentTokens, tokens),
    ]
    if let tokensPerParameter {
      asked.append((.tokensPerParameter, plan.studentTokens / plan.studentParameters, tokensPerParameter))
    }
    if let teacher = plan.teacher {
      asked.append((.teacherLoss, teacher.loss, teacherLoss))
      asked.append((.teacherParameters, teacher.parameters, parameters))
    }
    return asked.filter { !$0.2.contains($0.1) }.map { Excursion(quantity: $0.0, value: $0.1, range: $0.2) }
  }
}
