import Artifacts
import Foundation
import Plotting
import ScalingLaws
import Statistics

/// Figure 6: what distillation gains over supervised training, against the student's tokens and size, a panel a
/// teacher.
public func benefitByTokensFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let scale = try inputs.scale()
  let axis = Axis(
    Phrase.tokens("D", "S"), .logarithmic, domain: scale.tokens, format: .abbreviated,
    shared: "x")
  return try BenefitByTeacher(inputs).figure("Figure 6", "the student's tokens", x: axis, run: \.tokens) { tokens, _ in
    tokens
  }
}

/// Figure 14: as figure 6, against the compute of the student's training.
public func benefitByComputeFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let scale = try inputs.scale()
  let axis = Axis(
    "Student compute " + .italic("C") + .subscript("S") + " (FLOPs)", .logarithmic, domain: scale.compute,
    format: .powerOfTen, shared: "x")
  return try BenefitByTeacher(inputs).figure("Figure 14", "the student's compute", x: axis, run: \.compute) {
    compute, parameters in
    scale.family.tokens(compute: compute, parameters: parameters)
  }
}

/// The field of figures 6 and 14: students of the teachers of protocol 1.
private struct BenefitByTeacher {
  let inputs: FigureInputs
  let field: BenefitField
  let runs: [RunRecord]

  init(_ inputs: FigureInputs) throws(StageError) {
    self.inputs = inputs
    field = try BenefitField(inputs)
    runs = inputs.distillations(sweep: "protocol-1")
  }

  /// - Parameters:
  ///   - run: a run's place along the horizontal axis.
  ///   - tokens: D_S of a place along that axis and a student's size.
  func figure(
    _ name: String, _ against: String, x: Axis, run: (RunRecord) -> Double, tokens: (Double, Double) -> Double
  ) throws(StageError) -> Figure {
    let (law, scale) = (field.law, field.scale)
    let y = Axis(
      Phrase.parameters("N", "S"), .logarithmic, domain: scale.parameters, format: .abbreviated, shared: "student")
    var drafts: [BenefitField.Draft] = []
    var shown: [RunRecord] = []
    for size in scale.teachers {
      let students = runs.filter { isSameSize(DistillationRuns.teacher(of: $0).parameters, size) }
      shown += students
      // From the teacher's own run where there is one.
      let losses = students.map { DistillationRuns.teacher(of: $0).loss }
      let teacherLoss =
        mean(losses) ?? law.supervised.loss(parameters: size, tokens: scale.teacherRatio * size)
      let draft = try asStageError { () throws(PlotError) in
        try field.draft(
          "teacher \(TickFormat.abbreviate(size))",
          title: PaperFigures.size("N", "T", size) + ", " + .italic("L") + .subscript("T")
            + RichText(String(format: " = %.2f", teacherLoss)),
          x: x, y: y, equalSize: size, runs: students.map { (Datum(run($0), $0.parameters), $0) }
        ) { place, parameters in
          BenefitField.Place(
            studentParameters: parameters, studentTokens: tokens(place, parameters), teacherLoss: teacherLoss)
        }
      }
      drafts.append(draft)
    }
    let (cells, coloring) = try asStageError { () throws(PlotError) in
      let coloring = try BenefitField.Coloring(drafts)
      var cells: [Figure.Cell] = []
      for (index, draft) in drafts.enumerated() {
        cells.append(
          Figure.Cell(
            try field.panel(draft, coloring), rows: index / 3...index / 3, columns: index % 3...index % 3))
      }
      return (cells, coloring)
    }
    return Figure(
      title: "\(name): distillation against supervised training, by \(against) and size",
      summary:
        "Difference between the cross-entropies of a distilled student and of one trained supervised on the same tokens, against \(against) and its size, a panel a teacher.",
      width: Theme.pageWidth, rowHeights: [118, 118], columnWeights: [1, 1, 1], cells: cells,
      legend: field.legend(hasRuns: !shown.isEmpty), colorBar: ColorBar(BenefitField.barTitle, fill: coloring.fill),
      caption: field.caption(
        inputs, runs: shown, beyond: coloring.beyond, hasBlanks: drafts.contains(where: \.hasBlanks),
        "Teachers have \(Int(scale.teacherRatio)) tokens per parameter; their loss is \(shown.isEmpty ? "the supervised law's" : "that of their runs")."
      ))
  }
}
