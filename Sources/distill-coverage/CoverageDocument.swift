import Artifacts
import Estimation
import Foundation

/// How often intervals hold the truth, as `distill-coverage` writes it.
struct CoverageDocument: ResultDocument {
  static let meaning = "a coverage study, as distill-coverage writes it"

  /// What was drawn and done; studies of other settings do not add up.
  struct Settings: Codable, Hashable {
    var study: String
    /// Coefficients of the law that the losses are drawn from, and of the supervised law under it.
    var law, supervised: [String: Double]
    var runs, teachers: Int
    var noise, teacherNoise: Double
    var seed: UInt64
    var resamples: Int
    /// Nominal coverage.
    var confidence: Double
    var thinning: Int
    /// SHA-256 of the runs whose students, tokens and teachers are used.
    var inputs: Digest
  }

  /// One way to make intervals, and one quantity.
  struct Cell: Codable, Hashable {
    var resampling: Resampling
    var starts: RefitStarts
    var kind: IntervalKind
    var quantity: String
    /// Studies whose interval holds the truth, as a share of all, and Wilson's 95% interval of that share.
    var coverage, low, high: Double
    /// Shares of the studies whose interval lies wholly above the truth and wholly below it.
    var above, below: Double
    /// Median over the studies of the interval's width.
    var medianWidth: Double

    func agrees(with confidence: Double) -> Bool { low <= confidence && confidence <= high }
  }

  var settings: Settings
  var studies: Int
  /// Studies that could not be fitted.
  var failed: Int
  var requests: [CoverageStudy.Request]
  var truth: [String: Double]
  /// Median over the studies of the fits.
  var medianEstimates: [String: Double]
  var cells: [Cell]

  init(settings: Settings, study: CoverageStudy, outcomes: [CoverageStudy.Outcome], failed: Int) {
    self.settings = settings
    self.failed = failed
    studies = outcomes.count
    requests = study.requests
    let truth = study.quantities(study.design.truth)
    self.truth = truth
    medianEstimates = [:]
    for name in truth.keys { medianEstimates[name] = median(outcomes.compactMap { $0.estimates[name] }) }
    cells = []
    for (place, procedure) in CoverageStudy.Procedure.all.enumerated() {
      for name in Self.quantities(study) {
        guard let value = truth[name] else { continue }
        let bounds = outcomes.compactMap { $0.intervals[place][name] }
        guard !bounds.isEmpty else { continue }
        let count = Double(bounds.count)
        let held = bounds.count { $0.low <= value && value <= $0.high }
        let range = wilson(held, of: bounds.count)
        cells.append(
          Cell(
            resampling: procedure.resampling, starts: procedure.starts, kind: procedure.kind, quantity: name,
            coverage: Double(held) / count, low: range.low, high: range.high,
            above: Double(bounds.count { $0.low > value }) / count,
            below: Double(bounds.count { $0.high < value }) / count,
            medianWidth: median(bounds.map { $0.high - $0.low })))
      }
    }
  }

  /// In the order of the report.
  private static func quantities(_ study: CoverageStudy) -> [String] {
    study.requests.map { "loss: " + $0.name } + ["best teacher loss", "a", "b"]
      + CoefficientSamples.order.filter { $0 != "E" }
  }

  var markdown: String {
    func percent(_ share: Double) -> String { String(format: "%.0f%%", 100 * share) }
    let nominal = settings.confidence
    var text = "# Coverage of intervals: study `\(settings.study)`\n\n"
    text +=
      "\(studies) studies of \(settings.runs) distillations from \(settings.teachers) teachers, drawn from the law "
      + String(
        format: "with noise %g on the logarithm of each loss and %g shared by a teacher's students", settings.noise,
        settings.teacherNoise)
      + " (simulated, not measured). Each is fitted and refitted to \(settings.resamples) resamples of runs and of teachers;"
      + " a cell says how many of the \(percent(nominal)) intervals hold the truth, with Wilson's 95% interval of that share;"
      + " **bold** where \(percent(nominal)) is outside it.\n"
    if failed > 0 { text += "\n\(failed) studies could not be fitted and are not counted.\n" }
    text += "\nRefitted from the fit's optimum alone is the paper's procedure, with runs and percentiles.\n"
    for starts in RefitStarts.allCases {
      switch starts {
      case .optimum: text += "\n## From the fit's optimum alone\n\n"
      case .wide: text += "\n## From the optimum and variants of it\n\n"
      case .exchange: text += "\n## From those, and from the refits of other resamples\n\n"
      }
      let columns = CoverageStudy.Procedure.all.filter { $0.starts == starts }
      text += "| quantity | truth | "
      text += columns.map { "\($0.resampling.rawValue), \($0.kind == .percentile ? "percentile" : "bias-corrected")" }
        .joined(separator: " | ")
      text += " |\n| --- | ---: |" + columns.map { _ in " ---: |" }.joined() + "\n"
      var seen = Set<String>()
      for name in cells.map(\.quantity) where seen.insert(name).inserted {
        let row = columns.map { procedure -> String in
          let cell = cells.first {
            $0.quantity == name && $0.starts == starts && $0.resampling == procedure.resampling
              && $0.kind == procedure.kind
          }
          guard let cell else { return "" }
          let share = percent(cell.coverage)
          return (cell.agrees(with: nominal) ? share : "**\(share)**") + " (\(percent(cell.low)) to \(percent(cell.high)))"
        }
        text += "| \(name) | \(String(format: "%.4g", truth[name] ?? .nan)) | " + row.joined(separator: " | ") + " |\n"
      }
    }
    text += "\nPredicted losses are of\n\n"
    for request in requests {
      text += String(
        format: "- %@: N_S = %.3g, D_S = %.3g, L_T = %.4g, %@ the runs' ranges\n", request.name,
        request.studentParameters, request.studentTokens, request.teacherLoss, request.isInside ? "inside" : "outside")
    }
    return text + "\nThe best teacher's loss is that of the first of them.\n"
  }
}

private func median(_ values: [Double]) -> Double {
  values.isEmpty ? 0 : percentile(values.sorted(), 0.5)
}

/// Wilson's 95% interval of a share (1927).
private func wilson(_ held: Int, of count: Int) -> (low: Double, high: Double) {
  let (n, p, z) = (Double(count), Double(held) / Double(count), 1.959963984540054)
  let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
  let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
  return (max(0, middle - half), min(1, middle + half))
}
