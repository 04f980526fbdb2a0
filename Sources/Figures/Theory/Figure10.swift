import Formats
import CapacityTheory
import Plotting
import Studies

extension FigureDefinition {
  static let figure10 = FigureDefinition(
    number: 10, title: "the capacity gap in kernel regression",
    needs: [.kernelRegression],
    make: kernelRegressionFigure)
}

/// Figure 10: kernel regression, where the student's error falls and rises again with the capacity of its teacher. It
/// follows from drawn coefficients alone, at the paper's own size, and needs no runs.
public func kernelRegressionFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let seed: UInt64 = 1
  let target = KernelRegression(coefficients: KernelRegression.coefficients(seed: seed))
  // Every fourth capacity, and so every student's own.
  let teachers = Array(stride(from: 0, through: target.functions, by: 4))
  let teacher = Stroke(.black, width: 1.1)
  let students = Array(stride(from: 300, through: 800, by: 100))
  let styles = zip(students, Palette.ordered(students.count)).map { student, color in
    (
      student: student, stroke: Stroke(color, width: 1.1, dash: Stroke.dashed),
      marker: MarkerStyle(.circle, size: 3.2, fill: color)
    )
  }
  var marks: [any Mark] = [
    LineMark("teacher", teachers.map { Datum(Double($0), target.teacherError($0)) }, stroke: teacher)
  ]
  // Students have one curve up to their own capacities: the smallest lies on top.
  for style in styles.reversed() {
    let errors = teachers.map { Datum(Double($0), target.studentError(teacher: $0, student: style.student)) }
    marks.append(LineMark("n = \(style.student)", errors, stroke: style.stroke))
  }
  for style in styles {
    let own = Datum(Double(style.student), target.studentError(teacher: style.student, student: style.student))
    marks.append(PointMark("own capacity \(style.student)", [own], style: style.marker))
  }
  return Figure(
    title: "Figure 10: students in kernel regression against the capacity of their teachers",
    summary:
      "The error of a teacher and of its students against the teacher's capacity, in kernel regression with bounded norms. The teacher's falls throughout; a student's falls until the teacher has its own capacity, stays for a while, and rises.",
    width: Theme.columnWidth, rowHeights: [160],
    cells: [
      Figure.Cell(
        Panel(
          "kernel regression", x: Axis("Teacher’s capacity " + .italic("m"), domain: 0...Double(target.functions)),
          y: Axis("Error ‖" + .italic("f") + " − " + .italic("f") + "*‖"), marks: marks))
    ],
    legend: Legend(
      .below,
      [
        Legend.Group(
          nil,
          [Legend.Entry("Teacher", Swatch(line: teacher))]
            + styles.map { style in
              Legend.Entry(
                .italic("n") + RichText(" = \(style.student)"),
                Swatch(line: style.stroke, marker: style.marker))
            })
      ]),
    caption: RichText(
      "Computed, without runs: \(target.functions) coefficients drawn uniformly from [−1, 1] (seed \(seed)), norms of at most ")
      + .italic("T") + RichText(" = \(TickFormat.significant(target.teacherBound, digits: 3)) (teacher) and ") + .italic("D")
      + RichText(" = \(TickFormat.significant(target.studentBound, digits: 3)) (students). Dashed: students of capacity ")
      + .italic("n") + "; points: " + .italic("m") + " = " + .italic("n") + ".")
}
