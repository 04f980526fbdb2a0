import Formats
import Plotting
import ScalingLaws
import Studies

extension FigureDefinition {
  static let figure02 = FigureDefinition(
    number: 2, title: "students along IsoFLOP profiles from two teachers",
    needs: [.result(.distillationFit), .sweep(.studentProfiles)],
    make: studentProfilesFigure)
}

/// Figure 2: students along IsoFLOP profiles, from two of the teachers of protocol 1.
public func studentProfilesFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let profiles = StudentProfiles(try DistillationRuns(inputs, .studentProfiles))
  // The second smallest and the largest, as in the paper.
  let chosen =
    profiles.teachers.count > 2 ? [profiles.teachers[1], profiles.teachers[profiles.teachers.count - 1]] : profiles.teachers
  let shown = profiles.data.runs.filter { chosen.contains(DistillationRuns.teacher(of: $0)) }
  return Figure(
    title: "Figure 2: students along IsoFLOP profiles from two teachers",
    summary:
      "Cross-entropy of students against their size at constant student compute, a colour per budget, a panel per teacher. Dashed: the teacher's loss and size.",
    width: Theme.columnWidth, rowHeights: [150], columnWeights: chosen.map { _ in 1 },
    cells: chosen.enumerated().map { index, teacher in
      Figure.Cell(profiles.panel(teacher, titled: true), columns: index...index)
    },
    legend: Legend(
      .below,
      [
        profiles.legend,
        Legend.Group(nil, [Legend.Entry("teacher’s loss and size", Swatch(line: DistillationRuns.reference))]),
      ]),
    caption: DistillationRuns.caption(shown, StudentProfiles.dashes))
}

/// Students of the teachers of protocol 1, by the compute of their own training.
struct StudentProfiles {
  static let dashes = "Dashed: the teacher's loss and size."
  let data: DistillationRuns
  let teachers: [DistillationRuns.Teacher]
  let budgets: [Double]
  /// Budgets among which a budget has its colour, where a figure shows others, too.
  var styledBudgets: [Double]?

  init(_ data: DistillationRuns) {
    self.data = data
    teachers = Set(data.runs.map(DistillationRuns.teacher(of:))).sorted()
    budgets = Set(data.runs.compactMap(\.budget)).sorted()
  }

  private func name(_ budget: Double) -> String { "C_S = \(Phrase.plain(flops: budget))" }

  var legend: Legend.Group {
    DistillationRuns.legend(
      budgets.map { (name($0), .italic("C") + .subscript("S") + " = " + TickFormat.power($0)) })
  }

  /// - Parameter sharesLosses: whether all panels have one axis of losses.
  func panel(_ teacher: DistillationRuns.Teacher, titled: Bool, sharesLosses: Bool = true) -> Panel {
    let runs = data.runs.filter { DistillationRuns.teacher(of: $0) == teacher }
    let series = runs.grouped { $0.budget ?? 0 }.map { budget, runs in
      DistillationRuns.Series(
        name: name(budget), label: "", points: runs.map { Datum($0.parameters, $0.loss) },
        curve: DistillationRuns.grid(runs.map(\.parameters)).map { parameters in
          let tokens = data.family.tokens(compute: budget, parameters: parameters)
          return Datum(
            parameters,
            data.law.loss(studentParameters: parameters, studentTokens: tokens, teacherLoss: teacher.loss))
        })
    }
    return Panel(
      "teacher \(TickFormat.abbreviate(teacher.parameters))",
      title: titled ? size("N", "T", teacher.parameters) : nil,
      x: Axis(Phrase.parameters("N", "S"), .logarithmic, format: .abbreviated, shared: "student size"),
      y: Axis(Phrase.loss("S"), shared: sharesLosses ? "student loss" : nil),
      marks: DistillationRuns.level("teacher's loss", teacher.loss, at: runs.first?.parameters ?? teacher.parameters)
        + [RuleMark("teacher's size", .vertical(teacher.parameters), stroke: DistillationRuns.reference)]
        + DistillationRuns.marks(series, among: (styledBudgets ?? budgets).map(name)))
  }
}
