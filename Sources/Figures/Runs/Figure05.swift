import Formats
import Foundation
import Plotting
import ScalingLaws
import Statistics
import Studies
import Verification

extension FigureDefinition {
  static let figure05 = FigureDefinition(
    number: 5, title: "predicted against observed loss",
    needs: [.supervisedRuns, .result(.supervisedFit), .result(.supervisedExtrapolation)],
    uses: [.result(.distillationFit), .result(.distillationExtrapolation)],
    make: predictionFigure)
}

/// Figure 5: what the fitted laws predict against what was observed, for a law fitted on all runs and for one
/// fitted on the weak runs and asked about the strong ones: (a) the supervised law, (b) the distillation law.
public func predictionFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  guard !inputs.lawRuns.isEmpty else {
    throw StageError("needs supervised runs made for the law; the store has none")
  }
  let fit = try inputs.require(inputs.supervisedFit, .result(.supervisedFit))
  let weakFit = try inputs.require(inputs.extrapolationFit, .result(.supervisedExtrapolation))
  var comparisons = [
    PredictionComparison(
      name: "supervised", runs: inputs.lawRuns, all: try SupervisedLaw(fit).prediction(of:),
      weak: try SupervisedLaw(weakFit).prediction(of:), cut: try cut(weakFit, "fit-supervised-extrapolation.json"),
      noise: RunNoise(inputs.lawRuns + inputs.baselines))
  ]
  // A study without a distillation law has no (b).
  if inputs.runs.offers(.result(.distillationExtrapolation)) {
    let fit = try inputs.require(inputs.distillationFit, .result(.distillationFit))
    let name = "fit-distillation-extrapolation.json"
    let weakFit = try inputs.require(inputs.distillationExtrapolationFit, .result(.distillationExtrapolation))
    let law = try DistillationLaw(fit)
    comparisons.append(
      PredictionComparison(
        name: "distillation", runs: inputs.distillations, all: law.prediction(of:),
        weak: try DistillationLaw(weakFit).prediction(of:), cut: try cut(weakFit, name),
        noise: RunNoise(inputs.distillations, strength: law.teacherStrength(of:))))
  }
  return PredictionComparison.figure(comparisons)
}

private func cut(_ fit: FitDocument, _ name: String) throws(StageError) -> Double {
  guard let cut = fit.selection.minimumLoss else {
    throw StageError("\(name) names no selection.minimumLoss: it is a fit on all runs")
  }
  return cut
}

/// Observed losses beside the predictions of two fits of one law.
struct PredictionComparison {
  struct Series {
    var name: String
    var style: MarkerStyle
    /// (observed, predicted), in nats per token.
    var pairs: [Datum]

    var relativeErrors: [Datum] { pairs.map { Datum($0.x, 100 * ($0.y / $0.x - 1)) } }

    func meanAbsoluteError(where chosen: (Double) -> Bool) -> Double? {
      let errors = relativeErrors.filter { chosen($0.x) }.map { abs($0.y) / 100 }
      return mean(errors)
    }
  }

  /// `supervised` or `distillation`.
  let name: String
  let runs: [RunRecord]
  let series: [Series]
  let cut: Double
  let noise: RunNoise?

  init(
    name: String, runs: [RunRecord], all: LawVerification.Prediction, weak: LawVerification.Prediction, cut: Double,
    noise: RunNoise?
  ) {
    self.name = name
    self.runs = runs
    self.cut = cut
    self.noise = noise
    // Hundreds of runs need smaller marks.
    let scale = max(0.5, min(1, (150 / Double(max(runs.count, 1))).squareRoot()))
    func pairs(_ predict: LawVerification.Prediction) -> [Datum] { runs.map { Datum($0.loss, predict($0)) } }
    series = [
      Series(
        name: "all",  // Small, and above the other series: neither hides the other.
        style: MarkerStyle(.circle, size: 2.2 * scale, fill: Palette.blue, outline: nil),
        pairs: pairs(all)),
      Series(
        name: "weak",
        style: MarkerStyle(
          .diamond, size: 4.4 * scale, fill: nil, outline: Stroke(Palette.orange, width: 0.7 * scale)), pairs: pairs(weak)),
    ]
  }

  static func figure(_ comparisons: [PredictionComparison]) -> Figure {
    let cells = comparisons.enumerated().flatMap { column, comparison in
      let panels = comparison.panels(letter: Array("ab")[column])
      return [
        Figure.Cell(panels.losses, columns: column...column),
        Figure.Cell(panels.errors, rows: 1...1, columns: column...column),
      ]
    }
    let captions = comparisons.map { comparison in
      comparisons.count == 1 ? comparison.caption : "\(comparison.name.capitalized): \(comparison.caption)"
    }
    let caption = captions.joined(separator: " ")
    return Figure(
      title: "Figure 5: predicted against observed loss",
      summary: Self.summary + " " + caption,
      width: comparisons.count == 1 ? Theme.columnWidth : Theme.pageWidth, rowHeights: [165, 62],
      columnWeights: comparisons.map { _ in 1 }, cells: cells, legend: legend(comparisons),
      caption: RichText(caption))
  }

  private func panels(letter: Character) -> (losses: Panel, errors: Panel) {
    let values = series.flatMap(\.pairs).flatMap { [$0.x, $0.y] }
    let domain = Scale.domain(.linear, of: values, padding: 0.05)
    let region = RegionMark("extrapolated", x: (nil, cut), fill: Self.regionColor)
    let losses = Panel(
      "\(name) losses",
      title: RichText.bold("(\(letter))") + RichText(" \(name.capitalized)"),
      x: Axis("Observed " + Phrase.loss, domain: domain, shared: "\(name) observed"),
      y: Axis("Predicted " + Phrase.loss, domain: domain),
      marks: [region, RuleMark("equality", .diagonal, stroke: Stroke(.grey(0.35), width: 0.6))]
        + series.reversed().map { PointMark($0.name, $0.pairs, style: $0.style) })

    let errors = series.flatMap(\.relativeErrors).map(\.y)
    // At least a per cent either way, and the same room on both sides of zero.
    let reach = max(1, errors.map(abs).max() ?? 1) * 1.12
    var marks: [any Mark] = [region]
    if let noise {
      marks.append(
        BandMark(
          "noise floor", noise.band(runs, along: \.loss, in: domain), fill: Self.floorColor, extendsDomain: false))
    }
    marks += [-1.0, 1].map { RuleMark("\($0)%", .horizontal($0), stroke: Stroke(.grey(0.45), width: 0.5, dash: Stroke.dashed)) }
    marks.append(RuleMark("no error", .horizontal(0), stroke: Stroke(.grey(0.35), width: 0.6)))
    marks += series.reversed().map { PointMark($0.name, $0.relativeErrors, style: $0.style) }
    let below = Panel(
      "\(name) errors",
      x: Axis("Observed " + Phrase.loss, domain: domain, shared: "\(name) observed"),
      y: Axis("Error (%)", domain: -reach...reach), marks: marks)
    return (losses, below)
  }

  private static let regionColor = Color.black.opacity(0.075)
  private static let floorColor = Palette.blue.opacity(0.16)

  private static func legend(_ comparisons: [PredictionComparison]) -> Legend {
    var entries = [Legend.Entry]()
    if let first = comparisons.first {
      entries = zip(first.series, ["fitted on all runs", "fitted on the weaker runs"]).map { series, label in
        Legend.Entry(RichText(label), Swatch(marker: series.style))
      }
    }
    entries.append(Legend.Entry("extrapolated", Swatch(patch: regionColor)))
    if comparisons.contains(where: { $0.noise != nil }) {
      entries.append(Legend.Entry("seed noise, ±1 s.d.", Swatch(patch: floorColor)))
    }
    return Legend(.below, [Legend.Group(nil, entries)])
  }

  private var caption: String {
    var sentences = [Phrase.runs(runs, as: name == "supervised" ? "training runs" : "distillation runs") + "."]
    func error(_ index: Int, _ chosen: (Double) -> Bool) -> String? {
      series[index].meanAbsoluteError(where: chosen).map { Phrase.percent($0) }
    }
    if let all = error(0, { _ in true }) {
      sentences.append("Mean absolute error of the law fitted on all runs: \(all).")
    }
    let weak = [
      error(1, { $0 >= cut }).map { "\($0) on those" }, error(1, { $0 < cut }).map { "\($0) on the stronger runs" },
    ].compactMap { $0 }
    sentences.append(
      "Fitted on runs with a loss of at least \(TickFormat.significant(cut, digits: 3)): \(weak.joined(separator: ", ")).")
    if let noise {
      sentences.append(
        "Seed noise: \(Phrase.percent(noise.typical(runs))) in the median, by its model from \(noise.model.runs) runs in groups that differ in the seed alone."
      )
    }
    return sentences.joined(separator: " ")
  }

  private static let summary =
    "Above, the cross-entropy that a fitted law predicts against the one observed, a point a run; below, the relative error in per cent. Blue: fitted on all runs. Orange: fitted on the weaker runs; the grey region is extrapolated."
}
