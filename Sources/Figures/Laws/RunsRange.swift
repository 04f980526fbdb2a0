import Allocation
import Formats
import Foundation
import Plotting
import Studies

/// What the study's distillations span in N_S, D_S and L_T. The law was fitted inside it; figures draw what lies
/// outside apart.
struct RunsRange: Sendable {
  /// N_S.
  var parameters: ClosedRange<Double>
  /// D_S.
  var tokens: ClosedRange<Double>
  /// L_T in nats per token.
  var teacherLoss: ClosedRange<Double>

  /// From the runs; without them what is known of the study, and nothing where nothing is.
  init?(_ inputs: FigureInputs) {
    func range(_ values: [Double]) -> ClosedRange<Double>? {
      guard let low = values.min(), let high = values.max() else { return nil }
      return low...high
    }
    let runs = inputs.distillations
    if let parameters = range(runs.map(\.parameters)), let tokens = range(runs.map(\.tokens)),
      let losses = range(runs.map { DistillationRuns.teacher(of: $0).loss })
    {
      (self.parameters, self.tokens, teacherLoss) = (parameters, tokens, losses)
    } else if let known = PlanningScale(inputs.runs)?.fittedRange {
      (parameters, tokens, teacherLoss) = (known.parameters, known.tokens, known.teacherLoss)
    } else {
      return nil
    }
  }

  /// How far outside a place is: at most zero inside, and above zero outside, in units of natural logarithms and nats.
  func distance(parameters n: Double, tokens d: Double, teacherLoss l: Double?) -> Double {
    func outside(_ value: Double, _ range: ClosedRange<Double>) -> Double {
      max(log(value / range.upperBound), log(range.lowerBound / value))
    }
    let teacher = l.map { max($0 - teacherLoss.upperBound, teacherLoss.lowerBound - $0) } ?? -.infinity
    // A thousandth of slack: sizes are rounded in names and axes.
    return max(outside(n, parameters), outside(d, tokens), teacher) - 1e-3
  }

  func contains(_ row: OptimaTable.Row) -> Bool {
    distance(parameters: row.studentParameters, tokens: row.studentTokens, teacherLoss: row.teacherLoss) <= 0
  }

  /// The range in words, for captions.
  var sentence: RichText {
    func text(_ loss: Double) -> String { TickFormat.significant(loss, digits: 3) }
    func text(_ range: ClosedRange<Double>) -> String {
      "\(TickFormat.abbreviate(range.lowerBound))–\(TickFormat.abbreviate(range.upperBound))"
    }
    return .italic("N") + .subscript("S") + RichText(" \(text(parameters)), ") + .italic("D") + .subscript("S")
      + RichText(" \(text(tokens)), ") + .italic("L") + .subscript("T")
      + RichText(" \(text(teacherLoss.lowerBound))–\(text(teacherLoss.upperBound))")
  }

  // MARK: Drawing

  static let veil = Color.white.opacity(0.62)
  static let edge = Stroke(.grey(0.3), width: 0.6, dash: [1.6, 1.6])

  /// What a fading line looks like outside.
  static func faded(_ stroke: Stroke) -> Stroke {
    Stroke(stroke.color.mixed(with: .white, amount: 0.62), width: stroke.width, dash: stroke.dash)
  }

  /// A veil over what of a field lies outside, and the line at which it begins.
  /// - Parameter distance: ``distance(parameters:tokens:teacherLoss:)`` at the places of a panel.
  static func veil(_ distance: FieldGrid) throws(PlotError) -> [any Mark] {
    guard let range = distance.range, range.upperBound > 0 else { return [] }
    return [
      try FilledContourMark("outside the runs", distance, levels: [0], colors: [.white.opacity(0), veil]),
      ContourMark("edge of the runs", distance, levels: [0], stroke: edge),
    ]
  }

  /// A line over rows, faded where they lie outside; the way between a row inside and one outside is faded.
  static func line(
    _ name: String, _ rows: [(datum: Datum, isInside: Bool)], stroke: Stroke
  ) -> [any Mark] {
    let inside = rows.map { $0.isInside ? $0.datum : Datum($0.datum.x, .nan) }
    let outside = rows.indices.map { index -> Datum in
      let isEdge =
        !rows[index].isInside
        || (index > 0 && !rows[index - 1].isInside) || (index + 1 < rows.count && !rows[index + 1].isInside)
      return isEdge ? rows[index].datum : Datum(rows[index].datum.x, .nan)
    }
    let line = LineMark(name, inside, stroke: stroke)
    return rows.allSatisfy(\.isInside) ? [line] : [LineMark("outside " + name, outside, stroke: faded(stroke)), line]
  }

  static let legendEntry = Legend.Entry(
    "outside the runs’ range", Swatch(line: Stroke(Color.grey(0.72), width: 1.1)))
  static let veilEntry = Legend.Entry("edge of the runs’ range", Swatch(line: edge))
}
