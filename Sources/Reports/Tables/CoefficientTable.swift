import Formats
import Foundation
import PaperStudy
import ScalingLaws

/// Table 6: a study's coefficients with their intervals, beside the published ones.
public struct CoefficientTable: Sendable, Hashable {
  /// A coefficient of a law.
  public struct Row: Sendable, Hashable {
    public var law: String
    /// Its printed name: `A`, `alpha`, ...
    public var name: String
    /// No number, like the interval, where the runs do not determine it.
    public var estimate: Double
    public var low: Double
    public var high: Double
    public var published: PublishedCoefficients.Entry?
  }

  public var study: String
  public var rows: [Row]
  /// Nominal coverage of the study's intervals, and the resamples behind them.
  public var confidence: Double
  public var resamples: Int
  /// Runs fitted, by law.
  public var runs: [String: Int]

  private static let order = CoefficientNames.all + ["a", "b"]

  /// - Parameter laws: the fit and the intervals of each law.
  /// - Throws: ``StageError`` where intervals are of another fit.
  public init(study: String, laws: [(fit: FitDocument, bootstrap: BootstrapDocument)]) throws(StageError) {
    self.study = study
    rows = []
    runs = [:]
    confidence = laws.first?.bootstrap.confidence ?? 0.9
    resamples = laws.first?.bootstrap.resamples ?? 0
    for (fit, bootstrap) in laws {
      guard bootstrap.law == fit.law, bootstrap.inputs == fit.inputs, bootstrap.confidence == confidence,
        bootstrap.resamples == resamples
      else { throw StageError("the intervals of the \(fit.law) law are of another fit than its coefficients") }
      runs[fit.law] = fit.runs
      let published = fit.law == "distillation" ? PublishedCoefficients.distillation : PublishedCoefficients.supervised
      for name in Self.order {
        if bootstrap.undetermined?.contains(name) == true {
          rows.append(
            Row(law: fit.law, name: name, estimate: .nan, low: .nan, high: .nan, published: published[name]))
        }
        guard let interval = bootstrap.intervals[name] else { continue }
        rows.append(
          Row(
            law: fit.law, name: name, estimate: interval.estimate, low: interval.low, high: interval.high,
            published: published[name]))
      }
    }
  }

  private var note: String {
    let counts = runs.sorted { $0.key > $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: " and ")
    return String(
      format: "%g%% percentile bootstrap, %d resamples, %@ runs", 100 * confidence, resamples, counts)
  }

  /// The published coefficients are those of table 6 to the letter, B' too.
  private var readingNote: String? {
    guard runs["distillation"] != nil else { return nil }
    let (printed, figures) = (DistillationLaw.printed.tokenCoefficient, DistillationLaw.figures.tokenCoefficient)
    return String(
      format: "The published B of the distillation law is as table 6 prints it, %.0f; the paper's figures follow %.0f",
      printed, figures)
  }

  /// Where the interval of E includes 0.
  private var asymptoteNote: String? {
    guard rows.contains(where: { $0.law != "distillation" && $0.name == "E" && $0.low < 1e-3 }) else { return nil }
    return "E is the asymptote of the fit, with an interval that includes 0: it is no irreducible loss"
  }

  public var csv: String {
    var text = "law,coefficient,estimate,low,high,publishedEstimate,publishedLow,publishedHigh\n"
    for row in rows {
      var cells = [row.law, row.name] + [row.estimate, row.low, row.high].map { $0.isNaN ? "" : "\($0)" }
      cells += row.published.map { [$0.estimate, $0.low, $0.high].map { "\($0)" } } ?? ["", "", ""]
      text += cells.joined(separator: ",") + "\n"
    }
    return text
  }

  public var markdown: String {
    var text = "# Table 6: coefficients, study `\(study)`\n\n\(note); in brackets the intervals.\n\n"
    text += "| law | coefficient | this study | published |\n| --- | --- | ---: | ---: |\n"
    for row in rows {
      let published = row.published.map { cell($0.estimate, $0.low, $0.high, number) } ?? ""
      text += "| \(row.law) | \(row.name) | \(cell(row.estimate, row.low, row.high, number)) | \(published) |\n"
    }
    return text
      + "\na = beta / (alpha + beta) and b = alpha / (alpha + beta) are the exponents of compute in the optimal N and D. Coefficients trade off along ridges: wide intervals of A, B, c1 and d1 do not mean that the law's predictions are as uncertain.\n"
      + (asymptoteNote.map { "\n\($0).\n" } ?? "") + (readingNote.map { "\n\($0) (see results/paper/figure-law.md).\n" } ?? "")
  }

  public var latex: String {
    func math(_ value: Double) -> String {
      let text = number(value)
      guard let range = text.range(of: "e") else { return "$\(text)$" }
      let exponent = Int(text[range.upperBound...]) ?? 0
      return "$\(text[..<range.lowerBound]) \\times 10^{\(exponent)}$"
    }
    var text =
      "% \(note)\n" + (readingNote.map { "% \($0).\n" } ?? "")
      + "\\begin{tabular}{llrr}\n  \\toprule\n  law & coefficient & \(FormattedTable.latexEscaped(study)) & published \\\\\n"
    for (index, row) in rows.enumerated() {
      let starts = index == 0 || rows[index - 1].law != row.law
      if starts { text += "  \\midrule\n" }
      let published = row.published.map { cell($0.estimate, $0.low, $0.high, math) } ?? ""
      text +=
        "  \(starts ? row.law : "") & \(symbol(row)) & \(cell(row.estimate, row.low, row.high, math)) & \(published) \\\\\n"
    }
    return text + "  \\bottomrule\n\\end{tabular}\n"
  }

  private func cell(_ estimate: Double, _ low: Double, _ high: Double, _ format: (Double) -> String) -> String {
    estimate.isNaN ? "not determined" : "\(format(estimate)) (\(format(low)), \(format(high)))"
  }

  /// To about four digits, with an exponent where the number is long.
  private func number(_ value: Double) -> String {
    switch abs(value) {
    case 0: "0"
    case 1e-3..<10: String(format: "%.3f", value)
    case 10..<1000: String(format: "%.1f", value)
    case 1000..<1e6: String(format: "%.0f", value)
    default: String(format: "%.2e", value)
    }
  }

  private func symbol(_ row: Row) -> String {
    let prime = row.law == "distillation" && !CoefficientNames.teacher.contains(row.name) ? "'" : ""
    switch row.name {
    case "alpha", "beta", "gamma": return "$\\\(row.name)\(prime)$"
    case "c0", "c1", "f1", "d1": return "$\(row.name.prefix(1))_\(row.name.suffix(1))$"
    default: return "$\(row.name)\(prime)$"
    }
  }
}
