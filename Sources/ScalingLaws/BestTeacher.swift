import Foundation

extension DistillationLaw {
  /// The teacher's loss L_T* in `range` that makes the best student: the global minimiser of L_S over L_T.
  ///
  /// L_S can fall towards both ends of a valley: once where teachers turn too good for the student, and again
  /// towards teachers so good that even their worst students are better. So the whole range is searched
  /// before the best place is refined by Brent's method.
  ///
  /// - Parameters:
  ///   - studentParameters: N_S, may be infinite.
  ///   - studentTokens: D_S, may be infinite.
  ///   - range: of L_T in nats per token, positive and finite; its ends are searched too.
  ///   - steps: of the search, evenly spread in log L_T.
  /// - Returns: L_T* to about 1e-9 of itself, an end of the range where L_S is least there.
  public func bestTeacherLoss(
    studentParameters: Double, studentTokens: Double, in range: ClosedRange<Double>, steps: Int = 1024
  ) -> Double {
    let (logParameters, logTokens) = (log(studentParameters), log(studentTokens))
    let logCapability = log(supervised.loss(parameters: studentParameters, tokens: studentTokens))
    func studentLoss(_ logTeacherLoss: Double) -> Double {
      logLoss(
        logParameters: logParameters, logTokens: logTokens, logTeacherLoss: logTeacherLoss,
        logCapability: logCapability)
    }
    let (low, high) = (log(range.lowerBound), log(range.upperBound))
    func place(_ step: Int) -> Double { low + (high - low) * Double(step) / Double(steps) }
    let losses = (0...steps).map { studentLoss(place($0)) }
    var best = 0
    for step in 1...steps where losses[step] < losses[best] { best = step }

    let refined = brentMinimum(from: place(max(best - 1, 0)), to: place(min(best + 1, steps)), studentLoss).x
    // The ends themselves are as good as what lies beside them.
    if best == 0 && losses[0] <= studentLoss(refined) { return range.lowerBound }
    if best == steps && losses[steps] <= studentLoss(refined) { return range.upperBound }
    return exp(refined)
  }
}
