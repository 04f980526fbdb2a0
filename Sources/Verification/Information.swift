import Foundation

/// What runs can tell about a law's coefficients: the sum over the runs of the outer products of the
/// gradients of log L, in the coordinates that the gradients are given in.
struct Information {
  private let count: Int
  private var sums: [[Double]]

  init(_ gradients: [[Double]]) {
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
  func standardError(of gradient: [Double], noise: Double) -> Double? {
    // By Cholesky's factors of the matrix scaled to a unit diagonal, since coefficients have very different sizes.
    let scales = (0..<count).map { sums[$0][$0].squareRoot() }
    guard !scales.contains(where: { !($0 > 0) }) else { return nil }
    var factor = sums
    for row in 0..<count {
      for column in 0...row {
        var value = sums[row][column] / (scales[row] * scales[column])
        for k in 0..<column { value -= factor[row][k] * factor[column][k] }
        if row == column {
          guard value > 1e-13 else { return nil }
          factor[row][row] = value.squareRoot()
        } else {
          factor[row][column] = value / factor[column][column]
        }
      }
    }
    // gradient · inverse · gradient is the squared length of the factor's solution.
    var solution = [Double]()
    for row in 0..<count {
      var value = gradient[row] / scales[row]
      for k in 0..<row { value -= factor[row][k] * solution[k] }
      solution.append(value / factor[row][row])
    }
    return noise * (Double.pi / 2 * solution.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }
}
