import Formats
import CapacityTheory
import Foundation
import Plotting
import Statistics

/// Students of several widths over the teachers of a sweep: medians of the trials, with what is between their quarters.
struct MappingFigure {
  private let sweep: MappingSeries.Sweep
  private let series: [MappingSeries]
  private let draw: MappingSeries.Draw
  private let baselines: [RunRecord]

  /// - Throws: ``StageError`` where the study has no runs of the sweep, or they draw their inputs in several ways.
  init(_ inputs: FigureInputs, _ sweep: MappingSeries.Sweep) throws(StageError) {
    self.sweep = sweep
    series = sweep.series(inputs.records)
    guard let draw = series.first?.draw else {
      throw StageError("needs runs of the sweep \(sweep.rawValue); the store has none, make sweep trains them")
    }
    guard series.allSatisfy({ $0.draw == draw }) else {
      throw StageError("needs runs of the sweep \(sweep.rawValue) that draw their inputs in one way")
    }
    self.draw = draw
    baselines = MappingSeries.baselines(inputs.records, draw: draw)
  }

  private struct Measure {
    var title: RichText
    var student: (RunRecord) -> Double?
    var teacher: (RunRecord) -> Double?
  }

  private static let teacherStroke = Stroke(.grey(0.55), width: 0.7)
  private static let symbols: [MarkerStyle.Symbol] = [.circle, .square, .triangle, .diamond, .triangleDown]

  private func color(_ index: Int) -> Color { Palette.ordered(max(series.count, 2))[index] }

  private func marker(_ index: Int) -> MarkerStyle {
    MarkerStyle(Self.symbols[index % Self.symbols.count], size: 3.4, fill: color(index))
  }

  func figure(x: RichText, words: String) -> Figure {
    let loss = Measure(
      title: "Cross-entropy (nats per label)", student: \.loss, teacher: { $0.distillation?.teacherLoss })
    let accuracy = Measure(title: "Accuracy", student: \.accuracy, teacher: { $0.distillation?.teacherAccuracy })
    var entries = series.enumerated().map { index, series in
      Legend.Entry(
        RichText("Student, width \(series.studentWidth)"),
        Swatch(line: Stroke(color(index)), marker: marker(index)))
    }
    entries.append(Legend.Entry("Teacher", Swatch(line: Self.teacherStroke)))
    return Figure(
      title: "Figure \(sweep.figure): students on the Mapping Problem against \(words)",
      summary:
        "Cross-entropy and accuracy, on labels, of students of several widths on the Mapping Problem, against \(words).",
      width: Theme.pageWidth, rowHeights: [150], columnWeights: [1, 1],
      cells: [
        Figure.Cell(panel("cross-entropy", loss, x: x)),
        Figure.Cell(panel("accuracy", accuracy, x: x), columns: 1...1),
      ],
      legend: Legend(.below, [Legend.Group(nil, entries)]), caption: caption)
  }

  private func panel(_ id: String, _ measure: Measure, x: RichText) -> Panel {
    var bands: [any Mark] = [], lines: [any Mark] = [], points: [any Mark] = [], levels: [any Mark] = []
    for (index, series) in series.enumerated() {
      let name = "width \(series.studentWidth)"
      let slices = series.teachers.compactMap { teacher in
        quartiles(series.values(teacher, measure.student)).map { (x: Double(teacher), $0) }
      }
      let medians = slices.map { Datum($0.x, $0.1.median) }
      bands.append(
        BandMark(
          "band \(name)", slices.map { BandMark.Slice(x: $0.x, low: $0.1.low, high: $0.1.high) },
          fill: color(index).opacity(0.22)))
      lines.append(LineMark("line \(name)", medians, stroke: Stroke(color(index), width: 1.1)))
      points.append(PointMark(name, medians, style: marker(index)))
      let alone = baselines.filter { $0.mapping?.width == series.studentWidth }.compactMap(measure.student)
      if let level = quartiles(alone)?.median, let place = medians.first?.x {
        let stroke = Stroke(color(index), width: 0.8, dash: Stroke.dotted)
        levels.append(RuleMark("supervised \(name)", .horizontal(level), stroke: stroke))
        // A line of one point is invisible, but makes room.
        levels.append(LineMark("room for supervised \(name)", [Datum(place, level)], stroke: stroke))
      }
    }
    let settings = Set(series.flatMap(\.teachers)).sorted().map(Double.init)
    return Panel(
      id, x: Axis(x, .logarithmic, format: .shortest, ticks: Self.doublings(settings)), y: Axis(measure.title),
      marks: bands + levels + [LineMark("teacher", teachers(measure), stroke: Self.teacherStroke)] + lines + points)
  }

  /// The teachers' own medians over the trials, each teacher once.
  private func teachers(_ measure: Measure) -> [Datum] {
    let students = series.flatMap { series in
      series.teachers.flatMap { teacher in series.trials.compactMap { series.run(teacher: teacher, trial: $0) } }
    }
    return students.grouped { sweep.setting($0) ?? 0 }.compactMap { setting, students in
      let teachers = students.grouped { $0.distillation?.teacherRun ?? "" }
      let values = teachers.compactMap { $0.values.first.flatMap(measure.teacher) }
      return quartiles(values).map { Datum(Double(setting), $0.median) }
    }
  }

  /// The powers of two among the settings' range.
  private static func doublings(_ settings: [Double]) -> [Double] {
    guard let low = settings.first, let high = settings.last else { return [] }
    return (0..<40).map { pow(2, Double($0)) }.filter { $0 >= low * 0.999 && $0 <= high * 1.001 }
  }

  private var caption: RichText {
    let runs = series.flatMap { series in
      series.teachers.flatMap { teacher in series.trials.compactMap { series.run(teacher: teacher, trial: $0) } }
    }
    let trials = Set(series.flatMap { series in series.teachers.map { series.values($0, \.loss).count } }).sorted()
    let count = Phrase.range(trials.map(Double.init)) { "\(Int($0))" }
    let levels = baselines.isEmpty ? "" : " Dotted: the students trained on labels instead, median of the trials."
    return RichText(
      "\(Phrase.counts(runs)) distillation runs, \(count) \(count == "1" ? "trial" : "trials") a point. \(draw.sentence) "
        + "Lines: medians of the trials; bands: from a quarter to three quarters of them.\(levels)")
  }
}
