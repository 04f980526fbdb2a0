/// The normal equations of a Newton step, summed up eight runs at a time, and their solution.
struct SymmetricSystem<Point: SIMD & Sendable> where Point.Scalar == Double {
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
  /// By rows, and what elimination makes of it.
  private var matrix: [Point]
  private var eliminated: [Point]
  private(set) var gradient = Point.zero

  init(dimension: Int, blocks: Int) {
    self.dimension = dimension
    places = Array(repeating: 0, count: blocks)
    weighted = Array(repeating: .zero, count: blocks)
    sums = Array(repeating: .zero, count: dimension * (dimension + 1) / 2)
    pulls = Array(repeating: .zero, count: dimension)
    matrix = Array(repeating: .zero, count: dimension)
    eliminated = matrix
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

  /// Adds up the lanes of all sums: the matrix is J' C J, and the gradient J' p.
  @inline(__always)
  mutating func reduce() {
    for row in 0..<dimension { finish(row, diagonal: 0, row: .zero, pull: 0) }
  }

  /// Adds up the lanes of row `index` with what stands there and on the diagonal besides.
  @inline(__always)
  mutating func finish(_ index: Int, diagonal: Double, row: Point, pull: Double) {
    let first = index * (index + 1) / 2
    for column in 0...index {
      let sum = sums[first + column].orderedSum + row[column]
      matrix[index][column] = sum
      matrix[column][index] = sum
    }
    matrix[index][index] += diagonal
    gradient[index] = pulls[index].orderedSum + pull
  }

  /// What stays where it is in a step from `point`: coordinates that are not free, and those on a bound whose gradient points
  /// outwards.
  @inline(__always)
  func held(free: Point, at point: Point, lower: Point, upper: Point) -> Held {
    var held = Held()
    for index in 0..<dimension {
      if free[index] == 0 || (point[index] <= lower[index] && gradient[index] > 0)
        || (point[index] >= upper[index] && gradient[index] < 0)
      {
        held.insert(index)
      }
    }
    return held
  }

  /// The solution of matrix s = -gradient among the coordinates that are not held, by elimination without exchanges: the
  /// matrix is positive definite, or nearly so.
  ///
  /// A pivot that rounding has brought to nothing leaves its coordinate where it is.
  /// - Parameters:
  ///   - damping: what the diagonal is raised by, as a share of itself.
  ///   - floor: what it is raised by besides, as a share of its largest entry.
  @inline(__always)
  mutating func solve(held: Held, damping: Double = 0, floor: Double = 0) -> Point {
    var (diagonal, largest) = (Point.zero, 0.0)
    for row in 0..<dimension {
      diagonal[row] = matrix[row][row]
      if !held.contains(row) { largest = max(largest, diagonal[row]) }
    }
    for row in 0..<dimension {
      diagonal[row] += damping * diagonal[row] + floor * largest
      eliminated[row] = matrix[row]
      eliminated[row][row] = diagonal[row]
    }
    return Self.solve(&eliminated, -gradient, diagonal: diagonal, held: held, dimension: dimension)
  }

  @inline(__always)
  private static func solve(
    _ matrix: inout [Point], _ right: Point, diagonal: Point, held: Held, dimension: Int
  ) -> Point {
    var rows = matrix.mutableSpan
    var (right, still) = (right, held)
    for pivot in 0..<dimension where !held.contains(pivot) {
      let row = rows[pivot]
      guard row[pivot] > 1e-15 * diagonal[pivot] else {
        still.insert(pivot)
        continue
      }
      let inverse = 1 / row[pivot]
      for other in (pivot + 1)..<max(pivot + 1, dimension) where !held.contains(other) {
        let factor = rows[other][pivot] * inverse
        rows[other].addProduct(row, Point(repeating: -factor))
        right[other] -= factor * right[pivot]
      }
    }
    var solution = Point.zero
    for pivot in stride(from: dimension - 1, through: 0, by: -1) where !still.contains(pivot) {
      // What the pivot's row has left of it was eliminated, and the solution is zero there so far.
      solution[pivot] = (right[pivot] - dot(rows[pivot], solution)) / rows[pivot][pivot]
    }
    return solution
  }
}
