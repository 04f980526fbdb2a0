import Artifacts
import Foundation
import Plotting
import Practice

/// Figure 54: students of truncated teachers, against how many tokens or how much probability is kept.
public func truncationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let plain = SettingSeries.all(.top(mixing: 1), in: inputs.records)
  let mixed = SettingSeries.all(.top(mixing: TruncationFigure.mixing), in: inputs.records)
  let nucleus = SettingSeries.all(.nucleus, in: inputs.records)
  guard !plain.isEmpty, !nucleus.isEmpty else {
    throw StageError("needs runs of the sweep truncation; the store has none")
  }
  return TruncationFigure(plain: plain, mixed: mixed, nucleus: nucleus).figure()
}

struct TruncationFigure {
  /// The paper's second curve: a tenth and two of the loss are the text's.
  static let mixing = 0.7

  let plain: [SettingSeries]
  let mixed: [SettingSeries]
  let nucleus: [SettingSeries]

  private var pairs: [SettingSeries.Pair] { Set(plain.map(\.pair)).sorted {
      ($0.studentParameters, $0.studentTokens, $0.teacherRun ?? "")
        < ($1.studentParameters, $1.studentTokens, $1.teacherRun ?? "")
    } }

  private func style(_ pair: SettingSeries.Pair) -> (color: Color, marker: MarkerStyle) {
    DistillationRuns.style(
      pairs.firstIndex { $0.studentParameters == pair.studentParameters && $0.teacherRun == pair.teacherRun } ?? 0, of: pairs.count)
  }

  func figure() -> Figure {
    let y = Axis(.italic("L") + .subscript("S") + " (nats per token)", shared: "loss")
    let largest = plain.map(\.plainValue).max() ?? 128
    let ticks = Set(plain.flatMap { $0.values.map(\.value) }).sorted()
    let names = Dictionary(
      uniqueKeysWithValues: ticks.map { ($0, $0 == largest ? "all" : TickFormat.significant($0, digits: 3)) })
    return Figure(
      title: "Figure 54: students of truncated teachers",
      summary: "Loss of students against the number of tokens (left) and the probability (right) that is kept of their teacher’s distribution.",
      width: Theme.pageWidth, rowHeights: [150], columnWeights: [1, 1],
      cells: [
        Figure.Cell(
          Panel(
            "top-k", title: "top-k",
            x: Axis("Tokens kept " + .italic("k"), .logarithmic, format: .named(names), ticks: ticks), y: y,
            marks: plain.flatMap { marks($0, isMixed: false) } + mixed.flatMap { marks($0, isMixed: true) })),
        Figure.Cell(
          Panel(
            "top-p", title: "top-p", x: Axis("Probability kept " + .italic("p"), format: .decimal), y: y,
            marks: nucleus.flatMap { marks($0, isMixed: false) }), columns: 1...1),
      ],
      legend: legend, caption: RichText(caption))
  }

  private func marks(_ series: SettingSeries, isMixed: Bool) -> [any Mark] {
    let style = style(series.pair)
    let name = "\(TickFormat.abbreviate(series.pair.studentParameters))\(isMixed ? " mixed" : "")"
    let means = series.values.map { Datum($0.value, $0.mean) }
    let ranges = series.values.filter { $0.losses.count > 1 }
      .map { BandMark.Slice(x: $0.value, low: $0.range.lowerBound, high: $0.range.upperBound) }
    let marker = isMixed ? MarkerStyle.open(style.marker.symbol, size: 3.4, style.color) : style.marker
    return [
      LineMark(
        "mean \(name)", means,
        stroke: Stroke(style.color, width: 0.9, dash: isMixed ? Stroke.dashed : [])),
      ErrorBarMark("seeds \(name)", ranges, stroke: Stroke(style.color, width: 0.6)),
      PointMark(name, means, style: marker),
    ]
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
            Legend.Entry("λ = 1", Swatch(line: Stroke(.grey(0.3), width: 0.9))),
            Legend.Entry("λ = 0.7", Swatch(line: Stroke(.grey(0.3), width: 0.9, dash: Stroke.dashed))),
          ])
      ])
  }

  private var caption: String {
    let runs = (plain + mixed + nucleus).flatMap(\.runs)
    var seen = Set<String>()
    let unique = runs.filter { seen.insert($0.run).inserted }
    let seeds = Phrase.range((plain + mixed + nucleus).flatMap { $0.values.map { Double($0.losses.count) } }) { "\(Int($0))" }
    return "\(Phrase.runs(unique)); \(seeds) \(seeds == "1" ? "seed" : "seeds") a point\(seeds == "1" ? "" : ", bars from the lowest to the highest"). "
      + "What is kept is renormalised. The vocabulary has \(Int(plain.map(\.plainValue).max() ?? 0)) tokens. "
      + "The paper, whose vocabulary has 32k, loses 0.11 nats with k = 128, 0.13 with p = 0.9, and at most 0.01 with k = 128 and λ = 0.7."
  }
}
