import Formats

/// The questions that networks of one draw are evaluated on.
package struct MappingExam: Sendable {
  package let draw: MappingDraw
  /// Those that ask about a zero, and then the others.
  package let questions: [MappingQuestion]
  package let easyCount: Int
  /// True where these are all questions that there are.
  package let isComplete: Bool

  package init(_ draw: MappingDraw) {
    self.draw = draw
    let (easy, hard, isComplete) = draw.heldOut()
    questions = easy + hard
    easyCount = easy.count
    self.isComplete = isComplete
  }
}

/// How well a network solves the Mapping Problem: means over the questions of either kind, weighted as they are drawn.
package struct MappingEvaluation: Hashable, Sendable {
  package typealias Part = RunRecord.Mapping.Part

  /// On the questions that ask about a zero, and on the others.
  package let easy: Part
  package let hard: Part
  /// On those of the others that ask about a one, and about a two.
  package let ones: Part
  package let twos: Part
  /// Cross-entropy on labels in nats, and share of the labels found most probable.
  package let loss: Double
  package let accuracy: Double
  /// Standard error of the loss; nil where there are no other questions.
  package let standardError: Double?
  /// KL divergence from the teacher in nats, where there is one.
  package let divergence: Double?
  package let questions: Int

  /// - Parameter results: for every question of the exam, in order.
  init(_ results: [Result], of exam: MappingExam) {
    struct Means {
      var part: Part
      var divergence: Double
      /// Of the mean loss.
      var variance: Double
    }
    func means(_ results: some Collection<Result>) -> Means {
      let count = Double(results.count)
      func mean(_ value: (Result) -> Double) -> Double { results.reduce(0) { $0 + value($1) } / count }
      let loss = mean { Double($0.loss) }
      let squares = mean { (Double($0.loss) - loss) * (Double($0.loss) - loss) }
      return Means(
        part: Part(loss: loss, accuracy: mean { $0.isRight ? 1 : 0 }), divergence: mean { Double($0.divergence ?? 0) },
        variance: squares / (count - 1))
    }
    let easy = means(results[..<exam.easyCount]), hard = means(results[exam.easyCount...])
    let share = exam.draw.shareOfZeros
    func expectation(_ value: (Means) -> Double) -> Double { share * value(easy) + (1 - share) * value(hard) }
    func part(about value: UInt8) -> Part {
      means(zip(results, exam.questions).filter { $0.1.value == value }.map(\.0)).part
    }
    self.easy = easy.part
    self.hard = hard.part
    ones = part(about: 1)
    twos = part(about: 2)
    loss = expectation(\.part.loss)
    accuracy = expectation(\.part.accuracy)
    // Rounding may take a divergence of nothing below zero.
    divergence = results.first?.divergence == nil ? nil : max(0, expectation(\.divergence))
    standardError =
      exam.isComplete
      ? nil : (share * share * easy.variance + (1 - share) * (1 - share) * hard.variance).squareRoot()
    questions = results.count
  }

  struct Result {
    var loss: Float
    var isRight: Bool
    var divergence: Float?
  }
}
