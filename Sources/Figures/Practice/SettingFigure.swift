import Formats
import Foundation
import Plotting
import Studies
import Practice

/// Losses of students against a setting of their training: a panel a teacher, a curve a student.
struct SettingFigure {
  let series: [SettingSeries]
  let noise: PairedNoise?
  private let records: [RunRecord]

  /// - Throws: ``StageError`` where the study has no runs of the sweep.
  init(_ inputs: FigureInputs, _ question: TeachingQuestion, _ role: SweepRole) throws(StageError) {
    series = SettingSeries.all(question, in: inputs.records)
    guard !series.isEmpty else { throw StageError("needs \(role.meaning)") }
    noise = PairedNoise(series)
    records = inputs.records
  }

  private var students: [Double] { Set(series.map(\.pair.studentParameters)).sorted() }
  private var teachers: [String] {
    var seen = Set<String>()
    return series.map { $0.pair.teacherRun ?? "" }.filter { seen.insert($0).inserted }
  }

  func style(_ student: Double) -> (color: Color, marker: MarkerStyle) {
    DistillationRuns.style(students.firstIndex(of: student) ?? 0, of: students.count)
  }

  func figure(number: Int, subject: String, x: Axis, published: String) -> Figure {
    // Supervised students have no teacher and come last.
    let columns = teachers.filter { !$0.isEmpty } + teachers.filter(\.isEmpty)
    return Figure(
      title: "Figure \(number): students against \(subject)",
      summary: "Loss of students of several sizes against \(subject), a panel a teacher.",
      width: Theme.pageWidth, rowHeights: [130], columnWeights: columns.map { _ in 1 },
      cells: columns.enumerated().map { index, teacher in
        let shown = series.filter { ($0.pair.teacherRun ?? "") == teacher }
        return Figure.Cell(panel(shown, x: x), columns: index...index)
      },
      legend: Legend(.below, [legend]), caption: RichText("\(caption) \(published)"))
  }

  func panel(_ shown: [SettingSeries], x: Axis) -> Panel {
    let teacher = shown.first?.pair.teacherParameters
    let title: RichText = teacher.map { size("N", "T", $0) } ?? "supervised"
    var axis = x
    axis.shared = "setting"
    // Room for a ring around the first and the last value.
    if axis.domain == nil {
      axis.domain = Scale.domain(axis.kind, of: series.flatMap { $0.values.map(\.value) }, padding: 0.1)
    }
    return Panel(
      teacher.map { "teacher \($0)" } ?? "supervised", title: title, x: axis,
      y: Axis(.italic("L") + .subscript("S") + " (nats per token)", shared: "loss"),
      marks: shown.flatMap(marks))
  }

  /// A curve through the means over the seeds that all values have, bars over all seeds' range, and a ring around the
  /// lowest mean.
  func marks(_ series: SettingSeries) -> [any Mark] { marks(series, at: { $0.value }) }

  func marks(_ series: SettingSeries, at place: (SettingSeries.Value) -> Double) -> [any Mark] {
    let style = style(series.pair.studentParameters)
    let name = TickFormat.abbreviate(series.pair.studentParameters)
    var marks = series.marks(name, at: place, color: style.color, marker: style.marker)
    if let lowest = series.lowest {
      marks.append(
        PointMark("lowest \(name)", [Datum(place(lowest), series.commonMean(lowest))], style: Self.ring))
    }
    return marks
  }

  private static let ring = MarkerStyle(.circle, size: 7.5, fill: nil, outline: Stroke(.grey(0.2), width: 0.7))

  var legend: Legend.Group {
    Legend.Group(
      nil,
      students.map { student in
        let style = style(student)
        return Legend.Entry(
          size("N", "S", student), Swatch(line: Stroke(style.color, width: 0.9), marker: style.marker))
      } + [Legend.Entry("lowest mean", Swatch(marker: Self.ring))])
  }

  var caption: String {
    let runs = series.flatMap(\.runs)
    var text = "\(Phrase.runs(runs, as: "training runs")); \(Phrase.seeds(series)). "
    if let noise {
      text += "Differences within a seed vary by \(Phrase.percent(noise.standardDeviation)) of the loss: "
      let told = series.filter { ($0.indistinguishable(noise: noise)?.count ?? 0) == 1 }.count
      text += "the lowest mean is told from all others in \(told) of \(series.count) curves."
    } else {
      text += "One seed does not tell differences from noise: nothing is called best."
    }
    return text
  }
}

extension Phrase {
  /// How many seeds the points of curves have, and what is drawn of them.
  static func seeds(_ series: [SettingSeries]) -> String {
    let counts = range(series.flatMap { $0.values.map { Double($0.losses.count) } }) { "\(Int($0))" }
    if counts == "1" { return "1 seed a point" }
    let uneven = series.contains { series in series.values.contains { $0.seeds != series.commonSeeds } }
    return "\(counts) seeds a point, bars from the lowest to the highest"
      + (uneven ? "; curves are means over the seeds that all their points have" : "")
  }
}

extension SettingSeries {
  /// A curve through the means over the seeds that all values have, with bars over all seeds' range.
  func marks(
    _ name: String, at place: (Value) -> Double = \.value, color: Color, marker: MarkerStyle, dash: [Double] = []
  ) -> [any Mark] {
    let means = values.map { Datum(place($0), commonMean($0)) }
    let ranges = values.filter { $0.losses.count > 1 }
      .map { BandMark.Slice(x: place($0), low: $0.range.lowerBound, high: $0.range.upperBound) }
    return [
      LineMark("mean \(name)", means, stroke: Stroke(color, width: 0.9, dash: dash)),
      ErrorBarMark("seeds \(name)", ranges, stroke: Stroke(color, width: 0.6)),
      PointMark(name, means, style: marker),
    ]
  }
}
