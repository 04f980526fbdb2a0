import Formats
import Foundation
import PaperStudy
import Plotting
import ScalingLaws
import Studies

extension FigureDefinition {
  static let figureLaw = FigureDefinition(
    name: "figure-law", title: "which B′ the labels of the paper's figures follow",
    needs: [.result(.figureLaw)],
    make: figureLawFigure)
}

/// Figure `figure-law`: how many contour labels of the paper's figures a law gets wrong, against its B'.
public func figureLawFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let test = try inputs.require(inputs.figureLaw, .result(.figureLaw))
  guard let first = test.curve.first, let last = test.curve.last, first.tokenCoefficient < last.tokenCoefficient else {
    throw StageError("needs a curve in figure-law.json")
  }
  let trials = (test.curve + [test.printed, test.figures]).sorted { $0.tokenCoefficient < $1.tokenCoefficient }
  func percent(_ wrong: Int, of labels: Int) -> Double { labels > 0 ? 100 * Double(wrong) / Double(labels) : 0 }
  let whole = Stroke(.grey(0.1), width: 1.6)
  var series = [(label: "all \(test.labels) labels", stroke: whole, data: [Datum]())]
  series[0].data = trials.map { Datum($0.tokenCoefficient, percent($0.total, of: test.labels)) }
  for (index, group) in test.groups.enumerated() {
    let figures = group.name.contains(",") ? "figures" : "figure"
    series.append(
      (
        "\(figures) \(group.name) (\(group.labels))", Stroke(Palette.discrete[index % Palette.discrete.count], width: 1),
        trials.map { Datum($0.tokenCoefficient, percent($0.disagreements[index], of: group.labels)) }
      ))
  }
  let printed = Stroke(.grey(0.45), width: 0.9, dash: Stroke.dashed), found = Stroke(Color(hex: 0xC8102E), width: 0.9)
  let marks: [any Mark] =
    [
      RuleMark("as printed", .vertical(test.printed.tokenCoefficient), stroke: printed),
      RuleMark("as the figures have it", .vertical(test.figures.tokenCoefficient), stroke: found),
    ] + series.reversed().map { LineMark($0.label, $0.data, stroke: $0.stroke) }
  let name: RichText = .italic("B") + "′"
  let coefficient = { (value: Double) in String(format: "%.0f", value) }
  return Figure(
    title: "Figure figure-law: which B′ the labels of the paper's figures follow",
    summary: "Contour labels of the paper's figures that a law of table 6 gets wrong, in per cent, against its coefficient B′.",
    width: Theme.columnWidth, rowHeights: [170],
    cells: [
      Figure.Cell(
        Panel(
          "labels",
          x: Axis(
            name, .logarithmic, domain: first.tokenCoefficient...last.tokenCoefficient, format: .powerOfTen),
          y: Axis("Labels that disagree", format: .percent), marks: marks))
    ],
    legend: Legend(
      .below,
      [
        Legend.Group(
          nil,
          series.map { Legend.Entry(RichText($0.label), Swatch(line: $0.stroke)) } + [
            Legend.Entry(
              RichText("table 6 as printed, \(coefficient(test.printed.tokenCoefficient))"), Swatch(line: printed)),
            Legend.Entry(
              RichText("a hundred times that, \(coefficient(test.figures.tokenCoefficient))"), Swatch(line: found)),
          ])
      ]),
    caption: RichText(
      "The law of table 6 with one coefficient changed, B′: contour labels of the paper's figures that it would have once "
        + "too often or too seldom, as a share of those that the paper has. With B′ as printed \(test.printed.total) of "
        + "\(test.labels) disagree, with a hundred times as much \(test.figures.total)."))
}
