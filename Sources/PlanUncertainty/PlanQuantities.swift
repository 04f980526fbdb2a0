import Allocation
import Estimation
import Foundation
import ScalingLaws
import Statistics

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
  let (low, high) = bisection(from: points[index - 1].place, to: points[index].place, steps: 40) { value($0) > 0 }
  return 0.5 * (low + high)
}
