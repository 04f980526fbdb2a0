import Statistics
import Testing

@Suite struct BisectionTests {
  @Test func theEndsAreNeighboursUnlessToldOtherwise() {
    let (low, high) = bisection(from: 1, to: 2) { $0 * $0 > 2 }
    #expect(low * low <= 2 && high * high > 2 && high == low.nextUp)
  }

  @Test(arguments: [0, 1, 5, 20]) func everyStepHalves(steps: Int) {
    var asked = 0
    let (low, high) = bisection(from: 0, to: 1, steps: steps) {
      asked += 1
      return $0 > 0.3
    }
    #expect(asked == steps && high - low == 1 / Double(1 << steps) && low <= 0.3 && 0.3 < high)
  }

  @Test func theToleranceIsOfLargeNumbersAShare() {
    let small = bisection(from: 0, to: 1, tolerance: 1e-3) { $0 > 0.3 }
    #expect(small.high - small.low <= 1e-3 && small.high - small.low > 4e-4)
    let large = bisection(from: 0, to: 1e6, tolerance: 1e-3) { $0 > 3e5 }
    #expect(large.high - large.low <= 300 && large.high - large.low > 100)
  }

  @Test func whereTheConditionHoldsEverywhereOrNowhereAnEndIsLeft() {
    #expect(bisection(from: 0, to: 1, steps: 60) { _ in false }.high == 1)
    #expect(bisection(from: 0, to: 1, steps: 60) { _ in true }.low == 0)
    #expect(bisection(from: 1, to: 1) { _ in true } == (1, 1))
  }

  @Test func errorsEndIt() {
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      try bisection(from: 0, to: 1) { place throws(Failure) in
        guard place < 0.9 else { throw Failure() }
        return false
      }
    }
  }
}
