import Artifacts
import Foundation
import Laboratory
import Randomness
import Testing

@Suite struct MappingProblemTests {
  static let draws: [MappingDraw] = [
    .init(places: 5), .init(places: 5, easyFraction: 0.3), .init(places: 6, contexts: .pairs),
    .init(places: 4, contexts: .pairs, easyFraction: 0.5),
  ]

  @Test(arguments: [
    ("20202100", 1, 1), ("11201200", 5, 2), ("01222212", 1, 6),
    // Asked about a value that occurs once, or three times.
    ("20202100", 5, nil), ("11201200", 0, nil), ("01222212", 2, nil),
  ]) func labelsAreThePapers(context: String, place: Int, label: Int?) {
    let digits = context.utf8.map { $0 - UInt8(ascii: "0") }
    #expect(MappingProblem.label(context: digits, place: place) == label)
  }

  /// The label by its definition, another way round.
  private static func expectedLabel(_ context: [UInt8], _ place: Int) -> Int? {
    if context[place] == 0 { return place }
    let same = context.indices.filter { context[$0] == context[place] }
    return same.count == 2 ? same.reduce(0, +) - place : nil
  }

  @Test(arguments: draws) func everyInputIsListedOnceWithItsLabel(draw: MappingDraw) throws {
    let problem = try MappingProblem(draw)
    var seen = Set<[UInt8]>()
    for index in 0..<problem.count {
      let (context, place) = problem.question(index)
      #expect(context.count == draw.places && context.allSatisfy { $0 < 3 })
      #expect(Self.expectedLabel(context, place) == Int(problem.labels[index]))
      if draw.contexts == .pairs {
        #expect((1...2).allSatisfy { value in [0, 2].contains(context.count { $0 == value }) })
      }
      seen.insert(context + [UInt8(place)])
    }
    #expect(seen.count == problem.count, "none comes twice")
    // All contexts, counted: zeros anywhere, and pairs of a value with anything else at the other places.
    if draw.contexts == .uniform {
      let n = draw.places
      func power(_ base: Int, _ exponent: Int) -> Int { (0..<exponent).reduce(1) { product, _ in product * base } }
      #expect(problem.easy.count == n * power(3, n - 1))
      #expect(problem.hard.count == n * 2 * (n - 1) * power(2, n - 2))
    }
  }

  @Test(arguments: draws) func probabilitiesSumToOneAndAreThoseOfDrawing(draw: MappingDraw) throws {
    let problem = try MappingProblem(draw)
    let probabilities = (0..<problem.count).map(problem.probability)
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
    let easy = problem.easy.reduce(0) { $0 + probabilities[$1] }
    #expect(abs(easy - problem.easyFraction) < 1e-9)
    if let fraction = draw.easyFraction { #expect(problem.easyFraction == fraction) }

    let random = CounterRandom(seed: 3, stream: 0)
    let samples = 200_000
    var counts = [Int](repeating: 0, count: problem.count)
    for index in 0..<samples { counts[problem.draw(random, at: index)] += 1 }
    // Pearson's statistic has the mean k - 1 and the variance 2 (k - 1).
    let statistic = zip(counts, probabilities).reduce(0) { sum, pair in
      let expected = pair.1 * Double(samples)
      return sum + (Double(pair.0) - expected) * (Double(pair.0) - expected) / expected
    }
    let freedom = Double(problem.count - 1)
    #expect(abs(statistic - freedom) < 5 * (2 * freedom).squareRoot(), "\(statistic) of \(freedom)")
  }

  @Test func inputsThatCannotBeAreNamed() {
    #expect(throws: StageError.self) { try MappingProblem(.init(places: 2)) }
    #expect(throws: StageError.self) { try MappingProblem(.init(places: 40)) }
    #expect(throws: StageError.self) { try MappingProblem(.init(places: 5, easyFraction: 1.5)) }
  }
}
