import Randomness
import Statistics
import Testing

@Suite struct CholeskyTests {
  /// rows · rowsᵀ of random rows, which is positive definite.
  private func positive(_ size: Int, seed: UInt64) -> [[Double]] {
    var generator = CounterGenerator(seed: seed)
    let rows = (0..<size).map { _ in (0..<size).map { _ in generator.normal() } }
    return rows.map { first in rows.map { second in zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } } }
  }

  private func factorised(
    _ matrix: [[Double]], leastPivot: Double = 1e-12, vanished: Cholesky.VanishedPivot = .fails
  ) -> Cholesky? {
    var factor = Cholesky(size: matrix.count)
    // The upper triangle is never looked at.
    for row in matrix.indices { for column in 0...row { factor[row, column] = matrix[row][column] } }
    return factor.factorise(leastPivot: leastPivot, vanished: vanished) ? factor : nil
  }

  private func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
    matrix.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  @Test(arguments: [1, 2, 5, 9]) func solutionsSolve(size: Int) throws {
    let matrix = positive(size, seed: UInt64(size))
    let factor = try #require(factorised(matrix))
    let wanted = (0..<size).map { 1 + Double($0) }
    var solution = product(matrix, wanted)
    factor.solve(&solution)
    for (found, wanted) in zip(solution, wanted) { #expect(abs(found - wanted) < 1e-8) }
  }

  @Test func theFactorGivesTheLengthByTheInverse() throws {
    let matrix = positive(4, seed: 7), right = [1.0, -2, 0, 3]
    let factor = try #require(factorised(matrix))
    var half = right, whole = right
    factor.solveByFactor(&half)
    factor.solve(&whole)
    let length = half.reduce(0) { $0 + $1 * $1 }
    #expect(abs(length - zip(right, whole).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-9 * length)
  }

  @Test func aCoordinateThatTheMatrixDoesNotDetermineFailsOrIsLeftOut() throws {
    let matrix = [[4.0, 2, 1], [2, 1, 0.5], [1, 0.5, 3]]
    #expect(factorised(matrix) == nil)
    let some = try #require(factorised(matrix, vanished: .leavesOut))
    var solution = [9.0, 4.5, 5]
    some.solve(&solution)
    #expect(solution[1] == 0)
    #expect(abs(4 * solution[0] + solution[2] - 9) < 1e-12 && abs(solution[0] + 3 * solution[2] - 5) < 1e-12)
  }
}
