import Formats
import Plotting
import ScalingLaws
import Studies
import Verification

extension FigureDefinition {
  static let figure01 = FigureDefinition(
    number: 1, title: "the law fitted on weak students, asked about strong ones",
    needs: [.distillations, .result(.distillationExtrapolation)],
    make: extrapolationFigure)
}

/// Figure 1: students against their teachers' losses, with the law fitted on the weaker students and carried on to
/// the stronger ones.
public func extrapolationFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let scale = try inputs.scale()
  let name = "fit-distillation-extrapolation.json"
  let fit = try inputs.require(inputs.distillationExtrapolationFit, .result(.distillationExtrapolation))
  let law = try DistillationLaw(fit)
  guard let cut = fit.selection.minimumLoss else {
    throw StageError("\(name) names no selection.minimumLoss: it is a fit on all runs")
  }
  let students = MarkedStudents(inputs.distillations, scale)
  guard !students.runs.isEmpty else { throw StageError("needs distillation runs; the store has none of the figure's") }
  let colors = try asStageError { () throws(PlotError) in
    // Without the yellows that are lost on white paper.
    ColorScale(try Scale(.logarithmic, domain: scale.markedTokens), anchors: Array(Palette.sequential.dropLast()))
  }
  let diagonal = Stroke(.grey(0.4), width: 0.6, dash: Stroke.dotted)
  let panel = Panel(
    "students",
    x: Axis("Teacher's loss " + Phrase.loss("T"), domain: scale.markedTeacherLosses),
    y: Axis("Student's loss " + Phrase.loss("S"), domain: scale.markedStudentLosses),
    marks: [
      RegionMark("extrapolated", y: (nil, cut), fill: .black.opacity(0.06)),
      RuleMark("teacher's loss", .diagonal, stroke: diagonal),
    ] + students.curves(law, cut: cut, colors: colors) + students.points(colors))
  let sample = Color.grey(0.3)
  return Figure(
    title: "Figure 1: the law fitted on weak students, asked about strong ones",
    summary:
      "Cross-entropy of students against that of their teachers, coloured by the students' tokens, a marker a student size, with the distillation law fitted on the weaker students: solid where it interpolates, dashed where it extrapolates.",
    width: 0.72 * Theme.pageWidth, rowHeights: [230], cells: [Figure.Cell(panel)],
    legend: Legend(
      .below,
      [
        Legend.Group(
          .italic("N") + .subscript("S"),
          students.sizes.enumerated().map { index, size in
            Legend.Entry(
              RichText(TickFormat.abbreviate(size)), Swatch(marker: MarkedStudents.style(index, size: 3.6, fill: sample)))
          }),
        Legend.Group(
          "Law",
          [
            Legend.Entry("interpolated", Swatch(line: Stroke(sample, width: 0.9))),
            Legend.Entry(
              "extrapolated", Swatch(patch: .black.opacity(0.06), line: Stroke(sample, width: 0.9, dash: Stroke.dashed))),
            Legend.Entry(
              .italic("L") + .subscript("S") + " = " + .italic("L") + .subscript("T"), Swatch(line: diagonal)),
          ]),
      ]),
    colorBar: ColorBar(
      "Student's tokens " + .italic("D") + .subscript("S"), fill: .continuous(colors), format: .abbreviated,
      ticks: scale.markedTokenTicks),
    caption: RichText(
      "\(Phrase.runs(students.runs, as: "distillation runs")) of the student. Lines: the distillation law fitted on the \(fit.runs) of \(fit.selection.availableRuns) runs with a student's loss of at least \(TickFormat.significant(cut, digits: 3)); grey and dashed below it. Colours: the student's tokens. Losses in nats per token."
    ))
}

/// The runs of figure 1: students of some sizes with some numbers of tokens.
private struct MarkedStudents {
  let sizes: [Double]
  let runs: [RunRecord]

  init(_ all: [RunRecord], _ scale: FigureScale) {
    let wanted = scale.markedTokens
    let inside = all.filter { (wanted.lowerBound * 0.95...wanted.upperBound * 1.05).contains($0.tokens) }
    let marked = scale.markedStudents
    runs =
      marked.isEmpty
      ? inside : inside.filter { run in marked.contains { isSameSize($0, run.parameters) } }
    sizes = Set(runs.map(\.parameters)).sorted()
  }

  static func style(_ index: Int, size: Double, fill: Color?) -> MarkerStyle {
    MarkerStyle(
      DistillationRuns.symbols[index % DistillationRuns.symbols.count], size: size, fill: fill,
      outline: Stroke(.grey(0.15), width: 0.3))
  }

  func points(_ colors: ColorScale) -> [any Mark] {
    sizes.enumerated().map { index, size in
      let shown = runs.filter { $0.parameters == size }
      return ColoredPointMark(
        "N_S = \(TickFormat.abbreviate(size))", shown.map { Datum(DistillationRuns.teacher(of: $0).loss, $0.loss) },
        values: shown.map(\.tokens), colors: colors, style: Self.style(index, size: runs.count > 300 ? 2.8 : 3.6, fill: nil))
    }
  }

  /// The law through the runs of one size and one number of tokens, for three or more teachers.
  func curves(_ law: DistillationLaw, cut: Double, colors: ColorScale) -> [any Mark] {
    sizes.flatMap { size -> [any Mark] in
      runs.filter { $0.parameters == size }.grouped(by: \.tokens).flatMap { tokens, runs -> [any Mark] in
        let losses = runs.map { DistillationRuns.teacher(of: $0).loss }
        guard Set(losses).count > 2 else { return [] }
        let curve = DistillationRuns.grid(losses, margin: 1).map { teacherLoss in
          Datum(teacherLoss, law.loss(studentParameters: size, studentTokens: tokens, teacherLoss: teacherLoss))
        }
        let name = "\(TickFormat.abbreviate(size)) on \(TickFormat.abbreviate(tokens))"
        let color = colors(tokens)
        return [
          LineMark(
            "interpolated " + name, curve.map { Datum($0.x, $0.y >= cut ? $0.y : .nan) },
            stroke: Stroke(color, width: 0.8)),
          LineMark(
            "extrapolated " + name, curve.map { Datum($0.x, $0.y < cut ? $0.y : .nan) },
            stroke: Stroke(color, width: 0.8, dash: Stroke.dashed)),
        ]
      }
    }
  }
}
