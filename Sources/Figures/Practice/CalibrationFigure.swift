import Formats
import Foundation
import Plotting
import Studies
import Practice

/// Figures 43 to 50: students on the fewest tokens (43 to 46) and on the most (47 to 50), against data and against their
/// teachers.
public func studentCalibrationFigure(_ number: Int) -> @Sendable (FigureInputs) throws(StageError) -> Figure {
  { inputs throws(StageError) in
    let runs = try calibratedRuns(inputs)
    let isLong = number >= 47
    guard let shortest = runs.lengths.first, let longest = runs.lengths.last, !isLong || longest > shortest else {
      throw StageError("needs calibrated students of two lengths")
    }
    let diagrams = CalibrationFigure.Diagram.allCases
    let diagram = diagrams[(number - 43) % diagrams.count]
    let tokens = isLong ? longest : shortest
    let parts = zip(CalibratedRuns.Target.allCases, ["(a)", "(b)"])
      .map { target, title in
        CalibrationFigure.Part(title: RichText(title), runs: runs.students(target, tokens: tokens))
      }
    return CalibrationFigure(diagram, parts: parts).figure(
      number: number,
      of: "students of \(TickFormat.abbreviate(runs.studentParameters)) parameters on \(TickFormat.abbreviate(tokens)) tokens",
      words: diagram.words)
  }
}

func calibratedRuns(_ inputs: FigureInputs) throws(StageError) -> CalibratedRuns {
  guard let runs = CalibratedRuns(inputs.records) else {
    throw StageError("needs \(SweepRole.calibration.meaning)")
  }
  return runs
}

/// Reliability diagrams, a panel a teacher.
struct CalibrationFigure {
  /// What is compared with whose confidence.
  enum Diagram: CaseIterable {
    case data, teacherTop, teacherConfidence, studentConfidence

    var words: String {
      switch self {
      case .data: "their accuracy on data"
      case .teacherTop: "how often they agree with their teacher’s most probable token"
      case .teacherConfidence: "their teacher’s confidence, in bins of their own"
      case .studentConfidence: "their own confidence, in bins of their teacher’s"
      }
    }

    var x: RichText {
      switch self {
      case .data: "Confidence"
      case .teacherTop, .teacherConfidence: "Student’s confidence"
      case .studentConfidence: "Teacher’s confidence"
      }
    }

    var y: RichText {
      switch self {
      case .data: "Accuracy"
      case .teacherTop: "Agreement"
      case .teacherConfidence: "Teacher’s confidence"
      case .studentConfidence: "Student’s confidence"
      }
    }

    func reliability(of run: RunRecord) -> RunRecord.Reliability? {
      switch self {
      case .data: run.calibration?.data
      case .teacherTop: run.calibration?.teacherTop
      case .teacherConfidence: run.calibration?.teacherConfidence
      case .studentConfidence: run.calibration?.studentConfidence
      }
    }
  }

  /// Panels that belong together.
  struct Part {
    var title: RichText?
    var runs: [RunRecord]
  }

  private let diagram: Diagram
  private let parts: [Part]

  init(_ diagram: Diagram, parts: [Part]) {
    self.diagram = diagram
    self.parts = parts.filter { !$0.runs.isEmpty }
  }

  private static let columns = 4
  private static let shareColor = Palette.orange
  private static let points = MarkerStyle(.circle, size: 3, fill: Palette.blue)
  private static let shares = MarkerStyle.open(.square, size: 2.6, Palette.orange)

  func figure(number: Int, of whom: String, words: String) -> Figure {
    var cells: [Figure.Cell] = []
    var row = 0
    for part in parts {
      for (index, run) in part.runs.enumerated() {
        let place = (row: row + index / Self.columns, column: index % Self.columns)
        let panel = panel(run, part: part.title, isFirst: index == 0, id: "\(row) \(index)")
        cells.append(
          Figure.Cell(panel, rows: place.row...place.row, columns: place.column...place.column))
      }
      row += (part.runs.count + Self.columns - 1) / Self.columns
    }
    let shown = parts.flatMap(\.runs)
    return Figure(
      title: "Figure \(number): the confidence of \(whom) against \(words)",
      summary: "Reliability diagrams in 21 bins, a panel a teacher: the confidence of \(whom) against \(words).",
      width: Theme.pageWidth, rowHeights: Array(repeating: 80, count: row),
      columnWeights: Array(repeating: 1, count: Self.columns), cells: cells, legend: legend,
      caption: RichText(caption(shown)))
  }

  private var legend: Legend {
    Legend(
      .below,
      [
        Legend.Group(
          nil,
          [
            Legend.Entry("mean of a bin", Swatch(marker: Self.points)),
            Legend.Entry("share of the predictions in the bin", Swatch(marker: Self.shares)),
            Legend.Entry("perfect calibration", Swatch(line: DistillationRuns.reference)),
          ])
      ])
  }

  private func caption(_ runs: [RunRecord]) -> String {
    let predictions = diagram.reliability(of: runs[0])?.counts.reduce(0, +) ?? 0
    let targets =
      parts.contains { $0.title != nil }
      ? " (a) were taught their teacher’s distribution, (b) its most probable token alone." : ""
    var text =
      "\(Phrase.runs(runs)).\(targets) Above each panel: the teacher’s N, the expected calibration error (ECE) in %, and "
      + "in brackets what counting alone gives a calibrated model of \(TickFormat.abbreviate(Double(predictions))) held-out predictions."
    let widths = runs.compactMap { diagram.reliability(of: $0).map { ($0.high - $0.low) / 2 } }
    if let widest = widths.max() {
      text += " 90% intervals of an ECE, over resampled blocks of the text, are at most ±\(Phrase.points(widest)) points wide."
    }
    if diagram == .teacherConfidence || diagram == .studentConfidence {
      text += " A confidence is a model’s own largest probability, whichever token has it."
    }
    return text + published
  }

  /// What the paper reports of the same diagrams, for its own models.
  private var published: String {
    guard diagram == .data else { return "" }
    guard parts.count > 1 || parts.first?.title != nil else {
      return " The paper’s teachers: 0.4–0.7%."
    }
    return " The paper’s students at 20 tokens per parameter: 0.1–0.6% (a), 38.7% falling to 21.6% as the teacher grows (b)."
  }

  private func panel(_ run: RunRecord, part: RichText?, isFirst: Bool, id: String) -> Panel {
    let size = run.distillation?.teacherParameters ?? run.parameters
    var title = RichText(TickFormat.abbreviate(size))
    var marks: [any Mark] = [RuleMark("perfect", .diagonal, stroke: DistillationRuns.reference)]
    if let reliability = diagram.reliability(of: run) {
      title = title + RichText(": \(Phrase.percent(reliability.error)) [\(Phrase.percent(reliability.floor, digits: 1))]")
      let all = Double(reliability.counts.reduce(0, +))
      let filled = reliability.counts.indices.filter { reliability.counts[$0] > 0 }
      let means = filled.map { bin in
        Datum(
          reliability.confidences[bin] / Double(reliability.counts[bin]),
          reliability.outcomes[bin] / Double(reliability.counts[bin]))
      }
      let width = 1 / Double(RunRecord.Reliability.bins)
      let shares = filled.map { Datum((Double($0) + 0.5) * width, Double(reliability.counts[$0]) / all) }
      marks += [
        LineMark("shares", shares, stroke: Stroke(Self.shareColor, width: 0.5)),
        PointMark("share of predictions", shares, style: Self.shares),
        PointMark("means", means, style: Self.points),
      ]
    }
    if isFirst, let part { title = part + RichText(" ") + title }
    return Panel(
      id, title: title, x: Axis(diagram.x, domain: 0...1, shared: "x \(id.prefix(1))"),
      y: Axis(diagram.y, domain: 0...1, shared: "y"), marks: marks)
  }
}

extension Phrase {
  /// A share in points of per cent.
  static func points(_ share: Double) -> String { TickFormat.significant(100 * share, digits: 2) }
}
