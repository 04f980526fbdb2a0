import Foundation
import ScalingLaws

/// The minimum of an IsoFLOP profile, measured: the vertex of a parabola in log N through the runs around
/// the lowest one.
public struct ProfileMinimum: Sendable, Hashable {
  /// N* and the interval of one standard deviation about it in log N.
  public let parameters: Double
  public let parametersInterval: ClosedRange<Double>?
  /// L* and its standard deviation, in nats per token.
  public let loss: Double
  public let lossDeviation: Double?

  /// Nil unless the lowest of `points` has neighbours on both sides and the parabola a minimum between the
  /// points that it is fitted to: a minimum at the edge is not measured.
  ///
  /// - Parameters:
  ///   - points: (N, L) of the profile's runs.
  ///   - count: runs that the parabola is fitted to, those nearest to the lowest one, where not more of them
  ///     lie within a factor of three of it.
  ///   - relativeNoise: standard deviation of a run's loss relative to it; without it the deviations are
  ///     taken from the parabola's residuals, where there are more than three points.
  public init?(points: [(parameters: Double, loss: Double)], count: Int = 5, relativeNoise: Double?) {
    let sorted = points.sorted { $0.parameters < $1.parameters }
    guard let lowest = sorted.indices.min(by: { sorted[$0].loss < sorted[$1].loss }),
      lowest > 0, lowest < sorted.count - 1
    else { return nil }
    let start = max(0, min(lowest - count / 2, sorted.count - count))
    let fewest = start..<min(start + count, sorted.count)
    let close = sorted.indices.filter { abs(log(sorted[$0].parameters / sorted[lowest].parameters)) <= log(3) }
    let near = close.count > fewest.count ? close.map { sorted[$0] } : Array(sorted[fewest])
    let origin = log(sorted[lowest].parameters)
    let x = near.map { log($0.parameters) - origin }
    let y = near.map(\.loss)
    guard let fit = Parabola(x: x, y: y), fit.a > 0, let left = x.first, let right = x.last,
      (left...right).contains(fit.vertex)
    else { return nil }
    parameters = exp(origin + fit.vertex)
    loss = fit.value(at: fit.vertex)

    let residuals = zip(x, y).reduce(0) { sum, point in
      let residual = point.1 - fit.value(at: point.0)
      return sum + residual * residual
    }
    let lowestLoss = loss
    let noise = relativeNoise.map { $0 * lowestLoss } ?? (x.count > 3 ? (residuals / Double(x.count - 3)).squareRoot() : nil)
    lossDeviation = noise.map { $0 * fit.vertexValueDeviation }
    parametersInterval = noise.map { noise in
      let deviation = noise * fit.vertexDeviation
      return exp(origin + fit.vertex - deviation)...exp(origin + fit.vertex + deviation)
    }
  }
}

/// The least-squares parabola a x² + b x + c, with the deviations of its vertex for points with errors of
/// standard deviation one.
private struct Parabola {
  let a, b, c: Double
  let vertexDeviation, vertexValueDeviation: Double

  var vertex: Double { -b / (2 * a) }
  func value(at x: Double) -> Double { (a * x + b) * x + c }

  /// Nil when fewer than three points differ in x.
  init?(x: [Double], y: [Double]) {
    func moment(_ power: Int) -> Double { x.reduce(0) { $0 + pow($1, Double(power)) } }
    let (m0, m1, m2, m3, m4) = (moment(0), moment(1), moment(2), moment(3), moment(4))
    // The inverse of the normal equations' matrix, in the order a, b, c, by cofactors.
    let cofactors = [
      [m2 * m0 - m1 * m1, m2 * m1 - m3 * m0, m3 * m1 - m2 * m2],
      [m2 * m1 - m3 * m0, m4 * m0 - m2 * m2, m3 * m2 - m4 * m1],
      [m3 * m1 - m2 * m2, m3 * m2 - m4 * m1, m4 * m2 - m3 * m3],
    ]
    let determinant = m4 * cofactors[0][0] + m3 * cofactors[0][1] + m2 * cofactors[0][2]
    guard x.count >= 3, abs(determinant) > 1e-12 * m4 * m2 * m0 else { return nil }
    let inverse = cofactors.map { row in row.map { $0 / determinant } }
    let right = [2.0, 1, 0].map { power in zip(x, y).reduce(0) { $0 + pow($1.0, power) * $1.1 } }
    let solution = inverse.map { row in zip(row, right).reduce(0) { $0 + $1.0 * $1.1 } }
    (a, b, c) = (solution[0], solution[1], solution[2])

    func deviation(_ gradient: [Double]) -> Double {
      var variance = 0.0
      for row in 0..<3 {
        for column in 0..<3 { variance += gradient[row] * inverse[row][column] * gradient[column] }
      }
      return max(variance, 0).squareRoot()
    }
    let slope = b / (2 * a)
    vertexDeviation = deviation([slope / a, -1 / (2 * a), 0])
    vertexValueDeviation = deviation([slope * slope, -slope, 1])
  }
}
