import Formats
import Foundation
import Plotting
import Practice
import Studies

extension FigureDefinition {
  static let figure54 = FigureDefinition(
    number: 54, title: "truncated teachers",
    needs: [.sweep(.truncation)],
    make: truncationFigure)
}

/// Figure 54: students of truncated teachers, against how many tokens or how much probability is kept.
public func truncationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plain = SettingSeries.all(.top(mixing: 1), in: inputs.records)
  let mixed = SettingSeries.all(.top(mixing: TruncationFigure.mixing), in: inputs.records)
  let nucleus = SettingSeries.all(.nucleus, in: inputs.records)
  guard !plain.isEmpty, !nucleus.isEmpty else {
    throw StageError("needs \(SweepRole.truncation.meaning)")
  }
  let kept = Dictionary(
    inputs.records.compactMap { run in run.keptProbability.map { (run.run, $0) } }, uniquingKeysWith: { first, _ in first })
  return TruncationFigure(plain: plain, mixed: mixed, nucleus: nucleus, keptProbability: kept).figure()
}

struct TruncationFigure {
  /// The paper's second curve: a tenth and two of the loss are the text's.
  static let mixing = 0.7

  let plain: [SettingSeries]
  let mixed: [SettingSeries]
  let nucleus: [SettingSeries]
  /// By teacher and truncation, where logs have it.
  let keptProbability: [String: [String: Double]]

  private var pairs: [SettingSeries.Pair] {
    Set(plain.map(\.pair)).sorted {
      ($0.studentParameters, $0.studentTokens, $0.teacherRun ?? "")
        < ($1.studentParameters, $1.studentTokens, $1.teacherRun ?? "")
    }
  }

  private func style(_ pair: SettingSeries.Pair) -> (color: Color, marker: MarkerStyle) {
    DistillationRuns.style(
      pairs.firstIndex { $0.studentParameters == pair.studentParameters && $0.teacherRun == pair.teacherRun } ?? 0,
      of: pairs.count)
  }

  func figure() -> Figure {
    let y = Axis(.italic("L") + .subscript("S") + " (nats per token)", shared: "loss")
    let largest = plain.map(\.plainValue).max() ?? 128
    let ticks = Set(plain.flatMap { $0.values.map(\.value) }).sorted()
    let names = Dictionary(
      uniqueKeysWithValues: ticks.map { ($0, $0 == largest ? "all" : TickFormat.significant($0, digits: 3)) })
    var panels = [
      Panel(
        "top-k", title: "top-k",
        x: Axis("Tokens kept " + .italic("k"), .logarithmic, format: .named(names), ticks: ticks), y: y,
        marks: marks(.top, of: plain) + marks(.mixedTop, of: mixed)),
      Panel(
        "top-p", title: "top-p", x: Axis("Probability kept " + .italic("p"), format: .decimal), y: y,
        marks: marks(.nucleus, of: nucleus)),
    ]
    if (plain + mixed + nucleus).contains(where: { $0.pair.teacherRun.map { keptProbability[$0] != nil } ?? false }) {
      panels.append(
        Panel(
          "dropped", title: "both", x: Axis("Mean probability dropped", format: .decimal), y: y,
          marks: marks(.top, of: plain, at: droppedByTop) + marks(.mixedTop, of: mixed, at: droppedByTop)
            + marks(.nucleus, of: nucleus, at: droppedByNucleus)))
    }
    return Figure(
      title: "Figure 54: students of truncated teachers",
      summary:
        "Loss of students against the number of tokens and the probability that are kept of their teacher’s distribution, and the mean probability that is dropped.",
      width: Theme.pageWidth, rowHeights: [150], columnWeights: panels.map { _ in 1 },
      cells: panels.enumerated().map { Figure.Cell($1, columns: $0...$0) },
      legend: legend, caption: RichText(caption))
  }

  /// Curves in a panel: what is varied, and how they are drawn.
  private enum Curve {
    case top, mixedTop, nucleus

    var suffix: String {
      switch self {
      case .top: ""
      case .mixedTop: " mixed"
      case .nucleus: " top-p"
      }
    }
    var dash: [Double] {
      switch self {
      case .top: []
      case .mixedTop: Stroke.dashed
      case .nucleus: Stroke.dotted
      }
    }
  }

  private func marks(
    _ curve: Curve, of series: [SettingSeries], at place: (SettingSeries, SettingSeries.Value) -> Double? = { $1.value }
  ) -> [any Mark] {
    series.flatMap { series in
      let style = style(series.pair)
      return series.marks(
        TickFormat.abbreviate(series.pair.studentParameters) + curve.suffix, at: { place(series, $0) ?? .nan },
        color: style.color,
        marker: curve == .top ? style.marker : .open(style.marker.symbol, size: 3.4, style.color), dash: curve.dash)
    }
  }

  private func droppedByTop(_ series: SettingSeries, _ value: SettingSeries.Value) -> Double? {
    dropped(series, value, by: "top-\(Int(value.value))")
  }

  private func droppedByNucleus(_ series: SettingSeries, _ value: SettingSeries.Value) -> Double? {
    dropped(series, value, by: "nucleus-\(value.value)")
  }

  /// The mean probability of its teacher that a student does not see; nil where the teacher's log does not say.
  private func dropped(_ series: SettingSeries, _ value: SettingSeries.Value, by truncation: String) -> Double? {
    guard value.value != series.plainValue else { return 0 }
    return series.pair.teacherRun.flatMap { keptProbability[$0]?[truncation] }.map { 1 - $0 }
  }

  private var legend: Legend {
    let entries = pairs.map { pair in
      let style = style(pair)
      return Legend.Entry(
        size("N", "T", pair.teacherParameters ?? .nan) + RichText(" → ") + size("N", "S", pair.studentParameters),
        Swatch(line: Stroke(style.color, width: 0.9), marker: style.marker))
    }
    return Legend(
      .below,
      [
        Legend.Group(
          nil,
          entries + [
            Legend.Entry("top-k", Swatch(line: Stroke(.grey(0.3), width: 0.9))),
            Legend.Entry("top-k, λ = 0.7", Swatch(line: Stroke(.grey(0.3), width: 0.9, dash: Stroke.dashed))),
            Legend.Entry("top-p", Swatch(line: Stroke(.grey(0.3), width: 0.9, dash: Stroke.dotted))),
          ])
      ])
  }

  private var caption: String {
    let runs = (plain + mixed + nucleus).flatMap(\.runs)
    var seen = Set<String>()
    let unique = runs.filter { seen.insert($0.run).inserted }
    return
      "\(Phrase.runs(unique)); \(Phrase.seeds(plain + mixed + nucleus)). "
      + "What is kept is renormalised. The vocabulary has \(Int(plain.map(\.plainValue).max() ?? 0)) tokens. "
      + "The paper, whose vocabulary has 32k, loses 0.11 nats with k = 128, 0.13 with p = 0.9, and at most 0.01 with k = 128 and λ = 0.7."
  }
}
