import Testing

import Statistics

@Suite struct FisherFTests {
  /// Critical values as tables print them.
  @Test(arguments: [
    (3.708, 3.0, 10.0, 0.05), (4.965, 1.0, 10.0, 0.05), (1.0, 7.0, 7.0, 0.5), (2.348, 10.0, 20.0, 0.05),
    (5.636, 5.0, 10.0, 0.01),
    (161.4, 1.0, 1.0, 0.05),
  ]) func tailsAreThoseOfTables(value: Double, above: Double, below: Double, tail: Double) {
    #expect(abs(FisherF.tail(above: value, freedom: (above, below)) - tail) < 2e-4)
  }

  @Test func farTailsKeepTheirDigits() {
    // With two degrees of freedom above, the tail is (1 + 2 F / below)^(-below / 2).
    for value in [0.1, 1, 10, 1000] {
      let exact = 1 / ((1 + value / 5) * (1 + value / 5) * (1 + value / 5) * (1 + value / 5) * (1 + value / 5))
      #expect(abs(FisherF.tail(above: value, freedom: (2, 10)) / exact - 1) < 1e-12)
    }
    #expect(FisherF.tail(above: 0, freedom: (3, 3)) == 1 && FisherF.tail(above: .infinity, freedom: (3, 3)) == 0)
  }
}
