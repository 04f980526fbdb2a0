import Allocation
import Foundation
import ScalingLaws

/// Which contour levels of the paper's figures a law would have labelled, and how often, against how often they are.
///
/// The paper's plotting library writes a contour's level on each of its pieces that is wide or high enough for the
/// text. So a law's labels are counted here as the pieces of its contours that are longer, to either side, than a
/// share of the panel. That share is not known and the same for all panels of a figure: each law gets the one with
/// which it does best. Levels are those of the labels: every 0.05 nats, tokens in steps of 1 and 3 a decade,
/// parameters in steps of 1, 2, 3 and 5.
public struct LabelTest: Sendable {
  /// Figures with panels of one kind, which share the size of their labels.
  public static let groups: [(name: String, figures: [Int])] = [
    ("7", [7]), ("15", [15]), ("16", [16]), ("19, 21, 24, 27", [19, 21, 24, 27]),
  ]
  /// Scenarios of the figures of optima.
  static let scenarios: [Int: Scenario] = [
    19: .bestCase, 21: .teacherInference, 24: .teacherPretraining, 27: .teacherPretrainingAndInference,
  ]
  /// Shares of a panel that a label may need.
  private static let shares = (1...40).map { Double($0) / 100 }

  /// Lengths of the pieces of a panel's contours, by level.
  typealias Pieces = [(level: Double, lengths: [Double])]

  public let marks: FigureMarks
  /// Of ``FigureMarks/panels``, in their order.
  let pieces: [Pieces]

  /// - Parameters:
  ///   - family: constants of F(N).
  ///   - greatestLoss: see ``Planner/greatestLoss``.
  public init(
    _ marks: FigureMarks, law: DistillationLaw, family: ModelFamily = .paper, greatestLoss: Double? = nil
  ) throws(AllocationError) {
    self.marks = marks
    let panels = FigurePanels(law: law, family: family)
    let planner = try Planner(law: law, family: family, bounds: .paper, greatestLoss: greatestLoss)
    var optima = [Int: FigurePanels.Optima]()
    for (figure, scenario) in Self.scenarios where marks.panels.contains(where: { $0.figure == figure }) {
      optima[figure] = FigurePanels.Optima(planner, scenario)
    }
    pieces = marks.panels.map { panel in
      let fields = optima[panel.figure].map { [$0.field(panel.quantity)] } ?? panels.fields(panel)
      return Self.pieces(fields, panel.quantity)
    }
  }

  private init(marks: FigureMarks, pieces: [Pieces]) {
    (self.marks, self.pieces) = (marks, pieces)
  }

  /// The test with every panel's labels set against the next panel of the same figures and quantity: what is left
  /// when the figures are of other panels than the law says.
  public var permuted: LabelTest {
    var shifted = pieces
    for group in Self.groups {
      for quantity in Set(marks.panels.map(\.quantity)) {
        let places = marks.panels.indices.filter {
          group.figures.contains(marks.panels[$0].figure) && marks.panels[$0].quantity == quantity
        }
        for (place, next) in zip(places, places.dropFirst() + places.prefix(1)) { shifted[place] = pieces[next] }
      }
    }
    return LabelTest(marks: marks, pieces: shifted)
  }

  private static func pieces(_ fields: [ContourField], _ quantity: FigureMarks.Quantity) -> Pieces {
    let finite = fields.flatMap(\.values).filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return [] }
    return levels(quantity).filter { low <= scaled($0, quantity) && scaled($0, quantity) <= high }.map { level in
      (level, fields.flatMap { $0.pieces(at: scaled(level, quantity)) })
    }
  }

  static func scaled(_ value: Double, _ quantity: FigureMarks.Quantity) -> Double {
    switch quantity {
    case .studentLoss, .teacherLoss: value
    case .studentTokens, .teacherParameters, .teacherTokens: log10(value)
    }
  }

  private static func levels(_ quantity: FigureMarks.Quantity) -> [Double] {
    switch quantity {
    case .studentLoss, .teacherLoss: (20...200).map { Double($0) / 20 }
    case .studentTokens, .teacherTokens: (6...17).flatMap { decade in [1, 3].map { $0 * pow(10, Double(decade)) } }
    case .teacherParameters: (6...17).flatMap { decade in [1, 2, 3, 5].map { $0 * pow(10, Double(decade)) } }
    }
  }

  /// How often each level of a panel is labelled, where a label needs `share` of the panel.
  func labels(_ panel: Int, share: Double) -> [FigureMarks.Label] {
    pieces[panel].compactMap { entry in
      let count = entry.lengths.count { $0 > share }
      return count > 0 ? FigureMarks.Label(level: entry.level, count: count) : nil
    }
  }

  /// Labels of a panel that are in the paper and not in the law, or the reverse.
  func disagreements(_ panel: Int, share: Double) -> Int {
    func key(_ level: Double) -> Int { Int((1000 * Self.scaled(level, marks.panels[panel].quantity)).rounded()) }
    var counts = [Int: Int]()
    for label in marks.panels[panel].labels { counts[key(label.level), default: 0] += label.count }
    for label in labels(panel, share: share) { counts[key(label.level), default: 0] -= label.count }
    return counts.values.reduce(0) { $0 + abs($1) }
  }

  /// A group's result, with the share of a panel that does best.
  public struct Outcome: Hashable, Sendable {
    public var group: String
    /// Labels in the paper.
    public var labels: Int
    public var disagreements: Int
    /// Of the width or height of a panel, that a label needs.
    public var share: Double
  }

  public func outcomes() -> [Outcome] {
    Self.groups.compactMap { group in
      let panels = marks.panels.indices.filter { group.figures.contains(marks.panels[$0].figure) }
      guard !panels.isEmpty else { return nil }
      let tried = Self.shares.map { share in
        (share: share, count: panels.reduce(0) { $0 + disagreements($1, share: share) })
      }
      let best = tried.min { $0.count < $1.count } ?? (0, 0)
      return Outcome(
        group: group.name,
        labels: panels.reduce(0) { $0 + marks.panels[$1].labels.reduce(0) { $0 + $1.count } },
        disagreements: best.count, share: best.share)
    }
  }

  /// The levels from the lowest to the highest label, in the paper and by the law.
  func range(_ panel: Int, share: Double) -> (paper: ClosedRange<Double>, law: ClosedRange<Double>)? {
    func ends(_ labels: [FigureMarks.Label]) -> ClosedRange<Double>? {
      guard let low = labels.map(\.level).min(), let high = labels.map(\.level).max() else { return nil }
      return low...high
    }
    guard let paper = ends(marks.panels[panel].labels), let law = ends(labels(panel, share: share)) else { return nil }
    return (paper, law)
  }
}
