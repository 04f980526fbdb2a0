import Artifacts
import Plotting
import ScalingLaws

/// Figure 13: what distillation gains over supervised training, against the teacher's size and (a) its tokens, (b)
/// its compute, a panel a student.
public func benefitByTeacherFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let field = try BenefitField(inputs)
  let (law, scale) = (field.law, field.scale)
  let runs = inputs.distillations(sweep: "protocol-2")
  let y = Axis(
    .italic("N") + .subscript("T"), .logarithmic, domain: scale.parameters, format: .abbreviated, shared: "teacher")
  let tokensAxis = Axis(
    .italic("D") + .subscript("T") + " (tokens)", .logarithmic, domain: scale.tokens, format: .abbreviated,
    shared: "tokens")
  let computeAxis = Axis(
    .italic("C") + .subscript("T") + " (FLOPs)", .logarithmic, domain: scale.compute,
    format: .powerOfTen, shared: "compute")
  var cells: [Figure.Cell] = []
  var shown: [RunRecord] = []
  for (column, student) in scale.students.enumerated() {
    let students = runs.filter { isSameSize($0.parameters, student) }
    shown += students
    func benefit(teacherParameters: Double, teacherTokens: Double) -> Double {
      field.benefit(
        studentParameters: student, studentTokens: scale.studentRatio * student,
        teacherLoss: law.supervised.loss(parameters: teacherParameters, tokens: teacherTokens))
    }
    let teachers = students.map { DistillationRuns.teacher(of: $0) }
    func add(
      row: Int, _ id: String, letter: String, x: Axis, places: [Double], value: (Double, Double) -> Double
    ) throws(StageError) {
      let points = zip(zip(places, teachers), students).map { (Datum($0.0, $0.1.parameters), $1) }
      let title = RichText.bold(column == 0 ? "(\(letter)) " : "") + size("N", "S", student)
      let panel = try asStageError { () throws(PlotError) in
        try field.panel(
          "\(id) \(TickFormat.abbreviate(student))", title: title, x: x, y: y, equalSize: student, runs: points,
          value: value)
      }
      cells.append(Figure.Cell(panel, rows: row...row, columns: column...column))
    }
    try add(row: 0, "tokens", letter: "a", x: tokensAxis, places: teachers.map(\.tokens)) { tokens, parameters in
      benefit(teacherParameters: parameters, teacherTokens: tokens)
    }
    let compute = teachers.map { scale.family.trainingFLOPs(parameters: $0.parameters, tokens: $0.tokens) }
    try add(row: 1, "compute", letter: "b", x: computeAxis, places: compute) { compute, parameters in
      benefit(
        teacherParameters: parameters,
        teacherTokens: scale.family.tokens(compute: compute, parameters: parameters))
    }
  }
  return Figure(
    title: "Figure 13: distillation against supervised training, by the teacher",
    summary: "Difference between the cross-entropies of a distilled student and of one trained supervised on the same tokens, against its teacher's size and (a) the teacher's tokens, (b) the teacher's compute, a panel a student.",
    width: Theme.pageWidth, rowHeights: [105, 105], columnWeights: scale.students.map { _ in 1 }, cells: cells,
    legend: field.legend(hasRuns: !shown.isEmpty), colorBar: field.colorBar,
    caption: field.caption(
      inputs, runs: shown,
      "Students have \(Int(scale.studentRatio)) tokens per parameter; the field takes the teacher's loss from the supervised law."))
}
