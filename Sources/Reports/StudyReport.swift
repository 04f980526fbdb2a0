import Allocation
import Formats
import Estimation
import Figures
import Foundation
import ScalingLaws
import Studies
import Verification

/// What a study's runs say, in plain sentences: its laws with intervals, their errors against the target and the noise,
/// what warns, what it means for planning, and the figures.
public struct StudyReport {
  /// A law with what later stages made of it.
  public struct Law {
    public var fit: FitDocument
    public var intervals: BootstrapDocument?
    public var profiles: ProfileDocument?

    public init(fit: FitDocument, intervals: BootstrapDocument?, profiles: ProfileDocument?) {
      self.fit = fit
      self.intervals = intervals
      self.profiles = profiles
    }
  }

  let runs: StudyRuns
  let laws: [Law]
  let verification: Verification?
  let optima: OptimaTable?
  /// The figures' folder as links of the report have it.
  let figures: String

  public init(_ runs: StudyRuns, laws: [Law], verification: Verification?, optima: OptimaTable?, figures: String) {
    self.runs = runs
    self.laws = laws
    self.verification = verification
    self.optima = optima
    self.figures = figures
  }

  private var study: Study { runs.study }

  /// - Throws: ``StageError`` where a fit lacks a coefficient of its law.
  public func markdown() throws(StageError) -> String {
    var parts = ["# Study `\(study.name)`\n"]
    if let note = study.description.note {
      parts.append(markdownText(note.split(whereSeparator: \.isNewline).joined(separator: " ")) + "\n")
    }
    parts.append(madeFrom)
    for law in laws { parts.append(section(law)) }
    parts.append(missingLaws)
    parts.append(try planning())
    parts.append(figureList)
    return runs.lossUnit.naming(parts.filter { !$0.isEmpty }.joined(separator: "\n"))
  }

  // MARK: Runs

  private var madeFrom: String {
    var text = "## Runs\n\n" + list(runLines(runs))
    let reading = study.description.reading
    if let notes = reading?.notes { text += "\nHow they were read:\n\n" + list(notes) }
    if !runs.leftOut.isEmpty { text += "\nWhich were taken:\n\n" + list(runs.leftOut) }
    if let warnings = reading?.warnings { text += "\nWhat makes them doubtful:\n\n" + list(warnings) }
    text += "\nModels: \(modelLine(runs)).\n"
    text += "\nSweeps\(runs.areRolesGuessed ? ", read off the runs' numbers" : ", as `study.json` names them"):\n\n"
    return text + list(sweepLines(runs))
  }

  private var missingLaws: String {
    var lines = [String]()
    if let lack = runs.supervisedLack, !runs.supervised.isEmpty || !runs.distillations.isEmpty {
      lines.append("A supervised law cannot be fitted: it needs \(lack).")
    }
    if let lack = runs.distillationLack, !runs.distillations.isEmpty {
      lines.append("A distillation law cannot be fitted: it needs \(lack).")
    }
    return lines.isEmpty ? "" : "## Laws that are missing\n\n" + lines.joined(separator: "\n\n") + "\n"
  }

  // MARK: Laws

  private func section(_ law: Law) -> String {
    let isDistillation = law.fit.law == RunRecord.Kind.distillation.rawValue
    var text = "## The \(law.fit.law) law\n\n"
    text +=
      isDistillation
      ? "L_S = L_T + L_T^-c0 (1 + (L_T / (L~_S d1))^(1/f1))^(-c1 f1) (A / N_S^alpha + B / D_S^beta)^gamma, L~_S from the supervised law.\n\n"
      : "L(N, D) = E + (A / N^alpha + B / D^beta)^gamma.\n\n"
    text += "Fitted to \(law.fit.runs) runs: mean error \(percent(law.fit.meanAbsoluteRelativeError)), "
    text += "largest \(percent(law.fit.maxAbsoluteRelativeError)).\n\n"
    text += coefficients(law) + "\n"
    if let check = verification?.laws.first(where: { $0.law == law.fit.law }) { text += errors(check) + "\n" }
    let warnings = warnings(law)
    text += warnings.isEmpty ? "Nothing warns.\n" : "What warns:\n\n" + list(warnings)
    return text
  }

  private func coefficients(_ law: Law) -> String {
    let open = law.fit.undetermined ?? []
    let names = ["E", "A", "B", "alpha", "beta", "gamma", "c0", "c1", "f1", "d1"].filter {
      law.fit.coefficients[$0] != nil || open.contains($0)
    }
    let level = law.intervals.map { String(format: "%g%% ", 100 * $0.confidence) } ?? ""
    var text = markdownRow(["coefficient", "fit", "\(level)bootstrap", "\(level)profile"])
    text += markdownRow(["---", "---:", "---:", "---:"])
    for name in names {
      let bootstrap = law.intervals?.intervals[name].map { "\(number($0.low)) to \(number($0.high))" } ?? ""
      let profile = law.profiles?.profiles.first { $0.name == name }.map { profile in
        "\(profile.low.map(number) ?? "open") to \(profile.high.map(number) ?? "open")"
      }
      let value = law.fit.coefficients[name].map(number) ?? "not determined"
      text += markdownRow([name, value, bootstrap, profile ?? ""])
    }
    for (name, meaning) in [("a", "N* grows as C^a"), ("b", "D* grows as C^b")]
    where law.fit.law != RunRecord.Kind.distillation.rawValue {
      guard let interval = law.intervals?.intervals[name] else { continue }
      text += markdownRow([
        "\(name) (\(meaning))", number(interval.estimate), "\(number(interval.low)) to \(number(interval.high))", "",
      ])
    }
    return text
  }

  private func errors(_ check: LawVerification) -> String {
    var lines = [String]()
    for row in check.checks where row.errors.runs > 0 {
      var line = "\(row.name): mean error \(percent(row.errors.meanAbsolute)) over \(row.errors.runs) runs"
      if let target = row.target {
        line += row.passes ? ", below the target of \(percent(target))" : ", **above the target of \(percent(target))**"
      }
      lines.append(line)
    }
    var text = list(lines)
    if let noise = check.drawnNoise {
      text +=
        "\nThe losses were drawn with a relative noise of \(percent(noise)): the law itself would show a mean error of \(percent(noise * (2 / Double.pi).squareRoot())).\n"
    } else if let ranges = check.noiseRanges, check.noiseModel != nil {
      text += "\nWhat the noise of the seeds would leave a perfect law with, and what this one has:\n\n"
      text += list(
        ranges.map { range in
          var line = "\(range.name) (\(range.runs) runs): noise floor \(percent(range.floor)), error \(percent(range.error))"
          if let test = range.lackOfFit {
            line += String(format: "; lack of fit F = %.2g, by chance %.2g", test.ratio, test.probability)
          }
          return line
        })
      if ranges.contains(where: { $0.lackOfFit.map { $0.probability < 0.01 } == true }) {
        text += "\nThe law leaves something unexplained: its misfit is more than the seeds' noise.\n"
      }
    }
    return text
  }

  private func warnings(_ law: Law) -> [String] {
    let isDistillation = law.fit.law == RunRecord.Kind.distillation.rawValue
    var warnings = identifiabilityWarnings(
      law.fit.coefficients, runs: law.fit.runs, parameters: isDistillation ? 9 : 6)
    warnings = (law.fit.determination ?? []) + warnings
    if !isDistillation {
      warnings += dependenceWarnings(
        runs.supervised.map {
          SupervisedObservation(parameters: $0.parameters, tokens: $0.tokens, loss: $0.loss, training: $0.training)
        })
    }
    if !isDistillation, law.fit.fixed?["E"] == nil, let least = runs.supervised.map(\.loss).min() {
      let low = [
        law.intervals?.intervals["E"].map { Optional($0.low) }, law.profiles?.profiles.first { $0.name == "E" }.map(\.low),
      ].compactMap { $0 }
      if let warning = asymptoteWarning(law.fit.coefficients, leastLoss: least, low: low) { warnings.append(warning) }
    }
    if let outliers = law.fit.outliers {
      let named = outliers.runs.prefix(5).map { String(format: "%@ (%+.1f%%)", $0.run, 100 * $0.relativeError) }
      warnings.append(
        "\(outliers.runs.count) \(outliers.runs.count == 1 ? "run is" : "runs are") far off the law: "
          + named.joined(separator: ", ") + (outliers.runs.count > named.count ? " and others" : ""))
    }
    if isDistillation, runs.borrowsSupervisedLaw {
      warnings.append(
        "the study has no supervised law of its own (it needs \(runs.supervisedLack ?? "one")): L~_S, the loss of a student "
          + "that is trained alone, is that of the paper's published law. Where models or data are not the paper's, what is "
          + "said of distilling against training alone does not hold")
    }
    let open = law.profiles?.profiles.filter { $0.low == nil || $0.high == nil }.map(\.name) ?? []
    if !open.isEmpty {
      warnings.append(
        "the runs do not determine \(open.joined(separator: ", ")): their profiles have no end on one side or both; read losses and plans, not these coefficients"
      )
    }
    let check = verification?.laws.first { $0.law == law.fit.law }
    if let check, check.drawnNoise == nil, check.noiseModel == nil {
      warnings.append("no configuration was trained from more than one seed: how much of the error is noise is not known")
    }
    if check?.checks.count == 1 {
      warnings.append(
        "the runs are too few to fit a law to the weaker ones and ask it about the stronger: how well it extrapolates is not known"
      )
    }
    let records = isDistillation ? runs.distillations : runs.supervised
    for (name, value) in [("size", \RunRecord.parameters), ("tokens", \RunRecord.tokens)] {
      let values = records.map { $0[keyPath: value] }
      if let low = values.min(), let high = values.max(), high < 4 * low {
        warnings.append(
          String(
            format: "the runs' %@ differ by a factor of %.2g alone: predictions for others are extrapolated", name, high / low))
      }
    }
    return warnings
  }

  // MARK: Planning

  private func planning() throws(StageError) -> String {
    var text = ""
    if let supervised = laws.first(where: { $0.fit.law == RunRecord.Kind.supervised.rawValue }), supervised.fit.refusal == nil {
      let table = ComputeOptimalTable(runs, law: try SupervisedLaw(supervised.fit)).table
      text += "### Training alone\n\n" + table.body + "\n"
    }
    if let optima, let scale = PlanningScale(runs) { text += distilling(optima, scale) }
    return text.isEmpty ? "" : "## What it means for planning\n\n" + text
  }

  /// Whether to distil, for three sizes and whole decades of compute.
  private func distilling(_ optima: OptimaTable, _ scale: PlanningScale) -> String {
    let sizes = scale.studentParameters
    let chosen = [sizes.count / 4, sizes.count / 2, 3 * sizes.count / 4].reduce(into: [Int]()) {
      if !$0.contains($1), $1 < sizes.count { $0.append($1) }
    }.map { sizes[$0] }
    var rows = [[String]]()
    for size in chosen {
      for compute in scale.budgets where abs(log10(compute) - log10(compute).rounded()) < 1e-9 {
        func plan(_ scenario: Scenario) -> OptimaTable.Row? {
          optima.rows.first {
            $0.scenario == scenario.rawValue && abs($0.studentParameters / size - 1) < 1e-9
              && abs($0.compute / compute - 1) < 1e-9
          }
        }
        guard let alone = plan(.supervised) else { continue }
        let cells = [Scenario.teacherInference, .teacherPretrainingAndInference].map { scenario -> String in
          guard let distilled = plan(scenario), let teacher = distilled.teacherParameters else { return "no plan" }
          let gain = alone.studentLoss - distilled.studentLoss
          guard gain > 5e-4 * alone.studentLoss else {
            return "train: \(gain < -5e-4 * alone.studentLoss ? "lower by \(nats(-gain))" : "no difference")"
          }
          return "distil from \(abbreviated(teacher)) on \(abbreviated(distilled.studentTokens)) tokens: lower by \(nats(gain))"
        }
        rows.append([abbreviated(size), String(format: "%.0e", compute), nats(alone.studentLoss)] + cells)
      }
    }
    guard !rows.isEmpty else { return "" }
    var text =
      "### Distil or train\n\nThe best plan of the law for a student and a budget, against training it alone on the same budget. Losses are nats per token.\n\n"
    if runs.borrowsSupervisedLaw {
      text +=
        "**Training alone is what the paper's published law says of it: the study has no supervised runs to fit one to.**\n\n"
    }
    text += markdownRow([
      "N_S", "FLOPs", "trained alone", "the teacher is there, its logits are paid for", "the teacher is trained, too",
    ])
    text += markdownRow(["---:", "---:", "---:", "---", "---"]) + rows.map(markdownRow).joined()
    text +=
      "\nA student of your own, with intervals: `distill-plan --study \(study.name) --student-parameters N --compute C --runs build/\(study.name)/runs.sqlite --profile`.\n"
    return text
  }

  // MARK: Figures

  private var figureList: String {
    let drawable = FigureDefinition.drawable(from: runs)
    var text = "## Figures\n\n"
    text +=
      drawable.isEmpty
      ? "The runs allow none.\n" : list(drawable.map { "[\($0.name)](\(figures)/\($0.fileStem).svg): \($0.title)" })
    let missing = FigureDefinition.all.count - drawable.count
    if missing > 0 {
      text += "\n\(missing) figures need what this study does not have; `distill-study show \(study.name)` lists what.\n"
    }
    return text
  }

  // MARK: Words

  private func list(_ lines: [String]) -> String { lines.map { "- \(markdownText($0))\n" }.joined() }
  private func percent(_ share: Double) -> String { String(format: "%.2f%%", 100 * share) }
  private func nats(_ loss: Double) -> String { String(format: "%.4f", loss) }
  private func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
