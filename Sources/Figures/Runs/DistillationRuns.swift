import Formats
import Foundation
import Plotting
import Studies
import ScalingLaws
import Verification

/// The distillations of a study by its protocols, with the law fitted to all of them.
struct DistillationRuns {
  let law: DistillationLaw
  let family: ModelFamily
  let runs: [RunRecord]
  /// Supervised runs of student configurations, for comparison.
  let supervised: [RunRecord]
  private let teacherBudgets: [String: Double]

  init(_ inputs: FigureInputs, _ role: SweepRole) throws(StageError) {
    runs = inputs.distillations(role)
    guard !runs.isEmpty else { throw StageError("needs \(role.meaning)") }
    law = try DistillationLaw(try inputs.require(inputs.distillationFit, .result(.distillationFit)))
    family = inputs.runs.family
    supervised = inputs.lawRuns + inputs.baselines
    teacherBudgets = inputs.runs.teacherBudgets
  }

  /// A teacher as its students' logs know it.
  struct Teacher: Hashable, Comparable {
    var run: String
    var loss: Double
    var parameters: Double
    var tokens: Double

    static func < (a: Teacher, b: Teacher) -> Bool {
      (a.parameters, a.tokens, a.run) < (b.parameters, b.tokens, b.run)
    }
  }

  static func teacher(of run: RunRecord) -> Teacher {
    let d = run.distillation
    return Teacher(
      run: d?.teacherRun ?? "", loss: d?.teacherLoss ?? .nan, parameters: d?.teacherParameters ?? .nan,
      tokens: d?.teacherTokens ?? .nan)
  }

  /// Nominal compute of the IsoFLOP profile that a run's teacher belongs to.
  func teacherBudget(_ run: RunRecord) -> Double? {
    run.distillation.flatMap { teacherBudgets[$0.teacherRun] }
  }

  /// Runs in one series: their points, and the law's curve through them.
  struct Series {
    var name: String
    var label: RichText
    var points: [Datum]
    var curve: [Datum]
  }

  static let symbols: [MarkerStyle.Symbol] = [.circle, .square, .triangle, .diamond, .triangleDown, .plus, .cross]

  static func style(_ index: Int, of count: Int) -> (color: Color, marker: MarkerStyle) {
    let color = Palette.ordered(max(count, 2))[index]
    return (color, MarkerStyle(symbols[index % symbols.count], size: 3.4, fill: color))
  }

  /// The marks of series that are numbered among `names`, so that a name has one colour in all panels.
  static func marks(_ series: [Series], among names: [String], extendsDomain: Bool = true) -> [any Mark] {
    let styles = series.map { style(names.firstIndex(of: $0.name) ?? 0, of: names.count) }
    return zip(series, styles).map { series, style -> any Mark in
      LineMark(
        "law " + series.name, series.curve, stroke: Stroke(style.color, width: 0.9), extendsDomain: extendsDomain)
    } + zip(series, styles).map { PointMark($0.name, $0.points, style: $1.marker) }
  }

  static func legend(_ entries: [(name: String, label: RichText)], title: RichText? = nil) -> Legend.Group {
    Legend.Group(
      title,
      entries.enumerated().map { index, entry in
        let style = style(index, of: entries.count)
        return Legend.Entry(
          entry.label, Swatch(line: Stroke(style.color, width: 0.9), marker: style.marker))
      })
  }

  /// Budgets that have one colour each, whoever's they are: C_S in (a), C_T in (b).
  static func budgetLegend(_ budgets: [Double]) -> Legend.Group {
    legend(
      budgets.map { (Phrase.plain(flops: $0), TickFormat.power($0)) },
      title: .italic("C") + .subscript("S") + " (a), " + .italic("C") + .subscript("T") + " (b), FLOPs:")
  }

  /// Sizes from a little below the least to a little above the largest.
  static func grid(_ values: [Double], margin: Double = 1.1, steps: Int = 96) -> [Double] {
    guard let low = values.min(), let high = values.max() else { return [] }
    return (0...steps).map { step in
      low / margin * pow(high / low * margin * margin, Double(step) / Double(steps))
    }
  }

  static let reference = Stroke(.grey(0.4), width: 0.6, dash: Stroke.dashed)

  /// A dashed line at a value of y that the axis makes room for, at a size that the panel shows anyway.
  static func level(_ name: String, _ value: Double, at size: Double) -> [any Mark] {
    // A line of one point is invisible.
    [
      RuleMark(name, .horizontal(value), stroke: reference),
      LineMark("room for " + name, [Datum(size, value)], stroke: reference),
    ]
  }

  /// The sentence under a figure of protocol runs.
  static func caption(_ runs: [RunRecord], _ more: String) -> RichText {
    RichText(
      "\(Phrase.runs(runs, as: "distillation runs")) of the student. Lines: the distillation law fitted on all runs. \(more)")
  }
}

/// Tokens per parameter as a sweep planned them, to tens, or to one decimal where they are few.
func nominalRatio(_ ratio: Double) -> Double {
  ratio >= 10 ? (ratio / 10).rounded() * 10 : (10 * ratio).rounded() / 10
}

/// A size as panel titles and legends write it.
func size(_ symbol: String, _ script: String, _ value: Double) -> RichText {
  .italic(symbol) + .subscript(script) + RichText(" = \(TickFormat.abbreviate(value))")
}
