import Formats
import Plotting
import ScalingLaws
import Statistics
import Studies

extension FigureDefinition {
  static let figure41 = FigureDefinition(
    number: 41, title: "a small student of a strong teacher and the reverse, by tokens",
    needs: [.result(.distillationFit), .sweep(.capacityGap)],
    make: teacherBeatenFigure)
}

/// Figure 41: a strong teacher and a small student, and a weak teacher and a large student, against the
/// student's tokens. The law can never put a student below its teacher; measured students of weak teachers
/// get there.
public func teacherBeatenFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let data = try DistillationRuns(inputs, .capacityGap)
  let pairs = try TeacherBeaten.pairs(data)
  let shown = pairs.flatMap(\.runs)
  let diverging = shown.contains { $0.distillation?.divergence != nil }
  let drawn = shown.allSatisfy { $0.origin == .reconstructed }
  let below =
    drawn
    ? "so students drawn from it do so by their noise alone." : "where the student's points do, it misses them."
  return Figure(
    title: "Figure 41: a student against its tokens, beside its teacher and supervised training",
    summary: "Cross-entropy of a student against its tokens, beside the same student trained supervised and its teacher's loss"
      + (diverging ? "; below, its divergence from the teacher" : "") + ". A column per pair.",
    width: Theme.columnWidth, rowHeights: diverging ? [130, 75] : [150], columnWeights: pairs.map { _ in 1 },
    cells: pairs.enumerated().flatMap { index, pair in
      [Figure.Cell(pair.lossPanel, columns: index...index)]
        + (diverging ? [Figure.Cell(pair.divergencePanel, rows: 1...1, columns: index...index)] : [])
    },
    legend: TeacherBeaten.legend(points: pairs.contains { !$0.alone.isEmpty }),
    caption: DistillationRuns.caption(
      shown,
      "Titles: teacher's parameters → student's. The law cannot fall below the teacher's loss\(drawn ? "," : ";") \(below)"))
}

/// A teacher and a student over the student's tokens.
struct TeacherBeaten {
  let data: DistillationRuns
  let teacher: DistillationRuns.Teacher
  let student: Double
  let runs: [RunRecord]

  /// The paper's pair of sizes, each of them teacher and student in turn; where there are no such runs, the two sizes
  /// furthest apart that both taught each other at several lengths, and among those as far apart, the largest. Without
  /// such sizes the best teacher with the smallest student of several lengths, and the weakest one with the largest.
  static func pairs(_ data: DistillationRuns) throws(StageError) -> [TeacherBeaten] {
    let teachers = Set(data.runs.map(DistillationRuns.teacher(of:))).sorted { ($0.loss, $0.run) < ($1.loss, $1.run) }
    guard let best = teachers.first, let worst = teachers.last else {
      throw StageError("needs \(SweepRole.capacityGap.meaning)")
    }
    func pair(_ teacher: DistillationRuns.Teacher, _ prefers: (Double, Double) -> Bool) -> TeacherBeaten? {
      let bySize = data.runs.filter { DistillationRuns.teacher(of: $0) == teacher }.grouped(by: \.parameters)
        .filter { $0.values.count >= 2 }
      guard let chosen = bySize.map(\.key).sorted(by: prefers).first else { return nil }
      return TeacherBeaten(
        data: data, teacher: teacher, student: chosen,
        runs: bySize.first { $0.key == chosen }?.values ?? [])
    }
    func taught(_ teacher: Double, _ student: Double) -> TeacherBeaten? {
      let runs = data.runs.filter {
        abs($0.parameters / student - 1) < 0.01
          && abs(DistillationRuns.teacher(of: $0).parameters / teacher - 1) < 0.01
      }
      // Of several teachers of the size, the best that has several lengths.
      let byTeacher = runs.grouped { DistillationRuns.teacher(of: $0) }
        .filter { Set($0.values.map(\.tokens)).count >= 2 }
      guard let best = byTeacher.min(by: { ($0.key.loss, $0.key.run) < ($1.key.loss, $1.key.run) }),
        let first = best.values.first
      else { return nil }
      return TeacherBeaten(data: data, teacher: best.key, student: first.parameters, runs: best.values)
    }
    if let strong = taught(1.82e9, 546e6), let weak = taught(546e6, 1.82e9) { return [strong, weak] }
    let sizes = Set(data.runs.map(\.parameters)).sorted(by: >)
    var mutual: (pairs: [TeacherBeaten], apart: Double)?
    for (index, large) in sizes.enumerated() {
      for small in sizes[(index + 1)...] {
        guard let strong = taught(large, small), let weak = taught(small, large) else { continue }
        let apart = large / small
        if apart > (mutual?.apart ?? 0) * 1.01 { mutual = ([strong, weak], apart) }
      }
    }
    if let mutual { return mutual.pairs }
    return [pair(best, <), pair(worst, >)].compactMap { $0 }
  }

  private static let blue = MarkerStyle(.circle, size: 3.6, fill: Palette.blue)
  private static let cross = MarkerStyle(.square, size: 3.4, fill: nil, outline: Stroke(Palette.orange, width: 0.8))

  /// - Parameter points: whether there are supervised runs, beside the supervised law.
  static func legend(points: Bool) -> Legend {
    Legend(
      .below,
      [
        Legend.Group(
          nil,
          [
            Legend.Entry("student", Swatch(line: Stroke(Palette.blue, width: 0.9), marker: blue)),
            Legend.Entry(
              "supervised", Swatch(line: Stroke(Palette.orange, width: 0.9), marker: points ? cross : nil)),
            Legend.Entry("teacher", Swatch(line: DistillationRuns.reference)),
          ])
      ])
  }

  private var xAxis: Axis {
    Axis(Phrase.tokens("D", "S"), .logarithmic, format: .abbreviated, shared: "tokens \(student)")
  }

  /// The student trained supervised, over its own seeds: one point a length.
  var alone: [Datum] {
    let tokens = Set(runs.map(\.tokens))
    return data.supervised.filter { run in
      run.parameters == student && run.recipe?.split == "student" && tokens.contains(run.tokens)
    }.grouped(by: \.tokens).map { Datum($0.key, mean($0.values.map(\.loss)) ?? .nan) }
  }

  var lossPanel: Panel {
    let tokens = runs.map(\.tokens)
    let grid = DistillationRuns.grid(tokens)
    return Panel(
      "loss of \(TickFormat.abbreviate(student)) from \(TickFormat.abbreviate(teacher.parameters))",
      title: RichText("\(TickFormat.abbreviate(teacher.parameters)) → \(TickFormat.abbreviate(student))"),
      x: xAxis, y: Axis(.italic("L") + " (nats per token)"),
      marks: [
        LineMark(
          "law",
          grid.map {
            Datum($0, data.law.loss(studentParameters: student, studentTokens: $0, teacherLoss: teacher.loss))
          }, stroke: Stroke(Palette.blue, width: 0.9)),
        LineMark(
          "supervised law", grid.map { Datum($0, data.law.supervised.loss(parameters: student, tokens: $0)) },
          stroke: Stroke(Palette.orange, width: 0.9)),
        // Above the law, which comes down onto it.
      ] + DistillationRuns.level("teacher's loss", teacher.loss, at: tokens[0]) + [
        PointMark("supervised", alone, style: Self.cross),
        PointMark("student", runs.map { Datum($0.tokens, $0.loss) }, style: Self.blue),
      ])
  }

  /// From nothing to a little above the largest divergence of the pair's runs.
  private var divergenceDomain: ClosedRange<Double> {
    0...1.15 * (runs.compactMap { $0.distillation?.divergence }.max() ?? 1)
  }

  var divergencePanel: Panel {
    let points = runs.compactMap { run in run.distillation?.divergence.map { Datum(run.tokens, $0) } }
      .sorted { $0.x < $1.x }
    return Panel(
      "divergence of \(TickFormat.abbreviate(student)) from \(TickFormat.abbreviate(teacher.parameters))",
      x: xAxis, y: Axis("KL (nats per token)", domain: divergenceDomain),
      marks: [
        PointMark("divergence", points, style: Self.blue)
      ])
  }
}
