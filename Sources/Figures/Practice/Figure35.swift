import Formats
import Downstream
import Foundation
import Plotting
import Studies

extension FigureDefinition {
  static let figure35 = FigureDefinition(
    number: 35, title: "downstream scores against the loss",
    needs: [.downstreamScores],
    make: downstreamFigure)
}

/// Figure 35: scores of downstream tasks against the loss, for distilled and supervised models.
public func downstreamFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let scored = inputs.records.filter { $0.downstream != nil }.sorted { $0.run < $1.run }
  guard !scored.isEmpty else { throw StageError("needs runs with scores of downstream tasks; the store has none") }
  return try DownstreamFigure(scored).figure()
}

struct DownstreamFigure {
  private let distilled: [RunRecord]
  private let supervised: [RunRecord]
  private let tasks: [DownstreamTask]

  init(_ scored: [RunRecord]) {
    distilled = scored.filter { $0.kind == .distillation }
    supervised = scored.filter { $0.kind == .supervised }
    let names = Set(scored.flatMap { ($0.downstream ?? []).map(\.task) })
    tasks = DownstreamTask.allCases.filter { names.contains($0.id) }
  }

  private static let columns = 4
  private static let cross = MarkerStyle(.cross, size: 3.6, fill: nil, outline: Stroke(Color(hex: 0xC8102E), width: 0.8))
  private static let circle = MarkerStyle(.circle, size: 3.4, fill: .grey(0.5), outline: Stroke(.white, width: 0.3))

  private func colors() throws(StageError) -> ColorScale? {
    let losses = distilled.compactMap { $0.distillation?.teacherLoss }
    guard let domain = Scale.domain(.linear, of: losses, padding: 0) else { return nil }
    return try asStageError { () throws(PlotError) in
      ColorScale(try Scale(.linear, domain: domain), anchors: Array(Palette.sequential.dropLast()))
    }
  }

  func figure() throws(StageError) -> Figure {
    let colors = try colors()
    let rows = (tasks.count + Self.columns - 1) / Self.columns
    return Figure(
      title: "Figure 35: downstream scores against the loss",
      summary:
        "Scores of downstream tasks made from held-out text, a panel a task, against the model’s loss: distilled models as circles in the colour of their teacher’s loss, supervised ones as red crosses.",
      width: Theme.pageWidth, rowHeights: Array(repeating: 92, count: rows),
      columnWeights: Array(repeating: 1, count: Self.columns),
      cells: tasks.enumerated().map { index, task in
        let row = index / Self.columns, column = index % Self.columns
        return Figure.Cell(panel(task, colors: colors), rows: row...row, columns: column...column)
      },
      legend: Legend(
        .below,
        [
          Legend.Group(
            nil,
            [
              Legend.Entry("distilled", Swatch(marker: Self.circle)),
              Legend.Entry("supervised", Swatch(marker: Self.cross)),
              Legend.Entry("chance", Swatch(line: DistillationRuns.reference)),
            ])
        ]),
      colorBar: colors.map {
        ColorBar("Teacher’s loss " + .italic("L") + .subscript("T") + " (nats per token)", fill: .continuous($0))
      }, caption: RichText(caption))
  }

  private func score(_ task: DownstreamTask, of run: RunRecord) -> RunRecord.TaskScore? {
    run.downstream?.first { $0.task == task.id }
  }

  private func panel(_ task: DownstreamTask, colors: ColorScale?) -> Panel {
    func data(_ runs: [RunRecord]) -> [(datum: Datum, run: RunRecord)] {
      runs.compactMap { run in score(task, of: run).map { (Datum(run.loss, 100 * $0.score), run) } }
    }
    let circles = data(distilled)
    let crosses = data(supervised)
    var marks: [any Mark] = []
    if let chance = (distilled + supervised).lazy.compactMap({ score(task, of: $0) }).first?.chance,
      let place = (circles + crosses).first?.datum.x
    {
      marks += DistillationRuns.level("chance", 100 * chance, at: place)
    }
    if let colors {
      marks.append(
        ColoredPointMark(
          "distilled", circles.map(\.datum), values: circles.map { $0.run.distillation?.teacherLoss ?? .nan },
          colors: colors, style: Self.circle))
    }
    marks.append(PointMark("supervised", crosses.map(\.datum), style: Self.cross))
    return Panel(
      task.id, title: RichText(task.title), x: Axis(Phrase.loss, shared: "loss"),
      y: Axis("Score", format: .percent), marks: marks)
  }

  private var caption: String {
    let errors = (distilled + supervised).flatMap { ($0.downstream ?? []).map(\.standardError) }.sorted()
    var text =
      "\(Phrase.runs(distilled + supervised, as: "models")): \(distilled.count) distilled and \(supervised.count) supervised. Tasks are made from the validation split (docs/downstream.md)"
    if let error = errors.isEmpty ? nil : errors[errors.count / 2] {
      text += "; the standard error of a score is \(Phrase.points(error)) points (median)"
    }
    return text + ". The paper finds that distilled and supervised models of one loss score alike."
  }
}
