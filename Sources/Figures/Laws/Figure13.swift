import Formats
import Plotting
import ScalingLaws
import Studies

extension FigureDefinition {
  static let figure13 = FigureDefinition(
    number: 13, title: "distillation against supervised training, by the teacher's size and tokens or compute",
    needs: [.distillationLaw], uses: [.sweep(.teacherProfiles)],
    make: benefitByTeacherFigure)
}

/// Figure 13: what distillation gains over supervised training, against the teacher's size and (a) its tokens, (b)
/// its compute, a panel a student.
public func benefitByTeacherFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let field = try BenefitField(inputs)
  let (law, scale) = (field.law, field.scale)
  let runs = inputs.distillations(.teacherProfiles)
  let y = Axis(
    Phrase.parameters("N", "T"), .logarithmic, domain: scale.parameters, format: .abbreviated, shared: "teacher")
  let tokensAxis = Axis(
    .italic("D") + .subscript("T") + " (tokens)", .logarithmic, domain: scale.tokens, format: .abbreviated,
    shared: "tokens")
  let computeAxis = Axis(
    .italic("C") + .subscript("T") + " (FLOPs)", .logarithmic, domain: scale.compute,
    format: .powerOfTen, shared: "compute")
  var shown: [RunRecord] = []
  var rows: [[BenefitField.Draft]] = [[], []]
  for (column, student) in scale.students.enumerated() {
    let students = runs.filter { isSameSize($0.parameters, student) }
    shown += students
    func place(teacherParameters: Double, teacherTokens: Double) -> BenefitField.Place {
      BenefitField.Place(
        studentParameters: student, studentTokens: scale.studentRatio * student,
        teacherLoss: law.supervised.loss(parameters: teacherParameters, tokens: teacherTokens))
    }
    let teachers = students.map { DistillationRuns.teacher(of: $0) }
    func draft(
      _ id: String, letter: String, x: Axis, places: [Double], place: (Double, Double) -> BenefitField.Place
    ) throws(StageError) -> BenefitField.Draft {
      let points = zip(zip(places, teachers), students).map { (Datum($0.0, $0.1.parameters), $1) }
      let title = RichText.bold(column == 0 ? "(\(letter)) " : "") + size("N", "S", student)
      return try asStageError { () throws(PlotError) in
        try field.draft(
          "\(id) \(TickFormat.abbreviate(student))", title: title, x: x, y: y, equalSize: student, runs: points,
          place: place)
      }
    }
    rows[0].append(
      try draft("tokens", letter: "a", x: tokensAxis, places: teachers.map(\.tokens)) { tokens, parameters in
        place(teacherParameters: parameters, teacherTokens: tokens)
      })
    let compute = teachers.map { scale.family.trainingFLOPs(parameters: $0.parameters, tokens: $0.tokens) }
    rows[1].append(
      try draft("compute", letter: "b", x: computeAxis, places: compute) { compute, parameters in
        place(
          teacherParameters: parameters,
          teacherTokens: scale.family.tokens(compute: compute, parameters: parameters))
      })
  }
  // A row has a bar of its own: (a) spans more than (b).
  let columns = scale.students.count
  var cells: [Figure.Cell] = []
  var beyond = 0.0
  for (row, drafts) in rows.enumerated() {
    let bar = try asStageError { () throws(PlotError) in
      let coloring = try BenefitField.Coloring(drafts)
      beyond = max(beyond, coloring.beyond)
      for (column, draft) in drafts.enumerated() {
        cells.append(Figure.Cell(try field.panel(draft, coloring), rows: row...row, columns: column...column))
      }
      return try ColorBar.panel("bar \(row)", BenefitField.barTitle, levels: coloring.levels, colors: coloring.colors)
    }
    cells.append(Figure.Cell(bar, rows: row...row, columns: columns...columns))
  }
  return Figure(
    title: "Figure 13: distillation against supervised training, by the teacher",
    summary:
      "Difference between the cross-entropies of a distilled student and of one trained supervised on the same tokens, against its teacher's size and (a) the teacher's tokens, (b) the teacher's compute, a panel a student.",
    width: Theme.pageWidth, rowHeights: [105, 105], columnWeights: scale.students.map { _ in 1 } + [0.09], cells: cells,
    legend: field.legend(hasRuns: !shown.isEmpty),
    caption: field.caption(
      inputs, runs: shown, beyond: beyond, hasBlanks: rows.joined().contains(where: \.hasBlanks),
      "Students have \(TickFormat.significant(scale.studentRatio, digits: 4)) tokens per parameter; the field takes the teacher's loss from the supervised law."
    ))
}
