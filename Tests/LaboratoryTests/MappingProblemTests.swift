import Formats
import Foundation
import Laboratory
import Randomness
import Testing

@Suite struct MappingProblemTests {
  static let draws: [MappingDraw] = [
    .init(places: 5), .init(places: 5, easyFraction: 0.3), .init(places: 3, easyFraction: 0.5), .init(places: 4),
  ]

  @Test(arguments: [
    ("20202100", 1, 1), ("11201200", 5, 2), ("01222212", 1, 6),
    // Asked about a value that occurs once, or three times or more.
    ("20202100", 5, nil), ("11201200", 0, nil), ("01222212", 2, nil),
  ]) func labelsAreThePapers(context: String, place: Int, label: Int?) {
    let digits = context.utf8.map { $0 - UInt8(ascii: "0") }
    #expect(MappingQuestion(context: digits, place: place)?.label == label)
  }

  /// The label by its definition, another way round.
  private static func expectedLabel(_ context: [UInt8], _ place: Int) -> Int? {
    if context[place] == 0 { return place }
    let same = context.indices.filter { context[$0] == context[place] }
    return same.count == 2 ? same.reduce(0, +) - place : nil
  }

  @Test(arguments: [3, 8, 12, 24], [nil, 0, 0.5, 1]) func everyQuestionDrawnHasItsLabel(places: Int, fraction: Double?) {
    let draw = MappingDraw(places: places, easyFraction: fraction)
    let random = CounterRandom(seed: 5, stream: 1)
    var values = Set<UInt8>()
    for index in 0..<2000 {
      let question = draw.question(random, at: index)
      #expect(question.context.count == places && question.context.allSatisfy { $0 < 3 })
      #expect(question.label == Self.expectedLabel(question.context, question.place))
      if fraction == 0 { #expect(!question.isEasy) }
      if fraction == 1 { #expect(question.isEasy) }
      values.formUnion(question.context)
    }
    #expect(values == [0, 1, 2])
  }

  @Test func anInputIsTheContextAndAOneHot() throws {
    let question = try #require(MappingQuestion(context: [2, 0, 1, 2], place: 3))
    let numbers = FloatBuffer(count: 8)
    question.write(to: numbers.pointer)
    #expect((0..<8).map { numbers.pointer[$0] } == [2, 0, 1, 2, 0, 0, 0, 1])
  }

  @Test(arguments: draws) func drawingAgreesWithTheProbabilitiesOfAllQuestions(draw: MappingDraw) {
    let (easy, hard, isComplete) = draw.heldOut()
    #expect(isComplete && Set(easy + hard).count == easy.count + hard.count, "none comes twice")
    #expect(easy.allSatisfy { $0.isEasy } && !hard.contains(where: \.isEasy))
    // Where nothing is said of zeros, all questions are equally likely.
    let share = draw.shareOfZeros
    if draw.easyFraction == nil {
      #expect(abs(share - Double(easy.count) / Double(easy.count + hard.count)) < 1e-12)
    }
    var probabilities = [MappingQuestion: Double]()
    for question in easy { probabilities[question] = share / Double(easy.count) }
    for question in hard { probabilities[question] = (1 - share) / Double(hard.count) }
    #expect(abs(probabilities.values.reduce(0, +) - 1) < 1e-9)

    let random = CounterRandom(seed: 3, stream: 0)
    let samples = 200_000
    var counts = [MappingQuestion: Int]()
    for index in 0..<samples { counts[draw.question(random, at: index), default: 0] += 1 }
    #expect(counts.keys.allSatisfy { probabilities[$0] != nil })
    // Pearson's statistic has the mean k - 1 and the variance 2 (k - 1).
    let statistic = probabilities.reduce(0) { sum, pair in
      let expected = pair.value * Double(samples)
      let difference = Double(counts[pair.key] ?? 0) - expected
      return sum + difference * difference / expected
    }
    let freedom = Double(probabilities.count - 1)
    #expect(abs(statistic - freedom) < 5 * (2 * freedom).squareRoot(), "\(statistic) of \(freedom)")
  }

  @Test func longContextsAreExaminedOnASample() {
    let exam = MappingExam(MappingDraw(places: 16, easyFraction: 0.5))
    #expect(!exam.isComplete && exam.easyCount == 32_768 && exam.questions.count == 65_536)
    #expect(exam.questions.prefix(exam.easyCount).allSatisfy { $0.isEasy })
    #expect(Set(exam.questions.dropFirst(exam.easyCount)).count > 32_500, "few come twice")
    #expect(MappingExam(MappingDraw(places: 8)).questions.count == 24_664)
  }
}
