/// Least squares of a response on a few regressors.
package struct LinearRegression {
  package let coefficients: [Double]
  /// Sum of the squares of the residuals.
  package let residualSquares: Double

  /// - Parameters:
  ///   - rows: the regressors of each observation, a constant among them if there is to be one.
  ///   - response: one number an observation.
  /// - Returns: nil where the regressors do not determine the coefficients.
  package init?(_ rows: [[Double]], _ response: [Double]) {
    guard let width = rows.first?.count, rows.count > width else { return nil }
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: width), count: width)
    var right = [Double](repeating: 0, count: width)
    for (row, y) in zip(rows, response) {
      for i in 0..<width {
        right[i] += row[i] * y
        for j in 0...i { matrix[i][j] += row[i] * row[j] }
      }
    }
    // Cholesky's factor, in place; a pivot that has all but vanished means that regressors depend on each other.
    for i in 0..<width {
      let diagonal = matrix[i][i]
      for j in 0...i {
        var sum = matrix[i][j]
        for k in 0..<j { sum -= matrix[i][k] * matrix[j][k] }
        if i == j {
          guard sum > 1e-10 * diagonal else { return nil }
          matrix[i][i] = sum.squareRoot()
        } else {
          matrix[i][j] = sum / matrix[j][j]
        }
      }
    }
    for i in 0..<width {
      for k in 0..<i { right[i] -= matrix[i][k] * right[k] }
      right[i] /= matrix[i][i]
    }
    for i in (0..<width).reversed() {
      for k in (i + 1)..<max(width, i + 1) { right[i] -= matrix[k][i] * right[k] }
      right[i] /= matrix[i][i]
    }
    coefficients = right
    residualSquares = zip(rows, response).reduce(0) { sum, pair in
      let residual = pair.1 - zip(pair.0, right).reduce(0) { $0 + $1.0 * $1.1 }
      return sum + residual * residual
    }
  }
}
