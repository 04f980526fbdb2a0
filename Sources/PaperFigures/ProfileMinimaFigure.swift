import Artifacts
import Foundation
import Plotting
import ScalingLaws
import Statistics

/// Figure 39: the minima of the profiles of figure 38: (a) the best student of a teacher, at each student
/// compute; (b) the best teacher of a student, at each teacher compute. The optimum size above, its loss
/// below.
public func profileMinimaFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let students = try ProfileMinima.students(try DistillationRuns(inputs, sweep: "protocol-1"))
  let teachers = try ProfileMinima.teachers(try DistillationRuns(inputs, sweep: "protocol-2"))
  let columns = [students, teachers]
  let shown = students.runs + teachers.runs
  let missing = columns.reduce(0) { $0 + $1.missing }
  let gaps = missing == 0 ? "" : " \(missing) profiles have no minimum inside their runs, or are too flat to tell."
  return Figure(
    title: "Figure 39: the minima of the students' profiles",
    summary:
      "(a) The size of the best student of a teacher at constant student compute, and its loss, against the teacher's size. (b) The size of the best teacher of a student at constant teacher compute, and the student's loss, against the student's size. Shaded: the student is larger than its teacher.",
    width: Theme.pageWidth, rowHeights: [110, 110], columnWeights: [1, 1],
    cells: columns.enumerated().flatMap { index, column in
      [
        Figure.Cell(column.sizePanel, columns: index...index),
        Figure.Cell(column.lossPanel, rows: 1...1, columns: index...index),
      ]
    },
    legend: Legend(
      .below,
      [
        Legend.Group(RichText.bold("(a)"), students.legend.entries),
        Legend.Group(RichText.bold("(b)"), teachers.legend.entries),
      ]),
    caption: DistillationRuns.caption(
      shown,
      "Points: parabolas in log N through the runs around the lowest of a profile.\(gaps) Shaded: the student is larger than its teacher."
    ))
}

/// Minima of profiles, over the size of whatever does not change along a profile.
struct ProfileMinima {
  let runs: [RunRecord]
  /// Profiles whose lowest run is at their edge, or that are too flat to tell.
  let missing: Int
  private let letter: String
  private let x: RichText
  private let y: RichText
  private let studentIsOnY: Bool
  private let entries: [(name: String, label: RichText)]
  private let sizes: [DistillationRuns.Series]
  private let losses: [DistillationRuns.Series]

  var legend: Legend.Group { DistillationRuns.legend(entries) }

  /// One profile: its fixed size, its series and its points (N, L).
  private struct Profile {
    var fixed: Double
    var budget: Double
    var points: [(parameters: Double, loss: Double)]
  }

  private init(
    runs: [RunRecord], profiles: [Profile], letter: String, x: RichText, y: RichText, studentIsOnY: Bool,
    budgetSymbol: RichText, budgetName: String, lawLoss: (_ fixed: Double, _ size: Double, _ budget: Double) -> Double
  ) {
    self.runs = runs
    self.letter = letter
    self.x = x
    self.y = y
    self.studentIsOnY = studentIsOnY
    let minima = profiles.map { ($0, Self.determined(ProfileMinimum(points: $0.points, relativeNoise: nil))) }
    missing = minima.count { $0.1 == nil }
    let budgets = Set(profiles.map(\.budget)).sorted()
    func name(_ budget: Double) -> String { "\(budgetName) = \(Phrase.plain(flops: budget))" }
    entries = budgets.map { (name($0), budgetSymbol + " = " + TickFormat.power($0)) }
    let fixed = DistillationRuns.grid(profiles.map(\.fixed), steps: 40)
    func series(_ point: (ProfileMinimum) -> Double, _ law: ((size: Double, loss: Double)) -> Double)
      -> [DistillationRuns.Series]
    {
      budgets.map { budget in
        let sizes = profiles.filter { $0.budget == budget }.flatMap { $0.points.map(\.parameters) }
        // A gap where there is none.
        let curve = fixed.map { fixed in
          Datum(fixed, Self.minimum(sizes) { lawLoss(fixed, $0, budget) }.map(law) ?? .nan)
        }
        return DistillationRuns.Series(
          name: name(budget), label: "",
          points: minima.filter { $0.0.budget == budget }.compactMap { profile, minimum in
            minimum.map { Datum(profile.fixed, point($0)) }
          }, curve: curve)
      }
    }
    sizes = series(\.parameters, \.size)
    losses = series(\.loss, \.loss)
  }

  /// Nil where the residuals leave the minimum's place open by more than a factor of two either way, as along a
  /// profile on which all students come down to their teacher.
  private static func determined(_ minimum: ProfileMinimum?) -> ProfileMinimum? {
    guard let interval = minimum?.parametersInterval else { return minimum }
    return interval.upperBound > 4 * interval.lowerBound ? nil : minimum
  }

  /// The least loss over sizes in the profile's range; nil where it lies beyond, or where there are two minima,
  /// be one far outside: past the capacity gap a smaller and a larger teacher of one loss are equally good.
  private static func minimum(_ sizes: [Double], _ loss: (Double) -> Double) -> (size: Double, loss: Double)? {
    guard let low = sizes.min(), let high = sizes.max() else { return nil }
    let grid = DistillationRuns.grid(sizes, margin: 100, steps: 1200)
    let values = grid.map(loss)
    let minima = (1..<grid.count - 1).filter { values[$0] < values[$0 - 1] && values[$0] <= values[$0 + 1] }
    guard minima.count == 1, let place = minima.first, (low / 1.5...high * 1.5).contains(grid[place]) else { return nil }
    return (grid[place], values[place])
  }

  static func students(_ data: DistillationRuns) throws(StageError) -> ProfileMinima {
    struct Key: Hashable { var teacher: DistillationRuns.Teacher; var budget: Double }
    let groups = Dictionary(grouping: data.runs.filter { $0.budget != nil }) {
      Key(teacher: DistillationRuns.teacher(of: $0), budget: $0.budget ?? 0)
    }.sorted { ($0.key.teacher, $0.key.budget) < ($1.key.teacher, $1.key.budget) }
    let ratios = groups.map { $0.key.teacher.tokens / $0.key.teacher.parameters }.sorted()
    guard !ratios.isEmpty else { throw StageError("needs runs of protocol-1 with budgets") }
    let ratio = ratios[ratios.count / 2]
    return ProfileMinima(
      runs: data.runs,
      profiles: groups.map { key, runs in
        Profile(fixed: key.teacher.parameters, budget: key.budget, points: runs.map { ($0.parameters, $0.loss) })
      },
      letter: "(a)", x: .italic("N") + .subscript("T"), y: .italic("N") + .subscript("S") + "*", studentIsOnY: true,
      budgetSymbol: .italic("C") + .subscript("S"), budgetName: "C_S"
    ) { teacher, student, budget in
      data.law.loss(
        studentParameters: student, studentTokens: data.family.tokens(compute: budget, parameters: student),
        teacherLoss: data.law.supervised.loss(parameters: teacher, tokens: ratio * teacher))
    }
  }

  static func teachers(_ data: DistillationRuns) throws(StageError) -> ProfileMinima {
    struct Key: Hashable { var student: Double; var budget: Double }
    let runs = data.runs.filter { data.teacherBudget($0) != nil }
    let groups = Dictionary(grouping: runs) { Key(student: $0.parameters, budget: data.teacherBudget($0) ?? 0) }
      .sorted { ($0.key.student, $0.key.budget) < ($1.key.student, $1.key.budget) }
    guard !groups.isEmpty else { throw StageError("needs runs of protocol-2 whose teachers are in the store") }
    let ratio = mean(runs.map { $0.tokens / $0.parameters })
    return ProfileMinima(
      runs: runs,
      profiles: groups.map { key, runs in
        Profile(
          fixed: key.student, budget: key.budget,
          points: runs.map { (DistillationRuns.teacher(of: $0).parameters, $0.loss) })
      },
      letter: "(b)", x: .italic("N") + .subscript("S"), y: .italic("N") + .subscript("T") + "*", studentIsOnY: false,
      budgetSymbol: .italic("C") + .subscript("T"), budgetName: "C_T"
    ) { student, teacher, budget in
      data.law.loss(
        studentParameters: student, studentTokens: ratio * student,
        teacherLoss: data.law.supervised.loss(
          parameters: teacher, tokens: data.family.tokens(compute: budget, parameters: teacher)))
    }
  }

  private static let shade = Color.black.opacity(0.07)

  var sizePanel: Panel {
    let places = (sizes.flatMap(\.points) + sizes.flatMap(\.curve)).filter { $0.y.isFinite }
    let corners = DistillationRuns.grid(places.map(\.x), margin: 1.3, steps: 24)
    let far = (places.flatMap { [$0.x, $0.y] }).reduce(1) { max($0, $1) } * 10
    // Above the diagonal the size on y is the larger one.
    let region = corners.map { BandMark.Slice(x: $0, low: studentIsOnY ? $0 : $0 * 1e-6, high: studentIsOnY ? far : $0) }
    return Panel(
      "\(letter) size", title: RichText.bold(letter),
      x: Axis(x, .logarithmic, format: .abbreviated, shared: letter), y: Axis(y, .logarithmic, format: .abbreviated),
      marks: [BandMark("student larger than teacher", region, fill: Self.shade, extendsDomain: false)]
        + DistillationRuns.marks(sizes, among: entries.map(\.name), extendsDomain: true))
  }

  var lossPanel: Panel {
    Panel(
      "\(letter) loss", x: Axis(x, .logarithmic, format: .abbreviated, shared: letter),
      y: Axis(.italic("L") + .subscript("S") + " (nats per token)"),
      marks: DistillationRuns.marks(losses, among: entries.map(\.name), extendsDomain: true))
  }
}
