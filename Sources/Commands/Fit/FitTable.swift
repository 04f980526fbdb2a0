import Formats
import Estimation
import Foundation
import ScalingLaws

/// A fit for people to read.
func fitTable(_ document: FitDocument, _ fit: LawFit) -> String {
  var rows = [
    ("law", document.law),
    ("runs", selected(document)),
  ]
  if let unit = document.lossUnit { rows.append(("losses", unit.name)) }
  for name in CoefficientNames.all {
    if let value = document.coefficients[name] { rows.append((name, significant(value, 6))) }
  }
  if let alpha = document.coefficients["alpha"], let beta = document.coefficients["beta"], alpha + beta > 0 {
    rows.append(("a", significant(beta / (alpha + beta), 4)))
    rows.append(("b", significant(alpha / (alpha + beta), 4)))
  }
  rows.append(("objective", "\(significant(document.objective, 10)) (delta \(document.delta))"))
  rows.append(
    (
      "relative error",
      percent(document.meanAbsoluteRelativeError) + " mean, "
        + percent(document.maxAbsoluteRelativeError) + " largest"
    ))
  let followed = fit.followed == fit.starts ? "" : ", \(fit.followed) of them to the end"
  rows.append(("starts", "\(fit.starts)\(followed); \(fit.agreeing) agree with the best to 0.1%"))
  for warning in fit.warnings { rows.append(("warning", warning)) }
  let width = rows.map(\.0.count).max() ?? 0
  return rows.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 }
    .joined(separator: "\n")
}

private func selected(_ document: FitDocument) -> String {
  guard let least = document.selection.minimumLoss else { return "\(document.runs)" }
  return "\(document.runs) of \(document.selection.availableRuns), with a loss of at least \(significant(least, 6))"
}

private func significant(_ value: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)g", value)
}

private func percent(_ share: Double) -> String {
  String(format: "%.3f%%", 100 * share)
}
