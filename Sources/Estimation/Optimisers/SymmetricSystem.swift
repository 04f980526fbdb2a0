import Statistics

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
  private var cholesky: Cholesky
  private var gradient: [Double]
  private var solution: [Double]

  init(dimension: Int) {
    self.dimension = dimension
    sums = Array(repeating: .zero, count: dimension * (dimension + 1) / 2)
    pulls = Array(repeating: .zero, count: dimension)
    matrix = Array(repeating: 0, count: dimension * dimension)
    cholesky = Cholesky(size: dimension)
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
    for row in 0..<dimension {
      solution[row] = held.contains(row) ? 0 : -gradient[row]
      for column in 0...row {
        cholesky[row, column] =
          held.contains(row) || held.contains(column)
          ? (row == column ? 1 : 0) : matrix[row * dimension + column]
      }
    }
    _ = cholesky.factorise(leastPivot: 1e-15, vanished: .leavesOut)
    cholesky.solve(&solution)
    return solution
  }
}
