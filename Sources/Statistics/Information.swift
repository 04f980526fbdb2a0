import Foundation

/// What runs can tell about a law's coefficients: the sum over the runs of the outer products of the
/// gradients of log L, in the coordinates that the gradients are given in.
package struct Information {
  private let count: Int
  private var sums: [[Double]]

  package init(_ gradients: [[Double]]) {
    count = gradients.first?.count ?? 0
    sums = Array(repeating: Array(repeating: 0, count: count), count: count)
    for gradient in gradients {
      for row in 0..<count {
        for column in 0...row { sums[row][column] += gradient[row] * gradient[column] }
      }
    }
  }

  /// Standard error of a quantity with this `gradient` that errors of log L of the standard deviation `noise`
  /// leave a fit by least absolute errors with, which Huber's function at 1e-4 comes down to: sqrt(pi / 2)
  /// times that of least squares. Nil where the runs do not determine the coefficients at all.
  package func standardError(of gradient: [Double], noise: Double) -> Double? {
    // By Cholesky's factor of the matrix scaled to a unit diagonal, since coefficients have very different sizes.
    let scales = (0..<count).map { sums[$0][$0].squareRoot() }
    guard !scales.contains(where: { !($0 > 0) }) else { return nil }
    var matrix = Cholesky(size: count)
    for row in 0..<count {
      for column in 0...row { matrix[row, column] = sums[row][column] / (scales[row] * scales[column]) }
    }
    guard matrix.factorise(leastPivot: 1e-13) else { return nil }
    var solution = zip(gradient, scales).map { $0 / $1 }
    matrix.solveByFactor(&solution)
    return noise * (Double.pi / 2 * solution.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }
}
