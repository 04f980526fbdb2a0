import Foundation
import ScalingLaws

/// The objective of a law as its definition has it, without any of the fit's machinery.
func huberSum(_ residuals: [Double], delta: Double) -> Double {
  residuals.reduce(0) {
    let magnitude = abs($1)
    return $0 + (magnitude <= delta ? magnitude * magnitude / 2 : delta * (magnitude - delta / 2))
  }
}

func objective(_ law: SupervisedLaw, _ runs: [SupervisedObservation], delta: Double = 1e-4) -> Double {
  huberSum(runs.map { log(law.loss(parameters: $0.parameters, tokens: $0.tokens) / $0.loss) }, delta: delta)
}

func objective(_ law: DistillationLaw, _ runs: [DistillationObservation], delta: Double = 1e-4) -> Double {
  huberSum(
    runs.map {
      log(
        law.loss(
          studentParameters: $0.studentParameters, studentTokens: $0.studentTokens, teacherLoss: $0.teacherLoss)
          / $0.studentLoss)
    }, delta: delta)
}

/// Nelder and Mead's simplex search, restarted where it ends until it no longer gains.
func nelderMead(_ start: [Double], scale: [Double], restarts: Int, _ f: ([Double]) -> Double) -> Double {
  var best = start
  var bestValue = f(start)
  for restart in 0..<restarts {
    let size = pow(0.3, Double(restart))
    var simplex =
      [best]
      + best.indices.map { index in
        var corner = best
        corner[index] += scale[index] * size
        return corner
      }
    var values = simplex.map(f)
    for _ in 0..<(400 * start.count) {
      let order = values.indices.sorted { values[$0] < values[$1] }
      simplex = order.map { simplex[$0] }
      values = order.map { values[$0] }
      let last = simplex.count - 1
      if values[last] - values[0] < 1e-14 * values[0] { break }
      let centre = best.indices.map { j in simplex.dropLast().reduce(0) { $0 + $1[j] } / Double(last) }
      func along(_ t: Double) -> [Double] { best.indices.map { centre[$0] + t * (simplex[last][$0] - centre[$0]) } }
      let reflected = along(-1)
      let value = f(reflected)
      if value < values[0] {
        let expanded = along(-2)
        let further = f(expanded)
        (simplex[last], values[last]) = further < value ? (expanded, further) : (reflected, value)
      } else if value < values[last - 1] {
        (simplex[last], values[last]) = (reflected, value)
      } else {
        let contracted = along(value < values[last] ? -0.5 : 0.5)
        let nearer = f(contracted)
        if nearer < min(value, values[last]) {
          (simplex[last], values[last]) = (contracted, nearer)
        } else {
          for corner in 1...last {
            simplex[corner] = best.indices.map { (simplex[corner][$0] + simplex[0][$0]) / 2 }
            values[corner] = f(simplex[corner])
          }
        }
      }
    }
    if let least = values.min(), least < bestValue, let place = values.firstIndex(of: least) {
      bestValue = least
      best = simplex[place]
    }
  }
  return bestValue
}
