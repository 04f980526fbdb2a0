import Formats
import Foundation
import Statistics

/// Simple ways to predict a loss, fitted to the same runs as the law: what an error below the target is worth, they show.
public enum Yardsticks {
  /// Predictors by name, fitted to `runs`, all of one kind. Variables are the logs of N, D and, of distillations, L_T; what
  /// is predicted is log L.
  public static func fitted(to runs: [RunRecord]) -> [(name: String, predict: LawVerification.Prediction)] {
    let runs = runs.sorted { $0.run < $1.run }
    guard let space = LogSpace(runs) else { return [] }
    let points = runs.map(space.point), values = runs.map { log($0.loss) }
    var found = [(name: String, predict: LawVerification.Prediction)]()
    for (degree, name) in [(1, "linear in logs"), (2, "quadratic in logs"), (3, "cubic in logs")] {
      guard let fit = Polynomial(points, values, degree: degree) else { continue }
      found.append((name, { exp(fit.value(at: space.point($0))) }))
    }
    let neighbours = NearestNeighbours(points: points, values: values)
    found.append(("three nearest neighbours", { exp(neighbours.value(at: space.point($0))) }))
    if let process = GaussianProcess(points, values) {
      found.append(("Gaussian process", { exp(process.value(at: space.point($0))) }))
    }
    return found
  }

  /// Logs of a run's variables, each about its mean in units of its standard deviation.
  private struct LogSpace: Sendable {
    let means, deviations: [Double]

    init?(_ runs: [RunRecord]) {
      let rows = runs.map(Self.logs)
      guard let count = rows.first?.count, rows.count > 1, rows.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return nil }
      var means = [Double](), deviations = [Double]()
      for column in 0..<count {
        let values = rows.map { $0[column] }
        let middle = mean(values) ?? 0
        means.append(middle)
        deviations.append((values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(values.count)).squareRoot())
      }
      guard deviations.allSatisfy({ $0 > 1e-9 }) else { return nil }
      (self.means, self.deviations) = (means, deviations)
    }

    static func logs(_ run: RunRecord) -> [Double] {
      [log(run.parameters), log(run.tokens)] + (run.distillation.map { [log($0.teacherLoss)] } ?? [])
    }

    func point(_ run: RunRecord) -> [Double] {
      zip(Self.logs(run), zip(means, deviations)).map { ($0 - $1.0) / $1.1 }
    }
  }
}

/// A polynomial in several variables by least squares.
struct Polynomial: Sendable {
  private let exponents: [[Int]]
  private let coefficients: [Double]

  /// Nil where there are fewer points than coefficients, or these do not determine them.
  init?(_ points: [[Double]], _ values: [Double], degree: Int) {
    guard let dimension = points.first?.count else { return nil }
    var exponents = [[Int]]()
    func extend(_ powers: [Int], left: Int) {
      guard powers.count < dimension else {
        exponents.append(powers)
        return
      }
      for power in 0...left { extend(powers + [power], left: left - power) }
    }
    extend([], left: degree)
    guard points.count >= exponents.count else { return nil }
    var matrix = Cholesky(size: exponents.count), right = [Double](repeating: 0, count: exponents.count)
    for (point, value) in zip(points, values) {
      let terms = Self.terms(point, exponents)
      for row in exponents.indices {
        right[row] += terms[row] * value
        for column in 0...row { matrix[row, column] += terms[row] * terms[column] }
      }
    }
    guard matrix.factorise(leastPivot: 1e-12) else { return nil }
    matrix.solve(&right)
    (self.exponents, coefficients) = (exponents, right)
  }

  func value(at point: [Double]) -> Double {
    zip(coefficients, Self.terms(point, exponents)).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func terms(_ point: [Double], _ exponents: [[Int]]) -> [Double] {
    exponents.map { powers in zip(point, powers).reduce(1) { $0 * pow($1.0, Double($1.1)) } }
  }
}

/// The mean of the values at the three nearest points.
struct NearestNeighbours: Sendable {
  let points: [[Double]]
  let values: [Double]

  func value(at point: [Double]) -> Double {
    let nearest = points.indices.sorted {
      (squaredDistance(points[$0], point), $0) < (squaredDistance(points[$1], point), $1)
    }.prefix(3)
    return mean(nearest.map { values[$0] }) ?? .nan
  }
}

private func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
}

/// A Gaussian process about a linear trend, with a squared exponential covariance; its length and noise are those of the
/// greatest likelihood on a grid.
struct GaussianProcess: Sendable {
  private let trend: Polynomial
  private let points: [[Double]]
  private let weights: [Double]
  private let length: Double

  init?(_ points: [[Double]], _ values: [Double]) {
    guard let trend = Polynomial(points, values, degree: 1), points.count > 4 else { return nil }
    let residuals = zip(points, values).map { $1 - trend.value(at: $0) }
    var best: (likelihood: Double, weights: [Double], length: Double)?
    for step in 0..<12 {
      let length = 0.3 * pow(1.35, Double(step))
      let squares = points.map { a in points.map { squaredDistance(a, $0) } }
      for noise in [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1] {
        guard let found = Self.fit(squares, residuals, length: length, noise: noise) else { continue }
        if found.likelihood > best?.likelihood ?? -.infinity { best = (found.likelihood, found.weights, length) }
      }
    }
    guard let best else { return nil }
    (self.trend, self.points, weights, length) = (trend, points, best.weights, best.length)
  }

  /// The likelihood with the scale of the process at its best, and the weights of the points.
  private static func fit(
    _ squares: [[Double]], _ residuals: [Double], length: Double, noise: Double
  ) -> (likelihood: Double, weights: [Double])? {
    let count = residuals.count
    var matrix = Cholesky(size: count)
    for row in 0..<count {
      for column in 0...row { matrix[row, column] = exp(-0.5 * squares[row][column] / (length * length)) }
      matrix[row, row] += noise
    }
    guard matrix.factorise(leastPivot: 1e-14) else { return nil }
    var half = residuals, weights = residuals
    matrix.solveByFactor(&half)
    matrix.solve(&weights)
    let scale = half.reduce(0) { $0 + $1 * $1 } / Double(count)
    guard scale > 0 else { return nil }
    let logDeterminant = (0..<count).reduce(0) { $0 + 2 * log(matrix[$1, $1]) }
    return (-0.5 * (Double(count) * log(scale) + logDeterminant), weights)
  }

  func value(at point: [Double]) -> Double {
    trend.value(at: point)
      + zip(points, weights).reduce(0) { $0 + $1.1 * exp(-0.5 * squaredDistance($1.0, point) / (length * length)) }
  }
}
