import Formats
import Estimation
import Foundation
import Statistics

/// How often intervals hold the truth, as `distill-coverage` writes it.
struct CoverageDocument: ResultDocument {
  static let meaning = "a coverage study, as distill-coverage writes it"

  /// What was drawn and done; studies of other settings do not add up.
  struct Settings: Codable, Hashable {
    var study: String
    /// The law that the losses are drawn from, its coefficients, and those of the supervised law under it.
    var law: String
    var coefficients: [String: Double]
    var supervised: [String: Double]?
    var runs: Int
    var teachers: Int?
    /// Standard deviation of a log loss; the median over the runs, where each has its own.
    var noise: Double
    /// Where each run has the noise of its length and teacher: the coefficients of ``NoiseModel``.
    var noiseModel: [Double]?
    /// A law of another form that the losses are drawn from, and its coefficients.
    var form: String?
    var formCoefficients: [String: Double]?
    var teacherNoise: Double?
    /// FLOPs of the budget that a plan is asked for.
    var planCompute: Double?
    var seed: UInt64
    var resamples: Int
    /// Nominal coverage.
    var confidence: Double
    var thinning: Int
    /// SHA-256 of the runs whose sizes, tokens and teachers are used.
    var inputs: Digest
  }

  /// One way to make intervals, and one quantity.
  struct Cell: Codable, Hashable {
    var procedure: CoverageProcedure
    var quantity: String
    /// Studies whose interval holds the truth, as a share of all, and Wilson's 95% interval of that share.
    var coverage, low, high: Double
    /// Shares of the studies whose interval lies wholly above the truth and wholly below it.
    var above, below: Double
    /// Median over the studies of the interval's width; of one with an open end it is the largest number.
    var medianWidth: Double
  }

  /// How far coverage may be from what intervals promise.
  static let tolerance = 0.05

  var settings: Settings
  var studies: Int
  /// Studies that could not be fitted.
  var failed: Int
  var quantities: [CoverageQuantity]
  /// Median over the studies of the fits.
  var medianEstimates: [String: Double]
  var cells: [Cell]

  init(settings: Settings, study: any CoverageStudy, outcomes: [CoverageOutcome], failed: Int) {
    self.settings = settings
    self.failed = failed
    studies = outcomes.count
    quantities = study.quantities
    medianEstimates = [:]
    for quantity in quantities {
      medianEstimates[quantity.name] = median(outcomes.compactMap { $0.estimates[quantity.name] }) ?? .nan
    }
    cells = []
    for (place, procedure) in study.procedures.enumerated() {
      for quantity in quantities {
        let bounds = outcomes.compactMap { $0.intervals[place][quantity.name] }
        guard !bounds.isEmpty else { continue }
        let (value, count) = (quantity.truth, Double(bounds.count))
        let held = bounds.count { $0.low <= value && value <= $0.high }
        let range = wilsonInterval(held, of: bounds.count)
        cells.append(
          Cell(
            procedure: procedure, quantity: quantity.name, coverage: Double(held) / count, low: range.low,
            high: range.high, above: Double(bounds.count { $0.low > value }) / count,
            below: Double(bounds.count { $0.high < value }) / count,
            medianWidth: min(median(bounds.map { $0.high - $0.low }) ?? .nan, .greatestFiniteMagnitude)))
      }
    }
  }

  /// Whether an interval promises what it holds, as far as so many studies tell.
  private func keepsItsPromise(_ cell: Cell) -> Bool {
    abs(cell.coverage - settings.confidence) <= Self.tolerance + 1e-12
  }

  var markdown: String {
    let nominal = percent(settings.confidence)
    var text = "# Coverage of the \(settings.law) law's intervals: study `\(settings.study)`\n\n"
    text += "\(studies) studies of \(settings.runs) runs"
    if let teachers = settings.teachers { text += " from \(teachers) teachers" }
    text += ", drawn from \(settings.form.map { "the \($0) law, fitted to the study's runs," } ?? "the law") with "
    text +=
      settings.noiseModel == nil
      ? String(format: "noise %g on the logarithm of each loss", settings.noise)
      : String(
        format: "the noise that repeated runs show for its length and teacher (median %.2g) on the logarithm of each loss",
        settings.noise)
    if let shared = settings.teacherNoise { text += String(format: " and %g shared by a teacher's students", shared) }
    text +=
      " (simulated, not measured). A cell says how many of the \(nominal) intervals hold the truth; **bold** is further"
      + " than \(percent(Self.tolerance)) from \(nominal). So many studies tell a share to about"
      + String(format: " %.0f%%.\n", 100 * 1.96 * (0.09 / Double(max(1, studies))).squareRoot())
    if settings.form != nil {
      text +=
        "\nThe intervals are those of eq. 8, which is not true here. They say how far runs leave eq. 8 open, not how far eq. 8 is"
        + " from the truth: the last table has both. Coefficients have no true values here.\n"
    }
    if failed > 0 { text += "\n\(failed) studies could not be fitted and are not counted.\n" }
    text += summary
    for units in Resampling.allCases where cells.contains(where: { $0.procedure.units == units }) {
      text += "\n## Independent: \(units.rawValue)\n\n" + table(units)
    }
    text += """

      - Bootstrap: each study is refitted to \(settings.resamples) resamples, from the fit's optimum alone (the paper's \
      procedure, with percentiles), from variants of it too (wide), or also from the refits of other resamples (exchange); \
      bias-corrected percentiles after Efron (1981).
      - Likelihood: between percentiles of laws that are drawn in proportion to how well they fit.
      - Profile: where the best law with that value fits hardly worse than the best of all; also drawn with the limit of \
      another confidence, as intervals of \(nominal).

      | quantity | kind | truth | median fit | what it is |
      | --- | --- | ---: | ---: | --- |

      """
    for quantity in quantities {
      text += String(
        format: "| %@ | %@ | %.4g | %.4g | %@ |\n", quantity.name, quantity.kind.rawValue, quantity.truth,
        medianEstimates[quantity.name] ?? .nan, quantity.meaning ?? "")
    }
    return text
  }

  /// Which ways keep their promise for which kinds of quantities.
  private var summary: String {
    var text = "\n| method | independent | "
    text += CoverageQuantity.Kind.allCases.map(\.rawValue).joined(separator: " | ") + " |\n| --- | --- |"
    text += CoverageQuantity.Kind.allCases.map { _ in " ---: |" }.joined() + "\n"
    var seen = Set<CoverageProcedure>()
    for procedure in cells.map(\.procedure) where seen.insert(procedure).inserted {
      text += "| \(name(procedure)) | \(procedure.units.rawValue) |"
      for kind in CoverageQuantity.Kind.allCases {
        let names = Set(quantities.filter { $0.kind == kind }.map(\.name))
        let own = cells.filter { $0.procedure == procedure && names.contains($0.quantity) }
        let least = own.map(\.coverage).min() ?? .nan
        text += own.isEmpty ? " |" : " \(own.count(where: keepsItsPromise)) of \(own.count), least \(percent(least)) |"
      }
      text += "\n"
    }
    return "\nQuantities whose intervals hold the truth in \(percent(settings.confidence - Self.tolerance)) to "
      + "\(percent(settings.confidence + Self.tolerance)) of the studies:\n" + text
  }

  private func table(_ units: Resampling) -> String {
    var seen = Set<CoverageProcedure>()
    let columns = cells.map(\.procedure).filter { $0.units == units && seen.insert($0).inserted }
    var text = "| quantity | " + columns.map(name).joined(separator: " | ") + " |\n| --- |"
    text += columns.map { _ in " ---: |" }.joined() + "\n"
    for quantity in quantities {
      let row = columns.map { procedure -> String in
        guard let cell = cells.first(where: { $0.quantity == quantity.name && $0.procedure == procedure }) else {
          return ""
        }
        let share = percent(cell.coverage)
        return keepsItsPromise(cell) ? share : "**\(share)**"
      }
      text += "| \(quantity.name) | " + row.joined(separator: " | ") + " |\n"
    }
    return text
  }

  private func name(_ procedure: CoverageProcedure) -> String {
    guard procedure.method == .bootstrap else {
      return procedure.method.rawValue + (procedure.nominal.map { ", drawn for \(percent($0))" } ?? "")
    }
    let starts =
      switch procedure.starts {
      case .optimum: "from the optimum"
      case .wide: "wide"
      case .exchange: "exchange"
      case nil: ""
      }
    return "bootstrap \(starts)" + (procedure.kind == .biasCorrected ? ", bias-corrected" : "")
  }
}

private func percent(_ share: Double) -> String { String(format: "%.0f%%", 100 * share) }
