import Artifacts
import Foundation
import Plotting
import ScalingLaws
import Verification

/// Figure 5: what the fitted law predicts against what was observed, for a law fitted on all runs and for
/// one fitted on the weak runs and asked about the strong ones.
public func predictionFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let runs = inputs.lawRuns
  guard !runs.isEmpty else { throw StageError("needs supervised runs made for the law; the store has none") }
  let fit = try inputs.require(inputs.supervisedFit, "fit-supervised.json")
  let weakFit = try inputs.require(inputs.extrapolationFit, "fit-supervised-extrapolation.json")
  guard let cut = weakFit.selection.minimumLoss else {
    throw StageError("fit-supervised-extrapolation.json names no selection.minimumLoss: it is a fit on all runs")
  }
  let comparison = PredictionComparison(
    runs: runs, all: try SupervisedLaw(fit), weak: try SupervisedLaw(weakFit), cut: cut)
  return comparison.figure()
}

/// Observed losses beside the predictions of two fits of one law.
struct PredictionComparison {
  struct Series {
    var name: String
    var label: RichText
    var style: MarkerStyle
    /// (observed, predicted), in nats per token.
    var pairs: [Datum]

    var relativeErrors: [Datum] { pairs.map { Datum($0.x, 100 * ($0.y / $0.x - 1)) } }

    func meanAbsoluteError(where chosen: (Double) -> Bool) -> Double? {
      let errors = relativeErrors.filter { chosen($0.x) }.map { abs($0.y) / 100 }
      return errors.isEmpty ? nil : mean(errors)
    }
  }

  let runs: [RunRecord]
  let series: [Series]
  let cut: Double
  let floor: NoiseFloor?

  init(runs: [RunRecord], all: SupervisedLaw, weak: SupervisedLaw, cut: Double) {
    self.runs = runs
    self.cut = cut
    floor = NoiseFloor(runs)
    func pairs(_ law: SupervisedLaw) -> [Datum] {
      runs.map { Datum($0.loss, law.loss(parameters: $0.parameters, tokens: $0.tokens)) }
    }
    series = [
      Series(
        name: "all", label: "fitted on all runs", style: MarkerStyle(.circle, size: 3.2, fill: Palette.blue),
        pairs: pairs(all)),
      Series(
        name: "weak", label: "fitted on " + .italic("L") + " ≥ " + RichText(TickFormat.significant(cut, digits: 3)),
        style: MarkerStyle(
          .diamond, size: 3.8, fill: nil, outline: Stroke(Palette.orange, width: 0.7)), pairs: pairs(weak)),
    ]
  }

  func figure() -> Figure {
    let panels = self.panels()
    return Figure(
      title: "Figure 5: predicted against observed loss",
      summary: summary, width: Theme.columnWidth, rowHeights: [165, 62],
      cells: [Figure.Cell(panels.losses), Figure.Cell(panels.errors, rows: 1...1)],
      legend: legend, caption: RichText(caption))
  }

  private func panels() -> (losses: Panel, errors: Panel) {
    let values = series.flatMap(\.pairs).flatMap { [$0.x, $0.y] }
    let domain = Scale.domain(.linear, of: values, padding: 0.05)
    let region = RegionMark("extrapolated", x: (nil, cut), fill: Self.regionColor)
    let losses = Panel(
      "losses",
      title: RichText.bold("(a)") + " Supervised",
      x: Axis("Observed " + Phrase.loss, domain: domain, shared: "observed"),
      y: Axis("Predicted " + .italic("L"), domain: domain),
      marks: [region, RuleMark("equality", .diagonal, stroke: Stroke(.grey(0.35), width: 0.6))]
        + series.map { PointMark($0.name, $0.pairs, style: $0.style) })

    let errors = series.flatMap(\.relativeErrors).map(\.y)
    // At least a per cent either way, and the same room on both sides of zero.
    let reach = max(1, errors.map(abs).max() ?? 1) * 1.12
    var marks: [any Mark] = [region]
    if let floor {
      let deviation = 100 * floor.standardDeviation
      marks.append(
        BandMark(
          "noise floor",
          [domain?.lowerBound ?? 0, domain?.upperBound ?? 1].map { BandMark.Slice(x: $0, low: -deviation, high: deviation) },
          fill: Self.floorColor, extendsDomain: false))
    }
    marks += [-1.0, 1].map { RuleMark("\($0)%", .horizontal($0), stroke: Stroke(.grey(0.45), width: 0.5, dash: Stroke.dashed)) }
    marks.append(RuleMark("no error", .horizontal(0), stroke: Stroke(.grey(0.35), width: 0.6)))
    marks += series.map { PointMark($0.name, $0.relativeErrors, style: $0.style) }
    let below = Panel(
      "errors",
      x: Axis("Observed " + Phrase.loss, domain: domain, shared: "observed"),
      y: Axis("Error (%)", domain: -reach...reach), marks: marks)
    return (losses, below)
  }

  private static let regionColor = Color.black.opacity(0.075)
  private static let floorColor = Palette.blue.opacity(0.16)

  private var legend: Legend {
    var entries = series.map { Legend.Entry($0.label, Swatch(marker: $0.style)) }
    entries.append(Legend.Entry("extrapolated", Swatch(patch: Self.regionColor)))
    if floor != nil { entries.append(Legend.Entry("seed noise, ±1 s.d.", Swatch(patch: Self.floorColor))) }
    return Legend(.below, [Legend.Group(nil, entries)])
  }

  private var caption: String {
    var sentences = [Phrase.runs(runs) + "."]
    func error(_ index: Int, _ chosen: (Double) -> Bool) -> String? {
      series[index].meanAbsoluteError(where: chosen).map { Phrase.percent($0) }
    }
    if let all = error(0, { _ in true }) {
      sentences.append("Mean absolute error of the law fitted on all runs: \(all).")
    }
    let weak = [
      error(1, { $0 >= cut }).map { "\($0) on those" }, error(1, { $0 < cut }).map { "\($0) on the stronger runs" },
    ].compactMap { $0 }
    sentences.append("Fitted on the weak runs: \(weak.joined(separator: ", ")).")
    if let floor {
      sentences.append(
        "Seed noise: \(Phrase.percent(floor.standardDeviation)) from \(floor.runs) runs in groups that differ in the seed alone.")
    }
    return sentences.joined(separator: " ")
  }

  private var summary: String {
    "Above, the cross-entropy that the fitted supervised law predicts against the one observed, a point a run; below, the relative error in per cent. Blue: fitted on all runs. Orange: fitted on runs with a loss of at least \(TickFormat.significant(cut, digits: 3)) nats per token; the grey region is extrapolated. " + caption
  }
}
