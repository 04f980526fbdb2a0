import Allocation
import Formats
import Foundation
import ScalingLaws

/// What beside the labels tells the two readings of table 6 apart, and what neither explains; all of it worked out
/// under both.
struct FigureLawEvidence {
  typealias Row = FigureLawDocument.Evidence

  private let marks: FigureMarks
  private let tests: [PaperLaw: LabelTest]
  private let planning: [PaperLaw: PlanningClaims]
  private let claims: [Claim]
  private let students: [PaperLaw: [RunRecord]]

  init(
    marks: FigureMarks, printed: LabelTest, figures: LabelTest, claims: [Claim],
    records: (printed: [RunRecord], figures: [RunRecord])
  ) throws(AllocationError) {
    self.marks = marks
    self.claims = claims
    tests = [.printed: printed, .figures: figures]
    students = [.printed: records.printed, .figures: records.figures]
    planning = [.printed: try PlanningClaims(law: .printed), .figures: try PlanningClaims(law: .figures)]
  }

  private func row(_ what: String, _ paper: String, _ value: (PaperLaw) -> String) -> Row {
    Row(what: what, paper: paper, printed: value(.printed), figures: value(.figures))
  }

  var evidence: [Row] {
    [highestLabels] + ranges + [axes(17), axes(18)] + colourBars.map(\.low)
      + claims.filter { $0.printed.isSupported != $0.figures.isSupported }.map(row) + [reverseDivergence, weakStudents]
  }

  var unexplained: [Row] {
    claims.filter { !$0.printed.isSupported && !$0.figures.isSupported }.map(row) + colourBars.map(\.high)
  }

  private func row(_ claim: Claim) -> Row {
    func text(_ finding: Claim.Finding) -> String { (finding.isSupported ? "so. " : "not so. ") + finding.text }
    return Row(
      what: claim.place, paper: claim.claim, printed: text(claim.printed), figures: text(claim.figures))
  }

  // MARK: Labels

  /// Shares by group are those with which each law does best.
  private func share(_ law: PaperLaw, _ figure: Int) -> Double {
    let group = LabelTest.groups.first { $0.figures.contains(figure) }?.name
    return tests[law]?.outcomes().first { $0.group == group }?.share ?? 0
  }

  private func range(_ law: PaperLaw, _ panel: Int) -> (paper: ClosedRange<Double>, law: ClosedRange<Double>)? {
    tests[law].flatMap { $0.range(panel, share: share(law, marks.panels[panel].figure)) }
  }

  private var highestLabels: Row {
    let panels = marks.panels.indices.filter { marks.panels[$0].figure == 16 }
    func list(_ values: [Double?]) -> String {
      values.map { $0.map { String(format: "%.2f", $0) } ?? "none" }.joined(separator: ", ")
    }
    return row(
      "fig. 16: the highest label of each student's panels",
      list(panels.map { marks.panels[$0].labels.map(\.level).max() })
    ) { law in list(panels.map { range(law, $0)?.law.upperBound }) }
  }

  private var ranges: [Row] {
    marks.panels.indices.filter { marks.panels[$0].figure >= 19 }.compactMap { panel -> Row? in
      guard let printed = range(.printed, panel), let figures = range(.figures, panel),
        printed.law != printed.paper || figures.law != figures.paper
      else { return nil }
      let quantity = marks.panels[panel].quantity
      func text(_ range: ClosedRange<Double>) -> String {
        let isLoss = quantity == .studentLoss || quantity == .teacherLoss
        let format = isLoss ? "%.2f to %.2f" : "%.0e to %.0e"
        return String(format: format, range.lowerBound, range.upperBound)
      }
      let names: [FigureMarks.Quantity: String] = [
        .studentLoss: "L_S*", .teacherLoss: "L_T*", .studentTokens: "D_S*", .teacherParameters: "N_T*",
        .teacherTokens: "D_T*",
      ]
      return row(
        "fig. \(marks.panels[panel].figure): labels of \(names[quantity] ?? "")", text(printed.paper)
      ) { $0 == .printed ? text(printed.law) : text(figures.law) }
    }
  }

  // MARK: Axes

  /// Panels whose curves, with the usual margin of a twentieth, have just the ticks that the paper's have.
  private func axes(_ figure: Int) -> Row {
    let axes = marks.axes.filter { $0.figure == figure }
    func agree(_ law: PaperLaw, _ axis: FigureMarks.Axis) -> Bool {
      guard let planning = planning[law] else { return false }
      let scenarios = axis.quantity == .studentLoss ? Scenario.allCases : Scenario.distillations
      let values = scenarios.flatMap { planning.plans($0, axis.students) }.compactMap {
        axis.quantity == .studentLoss ? $0.studentLoss : $0.teacher?.loss
      }
      guard let least = values.min(), let most = values.max() else { return false }
      let margin = 0.05 * (most - least)
      let (low, high) = (least - margin, most + margin)
      return axis.lowestAbove < low && low <= axis.lowestTick && axis.highestTick <= high && high < axis.highestBelow
    }
    return row("fig. \(figure): panels whose vertical ticks are the paper's", "\(axes.count) of \(axes.count)") { law in
      "\(axes.count { agree(law, $0) }) of \(axes.count)"
    }
  }

  // MARK: Colour bars

  /// Lowest and highest L_S - L~_S of figures 6, 13 and 14.
  private var colourBars: [(low: Row, high: Row)] {
    let teachers = [546e6, 975e6, 1.82e9, 2.72e9, 4.82e9, 7.75e9]
    let students = [198e6, 546e6, 975e6, 1.82e9]
    func share(_ range: ClosedRange<Double>, _ step: Int) -> Double {
      range.lowerBound * pow(range.upperBound / range.lowerBound, Double(step) / 60)
    }
    let sizes = (0...60).map { share(100e6...7.75e9, $0) }
    func extent(_ law: PaperLaw, _ figure: Int) -> (low: Double, high: Double) {
      let own = law.law, family = ModelFamily.paper
      var values = [Double]()
      func add(_ student: Double, _ tokens: Double, _ teacher: Double, _ teacherTokens: Double) {
        let teacherLoss = own.supervised.loss(parameters: teacher, tokens: teacherTokens)
        values.append(
          own.loss(studentParameters: student, studentTokens: tokens, teacherLoss: teacherLoss)
            - own.supervised.loss(parameters: student, tokens: tokens))
      }
      for size in sizes {
        for step in 0...60 {
          let (tokens, compute) = (share(1e9...10e12, step), share(1e19...1e22, step))
          switch figure {
          case 6: for teacher in teachers { add(size, tokens, teacher, 20 * teacher) }
          case 14:
            for teacher in teachers {
              add(size, family.tokens(compute: compute, parameters: size), teacher, 20 * teacher)
            }
          default:
            for student in students {
              add(student, 20 * student, size, tokens)
              add(student, 20 * student, size, family.tokens(compute: compute, parameters: size))
            }
          }
        }
      }
      return (values.min() ?? .nan, values.max() ?? .nan)
    }
    return [6, 13, 14].map { figure in
      let bars = marks.colourBars.filter { $0.figure == figure }
      let (low, high) = (bars.map(\.lowest).min() ?? .nan, bars.map(\.highest).max() ?? .nan)
      return (
        row("fig. \(figure): lowest L_S - L~_S of the colour bar", String(format: "%.3f", low)) {
          String(format: "%.3f", extent($0, figure).low)
        },
        row("fig. \(figure): highest L_S - L~_S of the colour bar", String(format: "%.3f", high)) {
          String(format: "%.3f", extent($0, figure).high)
        }
      )
    }
  }

  // MARK: Measured values

  /// A student of 546M from a teacher of 1.82B (table 7). The paper does not say its tokens.
  private var reverseDivergence: Row {
    let (student, teacher) = (546e6, 1.82e9)
    return row("table 7, measured: 1.82B into 546M, tokens not stated", "2.42") { law in
      let own = law.law
      let teacherLoss = own.supervised.loss(parameters: teacher, tokens: 20 * teacher)
      func loss(_ ratio: Double) -> Double {
        own.loss(studentParameters: student, studentTokens: ratio * student, teacherLoss: teacherLoss)
      }
      let reached = (10...400).map { Double($0) / 2 }.first { loss($0) <= 2.42 }
      return String(format: "%.3f at 20 tokens per parameter", loss(20))
        + (reached.map { String(format: "; 2.42 at %.1f", $0) } ?? "")
    }
  }

  private var weakStudents: Row {
    row("F.2, measured: students at 2.3 nats or more (our choice of the runs, without noise)", "551 of 697") { law in
      let runs = (students[law] ?? []).filter { $0.kind == .distillation }
      return "\(runs.count { $0.loss >= 2.3 }) of \(runs.count)"
    }
  }
}
