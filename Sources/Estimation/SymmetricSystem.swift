/// The normal equations of a Newton step, summed up eight runs at a time, and their solution.
struct SymmetricSystem {
  /// Coordinates that stay where they are, as bits.
  struct Held {
    private var bits: UInt32 = 0
    mutating func insert(_ index: Int) { bits |= 1 << UInt32(index) }
    func contains(_ index: Int) -> Bool { bits & (1 << UInt32(index)) != 0 }
  }

  private let dimension: Int
  /// Lower triangle by rows, and the gradient, before the lanes are added up.
  private var sums: [Lanes]
  private var pulls: [Lanes]
  private var matrix: [Double]
  private var factor: [Double]
  private var gradient: [Double]
  private var solution: [Double]

  init(dimension: Int) {
    self.dimension = dimension
    sums = Array(repeating: .zero, count: dimension * (dimension + 1) / 2)
    pulls = Array(repeating: .zero, count: dimension)
    matrix = Array(repeating: 0, count: dimension * dimension)
    factor = matrix
    gradient = Array(repeating: 0, count: dimension)
    solution = gradient
  }

  mutating func clear() {
    for index in sums.indices { sums[index] = .zero }
    for index in pulls.indices { pulls[index] = .zero }
  }

  @inline(__always)
  mutating func add(_ jacobian: [Lanes], from first: Int, pull: Lanes, curvature: Lanes) {
    let curved = curvature != .zero
    var entry = 0
    for row in 0..<dimension {
      let partial = jacobian[first + row]
      pulls[row] = partial.fma(pull, pulls[row])
      if curved {
        let weighted = partial * curvature
        for column in 0...row {
          sums[entry] = weighted.fma(jacobian[first + column], sums[entry])
          entry += 1
        }
      }
    }
  }

  /// Adds up the lanes of row `index` with what stands there and on the diagonal besides; returns the gradient.
  @inline(__always)
  mutating func finish<Row: SIMD>(_ index: Int, diagonal: Double, row: Row, pull: Double) -> Double
  where Row.Scalar == Double {
    let first = index * (index + 1) / 2
    for column in 0...index {
      let sum = sums[first + column].orderedSum + row[column]
      matrix[index * dimension + column] = sum
      matrix[column * dimension + index] = sum
    }
    matrix[index * dimension + index] += diagonal
    gradient[index] = pulls[index].orderedSum + pull
    return gradient[index]
  }

  /// The solution of matrix s = -gradient among the coordinates that are not held, by Cholesky's method.
  ///
  /// A pivot that rounding has brought to nothing leaves its coordinate where it is.
  mutating func solve(held: Held) -> [Double] {
    let n = dimension
    for row in 0..<n {
      solution[row] = held.contains(row) ? 0 : -gradient[row]
      for column in 0...row {
        var value =
          held.contains(row) || held.contains(column)
          ? (row == column ? 1 : 0) : matrix[row * n + column]
        let diagonal = value
        for k in 0..<column { value -= factor[row * n + k] * factor[column * n + k] }
        if row == column {
          factor[row * n + row] = value > 1e-15 * diagonal ? value.squareRoot() : .infinity
        } else {
          factor[row * n + column] = value / factor[column * n + column]
        }
      }
    }
    for row in 0..<n {
      for k in 0..<row where factor[row * n + k] != 0 { solution[row] -= factor[row * n + k] * solution[k] }
      solution[row] /= factor[row * n + row]
    }
    for row in stride(from: n - 1, through: 0, by: -1) {
      for k in stride(from: row + 1, to: n, by: 1) where factor[k * n + row] != 0 {
        solution[row] -= factor[k * n + row] * solution[k]
      }
      solution[row] /= factor[row * n + row]
    }
    return solution
  }
}
