import Formats
import Foundation
import Plotting
import Studies
import ScalingLaws

/// What distillation gains or loses against supervised training on the same tokens, L_S - L~_S, as figures 6, 13
/// and 14 show it: a field from the laws, runs as points, one scale of colours.
struct BenefitField {
  static let title: RichText = .italic("L") + .subscript("S") + " \u{2212} " + .tilde("L") + .subscript("S")
  private static let samples = 97

  let law: DistillationLaw
  let scale: FigureScale
  let range: RunsRange?

  init(_ inputs: FigureInputs) throws(StageError) {
    law = try inputs.law()
    scale = try inputs.scale()
    range = RunsRange(inputs)
  }

  /// A place of a panel: who learns how much from whom.
  struct Place {
    var studentParameters, studentTokens, teacherLoss: Double
  }

  /// L_S - L~_S.
  func benefit(_ place: Place) -> Double {
    law.loss(
      studentParameters: place.studentParameters, studentTokens: place.studentTokens, teacherLoss: place.teacherLoss)
      - law.supervised.loss(parameters: place.studentParameters, tokens: place.studentTokens)
  }

  /// The loss of a model that knows nothing, the logarithm of the vocabulary's size: nobody trains a worse one, so that
  /// the laws say nothing where either of the two losses is above it.
  private func isPossible(_ place: Place) -> Bool {
    let most = scale.family.uninformedLoss
    return law.loss(
      studentParameters: place.studentParameters, studentTokens: place.studentTokens, teacherLoss: place.teacherLoss)
      <= most
      && law.supervised.loss(parameters: place.studentParameters, tokens: place.studentTokens) <= most
  }

  /// A run's own L_S less the L~_S of the supervised law.
  func benefit(_ run: RunRecord) -> Double {
    run.loss - law.supervised.loss(parameters: run.parameters, tokens: run.tokens)
  }

  /// A panel before its colours are known.
  struct Draft {
    var id: String
    var title: RichText
    var x, y: Axis
    var equalSize: Double
    var runs: [(place: Datum, run: RunRecord)]
    var values: FieldGrid
    /// How far places lie outside the runs' range.
    var distances: FieldGrid?

    var hasBlanks: Bool { !values.values.allSatisfy(\.isFinite) }
  }

  /// - Parameter place: what a place of the panel stands for.
  func draft(
    _ id: String, title: RichText, x: Axis, y: Axis, equalSize: Double, runs: [(place: Datum, run: RunRecord)],
    place: (_ x: Double, _ y: Double) -> Place
  ) throws(PlotError) -> Draft {
    let (xScale, yScale) = (
      try Scale(x.kind, domain: x.domain ?? 1...10), try Scale(y.kind, domain: y.domain ?? 1...10)
    )
    func grid(_ value: (Place) -> Double) throws(PlotError) -> FieldGrid {
      try FieldGrid(x: xScale, y: yScale, columns: Self.samples, rows: Self.samples) { value(place($0, $1)) }
    }
    let distances: FieldGrid?
    if let range {
      distances = try grid {
        range.distance(parameters: $0.studentParameters, tokens: $0.studentTokens, teacherLoss: $0.teacherLoss)
      }
    } else {
      distances = nil
    }
    return Draft(
      id: id, title: title, x: x, y: y, equalSize: equalSize, runs: runs,
      values: try grid { isPossible($0) ? benefit($0) : .nan },
      distances: distances)
  }

  /// The levels and colours of panels that share a bar.
  struct Coloring {
    let levels: [Double]
    let colors: ColorScale
    /// The greatest share of a panel beyond the last levels.
    let beyond: Double

    /// No more of any panel's field than this is beyond the last levels of either side.
    private static let greatestShare = 0.025
    private static let steps = [0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.25, 0.5]

    init(_ drafts: [Draft]) throws(PlotError) {
      let fields = drafts.map { $0.values.values.filter(\.isFinite).sorted() }.filter { !$0.isEmpty }
      func quantile(_ sorted: [Double], _ share: Double) -> Double {
        sorted[Int((share * Double(sorted.count - 1)).rounded())]
      }
      let low = fields.map { quantile($0, Self.greatestShare) }.min() ?? -0.1
      let high = fields.map { quantile($0, 1 - Self.greatestShare) }.max() ?? 0.1
      let step = Self.steps.first { (high - low) / $0 <= 30 } ?? (high - low) / 30
      // At least two levels on either side, so that both have their colour.
      let first = min((low / step).rounded(.down), -2), last = max((high / step).rounded(.up), 2)
      let levels = stride(from: first, through: last, by: 1).map { ($0 * step * 1e6).rounded() / 1e6 }
      self.levels = levels
      // The outermost colours stand for what is beyond the last level. The side that reaches less far has colours of
      // its own, but not from a reach so small that a trifle is dark.
      let (below, above) = (-first * step + step / 2, last * step + step / 2)
      colors = try .diverging(below: max(below, above / 3), above: max(above, below / 3))
      let (lowest, highest) = (levels.first ?? 0, levels.last ?? 0)
      beyond =
        fields.map { field in
          Double(field.count { $0 < lowest || $0 > highest }) / Double(field.count)
        }.max() ?? 0
    }

    var fill: ColorBar.Fill { .bands(levels: levels, colors: colors.bands(levels), .linear) }
  }

  /// The field with its colours and its zero, the line of equal sizes, and the runs.
  func panel(_ draft: Draft, _ coloring: Coloring) throws(PlotError) -> Panel {
    let points: [any Mark] = [
      PointMark("halos of runs", draft.runs.map(\.place), style: Self.halo),
      ColoredPointMark(
        "runs", draft.runs.map(\.place), values: draft.runs.map { benefit($0.run) }, colors: coloring.colors,
        style: Self.point),
    ]
    let (levels, colors) = (coloring.levels, coloring.colors.bands(coloring.levels))
    let veil = try draft.distances.map { distances throws(PlotError) in try RunsRange.veil(distances) } ?? []
    let field: [any Mark] = [
      try FilledContourMark("benefit", draft.values, levels: levels, colors: colors)
    ]
    let lines: [any Mark] = [
      ContourMark("no benefit", draft.values, levels: [0], stroke: Self.zero),
      RuleMark("equal sizes", .horizontal(draft.equalSize), stroke: Self.equal, casing: Self.casing),
    ]
    return Panel(
      draft.id, title: draft.title, x: draft.x, y: draft.y,
      marks: field + veil + lines + (draft.runs.isEmpty ? [] : points))
  }

  private static let zero = Stroke(.grey(0.25), width: 0.6)
  private static let equal = Stroke(.white, width: 1.2, dash: Stroke.dashed)
  private static let casing = Stroke(.grey(0.25), width: 1.8)
  private static let point = MarkerStyle(.circle, size: 4, fill: .white, outline: Stroke(.grey(0.1), width: 0.5))
  /// Keeps runs apart from a field of their own colour, dark or light.
  private static let halo = MarkerStyle(.circle, size: 5.6, fill: .white, outline: nil)

  static let barTitle = Self.title + " (nats per token)"

  func legend(hasRuns: Bool) -> Legend {
    var entries = [
      Legend.Entry(
        .italic("N") + .subscript("S") + " = " + .italic("N") + .subscript("T"),
        Swatch(patch: .grey(0.25), line: Self.equal)),
      Legend.Entry(Self.title + " = 0", Swatch(line: Self.zero)),
    ]
    if range != nil { entries.append(RunsRange.veilEntry) }
    if hasRuns { entries.append(Legend.Entry("runs", Swatch(marker: Self.point))) }
    return Legend(.below, [Legend.Group(nil, entries)])
  }

  /// What the colours mean, and what is drawn from what.
  func caption(_ inputs: FigureInputs, runs: [RunRecord], beyond: Double, hasBlanks: Bool, _ more: String) -> RichText {
    let points =
      runs.isEmpty
      ? ""
      : " Points: \(Phrase.runs(runs, as: "distillation runs")) of the student, coloured by their own loss less the supervised law's."
    let saturated =
      beyond > 0.0005
      ? " At most \(Phrase.percent(beyond, digits: 1)) of a panel has a value beyond its colour bar." : ""
    let blank =
      hasBlanks ? " Blank: a loss above the logarithm of the vocabulary, which no trained model has." : ""
    let pale = range.map { " Pale: outside the range that the law was fitted on (" + $0.sentence + ")." } ?? ""
    return inputs.lawSentence
      + RichText(
        " Blue: distillation is better than supervised training on the same tokens; red: worse. \(more)\(points)\(blank)")
      + pale + RichText(saturated)
  }
}
