import Formats
import Foundation
import Plotting
import Practice
import Studies

extension FigureDefinition {
  static let figure51 = FigureDefinition(
    number: 51, title: "the weight of the distillation loss",
    needs: [.sweep(.mixing)],
    make: mixingFigure)
}

/// Figure 51: students against the weight lambda of the distillation loss, and the best lambda of each pair.
public func mixingFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let setting = try SettingFigure(inputs, .mixing, .mixing)
  let mixing = MixingFigure(setting: setting)
  return mixing.figure()
}

struct MixingFigure {
  let setting: SettingFigure

  private var teachers: [[SettingSeries]] {
    Dictionary(grouping: setting.series) { $0.pair.teacherRun ?? "" }.values.sorted { $0[0].pair < $1[0].pair }
  }

  /// Lambda on a logit axis. Zero and one are at no finite place there: they stand one step beyond the least and the
  /// largest of the others.
  private func place(_ lambda: Double) -> Double {
    let inner = Set(setting.series.flatMap { $0.values.map(\.value) }).filter { $0 > 0 && $0 < 1 }
    func logit(_ value: Double) -> Double { log10(value / (1 - value)) }
    if lambda <= 0 { return logit(inner.min() ?? 0.5) - 0.5 }
    if lambda >= 1 { return logit(inner.max() ?? 0.5) + 0.5 }
    return logit(lambda)
  }

  private var axis: Axis {
    let values = Set(setting.series.flatMap { $0.values.map(\.value) }).sorted()
    let places = values.map(place)
    let names = Dictionary(zip(places, values.map { TickFormat.significant($0, digits: 2) })) { first, _ in first }
    let margin = 0.2
    return Axis(
      .italic("λ"), domain: ((places.min() ?? 0) - margin)...((places.max() ?? 1) + margin),
      format: .named(names), shared: "lambda", ticks: places)
  }

  func figure() -> Figure {
    let teachers = teachers
    return Figure(
      title: "Figure 51: students against the weight of the distillation loss",
      summary:
        "Loss of students of several sizes against the weight λ of the distillation loss, a panel a teacher; the last panel has the λ of the lowest mean, with those that the seeds cannot tell from it.",
      width: Theme.pageWidth, rowHeights: [130, 110], columnWeights: teachers.map { _ in 1 },
      cells: teachers.enumerated().map { index, series in
        Figure.Cell(panel(series), columns: index...index)
      } + [Figure.Cell(bestPanel, rows: 1...1, columns: 0...(teachers.count - 1))],
      legend: Legend(.below, [setting.legend]),
      caption: RichText(
        "\(setting.caption) λ = 0 is supervised training, λ = 1 distillation alone. Lower panel: the λ of the lowest mean; bars reach over all λ that the seeds cannot tell from it. The paper finds the loss flat above 0.5, and small λ best for weak teachers alone."
      ))
  }

  private func panel(_ series: [SettingSeries]) -> Panel {
    Panel(
      "teacher \(series[0].pair.teacherRun ?? "")", title: series[0].pair.teacherParameters.map { size("N", "T", $0) },
      x: axis, y: Axis(.italic("L") + .subscript("S") + " (nats per token)", shared: "loss"),
      marks: series.flatMap { setting.marks($0) { place($0.value) } })
  }

  /// Lambda of the lowest mean over the teacher's size.
  private var bestPanel: Panel {
    var marks: [any Mark] = []
    let students = Set(setting.series.map(\.pair.studentParameters)).sorted()
    for (index, student) in students.enumerated() {
      let style = setting.style(student)
      // Side by side, so that one does not hide another.
      let shift = pow(1.04, Double(index) - Double(students.count - 1) / 2)
      let own = setting.series.filter { $0.pair.studentParameters == student }
      let name = TickFormat.abbreviate(student)
      let bars = own.compactMap { series -> BandMark.Slice? in
        guard let told = series.indistinguishable(noise: setting.noise), let low = told.min(), let high = told.max(),
          let teacher = series.pair.teacherParameters
        else { return nil }
        return BandMark.Slice(x: teacher * shift, low: place(low), high: place(high))
      }
      let best = own.compactMap { series -> Datum? in
        guard let lowest = series.lowest, let teacher = series.pair.teacherParameters else { return nil }
        return Datum(teacher * shift, place(lowest.value))
      }
      marks.append(ErrorBarMark("not told apart \(name)", bars, stroke: Stroke(style.color, width: 0.7)))
      marks.append(PointMark("best \(name)", best, style: style.marker))
    }
    var y = axis
    y.title = .italic("λ") + " of the lowest mean"
    y.shared = nil
    return Panel(
      "best lambda", x: Axis(.italic("N") + .subscript("T") + " (parameters)", .logarithmic, format: .abbreviated),
      y: y, marks: marks)
  }
}
