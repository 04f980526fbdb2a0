import Formats
import Foundation
import Plotting
import ScalingLaws
import Statistics
import Studies

extension FigureDefinition {
  static let figure39 = FigureDefinition(
    number: 39, title: "the minima of the students' profiles",
    needs: [.result(.distillationFit), .sweep(.studentProfiles), .sweep(.teacherProfiles)],
    make: profileMinimaFigure)
}

/// Figure 39: the minima of the profiles of figure 38: (a) the best student of a teacher, at each student
/// compute; (b) the best teacher of a student, at each teacher compute. The optimum size above, its loss
/// below.
public func profileMinimaFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let students = try ProfileMinima.students(try DistillationRuns(inputs, .studentProfiles))
  let teachers = try ProfileMinima.teachers(try DistillationRuns(inputs, .teacherProfiles))
  // A colour a budget in both columns, be it the student's or the teacher's.
  let budgets = Set(students.budgets + teachers.budgets).sorted()
  let columns = [students, teachers].map { column in
    var column = column
    column.styledBudgets = budgets
    return column
  }
  let shown = students.runs + teachers.runs
  let missing = columns.reduce(0) { $0 + $1.missing }
  let bars =
    columns.allSatisfy(\.hasBars)
    ? ", bars ±1 s.d. by the residuals about the parabola where it has more than three runs"
    : ", without bars, since reconstructed losses have no errors of their own"
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
        DistillationRuns.budgetLegend(budgets),
        Legend.Group(
          nil,
          [
            Legend.Entry(
              "(a): supervised optimum of the budget", Swatch(line: Stroke(.grey(0.45), width: 0.8, dash: Stroke.dashed))),
            Legend.Entry(
              "(b): supervised, " + .italic("M") + .subscript("S")
                + RichText(" = \(TickFormat.significant(teachers.ratio.rounded(), digits: 4))"),
              Swatch(line: ProfileMinima.supervised)),
            Legend.Entry("student larger than teacher", Swatch(patch: ProfileMinima.shade)),
          ]),
      ]),
    caption: DistillationRuns.caption(
      shown,
      "Points: parabolas in log N through the runs around the lowest of a profile\(bars).\(gaps) Dashed: the supervised law."
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
  var hasBars: Bool { runs.allSatisfy { $0.origin == .measured } }
  let budgets: [Double]
  /// Budgets among which a budget has its colour.
  var styledBudgets: [Double]?
  /// Tokens per parameter of what is fixed: of teachers in (a), of students in (b).
  let ratio: Double
  private let titles: (size: String, loss: String)
  private let sizes: [DistillationRuns.Series]
  private let losses: [DistillationRuns.Series]
  private let sizeBars, lossBars: [String: [BandMark.Slice]]
  /// What supervised training does: by the budget in (a), at the students' sizes in (b).
  private let optima: [(budget: Double, parameters: Double, loss: Double)]
  private let alone: [Datum]

  /// One profile: its fixed size, its series and its points (N, L).
  private struct Profile {
    var fixed: Double
    var budget: Double
    var points: [(parameters: Double, loss: Double)]
  }

  private init(
    runs: [RunRecord], profiles: [Profile], letter: String, x: RichText, y: RichText, studentIsOnY: Bool,
    ratio: Double, titles: (size: String, loss: String), data: DistillationRuns,
    lawLoss: (_ fixed: Double, _ size: Double, _ budget: Double) -> Double
  ) {
    self.runs = runs
    self.letter = letter
    self.x = x
    self.y = y
    self.studentIsOnY = studentIsOnY
    let minima = profiles.map { ($0, Self.determined(ProfileMinimum(points: $0.points, relativeNoise: nil))) }
    missing = minima.count { $0.1 == nil }
    let budgets = Set(profiles.map(\.budget)).sorted()
    self.budgets = budgets
    self.ratio = ratio
    self.titles = titles
    let fixed = DistillationRuns.grid(profiles.map(\.fixed), steps: 120)
    optima =
      studentIsOnY
      ? budgets.map { budget in
        let optimum = data.law.supervised.computeOptimum(compute: budget, family: data.family)
        return (budget, optimum.parameters, optimum.loss)
      } : []
    alone =
      studentIsOnY
      ? [] : fixed.map { Datum($0, data.law.supervised.loss(parameters: $0, tokens: ratio * $0)) }
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
          name: Self.name(budget), label: "",
          points: minima.filter { $0.0.budget == budget }.compactMap { profile, minimum in
            minimum.map { Datum(profile.fixed, point($0)) }
          }, curve: curve)
      }
    }
    func bars(_ ends: (ProfileMinimum) -> (low: Double, high: Double)?) -> [String: [BandMark.Slice]] {
      Dictionary(
        uniqueKeysWithValues: budgets.map { budget in
          (
            Self.name(budget),
            minima.filter { $0.0.budget == budget }.compactMap { profile, minimum in
              minimum.flatMap(ends).map { BandMark.Slice(x: profile.fixed, low: $0.low, high: $0.high) }
            }
          )
        })
    }
    sizes = series(\.parameters, \.size)
    losses = series(\.loss, \.loss)
    sizeBars = bars { minimum in minimum.parametersInterval.map { ($0.lowerBound, $0.upperBound) } }
    lossBars = bars { minimum in minimum.lossDeviation.map { (minimum.loss - $0, minimum.loss + $0) } }
  }

  private static func name(_ budget: Double) -> String { Phrase.plain(flops: budget) }

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
    let best = brentMinimum(from: log(grid[place - 1]), to: log(grid[place + 1])) { loss(exp($0)) }
    return (exp(best.x), best.value)
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
      letter: "(a)", x: Phrase.parameters("N", "T"), y: Phrase.parameters("N", "S", starred: true), studentIsOnY: true,
      ratio: ratio, titles: ("The best student of a teacher", "Its loss"), data: data
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
    let ratio = mean(runs.map { $0.tokens / $0.parameters }) ?? .nan
    return ProfileMinima(
      runs: runs,
      profiles: groups.map { key, runs in
        Profile(
          fixed: key.student, budget: key.budget,
          points: runs.map { (DistillationRuns.teacher(of: $0).parameters, $0.loss) })
      },
      letter: "(b)", x: Phrase.parameters("N", "S"), y: Phrase.parameters("N", "T", starred: true), studentIsOnY: false,
      ratio: ratio, titles: ("The best teacher of a student", "The student's loss"), data: data
    ) { student, teacher, budget in
      data.law.loss(
        studentParameters: student, studentTokens: ratio * student,
        teacherLoss: data.law.supervised.loss(
          parameters: teacher, tokens: data.family.tokens(compute: budget, parameters: teacher)))
    }
  }

  static let shade = Color.black.opacity(0.07)
  static let supervised = Stroke(.black, width: 0.9, dash: Stroke.dashed)

  /// Bars, the law and points of series in the colours of their budgets.
  private func marks(_ series: [DistillationRuns.Series], _ bars: [String: [BandMark.Slice]]) -> [any Mark] {
    let names = (styledBudgets ?? budgets).map(Self.name)
    let bars = series.map { series -> any Mark in
      let style = DistillationRuns.style(names.firstIndex(of: series.name) ?? 0, of: names.count)
      return ErrorBarMark(
        "deviation " + series.name, bars[series.name] ?? [], stroke: Stroke(style.color, width: 0.6), capWidth: 2.4)
    }
    // Only measured runs have errors to show.
    return (hasBars ? bars : []) + DistillationRuns.marks(series, among: names)
  }

  /// Dashed, in the colour of its budget: what supervised training with it would take.
  private func levels(_ value: (Double, Double) -> Double) -> [any Mark] {
    let names = (styledBudgets ?? budgets).map(Self.name)
    let places = sizes.flatMap { $0.curve.map(\.x) }
    return optima.map { budget, parameters, loss in
      let style = DistillationRuns.style(names.firstIndex(of: Self.name(budget)) ?? 0, of: names.count)
      return LineMark(
        "supervised optimum " + Self.name(budget),
        [places.min(), places.max()].compactMap { $0 }.map { Datum($0, value(parameters, loss)) },
        stroke: Stroke(style.color, width: 0.7, dash: Stroke.dashed))
    }
  }

  var sizePanel: Panel {
    let places = (sizes.flatMap(\.points) + sizes.flatMap(\.curve)).filter { $0.y.isFinite }
    let corners = DistillationRuns.grid(places.map(\.x), margin: 1.3, steps: 24)
    let far = (places.flatMap { [$0.x, $0.y] }).reduce(1) { max($0, $1) } * 10
    // Above the diagonal the size on y is the larger one.
    let region = corners.map { BandMark.Slice(x: $0, low: studentIsOnY ? $0 : $0 * 1e-6, high: studentIsOnY ? far : $0) }
    return Panel(
      "\(letter) size", title: RichText.bold(letter) + RichText(" " + titles.size),
      x: Axis(x, .logarithmic, format: .abbreviated, shared: letter), y: Axis(y, .logarithmic, format: .abbreviated),
      marks: [BandMark("student larger than teacher", region, fill: Self.shade, extendsDomain: false)]
        + levels { parameters, _ in parameters } + marks(sizes, sizeBars))
  }

  var lossPanel: Panel {
    Panel(
      "\(letter) loss", title: RichText(titles.loss), x: Axis(x, .logarithmic, format: .abbreviated, shared: letter),
      y: Axis(Phrase.loss("S", starred: true)),
      marks: levels { _, loss in loss }
        + (alone.isEmpty ? [] : [LineMark("supervised", alone, stroke: Self.supervised)]) + marks(losses, lossBars))
  }
}
