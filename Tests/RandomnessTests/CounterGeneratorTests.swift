import Randomness
import Testing

@Suite struct CounterGeneratorTests {
  @Test func aStreamRepeatsAndStreamsDiffer() {
    var first = CounterGenerator(seed: 7, stream: 1)
    var again = CounterGenerator(seed: 7, stream: 1)
    var other = CounterGenerator(seed: 7, stream: 2)
    let numbers = (0..<100).map { _ in first.next() }
    #expect(numbers == (0..<100).map { _ in again.next() })
    #expect(Set(numbers).isDisjoint(with: (0..<100).map { _ in other.next() }))
  }

  @Test func momentsOfUniformAndNormalNumbers() {
    var generator = CounterGenerator(seed: 3)
    let count = 200_000
    let uniform = (0..<count).map { _ in generator.uniform() }
    let normal = (0..<count).map { _ in generator.normal() }
    func moment(_ values: [Double], _ power: Int) -> Double {
      values.reduce(0) { sum, value in sum + (0..<power).reduce(1) { product, _ in product * value } }
        / Double(values.count)
    }
    // Five standard errors of each moment.
    let root = Double(count).squareRoot()
    #expect(abs(moment(uniform, 1) - 0.5) < 5 * 0.2887 / root)
    #expect(abs(moment(normal, 1)) < 5 / root)
    #expect(abs(moment(normal, 2) - 1) < 5 * 2.0.squareRoot() / root)
    #expect(abs(moment(normal, 4) - 3) < 5 * 96.0.squareRoot() / root)
  }

  @Test func uniformNumbersStayBetweenZeroAndOne() {
    #expect(CounterGenerator.uniform(0) == 0x1p-54)
    #expect(CounterGenerator.uniform(.max) == 1 - 0x1p-53)
    #expect(CounterGenerator.uniform(1 << 63) == 0.5 + 0x1p-54)
  }

  @Test func permutationsHoldEveryNumberOnce() {
    #expect(permutation(of: 1000, seed: 5).sorted() == Array(0..<1000))
    #expect(permutation(of: 1000, seed: 5) != permutation(of: 1000, seed: 6))
  }
}

@Suite struct CounterRandomTests {
  @Test func agreesWithThePublishedVectors() {
    // Random123, kat_vectors: philox2x64 with ten rounds.
    #expect(CounterRandom.block(0, 0, key: 0) == (0xca00_a045_9843_d731, 0x66c2_4222_c9a8_45b5))
    let ones = UInt64.max
    #expect(CounterRandom.block(ones, ones, key: ones) == (0x65b0_21d6_0cd8_310f, 0x4d02_f322_2f86_df20))
  }

  @Test func coversTheRangeEvenly() {
    let random = CounterRandom(seed: 3, stream: 5)
    var counts = Array(repeating: 0, count: 10)
    for index in 0..<100_000 { counts[random.integer(below: 10, at: UInt64(index))] += 1 }
    for count in counts { #expect(abs(count - 10_000) < 500) }
  }
}
