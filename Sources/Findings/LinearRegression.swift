import Statistics

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
    var matrix = Cholesky(size: width)
    var right = [Double](repeating: 0, count: width)
    for (row, y) in zip(rows, response) {
      for i in 0..<width {
        right[i] += row[i] * y
        for j in 0...i { matrix[i, j] += row[i] * row[j] }
      }
    }
    // A pivot that has all but vanished means that regressors depend on each other.
    guard matrix.factorise(leastPivot: 1e-10) else { return nil }
    matrix.solve(&right)
    coefficients = right
    residualSquares = zip(rows, response).reduce(0) { sum, pair in
      let residual = pair.1 - zip(pair.0, right).reduce(0) { $0 + $1.0 * $1.1 }
      return sum + residual * residual
    }
  }
}
