import Allocation
import Foundation
import ScalingLaws

/// The students of a line of teachers, of which a law says which is best. Looked for in coarse steps first, and then in
/// fine ones about the best of them.
private struct ChoiceGrid: Sendable {
  typealias Point = DistillationModel.Point

  private static let fineSteps = 1024, coarseStep = 16
  private let fine, coarse: DistillationModel
  /// log L_T of the fine steps, from the worst teacher to the best.
  private let logTeacherLosses: [Double]

  init(_ base: DistillationModel, _ choices: TeacherChoices, supervised: SupervisedLaw) {
    let students = choices.ladder(Self.fineSteps + 1).map { choice in
      DistillationObservation(
        studentParameters: choices.studentParameters, studentTokens: choice.studentTokens,
        teacherLoss: choice.teacherLoss, studentLoss: 1)
    }
    logTeacherLosses = students.map { log($0.teacherLoss) }
    fine = base.asking(students, supervised: supervised)
    coarse = base.asking(
      stride(from: 0, through: Self.fineSteps, by: Self.coarseStep).map { students[$0] }, supervised: supervised)
  }

  /// The best of three neighbours, and how many steps further the vertex of the parabola through them is.
  private struct Vertex {
    var index: Int
    var shift: Double

    /// By neighbour, for the value of the parabola at its vertex.
    var weights: [(offset: Int, weight: Double)] {
      shift == 0
        ? [(0, 1)]
        : [(-1, 0.5 * shift * (shift - 1)), (0, 1 - shift * shift), (1, 0.5 * shift * (shift + 1))]
    }

    func interpolate(_ value: (Int) -> Double) -> Double {
      weights.reduce(0) { $0 + $1.weight * value(index + $1.offset) }
    }
  }

  /// The blocks from one student's through another's: where they begin, the least of their losses and where it is.
  @inline(__always)
  private func least(
    _ model: DistillationModel, _ prepared: DistillationModel.Prepared, from first: Int, through last: Int
  ) -> (start: Int, losses: [Double], index: Int) {
    let blocks = first / Lanes.scalarCount...last / Lanes.scalarCount
    let start = blocks.lowerBound * Lanes.scalarCount
    var losses = [Double]()
    losses.reserveCapacity(blocks.count * Lanes.scalarCount)
    for block in blocks {
      let own = model.logLoss(prepared, block: block)
      for lane in 0..<Lanes.scalarCount { losses.append(own[lane]) }
    }
    var best = first
    for index in first...last where losses[index - start] < losses[best - start] { best = index }
    return (start, losses, best)
  }

  private func vertex(_ point: Point) -> (vertex: Vertex, logLoss: (Int) -> Double) {
    let prepared = fine.prepare(point)
    let roughly = least(coarse, prepared, from: 0, through: coarse.runs - 1).index * Self.coarseStep
    let (low, high) = (max(0, roughly - Self.coarseStep), min(Self.fineSteps, roughly + Self.coarseStep))
    let (start, losses, best) = least(fine, prepared, from: low, through: high)
    func logLoss(_ index: Int) -> Double { losses[index - start] }
    guard best > low, best < high else { return (Vertex(index: best, shift: 0), logLoss) }
    let (before, after) = (logLoss(best - 1) - logLoss(best), logLoss(best + 1) - logLoss(best))
    let shift = before + after > 0 ? 0.5 * (before - after) / (before + after) : 0
    return (Vertex(index: best, shift: shift), logLoss)
  }

  /// log L_T of the best teacher.
  func bestLogTeacherLoss(_ point: Point) -> Double {
    vertex(point).vertex.interpolate { logTeacherLosses[$0] }
  }

  /// log L_S with the best teacher.
  func leastLogLoss(_ point: Point) -> Double {
    let (vertex, logLoss) = vertex(point)
    return vertex.interpolate(logLoss)
  }

  /// The same with its partial derivatives: to first order the vertex stays where it is.
  func slopedLeastLogLoss(_ point: Point) -> (value: Double, slopes: Point) {
    let vertex = vertex(point).vertex
    var sum = (value: 0.0, slopes: Point.zero)
    for (offset, weight) in vertex.weights {
      let own = fine.logLoss(of: vertex.index + offset, point)
      sum.value += weight * own.value
      sum.slopes += weight * own.slopes
    }
    return sum
  }
}

extension DistillationObservation {
  /// The student with other teachers, on the same tokens.
  public func choices(within teacherLosses: ClosedRange<Double>) -> TeacherChoices {
    TeacherChoices(
      studentParameters: studentParameters, studentTokens: studentTokens, teacherLosses: teacherLosses)
  }
}

extension DistillationModel {
  /// The loss of the teacher with which a student becomes best. The condition is that the student's loss is stationary
  /// there; a least loss at the ends of the choices is none.
  func profiledBestTeacher(
    _ name: String, among choices: TeacherChoices, supervised: SupervisedLaw
  ) -> ProfiledQuantity<Point> {
    let base = self
    let grid = ChoiceGrid(base, choices, supervised: supervised)
    let range = log(choices.teacherLosses.lowerBound)...log(choices.teacherLosses.upperBound)
    let width = 1e-4
    return .init(name, within: range, value: grid.bestLogTeacherLoss) { wanted in
      let sides = base.asking(
        [wanted - width, wanted + width].map { logLoss in
          let loss = exp(logLoss)
          return DistillationObservation(
            studentParameters: choices.studentParameters, studentTokens: choices.studentTokens(loss),
            teacherLoss: loss, studentLoss: 1)
        }, supervised: supervised)
      return { point in
        let (before, after) = (sides.logLoss(of: 0, point), sides.logLoss(of: 1, point))
        return ((after.value - before.value) / (2 * width), (after.slopes - before.slopes) * (0.5 / width))
      }
    }
  }

  /// The loss of the student with the best teacher.
  func profiledPlanLoss(
    _ name: String, among choices: TeacherChoices, supervised: SupervisedLaw
  ) -> ProfiledQuantity<Point> {
    let grid = ChoiceGrid(self, choices, supervised: supervised)
    return .init(name, within: log(choices.teacherLosses.lowerBound)...1e3, value: grid.leastLogLoss) { wanted in
      { point in
        let (value, slopes) = grid.slopedLeastLogLoss(point)
        return (value - wanted, slopes)
      }
    }
  }

  /// The budget at which a student with the best teacher is as good as one without, within thirty times less and more
  /// than where it is looked for. Where it is not there, it counts as the end that it must lie beyond.
  func profiledCrossover(
    _ name: String, of question: PlanQuestion, near crossover: Crossover, supervised: SupervisedLaw
  ) -> ProfiledQuantity<Point> {
    let base = self
    /// A budget that pays for both: its students, and log L_S of one without a teacher.
    @Sendable func rung(_ logCompute: Double) -> (grid: ChoiceGrid, without: Double)? {
      let compute = exp(logCompute)
      guard let choices = question.choices(compute: compute), let without = question.supervisedLoss(compute: compute)
      else { return nil }
      return (ChoiceGrid(base, choices, supervised: supervised), log(without))
    }
    let middle = log(crossover.location), reach = log(30.0), steps = 16
    let side = crossover.supervisedIsBetterAbove ? 1.0 : -1
    let places = (0...steps).map { middle + reach * (2 * Double($0) / Double(steps) - 1) }
    let ladder = places.compactMap { place in rung(place).map { (place: place, grid: $0.grid, without: $0.without) } }
    let range = (ladder.first?.place ?? middle)...(ladder.last?.place ?? middle)
    return .init(name, within: range) { point in
      let leads = ladder.map { (place: $0.place, lead: side * ($0.grid.leastLogLoss(point) - $0.without)) }
      let crossings = leads.indices.dropFirst().filter { leads[$0 - 1].lead <= 0 && leads[$0].lead > 0 }
        .map { root(of: leads, before: $0) }
      if let nearest = crossings.min(by: { abs($0 - middle) < abs($1 - middle) }) { return nearest }
      return (leads.last?.lead ?? 0) > 0 ? range.lowerBound : range.upperBound
    } condition: { wanted in
      let there = rung(wanted)
      return { point in
        guard let there else { return (.nan, .zero) }
        let (value, slopes) = there.grid.slopedLeastLogLoss(point)
        return (value - there.without, slopes)
      }
    }
  }
}

/// Where what rises through zero before `index` does so, along the cubic through the points around.
private func root(of points: [(place: Double, lead: Double)], before index: Int) -> Double {
  let first = max(0, min(index - 2, points.count - 4))
  let near = points[first..<min(first + 4, points.count)]
  func value(_ x: Double) -> Double {
    near.reduce(0) { sum, own in
      sum + near.reduce(own.lead) { $1.place == own.place ? $0 : $0 * (x - $1.place) / (own.place - $1.place) }
    }
  }
  var (low, high) = (points[index - 1].place, points[index].place)
  for _ in 0..<40 {
    let middle = 0.5 * (low + high)
    if value(middle) > 0 { high = middle } else { low = middle }
  }
  return 0.5 * (low + high)
}

extension DistillationModel {
  /// What a plan turns on; the rest hangs on its teacher's loss.
  func profiledQuantities(of plan: PlanQuestion, supervised: SupervisedLaw) -> [ProfiledQuantity<Point>] {
    [
      profiledPlanLoss(PlanQuestion.studentLossName, among: plan.choices, supervised: supervised),
      profiledBestTeacher(PlanQuestion.teacherLossName, among: plan.choices, supervised: supervised),
    ]
      + (plan.crossover.map {
        [profiledCrossover(PlanQuestion.crossoverName, of: plan, near: $0, supervised: supervised)]
      } ?? [])
  }
}

/// What laws answer a plan's question, the same way for all of them: from the coefficients that fits and resamples have.
package struct PlanAnswers: Sendable {
  private let model: DistillationModel
  private let quantities: [ProfiledQuantity<DistillationModel.Point>]
  private let consequences: [(name: String, value: @Sendable (Double) -> Double)]

  /// - Parameter model: any model of the law, in internal coordinates.
  package init(_ question: PlanQuestion, model: DistillationModel, supervised: SupervisedLaw) {
    self.model = model
    consequences = question.consequences
    quantities = model.profiledQuantities(of: question, supervised: supervised)
  }

  /// By the names of ``Allocation/PlanQuestion/nominal``; empty where the coefficients are no law's.
  package func callAsFunction(_ coefficients: [String: Double]) -> [String: Double] {
    guard let point = model.point(coefficients) else { return [:] }
    var values: [String: Double] = [:]
    for quantity in quantities { values[quantity.name] = exp(quantity.value(point)) }
    if let loss = values[PlanQuestion.teacherLossName] {
      for (name, value) in consequences { values[name] = value(loss) }
    }
    return values
  }
}
