import Formats
import Foundation
import Plotting
import Studies
import ScalingLaws
import Statistics

/// The field of figures 6 and 14: students of the teachers of protocol 1.
struct BenefitByTeacher {
  let inputs: FigureInputs
  let field: BenefitField
  let runs: [RunRecord]

  init(_ inputs: FigureInputs) throws(StageError) {
    self.inputs = inputs
    field = try BenefitField(inputs)
    runs = inputs.distillations(.studentProfiles)
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
          title: Figures.size("N", "T", size) + ", " + .italic("L") + .subscript("T")
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
        "Teachers have \(TickFormat.significant(scale.teacherRatio, digits: 4)) tokens per parameter; their loss is \(shown.isEmpty ? "the supervised law's" : "that of their runs")."
      ))
  }
}
