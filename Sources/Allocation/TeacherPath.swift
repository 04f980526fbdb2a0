import Foundation
import ScalingLaws

/// A teacher as a search sees it.
package struct TeacherPoint: Sendable {
  /// N_T and D_T.
  package var parameters, tokens: Double
  /// F(N_T) in FLOPs per token.
  package var forwardFLOPs: Double
  /// L_T in nats per token, and its logarithm.
  package var loss, logLoss: Double
}

/// What D_S and D_T cost: `studentToken` D_S + p (`logits` D_S + `training` D_T), with the price p of a teacher's
/// forward pass on a token, F(N_T), or 1 where it is tokens that are counted.
package struct Prices: Sendable {
  var studentToken, logits, training: Double
  var countsTokens = false

  /// Compute (eq. 9) of a student whose training on a token costs `trainingFLOPs`.
  package static func compute(_ scenario: Scenario, trainingFLOPs: Double) -> Prices {
    Prices(
      studentToken: trainingFLOPs, logits: scenario.paysInference ? 1 : 0,
      training: scenario.paysPretraining ? 3 : 0)
  }

  /// Tokens (eq. 34).
  static func tokens(_ scenario: Scenario) -> Prices {
    Prices(studentToken: 1, logits: 0, training: scenario.paysPretraining ? 1 : 0, countsTokens: true)
  }

  /// What is left of `amount` for D_S; below 0 where the teacher costs more.
  package func studentTokens(amount: Double, teacher: TeacherPoint) -> Double {
    let price = countsTokens ? 1 : teacher.forwardFLOPs
    return (amount - training * price * teacher.tokens) / (studentToken + logits * price)
  }
}

/// The teachers that can be best: from the worst within the bounds to the best, a line through the plane of
/// (N_T, D_T) that holds, for every loss L_T, the teacher of that loss which leaves most for D_S.
///
/// Why it is one line: write u = A / N_T^alpha, v = B / D_T^beta, so that L_T = E + (u + v)^gamma fixes u + v.
/// F(N) = 2 (N + p N^(2/3) + q N^(1/3)) makes log F a convex function of log N (a logarithm of a sum of
/// exponentials) that rises, and log N a convex function of u; so log F is convex in u, and log D_T, falling
/// in v, is convex in v and so in u. To leave D_S = lambda of the amount C,
///
///     F(N_T) (delta_Lgt lambda + 3 delta_Pre D_T)  <=  C - 3 F(N_S) lambda,
///
/// and the logarithm of the left side is convex in u by the same rule. The teachers of one loss that leave
/// lambda are thus an interval of u: D_S has one peak along them, at the bounds or where its slope is zero,
///
///     e(N_T) beta v / (alpha u) = 3 delta_Pre D_T / (delta_Lgt D_S + 3 delta_Pre D_T),  e = d log F / d log N.
///
/// For every N_T that gives one D_T: infinite without pretraining (a small teacher, trained as long as the
/// bounds allow, is cheapest to run); in closed form, where training alone is paid for; else from one equation
/// with one root. Cut to the bounds, with the edges at the least and at the greatest N_T on either end, these are
/// all teachers that can be best. As each is the only best of its loss, L_T falls all along the line; and a better
/// teacher never costs less, so that D_S never rises.
package struct TeacherPath: Sendable {
  package enum Order: Sendable {
    /// As many tokens as the bounds allow, since only N_T is paid for.
    case mostTokens
    /// The least training compute for a loss.
    case leastTraining
    /// The best split of `compute` FLOPs between training the teacher, running it and a student whose own
    /// training costs `studentToken` FLOPs a token.
    case balanced(compute: Double, studentToken: Double)
    /// The greatest N_T, since only D_T is paid for.
    case mostParameters
  }

  /// A smooth part of the line, with its coordinate t.
  package enum Stretch: Sendable {
    /// One N_T, with t = log D_T.
    case tokens(parameters: Double, forwardFLOPs: Double, from: Double, through: Double)
    /// D_T as the order has it, with t = log N_T.
    case parameters(from: Double, through: Double)

    package var ends: (low: Double, high: Double) {
      switch self {
      case .tokens(_, _, let low, let high), .parameters(let low, let high): (low, high)
      }
    }
  }

  private let supervised: SupervisedLaw
  private let family: ModelFamily
  private let bounds: PlanningBounds
  private let order: Order
  private let logA, logB: Double
  private let logTokenBounds: (low: Double, high: Double)
  package private(set) var stretches: [Stretch] = []
  /// Points of every stretch, evenly spaced in t, ends included.
  private(set) var grid: [[(t: Double, teacher: TeacherPoint)]] = []

  package init(_ order: Order, supervised: SupervisedLaw, family: ModelFamily, bounds: PlanningBounds) {
    self.supervised = supervised
    self.family = family
    self.bounds = bounds
    self.order = order
    logA = log(supervised.parameterCoefficient)
    logB = log(supervised.tokenCoefficient)
    logTokenBounds = (log(bounds.teacherTokens.lowerBound), log(bounds.teacherTokens.upperBound))
    let sizes = bounds.teacherParameters
    func edge(at parameters: Double, from low: Double, through high: Double) {
      guard high > low else { return }
      stretches.append(
        .tokens(
          parameters: parameters, forwardFLOPs: family.forwardFLOPs(parameters: parameters), from: low, through: high))
    }
    if case .mostParameters = order {
      edge(at: sizes.upperBound, from: logTokenBounds.low, through: logTokenBounds.high)
    } else {
      let (low, high) = (log(sizes.lowerBound), log(sizes.upperBound))
      edge(at: sizes.lowerBound, from: logTokenBounds.low, through: log(point(logParameters: low).tokens))
      if high > low { stretches.append(.parameters(from: low, through: high)) }
      edge(at: sizes.upperBound, from: log(point(logParameters: high).tokens), through: logTokenBounds.high)
    }
    if stretches.isEmpty {
      // A single teacher.
      stretches = [
        .tokens(
          parameters: sizes.upperBound, forwardFLOPs: family.forwardFLOPs(parameters: sizes.upperBound),
          from: logTokenBounds.low, through: logTokenBounds.low)
      ]
    }
    grid = stretches.map { stretch in
      let (low, high) = stretch.ends
      // About six a decade along N_T, three along an edge.
      var cells = high > low ? max(1, Int(((high - low) * 1.3).rounded(.up))) : 0
      if case .parameters = stretch { cells *= 2 }
      return (0...cells).map { index -> (Double, TeacherPoint) in
        let t = index == cells ? high : low + (high - low) * Double(index) / Double(cells)
        return (t, point(stretch, at: t))
      }
    }
  }

  /// The teacher at `t` of a stretch.
  package func point(_ stretch: Stretch, at t: Double) -> TeacherPoint {
    switch stretch {
    case .tokens(let parameters, let forwardFLOPs, _, _):
      teacher(parameters: parameters, logParameters: log(parameters), forwardFLOPs: forwardFLOPs, logTokens: t)
    case .parameters: point(logParameters: t)
    }
  }

  private func point(logParameters: Double) -> TeacherPoint {
    let sizes = bounds.teacherParameters
    let parameters = min(max(exp(logParameters), sizes.lowerBound), sizes.upperBound)
    let forwardFLOPs = family.forwardFLOPs(parameters: parameters)
    let logTokens =
      switch order {
      case .mostTokens, .mostParameters: logTokenBounds.high
      case .leastTraining: leastTrainingLogTokens(logParameters, parameters)
      case .balanced(let compute, let studentToken):
        balancedLogTokens(
          leastTraining: leastTrainingLogTokens(logParameters, parameters), forwardFLOPs: forwardFLOPs,
          compute: compute, studentToken: studentToken)
      }
    return teacher(
      parameters: parameters, logParameters: logParameters, forwardFLOPs: forwardFLOPs, logTokens: logTokens)
  }

  private func teacher(
    parameters: Double, logParameters: Double, forwardFLOPs: Double, logTokens: Double
  ) -> TeacherPoint {
    let (low, high) = logTokenBounds
    let tokens =
      logTokens <= low
      ? bounds.teacherTokens.lowerBound : logTokens >= high ? bounds.teacherTokens.upperBound : exp(logTokens)
    let reducible =
      exp(logA - supervised.alpha * logParameters) + exp(logB - supervised.beta * min(max(logTokens, low), high))
    let loss = supervised.irreducibleLoss + exp(supervised.gamma * log(reducible))
    return TeacherPoint(
      parameters: parameters, tokens: tokens, forwardFLOPs: forwardFLOPs, loss: loss, logLoss: log(loss))
  }

  /// log D_T where e beta v = alpha u.
  private func leastTrainingLogTokens(_ logParameters: Double, _ parameters: Double) -> Double {
    let logV =
      log(supervised.alpha / (supervised.beta * family.forwardFLOPsExponent(parameters: parameters))) + logA
      - supervised.alpha * logParameters
    return (logB - logV) / supervised.beta
  }

  /// log D_T where e beta v (D_S + 3 D_T) = 3 D_T alpha u and D_S = (C - 3 F D_T) / (S + F), with S the cost of
  /// the student's training on a token.
  ///
  /// With D_0 the D_T of least training, where e beta v = alpha u, this is
  /// (S + F) D_T (D_T / D_0)^beta = C / 3 + S D_T, and in logarithms, with y = log D_T,
  ///
  ///     (1 + beta) y - beta log D_0 + log (S + F) - LSE(log C/3, log S + y) = 0,
  ///
  /// whose left side rises, with a slope from beta to 1 + beta, and is concave: Newton's method comes to its one root
  /// from below. Where the root lies below D_0, training the teacher alone would cost more than C; the line then goes
  /// on with D_0, to teachers that cannot be paid for.
  private func balancedLogTokens(
    leastTraining: Double, forwardFLOPs: Double, compute: Double, studentToken: Double
  ) -> Double {
    let (logThird, logS) = (log(compute / 3), log(studentToken))
    let constant = log(studentToken + forwardFLOPs) - supervised.beta * leastTraining
    var y = (logThird - constant) / (1 + supervised.beta)
    for _ in 0..<60 {
      let distance = logS + y - logThird
      let small = exp(-abs(distance))
      let sum = logThird + max(distance, 0) + log1p(small)
      let share = (distance > 0 ? 1 : small) / (1 + small)
      let step = ((1 + supervised.beta) * y + constant - sum) / (1 + supervised.beta - share)
      y -= step
      if abs(step) < 1e-13 * max(1, abs(y)) { break }
    }
    return max(y, leastTraining)
  }
}
