import Foundation
import ScalingLaws
import Statistics

/// What coefficients that have run away say about the runs.
public func identifiabilityWarnings(_ coefficients: [String: Double], runs: Int, parameters: Int) -> [String] {
  var warnings: [String] = []
  func note(_ name: String, _ condition: (Double) -> Bool, _ text: String) {
    if let value = coefficients[name], condition(value) { warnings.append(text) }
  }
  if runs < 3 * parameters {
    warnings.append("\(runs) runs are few for \(parameters) coefficients")
  }
  note("E", { $0 < leastAsymptote }, "E has run to 0: the runs do not show an irreducible loss")
  note("alpha", { $0 == 0 }, "alpha is 0: the runs do not show that size matters")
  note("beta", { $0 == 0 }, "beta is 0: the runs do not show that tokens matter")
  note(
    "gamma", { $0 < 0.02 }, "gamma has run to 0, and A, B, alpha, beta with it: only alpha gamma and beta gamma are determined")
  note("gamma", { $0 > 20 }, "gamma has run away, and alpha and beta to 0: only alpha gamma and beta gamma are determined")
  note("A", { !(1e-6...1e30).contains($0) }, "A is beyond reason: the runs do not tell it from alpha")
  note("B", { !(1e-6...1e30).contains($0) }, "B is beyond reason: the runs do not tell it from beta")
  note("c1", { $0 == 0 }, "c1 is 0: the runs do not show a capacity gap")
  note("c1", { $0 > 1e4 }, "c1 has run away with d1: the break lies beyond the runs, and only its tail is determined")
  note("q", { $0 >= 0.99 / FadingGapModel.widths.lowerBound }, "q has run away: the larger of L_T and S is all that counts")
  note("g", { $0 == 0 }, "g is 0: the runs do not show a capacity gap, and kappa says nothing")
  note("f1", { $0 <= DistillationModel.minimumWidth }, "f1 is at its least value: the break is a kink")
  return warnings
}

/// What is said of an E that is no irreducible loss: one that is less than half of the least loss that was seen, which no
/// entropy of the text could be, or whose interval includes 0. Nil where E is neither, or has run to 0, which has a warning of
/// its own.
/// - Parameters:
///   - coefficients: of a supervised law, with E.
///   - leastLoss: the least loss of the runs fitted.
///   - low: the lower ends of intervals of E; nil where one is open below.
public func asymptoteWarning(_ coefficients: [String: Double], leastLoss: Double, low: [Double?] = []) -> String? {
  guard let asymptote = coefficients["E"], asymptote >= leastAsymptote, leastLoss > 0 else { return nil }
  let includesNone = low.contains { ($0 ?? 0) < leastAsymptote }
  let isBelow = asymptote < 0.5 * leastLoss
  guard isBelow || includesNone else { return nil }
  var reasons = [String]()
  if isBelow {
    reasons.append(String(format: "less than half of the least loss seen, %.3g, and so below any plausible entropy", leastLoss))
  }
  if includesNone { reasons.append("with an interval that includes 0") }
  return String(format: "E = %.3g is the asymptote of the fit, ", asymptote) + reasons.joined(separator: ", ")
    + ": it is no irreducible loss"
}

/// An E below this has run to 0.
private let leastAsymptote = 1e-3

/// What runs say that are not independent of one another, or not of one quality.
/// - Parameter isOneSided: whether the law is one along the lower edge of the runs.
public func dependenceWarnings(_ runs: [SupervisedObservation], isOneSided: Bool = false) -> [String] {
  var warnings: [String] = []
  let trainings = Dictionary(grouping: runs.filter { $0.training != nil }, by: \.training)
  let several = trainings.values.filter { $0.count > 1 }
  if !several.isEmpty {
    let checkpoints = several.reduce(0) { $0 + $1.count }
    let all = checkpoints == runs.count ? "\(checkpoints) runs" : "\(checkpoints) of \(runs.count) runs"
    warnings.append(
      "\(all) are checkpoints of \(several.count) training\(several.count == 1 ? "" : "s"): they are not independent; "
        + "intervals are made by training")
  }
  let places = Dictionary(grouping: runs.filter { $0.training == nil || several.isEmpty }) { [$0.parameters, $0.tokens] }
  let ranges = places.values.filter { $0.count > 1 }.map { group in
    let losses = group.map(\.loss)
    return (losses.max() ?? 1) / (losses.min() ?? 1) - 1
  }.sorted()
  if !isOneSided, let largest = ranges.last, percentile(ranges, 0.5) > mostTuning {
    let count = places.values.filter { $0.count > 1 }.reduce(0) { $0 + $1.count }
    warnings.append(
      String(
        format: "%d runs share their N and D with others, at %d places, and differ there by up to %.0f%%: many are badly "
          + "tuned, and the law is that of the middle one; fit the best run of each place, or with "
          + "--loss-function one-sided", count, ranges.count, 100 * largest))
  }
  return warnings
}

/// Losses at the same N and D that differ by more than this in most places are no matter of seeds, which make a percent.
private let mostTuning = 0.05
