import CommandSupport
import Figures
import Foundation
import ScalingLaws
import Studies

/// What a study has, as variables of make. The Makefile's rules are written over these, so that no rule knows a study.
func makeVariables(_ runs: StudyRuns) -> String {
  let study = runs.study, name = study.name
  var lines = ["# Made by distill-study from \(study.path)."]
  func set(_ key: String, _ values: [String]) {
    lines.append("\(name)_\(key) := \(values.joined(separator: " "))".trimmingCharacters(in: .whitespaces))
  }
  func has(_ file: ResultFile) -> Bool { runs.offers(.result(file)) }
  func files(_ all: [ResultFile]) -> [String] { all.filter(has).map(\.rawValue) }

  set("logs", study.logs)
  set("reading", options(study.description.selection))
  set("laws", (has(.supervisedFit) ? ["supervised"] : []) + (has(.distillationFit) ? ["distillation"] : []))
  set(
    "fits",
    files([.supervisedFit, .supervisedExtrapolation, .distillationFit, .distillationExtrapolation, .chinchillaFit]))
  // What L~_S is: the study's own law, or the published one where it has none.
  set("supervised_file", has(.supervisedFit) ? ["results/\(name)/\(ResultFile.supervisedFit.rawValue)"] : [])
  // For a fit to the weaker students, L~_S is the law of the weaker runs, which knows nothing of the stronger ones.
  let ofWeaker = [ResultFile.supervisedExtrapolation, .supervisedFit].first(where: has)
  set("weaker_supervised_file", ofWeaker.map { ["results/\(name)/\($0.rawValue)"] } ?? [])
  set("weaker_supervised", cut(study.weakerRuns(.supervised)))
  set("weaker_distillation", cut(study.weakerRuns(.distillation)))
  set("plans", files([.optima, .reach]))
  set("law_file", has(.optima) && study.paperLaw == nil ? ["results/\(name)/\(ResultFile.distillationFit.rawValue)"] : [])
  set("tables", tables(runs).flatMap { stem in ["md", "csv", "tex"].map { "\(stem).\($0)" } })
  set("findings", findings(runs))
  set("comparison", hasComparison(runs) ? ["model-comparison.json", "model-comparison.md"] : [])
  set("gap_note", runs.records.contains { $0.mapping != nil } ? ["capacity-gap.json", "capacity-gap.md"] : [])
  set("reconstruct", study.paperLaw.map { ["--law", $0.rawValue] } ?? [])
  set("marks", study.description.paper?.marks.map { ["\(study.path)/\($0)"] } ?? [])
  set("figure_law", has(.figureLaw) ? ["figure-law.json", "figure-law.md"] : [])
  let coverage = (study.description.coverage ?? [:]).sorted { $0.key < $1.key }
  set("coverages", coverage.map(\.key))
  for (key, options) in coverage { set("coverage_\(key)", [options]) }
  let figures = FigureDefinition.drawable(from: runs)
  set("figures", figures.map(\.paddedName).sorted())
  for figure in figures {
    set("files_\(figure.paddedName)", figure.files(for: study).filter { runs.offers(.result($0)) }.map(\.rawValue))
  }
  return lines.joined(separator: "\n") + "\n"
}

/// Which runs are taken, as options of every stage that reads runs.
private func options(_ selection: StudyDescription.Selection?) -> [String] {
  guard let selection else { return [] }
  return (selection.conditions ?? []).flatMap { ["--where", asMakeValue(shellQuoted($0))] }
    + (selection.choice.map { ["--select", $0.rawValue] } ?? [])
    + (selection.minimumTokens.map { ["--minimum-tokens", "\($0)"] } ?? [])
}

/// A text as it stands in a variable of make, where a dollar begins a variable and a number sign a comment. Backslashes
/// before a number sign are two for one.
private func asMakeValue(_ text: String) -> String {
  text.replacing(/(\\*)#/) { $0.1 + $0.1 + "\\#" }.replacing("$", with: "$$")
}

/// The weaker runs as options of distill-fit.
private func cut(_ cut: StudyDescription.WeakerRuns.Cut) -> [String] {
  cut.fraction.map { ["--weaker-fraction", "\($0)"] } ?? ["--minimum-loss", "\(cut.minimumLoss ?? 0)"]
}

/// Names of the files of the study's tables, without extension.
private func tables(_ runs: StudyRuns) -> [String] {
  let hasSupervised = runs.offers(.result(.supervisedFit))
  guard hasSupervised || runs.offers(.result(.distillationFit)) else { return [] }
  var numbers = ["06"]
  if runs.offers(.result(.optima)) { numbers += ["02", "03"] }
  if ModelShape.family(of: runs) != nil { numbers += ["09", "10", "11", "12", "13"] }
  return (hasSupervised ? ["compute-optimal"] : []) + numbers.sorted().map { "table-\($0)" }
}

/// Questions about distillations need teachers whose sizes are known.
private func findings(_ runs: StudyRuns) -> [String] {
  guard runs.offers(.result(.distillationFit)), runs.study.paperLaw == nil,
    runs.distillations.allSatisfy({ $0.distillation?.teacherParameters != nil && $0.distillation?.teacherTokens != nil })
  else { return [] }
  return ["findings.json", "findings.md", "practice.json", "practice.md"]
    + (runs.offers(.sweep(.divergenceDirection)) ? ["table-07.md", "table-07.csv", "table-07.tex"] : [])
}

/// Laws are compared on teachers held out: each of five folds needs one at least, with its size.
private func hasComparison(_ runs: StudyRuns) -> Bool {
  guard runs.offers(.result(.distillationFit)) else { return false }
  return Set(runs.distillations.compactMap { $0.distillation?.teacherRun }).count >= 5
    && runs.distillations.allSatisfy { $0.distillation?.teacherParameters != nil }
}
