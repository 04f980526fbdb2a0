import Formats
import Foundation
import Plotting
import ScalingLaws
import Statistics
import Studies
import Verification

extension FigureDefinition {
  static let figure36 = FigureDefinition(
    number: 36, title: "the supervised runs, their IsoFLOP profiles and minima",
    needs: [.result(.supervisedFit), .anySweep(of: [.isoFLOP, .fixedRatio, .long])],
    make: supervisedRunsFigure)
}

/// Figure 36: the supervised runs behind the law: at constant D/N and at constant D, along IsoFLOP
/// profiles, and the profiles' minima.
public func supervisedRunsFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let runs = inputs.lawRuns
  let law = try SupervisedLaw(try inputs.require(inputs.supervisedFit, .result(.supervisedFit)))
  func ofLaw(_ role: SweepRole) -> [RunRecord] {
    inputs.runs.runs(role).filter { $0.purpose == .law && $0.kind == .supervised }
  }
  let profiles = ofLaw(.isoFLOP).filter { $0.budget != nil }
  let (ratios, lengths) = (ofLaw(.fixedRatio), ofLaw(.long))
  guard !profiles.isEmpty || !ratios.isEmpty || !lengths.isEmpty else {
    throw StageError("needs \(Input.anySweep(of: [.isoFLOP, .fixedRatio, .long]).words)")
  }
  return SupervisedRuns(
    profiles: profiles, ratios: ratios, lengths: lengths, noise: RunNoise(runs), law: law, family: inputs.runs.family
  ).figure()
}

struct SupervisedRuns {
  /// Runs along which D follows from N.
  private struct Series {
    var name: String
    var label: RichText
    var color: Color
    var style: MarkerStyle
    var dash: [Double]
    var runs: [RunRecord]
    /// D of a model with N parameters.
    var tokens: @Sendable (Double) -> Double

    var points: [Datum] { runs.map { Datum($0.parameters, $0.loss) } }

    /// The law along the series, a little beyond its ends.
    func curve(_ law: SupervisedLaw, margin: Double = 1.12) -> [Datum] {
      let sizes = runs.map(\.parameters)
      guard let low = sizes.min(), let high = sizes.max() else { return [] }
      let steps = 160
      return (0...steps).map { step in
        let size = low / margin * pow(high / low * margin * margin, Double(step) / Double(steps))
        return Datum(size, law.loss(parameters: size, tokens: tokens(size)))
      }
    }
  }

  private let law: SupervisedLaw
  private let family: ModelFamily
  private let noise: RunNoise?
  private let shown: [RunRecord]
  /// Only measured runs have errors to show.
  private var hasBars: Bool { shown.allSatisfy { $0.origin == .measured } }
  private let ratios: [Series]
  private let lengths: [Series]
  private let profiles: [Series]
  private let minima: [(budget: Double, color: Color, symbol: MarkerStyle.Symbol, minimum: ProfileMinimum)]

  init(
    profiles runs: [RunRecord], ratios byRatio: [RunRecord], lengths byLength: [RunRecord], noise: RunNoise?,
    law: SupervisedLaw, family: ModelFamily
  ) {
    self.law = law
    self.family = family
    self.noise = noise
    shown = runs + byRatio + byLength

    // D/N as the sweep planned it: whole steps of training leave it a little off.
    let byRatio = byRatio.grouped { nominalRatio($0.tokens / $0.parameters) }
    let ratioColors = Palette.ordered(max(byRatio.count, 2))
    ratios = byRatio.enumerated().map { index, group in
      let ratio = mean(group.values.map { $0.tokens / $0.parameters }) ?? .nan
      return Series(
        name: "D/N = \(TickFormat.significant(group.key, digits: 4))",
        label: .italic("D") + "/" + .italic("N") + RichText(" ≈ \(TickFormat.significant(group.key, digits: 4))"),
        color: ratioColors[index],
        style: MarkerStyle(Self.symbols[index % Self.symbols.count], size: 3.8, fill: ratioColors[index]), dash: [],
        runs: group.values, tokens: { ratio * $0 })
    }
    let byLength = byLength.grouped { $0.tokens }
    lengths = byLength.enumerated().map { index, group in
      let color = Color.grey(index.isMultiple(of: 2) ? 0.5 : 0.15)
      let name = TickFormat.abbreviate(group.key)
      return Series(
        name: "D = \(name)", label: .italic("D") + RichText(" = \(name)"), color: color,
        style: .open(Self.symbols[index % Self.symbols.count], size: 3.8, color), dash: Stroke.dashed,
        runs: group.values, tokens: { _ in group.key })
    }
    let byBudget = runs.grouped { $0.budget ?? 0 }
    let budgetColors = Palette.ordered(max(byBudget.count, 2))
    profiles = byBudget.enumerated().map { index, group in
      Series(
        name: "C = \(Phrase.plain(flops: group.key))", label: .italic("C") + " = " + TickFormat.power(group.key),
        color: budgetColors[index],
        style: MarkerStyle(Self.symbols[index % Self.symbols.count], size: 3.8, fill: budgetColors[index]), dash: [],
        runs: group.values, tokens: { family.tokens(compute: group.key, parameters: $0) })
    }
    minima = byBudget.enumerated().compactMap { index, group in
      ProfileMinimum(
        points: group.values.map { ($0.parameters, $0.loss) }, relativeNoise: noise?.typical(group.values)
      ).map { (group.key, budgetColors[index], Self.symbols[index % Self.symbols.count], $0) }
    }
  }

  private static let symbols: [MarkerStyle.Symbol] = [.circle, .square, .triangle, .diamond, .triangleDown]

  func figure() -> Figure {
    var cells = [Figure.Cell](), weights = [Double]()
    if !(ratios + lengths).isEmpty {
      let title: RichText = .bold("(a)") + " Fixed " + .italic("D") + "/" + .italic("N") + " and fixed " + .italic("D")
      cells.append(Figure.Cell(panel("series", title, ratios + lengths), rows: 0...1))
      weights.append(1)
    }
    if !profiles.isEmpty {
      let (minima, column) = (minimaPanels, weights.count)
      cells += [
        Figure.Cell(profilePanel, rows: 0...1, columns: column...column),
        Figure.Cell(minima.parameters, columns: column + 1...column + 1),
        Figure.Cell(minima.loss, rows: 1...1, columns: column + 1...column + 1),
      ]
      weights += [1, 0.92]
    }
    return Figure(
      title: "Figure 36: the supervised runs", summary: summary,
      width: weights.count > 1 ? Theme.pageWidth : Theme.columnWidth, rowHeights: [72, 72], columnWeights: weights,
      cells: cells, legend: legend, caption: caption)
  }

  private func panel(_ id: String, _ title: RichText, _ series: [Series]) -> Panel {
    Panel(
      id, title: title,
      x: Axis(Phrase.parameters, .logarithmic, format: .abbreviated),
      y: Axis(Phrase.loss),
      marks: series.map { series -> any Mark in
        LineMark("law " + series.name, series.curve(law), stroke: Stroke(series.color, width: 0.9, dash: series.dash))
      } + series.map { PointMark($0.name, $0.points, style: $0.style) })
  }

  private var profilePanel: Panel {
    var panel = panel("profiles", RichText.bold("(b)") + " IsoFLOP profiles", profiles)
    panel.marks.append(
      PointMark(
        "minima", minima.map { Datum($0.minimum.parameters, $0.minimum.loss) }, style: Self.minimumStyle))
    return panel
  }

  private static let minimumStyle = MarkerStyle(.star, size: 4, fill: .white, outline: Stroke(.black, width: 0.6))

  private var minimaPanels: (parameters: Panel, loss: Panel) {
    let budgets = profiles.compactMap { $0.runs.first?.budget }
    let domain = Scale.domain(.logarithmic, of: budgets, padding: 0.12)
    let computes = domain.flatMap { try? Scale(.logarithmic, domain: $0).samples(120) } ?? []
    let optima = computes.map { ($0, law.computeOptimum(compute: $0, family: family)) }
    let lawStroke = Stroke(.grey(0.25), width: 0.9)
    func marks(_ curve: [Datum], _ point: (ProfileMinimum) -> Double, _ bar: (ProfileMinimum) -> (Double, Double)?)
      -> [any Mark]
    {
      var marks: [any Mark] = [LineMark("law's optimum", curve, stroke: lawStroke)]
      for item in minima {
        if hasBars, let (low, high) = bar(item.minimum) {
          marks.append(
            ErrorBarMark(
              "deviation \(Phrase.plain(flops: item.budget))", [BandMark.Slice(x: item.budget, low: low, high: high)],
              stroke: Stroke(item.color, width: 0.8)))
        }
        marks.append(
          PointMark(
            "minimum \(Phrase.plain(flops: item.budget))", [Datum(item.budget, point(item.minimum))],
            style: MarkerStyle(item.symbol, size: 3.8, fill: item.color)))
      }
      return marks
    }
    let parameters = Panel(
      "optimal parameters", title: RichText.bold("(c)") + " Minima",
      x: Axis(Phrase.compute, .logarithmic, domain: domain, format: .powerOfTen, shared: "compute"),
      y: Axis(.italic("N") + "* (parameters)", .logarithmic, format: .abbreviated),
      marks: marks(optima.map { Datum($0.0, $0.1.parameters) }, \.parameters) { minimum in
        minimum.parametersInterval.map { ($0.lowerBound, $0.upperBound) }
      })
    let loss = Panel(
      "optimal loss",
      x: Axis(Phrase.compute, .logarithmic, domain: domain, format: .powerOfTen, shared: "compute"),
      y: Axis(.italic("L") + "* (nats)"),
      marks: marks(optima.map { Datum($0.0, $0.1.loss) }, \.loss) { minimum in
        minimum.lossDeviation.map { (minimum.loss - $0, minimum.loss + $0) }
      })
    return (parameters, loss)
  }

  private var legend: Legend {
    func entries(_ series: [Series]) -> [Legend.Entry] {
      series.map { Legend.Entry($0.label, Swatch(line: Stroke($0.color, width: 0.9, dash: $0.dash), marker: $0.style)) }
    }
    var groups = [Legend.Group]()
    if !(ratios + lengths).isEmpty { groups.append(Legend.Group(RichText.bold("(a)"), entries(ratios + lengths))) }
    if !profiles.isEmpty {
      groups.append(
        Legend.Group(
          RichText.bold("(b, c)"),
          entries(profiles) + [Legend.Entry("minimum of a profile", Swatch(marker: Self.minimumStyle))]))
    }
    return Legend(.below, groups)
  }

  private var caption: RichText {
    let deviation =
      noise.map { "for a seed noise of \(Phrase.percent($0.typical(shown))) in the median" }
      ?? "from the residuals of the parabolas"
    let bars = hasBars ? ", with bars of ±1 s.d. \(deviation)" : ""
    let missing = profiles.count - minima.count
    let gaps = missing == 0 ? "" : "; \(missing) of \(profiles.count) profiles have no minimum inside their runs"
    let lines = "\(Phrase.runs(shown)). Lines: the law fitted on all runs."
    guard !profiles.isEmpty else { return RichText(lines) }
    return RichText("\(lines) Minima: parabolas in log ")
      + .italic("N") + RichText(" through the runs around the lowest\(bars)\(gaps).")
  }

  private var summary: String {
    "Supervised training runs and the law fitted to them. (a) Loss against parameters at constant tokens per parameter and at constant tokens. (b) Loss against parameters at constant compute, a colour per budget, with the minimum of each profile. (c) Parameters and loss at the minima against compute, beside the law's own optimum. "
      + caption.description
  }
}
