/// Cholesky's factor of a symmetric matrix, and solutions by it.
///
/// Only the lower triangle is looked at, and the factor takes the place of the whole. The storage is kept from one matrix to
/// the next.
package struct Cholesky: Sendable {
  /// What is done about a pivot that rounding has brought to nothing: the matrix says nothing about its coordinate.
  package enum VanishedPivot: Sendable {
    /// No factor.
    case fails
    /// The solution's coordinate is 0.
    case leavesOut
  }

  package let size: Int
  /// The matrix by rows, and after ``factorise(leastPivot:vanished:)`` its factor below the diagonal and its transpose above.
  private var entries: [Double]

  package init(size: Int) {
    self.size = size
    entries = Array(repeating: 0, count: size * size)
  }

  package subscript(row: Int, column: Int) -> Double {
    get { entries[row * size + column] }
    set { entries[row * size + column] = newValue }
  }

  /// Puts the factor in the matrix's place.
  /// - Parameter leastPivot: what a pivot must be above, as a share of what stands on the diagonal.
  /// - Returns: whether there is a factor.
  package mutating func factorise(leastPivot: Double, vanished: VanishedPivot = .fails) -> Bool {
    let size = size
    return entries.withUnsafeMutableBufferPointer { entries in
      for row in 0..<size {
        let start = row * size
        var pivot = entries[start + row]
        for k in 0..<row {
          let above = k * size
          let value = entries[start + k] / entries[above + k]
          (entries[start + k], entries[above + row]) = (value, value)
          // Along the transpose of the factor, so that what is multiplied stands side by side.
          for column in (k + 1)..<row { entries[start &+ column] -= value * entries[above &+ column] }
          pivot -= value * value
        }
        if pivot > leastPivot * entries[start + row] {
          entries[start + row] = pivot.squareRoot()
        } else {
          guard vanished == .leavesOut else { return false }
          entries[start + row] = .infinity
        }
      }
      return true
    }
  }

  /// Solves factor y = right, in place. Its squared length is right · inverse of the matrix · right.
  package func solveByFactor(_ right: inout [Double]) {
    for row in 0..<size {
      for k in 0..<row where entries[row * size + k] != 0 { right[row] -= entries[row * size + k] * right[k] }
      right[row] /= entries[row * size + row]
    }
  }

  /// Solves matrix x = right, in place.
  package func solve(_ right: inout [Double]) {
    solveByFactor(&right)
    for row in stride(from: size - 1, through: 0, by: -1) {
      for k in stride(from: row + 1, to: size, by: 1) where entries[row * size + k] != 0 {
        right[row] -= entries[row * size + k] * right[k]
      }
      right[row] /= entries[row * size + row]
    }
  }
}
