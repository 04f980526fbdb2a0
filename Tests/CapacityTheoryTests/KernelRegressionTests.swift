import CapacityTheory
import Foundation
import Randomness
import Testing

/// Least squares under a bound on the norm by projected gradients, on values of functions: it knows nothing of
/// orthonormal coefficients.
private struct BoundedLeastSquares {
  /// A row a function: cosines (DCT-II) scaled to be orthonormal over as many places as there are functions.
  let basis: [[Double]]

  init(functions: Int) {
    let count = Double(functions)
    basis = (0..<functions).map { k -> [Double] in
      let scale = ((k == 0 ? 1.0 : 2.0) / count).squareRoot()
      return (0..<functions).map { place -> Double in
        let angle = Double.pi * (Double(place) + 0.5) * Double(k) / count
        return scale * cos(angle)
      }
    }
  }

  func values(_ coefficients: [Double]) -> [Double] {
    basis[0].indices.map { place -> Double in
      zip(coefficients, basis).reduce(0.0) { sum, pair in sum + pair.0 * pair.1[place] }
    }
  }

  /// The values of the function nearest to `target` among the first `capacity` functions, its norm at most `bound`.
  func nearest(to target: [Double], capacity: Int, bound: Double) -> [Double] {
    var coefficients = [Double](repeating: 0, count: capacity)
    for _ in 0..<120 {
      let missing = zip(target, values(coefficients)).map { $0 - $1 }
      for k in 0..<capacity {
        coefficients[k] += 0.4 * zip(basis[k], missing).reduce(0.0) { sum, pair in sum + pair.0 * pair.1 }
      }
      let norm = coefficients.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if norm > bound { for k in 0..<capacity { coefficients[k] *= bound / norm } }
    }
    return values(coefficients)
  }

  static func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0.0) { sum, pair in sum + (pair.0 - pair.1) * (pair.0 - pair.1) }.squareRoot()
  }
}

@Suite struct KernelRegressionTests {
  @Test func theClosedFormsAreTheNearestFunctions() {
    let functions = 24
    let solver = BoundedLeastSquares(functions: functions)
    var generator = CounterGenerator(seed: 3)
    for seed in 1...4 {
      let coefficients = KernelRegression.coefficients(seed: UInt64(seed), count: functions)
      let target = solver.values(coefficients)
      // Norms are about 2.8: bounds that bind for all, for large and for no models.
      let bounds = (1 + 2.5 * generator.uniform(), 0.7 + 2.5 * generator.uniform())
      let theory = KernelRegression(coefficients: coefficients, teacherBound: bounds.0, studentBound: bounds.1)
      for teacher in [0, 1, 4, 9, 12, 18, 24] {
        let taught = solver.nearest(to: target, capacity: teacher, bound: bounds.0)
        #expect(abs(BoundedLeastSquares.distance(taught, target) - theory.teacherError(teacher)) < 1e-9)
        for student in [1, 6, 12, 20] {
          let learned = solver.nearest(to: taught, capacity: student, bound: bounds.1)
          let error = theory.studentError(teacher: teacher, student: student)
          #expect(abs(BoundedLeastSquares.distance(learned, target) - error) < 1e-9, "\(seed) \(teacher) \(student)")
        }
      }
    }
  }

  @Test func errorsFallToTheStudentsOwnCapacityAndRiseAfterItForEverySeed() {
    let targets = (1...1000).map { KernelRegression(coefficients: KernelRegression.coefficients(seed: $0)) }
    for student in [1, 20, 300, 800] {
      let count = UShapeCount(student: student, over: targets)
      #expect(count.seeds == 1000 && count.fallingBefore == 1000 && count.risingAfter == 1000, "\(count)")
      #expect(count.leastHarmless <= count.medianHarmless && count.medianHarmless <= count.mostHarmless)
    }
    #expect(UShapeCount(student: 300, over: targets).worseFromLargest == 1000)
    for target in targets.prefix(100) {
      let errors = (0...1000).map(target.teacherError)
      #expect(zip(errors, errors.dropFirst()).allSatisfy { $1 <= $0 + 1e-12 })
    }
  }

  /// The count is a check only if it finds errors that do not have the shape.
  @Test func theCountFindsWhatHasNoUShape() {
    // A teacher without a bound never takes anything from its student.
    let free = KernelRegression(
      coefficients: KernelRegression.coefficients(seed: 1), teacherBound: 100, studentBound: 4.5)
    let count = UShapeCount(student: 300, over: [free])
    #expect(count.fallingBefore == 1 && count.risingAfter == 1 && count.worseFromLargest == 0)
    #expect(count.mostHarmless == 1000 && count.medianRise == 1)
  }

  @Test func theStudentStaysTheSameExactlyWhileItsOwnBoundDecides() {
    for seed in 1...50 as ClosedRange<UInt64> {
      let coefficients = KernelRegression.coefficients(seed: seed)
      let theory = KernelRegression(coefficients: coefficients)
      for student in [30, 300, 500, 800] {
        // The teacher's norm over the student's functions, from its coefficients.
        func norm(_ count: Int) -> Double { coefficients[..<count].reduce(0) { $0 + $1 * $1 }.squareRoot() }
        func isUnchanged(_ teacher: Int) -> Bool {
          let scale = min(1, 5 / norm(teacher))
          return scale * norm(student) >= 4.5 || scale == 1
        }
        let own = theory.studentError(teacher: student, student: student)
        for teacher in stride(from: student, through: 1000, by: 7) {
          let error = theory.studentError(teacher: teacher, student: student)
          #expect((error == own) == isUnchanged(teacher), "\(seed) \(student) \(teacher)")
        }
        let last = theory.lastHarmlessTeacher(student: student)
        #expect(isUnchanged(last) && (last == 1000 || !isUnchanged(last + 1)))
      }
    }
  }

  @Test func coefficientsFillTheirRange() {
    let coefficients = KernelRegression.coefficients(seed: 1)
    #expect(coefficients.count == 1000 && coefficients.allSatisfy { abs($0) < 1 })
    #expect(coefficients != KernelRegression.coefficients(seed: 2))
    #expect(abs(coefficients.reduce(0, +) / 1000) < 0.06)
    #expect(abs(coefficients.reduce(0) { $0 + $1 * $1 } / 1000 - 1.0 / 3) < 0.03)
  }
}
