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
  /// Of the blocks that are summed over: where their partial derivatives begin, and one of these times the curvature.
  private var places: [Int]
  private var weighted: [Lanes]
  private var matrix: [Double]
  private var cholesky: Cholesky
  private var gradient: [Double]
  private var solution: [Double]

  init(dimension: Int, blocks: Int) {
    self.dimension = dimension
    places = Array(repeating: 0, count: blocks)
    weighted = Array(repeating: .zero, count: blocks)
    sums = Array(repeating: .zero, count: dimension * (dimension + 1) / 2)
    pulls = Array(repeating: .zero, count: dimension)
    matrix = Array(repeating: 0, count: dimension * dimension)
    cholesky = Cholesky(size: dimension)
    gradient = Array(repeating: 0, count: dimension)
    solution = gradient
  }

  /// Sums up J' C J and J' p over the blocks, in their order.
  /// - Parameters:
  ///   - jacobian: of block b by coordinate j at b * dimension + j.
  ///   - pulls: p, by block.
  ///   - curvatures: C, by block.
  ///   - curved: the blocks in which C is not all zero.
  ///   - blocks: how many blocks there are.
  mutating func sum(_ jacobian: [Lanes], pulls weights: [Lanes], curvatures: [Lanes], curved: [Int], blocks: Int) {
    for (place, block) in curved.enumerated() { places[place] = block * dimension }
    var entry = 0
    for row in 0..<dimension {
      for (place, block) in curved.enumerated() { weighted[place] = jacobian[block * dimension + row] * curvatures[block] }
      Self.sumProducts(jacobian, weighted, places, count: curved.count, columns: row + 1) { sums[entry + $0] = $1 }
      entry += row + 1
    }
    for block in 0..<blocks { places[block] = block * dimension }
    Self.sumProducts(jacobian, weights, places, count: blocks, columns: dimension) { pulls[$0] = $1 }
  }

  /// The sums of weights times columns over the first `count` of `places`. Four columns at a time, whose sums stay in
  /// registers.
  @inline(always)
  private static func sumProducts(
    _ jacobian: [Lanes], _ weights: [Lanes], _ places: [Int], count: Int, columns: Int, _ store: (Int, Lanes) -> Void
  ) {
    var column = 0
    while column + 4 <= columns {
      var (first, second, third, fourth) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
      for index in 0..<count {
        let (weight, place) = (weights[index], places[index] + column)
        first = weight.fma(jacobian[place], first)
        second = weight.fma(jacobian[place + 1], second)
        third = weight.fma(jacobian[place + 2], third)
        fourth = weight.fma(jacobian[place + 3], fourth)
      }
      store(column, first)
      store(column + 1, second)
      store(column + 2, third)
      store(column + 3, fourth)
      column += 4
    }
    while column < columns {
      var sum = Lanes.zero
      for index in 0..<count { sum = weights[index].fma(jacobian[places[index] + column], sum) }
      store(column, sum)
      column += 1
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
