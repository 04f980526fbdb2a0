import Randomness
import Statistics
import Testing

@Suite struct StudentTTests {
  /// Tables of Student's t.
  @Test(arguments: [(3, 0.05, 2.353363), (3, 0.01, 4.540703), (1, 0.025, 12.706205), (10, 0.05, 1.812461)])
  func itsTailsAreThoseOfTables(freedom: Int, level: Double, value: Double) {
    #expect(abs(StudentT.tail(above: value, freedom: freedom) / level - 1) < 1e-6)
    #expect(abs(StudentT.tail(above: -value, freedom: freedom) + level - 1) < 1e-6)
    #expect(abs(StudentT.critical(level: level, freedom: freedom) - value) < 1e-5)
  }

  @Test func farTailsGoAsThePowerOfTheFreedom() {
    let ratio = StudentT.tail(above: 1e4, freedom: 3) / StudentT.tail(above: 2e4, freedom: 3)
    #expect(abs(ratio - 8) < 1e-4)
    #expect(StudentT.tail(above: .infinity, freedom: 3) == 0 && StudentT.tail(above: -.infinity, freedom: 3) == 1)
  }

  @Test func whatIsDetectableIsDetectedAsOftenAsItSays() {
    let critical = StudentT.critical(level: 0.05, freedom: 3)
    let shift = StudentT.detectable(above: critical, power: 0.8, freedom: 3)
    var generator = CounterGenerator(seed: 5)
    let found = (0..<20_000).count { _ in
      let values = (0..<4).map { _ in shift / 2 + generator.normal() }
      let mean = values.reduce(0, +) / 4
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3
      return mean / (variance / 4).squareRoot() > critical
    }
    #expect(abs(Double(found) / 20_000 - 0.8) < 0.01)
  }
}
