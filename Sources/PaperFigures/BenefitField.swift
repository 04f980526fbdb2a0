import Artifacts
import Plotting
import ScalingLaws

/// What distillation gains or loses against supervised training on the same tokens, L_S - L~_S, as figures 6, 13
/// and 14 show it: a field from the laws, runs as points, one scale of colours.
struct BenefitField {
  static let title: RichText = .italic("L") + .subscript("S") + " \u{2212} " + .tilde("L") + .subscript("S")
  private static let samples = 97

  let law: DistillationLaw
  let scale: FigureScale
  let colors: ColorScale

  init(_ inputs: FigureInputs) throws(StageError) {
    law = try inputs.law()
    scale = try inputs.scale()
    let (levels, reach) = (scale.differences, scale.differences.last ?? 0)
    // The outermost colours stand for what is beyond the last level.
    let step = levels.count > 1 ? levels[1] - levels[0] : reach
    colors = try asStageError { () throws(PlotError) in try .diverging(reach: reach + step / 2) }
  }

  /// L_S - L~_S.
  func benefit(studentParameters: Double, studentTokens: Double, teacherLoss: Double) -> Double {
    law.loss(studentParameters: studentParameters, studentTokens: studentTokens, teacherLoss: teacherLoss)
      - law.supervised.loss(parameters: studentParameters, tokens: studentTokens)
  }

  /// A run's own L_S less the L~_S of the supervised law.
  func benefit(_ run: RunRecord) -> Double {
    run.loss - law.supervised.loss(parameters: run.parameters, tokens: run.tokens)
  }

  /// The field with its colours and its zero, the line of equal sizes, and the runs.
  /// - Parameter value: the field at a place of the panel.
  func panel(
    _ id: String, title: RichText, x: Axis, y: Axis, equalSize: Double, runs: [(place: Datum, run: RunRecord)],
    value: (_ x: Double, _ y: Double) -> Double
  ) throws(PlotError) -> Panel {
    let grid = try FieldGrid(
      x: try Scale(x.kind, domain: x.domain ?? 1...10), y: try Scale(y.kind, domain: y.domain ?? 1...10),
      columns: Self.samples, rows: Self.samples, value: value)
    let points: [any Mark] = [
      PointMark("halos of runs", runs.map(\.place), style: Self.halo),
      ColoredPointMark(
        "runs", runs.map(\.place), values: runs.map { benefit($0.run) }, colors: colors, style: Self.point),
    ]
    return Panel(
      id, title: title, x: x, y: y,
      marks: [
        try FilledContourMark("benefit", grid, levels: scale.differences, colors: colors.bands(scale.differences)),
        ContourMark("no benefit", grid, levels: [0], stroke: Self.zero),
        RuleMark("equal sizes", .horizontal(equalSize), stroke: Self.equal),
      ] + (runs.isEmpty ? [] : points))
  }

  private static let zero = Stroke(.grey(0.25), width: 0.6)
  private static let equal = Stroke(.white, width: 1.2, dash: Stroke.dashed)
  private static let point = MarkerStyle(.circle, size: 4, fill: .white, outline: Stroke(.grey(0.1), width: 0.5))
  /// Keeps runs apart from a field of their own colour, dark or light.
  private static let halo = MarkerStyle(.circle, size: 5.6, fill: .white, outline: nil)

  var colorBar: ColorBar {
    ColorBar(
      Self.title + " (nats per token)",
      fill: .bands(levels: scale.differences, colors: colors.bands(scale.differences), .linear))
  }

  func legend(hasRuns: Bool) -> Legend {
    var entries = [
      Legend.Entry(
        .italic("N") + .subscript("S") + " = " + .italic("N") + .subscript("T"),
        Swatch(patch: .grey(0.6), line: Self.equal)),
      Legend.Entry(Self.title + " = 0", Swatch(line: Self.zero)),
    ]
    if hasRuns { entries.append(Legend.Entry("runs", Swatch(marker: Self.point))) }
    return Legend(.below, [Legend.Group(nil, entries)])
  }

  /// What the colours mean, and what is drawn from what.
  func caption(_ inputs: FigureInputs, runs: [RunRecord], _ more: String) -> RichText {
    let points =
      runs.isEmpty
      ? ""
      : " Points: \(Phrase.runs(runs, as: "distillation runs")) of the student, coloured by their own loss less the supervised law's."
    return inputs.lawSentence
      + RichText(" Blue: distillation is better than supervised training on the same tokens; red: worse. \(more)\(points)")
  }
}
