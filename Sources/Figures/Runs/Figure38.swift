import Formats
import Plotting
import ScalingLaws
import Studies

extension FigureDefinition {
  static let figure38 = FigureDefinition(
    number: 38, title: "all students of protocols 1 and 2",
    needs: [.result(.distillationFit), .sweep(.studentProfiles), .sweep(.teacherProfiles)],
    make: allProfilesFigure)
}

/// Figure 38: every run of protocols 1 and 2: (a) students along IsoFLOP profiles, a panel a teacher; (b)
/// students of constant tokens per parameter from teachers along IsoFLOP profiles, a panel a student.
public func allProfilesFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  var students = StudentProfiles(try DistillationRuns(inputs, .studentProfiles))
  var teachers = TeacherProfiles(try DistillationRuns(inputs, .teacherProfiles))
  // A colour a budget in (a) and (b), be it the student's or the teacher's.
  let budgets = Set(students.budgets + teachers.budgets).sorted()
  students.styledBudgets = budgets
  teachers.styledBudgets = budgets
  // Two rows: (a) on the left, (b) on the right.
  let left = (students.teachers.count + 1) / 2, right = (teachers.sizes.count + 1) / 2
  var cells = students.teachers.enumerated().map { index, teacher in
    let (row, column) = (index / left, index % left)
    // Axes of their own: students of a weak teacher all end near its loss, and would be squashed on a common one.
    var panel = students.panel(teacher, titled: true, sharesLosses: false)
    if index == 0, let title = panel.title { panel.title = RichText.bold("(a) ") + title }
    return Figure.Cell(panel, rows: row...row, columns: column...column)
  }
  cells += teachers.sizes.enumerated().map { index, student in
    let (row, column) = (index / right, left + index % right)
    return Figure.Cell(
      teachers.panel(student, letter: index == 0 ? "(b) " : ""), rows: row...row, columns: column...column)
  }
  return Figure(
    title: "Figure 38: all students of protocols 1 and 2",
    summary:
      "(a) Cross-entropy of students against their size at constant student compute, a panel per teacher. (b) Cross-entropy of students against the size of their teacher at constant teacher compute, a panel per student.",
    width: Theme.pageWidth, rowHeights: [100, 100], columnWeights: Array(repeating: 1, count: left + right),
    cells: cells,
    legend: Legend(
      .below,
      [
        DistillationRuns.budgetLegend(budgets),
        Legend.Group(
          nil,
          [
            Legend.Entry(
              "(a): teacher’s loss and size; (b): supervised loss, student’s size",
              Swatch(line: DistillationRuns.reference))
          ]),
      ]),
    caption: DistillationRuns.caption(
      students.data.runs + teachers.data.runs,
      "Dashed: in (a) the teacher's loss and size, in (b) the student trained supervised, and its size. "
        + TeacherProfiles.source.replacingOccurrences(of: "(a)", with: "(b)")))
}
