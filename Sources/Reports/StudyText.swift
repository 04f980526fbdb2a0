import Formats
import Figures
import Foundation
import ScalingLaws
import Studies

/// What there is in a study, in words: its runs, its models, the sweeps that its runs make up, its laws, the figures that
/// can be drawn, and what the others lack.
public func studyText(_ runs: StudyRuns) -> String {
  let study = runs.study
  var lines = ["Study \(study.name) in \(study.path)", ""]
  lines += ["Runs"] + runLines(runs).map { "  " + $0 }
  lines += (study.description.reading?.notes ?? []).map { "  note: " + $0 }
  lines += runs.leftOut.map { "  " + $0 }
  lines += (study.description.reading?.warnings ?? []).map { "  warning: " + $0 }
  lines += ["", "Models", "  " + modelLine(runs)]
  lines += ["", "Sweeps" + (runs.areRolesGuessed ? ", read off the runs' numbers" : ", named in study.json")]
  lines += sweepLines(runs).map { "  " + $0 }
  lines += ["", "Laws"]
  lines.append("  supervised law: " + (runs.supervisedLack.map { "lacks \($0)" } ?? "can be fitted"))
  lines.append("  distillation law: " + (runs.distillationLack.map { "lacks \($0)" } ?? "can be fitted"))
  if runs.borrowsSupervisedLaw {
    lines.append("    warning: it stands on the paper's published supervised law, for the study has none of its own")
  }
  let drawable = FigureDefinition.drawable(from: runs)
  lines += ["", "Figures that can be drawn: \(drawable.count) of \(FigureDefinition.all.count)"]
  lines += drawable.map { "  \($0.name): \($0.title)" }
  let missing = FigureDefinition.all.filter { !$0.lacks(runs).isEmpty }
  if !missing.isEmpty {
    lines += ["", "What the others lack"]
    let byLack = Dictionary(grouping: missing) { $0.lacks(runs).map(\.words).joined(separator: "; ") }
    for (lack, figures) in byLack.sorted(by: { ($0.value.count, $1.key) > ($1.value.count, $0.key) }) {
      lines.append("  \(figures.map(\.name).joined(separator: ", ")): \(lack)")
    }
  }
  return lines.map { printable($0) }.joined(separator: "\n") + "\n"
}

func runLines(_ runs: StudyRuns) -> [String] {
  func line(_ what: String, _ records: [RunRecord]) -> String? {
    guard !records.isEmpty else { return nil }
    let origins = RunRecord.Origin.allCases.filter { origin in records.contains { $0.origin == origin } }
    var parts = ["\(records.count) \(origins.map(\.rawValue).joined(separator: " and ")) \(what)"]
    parts.append("N " + range(records.map(\.parameters), abbreviated))
    parts.append("D " + range(records.map(\.tokens), abbreviated))
    let losses = records.compactMap { $0.distillation?.teacherLoss }
    if !losses.isEmpty {
      let teachers = Set(records.compactMap { $0.distillation?.teacherRun }).count
      parts.append(
        "\(teachers) \(teachers == 1 ? "teacher with loss" : "teachers with losses") "
          + range(losses) { String(format: "%.4g", $0) })
    }
    let unit = records.first?.lossUnit.map { " " + $0.name } ?? ""
    parts.append("loss " + range(records.map(\.loss)) { String(format: "%.4g", $0) } + unit)
    return parts.joined(separator: ", ")
  }
  let baselines = runs.records.filter { $0.purpose == .baseline }
  let tuning = runs.records.filter { $0.purpose == .tuning }
  let mapping = runs.records.filter { $0.purpose == .mapping }
  let lines = [
    line("supervised runs for the law", runs.supervised), line("distillations for the law", runs.distillations),
    line("baselines, in no fit", baselines), line("tuning runs, in no fit", tuning),
    line("runs on the Mapping Problem", mapping),
  ].compactMap { $0 }
  return lines.isEmpty ? ["none"] : lines
}

private func range(_ values: [Double], _ format: (Double) -> String) -> String {
  guard let low = values.min(), let high = values.max() else { return "none" }
  return format(low) == format(high) ? format(low) : "\(format(low)) to \(format(high))"
}

func modelLine(_ runs: StudyRuns) -> String {
  guard let family = runs.knownFamily else {
    return "not known (no run records its model, and study.json names no `family`): compute is counted as 6ND"
  }
  return String(
    format: "aspect ratio %.3g, context %.0f, vocabulary %.0f: compute is 3 F(N) D", family.aspectRatio, family.context,
    family.vocabulary)
}

func sweepLines(_ runs: StudyRuns) -> [String] {
  let found = SweepRole.allCases.filter { !runs.runs($0).isEmpty }
  guard !found.isEmpty else { return ["none"] }
  return found.map { role in
    let members = runs.runs(role)
    let budgets = Set(members.compactMap(\.budget)).sorted().map {
      String(format: "%.2g", $0).replacingOccurrences(of: "e+", with: "e")
    }
    let at = role == .isoFLOP || role == .studentProfiles ? " at \(budgets.joined(separator: ", ")) FLOPs" : ""
    return "\(role.rawValue): \(members.count) runs\(at) (\(role.meaning))"
  }
}
