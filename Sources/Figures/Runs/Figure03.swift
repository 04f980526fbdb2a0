import Formats
import Plotting
import ScalingLaws
import Statistics
import Studies

extension FigureDefinition {
  static let figure03 = FigureDefinition(
    number: 3, title: "students of teachers along IsoFLOP profiles",
    needs: [.result(.distillationFit), .sweep(.teacherProfiles)],
    make: teacherProfilesFigure)
}

/// Figure 3: (a) one student of protocol 2 from teachers along IsoFLOP profiles; (b) all its students against
/// the teacher's loss alone, where the profiles fall onto one curve a size.
public func teacherProfilesFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let profiles = TeacherProfiles(try DistillationRuns(inputs, .teacherProfiles))
  guard let largest = profiles.sizes.last else { throw StageError("needs \(SweepRole.teacherProfiles.meaning)") }
  return Figure(
    title: "Figure 3: students of teachers along IsoFLOP profiles",
    summary:
      "(a) Cross-entropy of one student against its teacher's size at constant teacher compute. (b) Every student of the protocol against its teacher's cross-entropy, a colour per student size.",
    width: Theme.pageWidth, rowHeights: [160], columnWeights: [1, 1],
    cells: [
      Figure.Cell(profiles.panel(largest, letter: "(a) ")),
      Figure.Cell(profiles.collapsePanel, columns: 1...1),
    ],
    legend: Legend(
      .below,
      [
        Legend.Group(RichText.bold("(a)"), profiles.legend.entries),
        Legend.Group(RichText.bold("(b)"), profiles.sizeLegend.entries),
        Legend.Group(
          nil,
          [
            Legend.Entry(
              "(a): supervised loss, student’s size; (b): teacher’s loss", Swatch(line: DistillationRuns.reference))
          ]),
      ]),
    caption: DistillationRuns.caption(profiles.data.runs, TeacherProfiles.dashes + " " + TeacherProfiles.source))
}

/// The students of protocol 2 by the compute of their teachers.
struct TeacherProfiles {
  static let dashes = "Dashed: the student trained supervised, and its size; in (b), the teacher's own loss."
  static let source = "In (a) the lines take the teacher's loss from the supervised law."
  let data: DistillationRuns
  let sizes: [Double]
  let budgets: [Double]
  /// Budgets among which a budget has its colour, where a figure shows others, too.
  var styledBudgets: [Double]?

  init(_ data: DistillationRuns) {
    self.data = data
    sizes = Set(data.runs.map(\.parameters)).sorted()
    budgets = Set(data.runs.compactMap(data.teacherBudget)).sorted()
  }

  private func name(budget: Double) -> String { "C_T = \(Phrase.plain(flops: budget))" }
  private func name(size: Double) -> String { "N_S = \(TickFormat.abbreviate(size))" }

  var legend: Legend.Group {
    DistillationRuns.legend(
      budgets.map { (name(budget: $0), .italic("C") + .subscript("T") + " = " + TickFormat.power($0)) })
  }

  var sizeLegend: Legend.Group {
    DistillationRuns.legend(sizes.map { (name(size: $0), size("N", "S", $0)) })
  }

  /// One student against the size of its teacher.
  func panel(_ student: Double, letter: String = "") -> Panel {
    let runs = data.runs.filter { $0.parameters == student }
    let tokens = mean(runs.map(\.tokens)) ?? .nan
    let series = runs.filter { data.teacherBudget($0) != nil }.grouped { data.teacherBudget($0) ?? 0 }
      .map { budget, runs in
        DistillationRuns.Series(
          name: name(budget: budget), label: "",
          points: runs.map { Datum(DistillationRuns.teacher(of: $0).parameters, $0.loss) },
          curve: DistillationRuns.grid(runs.map { DistillationRuns.teacher(of: $0).parameters }).map { parameters in
            let teacherTokens = data.family.tokens(compute: budget, parameters: parameters)
            let teacherLoss = data.law.supervised.loss(parameters: parameters, tokens: teacherTokens)
            return Datum(
              parameters,
              data.law.loss(studentParameters: student, studentTokens: tokens, teacherLoss: teacherLoss))
          })
      }
    let alone = data.supervised.filter { $0.parameters == student && $0.tokens == runs.first?.tokens }.map(\.loss)
    let supervised = mean(alone) ?? data.law.supervised.loss(parameters: student, tokens: tokens)
    return Panel(
      "student \(TickFormat.abbreviate(student))",
      title: RichText.bold(letter) + size("N", "S", student),
      x: Axis(Phrase.parameters("N", "T"), .logarithmic, format: .abbreviated, shared: "teacher size"),
      y: Axis(.italic("L") + .subscript("S") + " (nats per token)"),
      marks: DistillationRuns.level(
        "supervised", supervised, at: runs.first.map { DistillationRuns.teacher(of: $0).parameters } ?? student)
        + [RuleMark("student's size", .vertical(student), stroke: DistillationRuns.reference)]
        + DistillationRuns.marks(series, among: (styledBudgets ?? budgets).map(name(budget:))))
  }

  /// All students against the loss of their teachers.
  var collapsePanel: Panel {
    let losses = data.runs.map { DistillationRuns.teacher(of: $0).loss }
    let series = data.runs.grouped(by: \.parameters).map { student, runs in
      let tokens = mean(runs.map(\.tokens)) ?? .nan
      return DistillationRuns.Series(
        name: name(size: student), label: "",
        points: runs.map { Datum(DistillationRuns.teacher(of: $0).loss, $0.loss) },
        curve: DistillationRuns.grid(losses, margin: 1.01).map { teacherLoss in
          Datum(
            teacherLoss,
            data.law.loss(studentParameters: student, studentTokens: tokens, teacherLoss: teacherLoss))
        })
    }
    return Panel(
      "collapse", title: RichText.bold("(b)") + " All students",
      x: Axis(.italic("L") + .subscript("T") + " (nats per token)"), y: Axis(Phrase.loss("S")),
      marks: [RuleMark("teacher's loss", .diagonal, stroke: DistillationRuns.reference)]
        + DistillationRuns.marks(series, among: sizes.map(name(size:))))
  }
}
