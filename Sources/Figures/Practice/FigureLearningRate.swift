import Formats
import Foundation
import Plotting
import Statistics
import Studies

extension FigureDefinition {
  static let learningRate = FigureDefinition(
    name: "learning-rate", title: "loss against peak learning rate",
    needs: [.sweep(.learningRate)],
    make: learningRateFigure)
}

/// Loss against peak learning rate for each size swept: whether one rate serves every size.
public func learningRateFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let swept = inputs.runs.runs(.learningRate).filter { $0.recipe != nil }
  guard !swept.isEmpty else { throw StageError("needs \(SweepRole.learningRate.meaning)") }
  return LearningRateSweep(swept: swept, records: inputs.records).figure()
}

struct LearningRateSweep {
  private struct Size {
    var parameters: Double
    var tokens: Double
    var runs: [RunRecord]
    /// (rate, mean loss over seeds), rates rising.
    var means: [Datum]
    var lowest: Datum?
  }

  private let sizes: [Size]
  /// The rate that the law's runs are trained with.
  private let lawRate: Double?

  init(swept: [RunRecord], records: [RunRecord]) {
    // The law's own runs of the same models and lengths stand in for the rate that the sweep leaves out.
    let lawRuns = records.filter { $0.purpose == .law && $0.kind == .supervised && $0.recipe != nil }
    func same(_ one: RunRecord, _ other: RunRecord) -> Bool {
      one.parameters == other.parameters && one.tokens == other.tokens
        && one.recipe?.batchTokens == other.recipe?.batchTokens && one.origin == other.origin
    }
    let candidates = swept + lawRuns.filter { run in swept.contains { same($0, run) } }
    struct Key: Hashable, Comparable {
      var parameters, tokens: Double
      static func < (left: Key, right: Key) -> Bool {
        (left.parameters, left.tokens) < (right.parameters, right.tokens)
      }
    }
    sizes = candidates.grouped { Key(parameters: $0.parameters, tokens: $0.tokens) }.map { key, runs in
      let runs = runs.sorted { $0.run < $1.run }
      let means = runs.grouped { $0.recipe?.peakLearningRate ?? 0 }
        .map { Datum($0.key, mean($0.values.map(\.loss)) ?? .nan) }
      return Size(
        parameters: key.parameters, tokens: key.tokens, runs: runs, means: means,
        lowest: means.min { $0.y < $1.y })
    }
    lawRate = Self.mostCommon(lawRuns.compactMap { $0.recipe?.peakLearningRate })
  }

  /// The lowest of the most frequent values.
  private static func mostCommon(_ rates: [Double]) -> Double? {
    rates.grouped { $0 }.max { ($0.values.count, -$0.key) < ($1.values.count, -$1.key) }?.key
  }

  private var runs: [RunRecord] { sizes.flatMap(\.runs) }

  private static let symbols: [MarkerStyle.Symbol] = [.circle, .square, .triangle, .diamond, .triangleDown]
  private static let bandColor = Color.black.opacity(0.075)

  func figure() -> Figure {
    let colors = Palette.ordered(max(sizes.count, 2))
    var marks: [any Mark] = []
    var entries: [Legend.Entry] = []
    if let lawRate {
      marks.append(RegionMark("factor of two", x: (lawRate / 2, lawRate * 2), fill: Self.bandColor))
      marks.append(RuleMark("law's rate", .vertical(lawRate), stroke: Stroke(.grey(0.45), width: 0.6, dash: Stroke.dashed)))
    }
    marks.append(
      PointMark(
        "minima", sizes.compactMap(\.lowest),
        style: MarkerStyle(.circle, size: 8.5, fill: nil, outline: Stroke(.grey(0.2), width: 0.7))))
    for (index, size) in sizes.enumerated() {
      let color = colors[index]
      let style = MarkerStyle(Self.symbols[index % Self.symbols.count], size: 4, fill: color)
      let name = TickFormat.abbreviate(size.parameters)
      marks.append(LineMark("mean \(name)", size.means, stroke: Stroke(color, width: 1)))
      marks.append(
        PointMark(name, size.runs.map { Datum($0.recipe?.peakLearningRate ?? .nan, $0.loss) }, style: style))
      entries.append(
        Legend.Entry(
          .italic("N") + RichText(" = \(name), ") + .italic("D") + RichText(" = \(TickFormat.abbreviate(size.tokens))"),
          Swatch(line: Stroke(color, width: 1), marker: style)))
    }
    entries.append(
      Legend.Entry(
        "lowest mean", Swatch(marker: MarkerStyle(.circle, size: 6.5, fill: nil, outline: Stroke(.grey(0.2), width: 0.7)))))
    if let lawRate {
      entries.append(
        Legend.Entry(
          RichText("law’s runs: \(TickFormat.significant(lawRate, digits: 3)), ×/÷ 2"),
          Swatch(patch: Self.bandColor)))
    }
    return Figure(
      title: "Learning-rate sweep", summary: summary, width: Theme.columnWidth, rowHeights: [150],
      cells: [
        Figure.Cell(
          Panel(
            "sweep", x: Axis("Peak learning rate", .logarithmic, format: .shortest), y: Axis(Phrase.loss), marks: marks))
      ],
      legend: Legend(.below, [Legend.Group(nil, entries)]), caption: RichText(caption))
  }

  private var caption: String {
    let seeds = Phrase.range(
      sizes.flatMap { size in size.runs.grouped { $0.recipe?.peakLearningRate ?? 0 }.map { Double($0.values.count) } },
      { "\(Int($0))" })
    return "\(Phrase.runs(runs)); \(seeds) \(seeds == "1" ? "run" : "runs") a point, lines through the means."
  }

  private var summary: String {
    let minima = sizes.compactMap { size in
      size.lowest.map { "\(TickFormat.significant($0.x, digits: 3)) at \(TickFormat.abbreviate(size.parameters)) parameters" }
    }
    return
      "Final loss against peak learning rate, a curve per model size. Rates with the lowest mean loss: \(minima.joined(separator: ", ")). "
      + caption
  }
}
