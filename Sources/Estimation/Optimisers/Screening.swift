/// A few of many runs that stand for all of them in the search for good starts.
///
/// They are chosen for their place and not for their loss: centres spread over sizes, tokens and teachers, each the run
/// farthest from the centres before it (Gonzalez 1985), so that the corners of the design are among them, where
/// coefficients are told apart. Every centre stands for the runs that are nearest to it. Of these some are taken, evenly
/// in their order, and weigh as much as all.
package struct Screening: Sendable {
  /// The places of the chosen runs, in ascending order.
  package let places: [Int]
  /// How many runs each stands for, in the units of ``HuberObjective/weights``.
  package let weights: [Double]

  /// - Parameters:
  ///   - covariates: what the runs differ in, by block.
  ///   - rows: about how many to choose.
  package init(_ covariates: [[Lanes]], runs: Int, weights all: [Lanes], rows: Int) {
    let perCentre = 4
    let axes = covariates.map(scaled)
    let owners = Self.nearestCentres(axes, runs: runs, centres: max(1, rows / perCentre))
    var members = Array(repeating: [Int](), count: (owners.max() ?? -1) + 1)
    for (run, owner) in owners.enumerated() { members[owner].append(run) }
    // Where centres are few, because the runs are at few places, more of each are taken.
    let quota = max(perCentre, (rows + members.count - 1) / max(1, members.count))
    var chosen: [(place: Int, weight: Double)] = []
    for group in members {
      let taken = min(quota, group.count)
      let total = group.reduce(0.0) { $0 + all[$1 / Lanes.scalarCount][$1 % Lanes.scalarCount] }
      for index in 0..<taken {
        chosen.append((group[(2 * index + 1) * group.count / (2 * taken)], total / Double(taken)))
      }
    }
    chosen.sort { $0.place < $1.place }
    (places, weights) = (chosen.map(\.place), chosen.map(\.weight))
  }

  /// Which centre is nearest to each run, the earlier one where two are as near.
  private static func nearestCentres(_ axes: [[Lanes]], runs: Int, centres: Int) -> [Int] {
    var owners = Array(repeating: 0, count: runs)
    var distances = Array(repeating: Double.infinity, count: runs)
    var centre = 0
    for index in 0..<centres {
      var farthest = (run: 0, distance: 0.0)
      let place = axes.map { $0[centre / Lanes.scalarCount][centre % Lanes.scalarCount] }
      for block in 0..<(axes.first?.count ?? 0) {
        var squares = Lanes.zero
        for (axis, value) in zip(axes, place) {
          let difference = axis[block] - value
          squares = difference.fma(difference, squares)
        }
        let first = block * Lanes.scalarCount
        for lane in 0..<min(Lanes.scalarCount, runs - first) {
          if squares[lane] < distances[first + lane] {
            (distances[first + lane], owners[first + lane]) = (squares[lane], index)
          }
          if distances[first + lane] > farthest.distance { farthest = (first + lane, distances[first + lane]) }
        }
      }
      guard farthest.distance > 0 else { break }
      centre = farthest.run
    }
    return owners
  }
}

/// Values between 0 and 1; all 0 where they are equal.
private func scaled(_ values: [Lanes]) -> [Lanes] {
  // The padding repeats the last run.
  guard let least = values.map({ $0.min() }).min(), let greatest = values.map({ $0.max() }).max() else { return values }
  let scale = greatest > least ? 1 / (greatest - least) : 0
  return values.map { ($0 - least) * scale }
}

extension HuberObjective {
  /// The same objective of a few of the runs, which stand for all.
  func screened(rows: Int) -> HuberObjective {
    let screening = Screening(model.covariates, runs: model.runs, weights: weights, rows: rows)
    return of(model, keeping: screening.places, weights: screening.weights)
  }
}
