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
  for name in CoefficientNames.all + CoefficientNames.fadingGap {
    if let value = document.coefficients[name] {
      rows.append((name, significant(value, 6) + given(name, document)))
    } else if document.undetermined?.contains(name) == true {
      rows.append((name, "not determined"))
    }
  }
  if document.coefficients["q"] == nil, let alpha = document.coefficients["alpha"],
    let beta = document.coefficients["beta"], alpha + beta > 0
  {
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
  let screened = fit.screenedRuns.map { ", tried on \($0) of the runs" } ?? ""
  rows.append(("starts", "\(fit.starts)\(screened)\(followed); \(fit.agreeing) agree with the best to 0.1%"))
  for loss in document.losses ?? [] {
    let teacher = loss.teacherLoss.map { ", L_T = \(significant($0, 4))" } ?? ""
    let place = "N = \(significant(loss.parameters, 4)), D = \(significant(loss.tokens, 4))\(teacher)"
    rows.append(("loss", "\(significant(loss.loss, 5)) at \(place)"))
  }
  if let weight = document.upperWeight {
    rows.append(("loss function", "one-sided: runs above the law count \(significant(weight, 3))"))
  }
  rows += noiseLines(document).map { ($0.name, $0.text) }
  for warning in fit.warnings { rows.append(("warning", warning)) }
  rows += outlierLines(document).map { ($0.name, $0.text) }
  let width = rows.map(\.0.count).max() ?? 0
  return rows.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 }
    .joined(separator: "\n")
}

/// What is said of outliers: the worst five, how many others there are, and what leaving all of them out changes.
func outlierLines(_ document: FitDocument) -> [(name: String, text: String)] {
  guard let outliers = document.outliers else { return [] }
  var lines = outliers.runs.prefix(5).map { run in
    (
      name: "outlier",
      text: "run \(run.run) (N = \(significant(run.parameters, 4)), D = \(significant(run.tokens, 4))): "
        + String(
          format: "loss %.4f, %+.1f%% off the law, %.0f standard deviations", run.observed, 100 * run.relativeError,
          abs(run.deviations))
    )
  }
  let others = outliers.runs.count - lines.count
  if others > 0 { lines.append(("outliers", "\(others) more beyond \(significant(outliers.limit, 3)) standard deviations")) }
  let changes = CoefficientNames.all.compactMap { name -> String? in
    guard let own = document.coefficients[name], let other = outliers.without?[name], !given(name, document).contains("fixed")
    else { return nil }
    return "\(name) \(significant(own, 5)) to \(significant(other, 5))"
  }
  if !changes.isEmpty {
    lines.append(("without \(outliers.runs.count == 1 ? "it" : "them")", changes.joined(separator: ", ")))
  }
  return lines
}

/// Whether a coefficient was given.
private func given(_ name: String, _ document: FitDocument) -> String {
  if document.fixed?[name] != nil { return " (fixed)" }
  guard let pair = document.tied?.first(where: { $0.contains(name) }), let other = pair.first(where: { $0 != name }) else {
    return ""
  }
  return document.fixed?[other] != nil ? " (fixed)" : " (tied to \(other))"
}

private func selected(_ document: FitDocument) -> String {
  guard let least = document.selection.minimumLoss else { return "\(document.runs)" }
  return "\(document.runs) of \(document.selection.availableRuns), with a loss of at least \(significant(least, 6))"
}

func significant(_ value: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)g", value)
}

private func percent(_ share: Double) -> String {
  String(format: "%.3f%%", 100 * share)
}
