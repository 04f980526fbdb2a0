import Formats
import Foundation
import Laboratory
import Randomness
import Testing

@Suite struct TrainerTests {
  /// A text of sentences from a few words: easy to learn, not trivial.
  static let corpus: Corpus = {
    let words = ["the ", "law ", "of ", "small ", "models ", "and ", "their ", "teachers. "]
    var generator = CounterGenerator(seed: 5)
    var text = [UInt8]()
    while text.count < 100 * Corpus.blockBytes {
      text += Array(words[Int(generator.next() % UInt64(words.count))].utf8)
    }
    return Corpus(text: text, digest: Digest(of: text), context: 128, validationBlocks: 4)
  }()

  static func configuration(steps: Int, seed: Int = 1) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(
      shape: TransformerShape(layers: 2), tokens: Double(steps * 1024), corpus: corpus.digest)
    configuration.seed = seed
    return configuration
  }

  @Test func splitsAreDisjointAndWindowsStayInTheirBlocks() {
    // Every block of this text has one byte of its own, so a window tells where it comes from.
    let text = (0..<100).flatMap { [UInt8](repeating: UInt8($0), count: Corpus.blockBytes) }
    let corpus = Corpus(text: text, digest: Digest(of: text), context: 128, validationBlocks: 10)
    var inputs = [UInt8](repeating: 0, count: 128), targets = inputs
    var seen = [CorpusSplit: Set<UInt8>]()
    for split in CorpusSplit.allCases {
      for window in 0..<corpus.windows(in: split) {
        corpus.copy(window: window, of: split, inputs: &inputs, targets: &targets)
        #expect(Set(inputs + targets).count == 1)
        seen[split, default: []].insert(inputs[0])
      }
    }
    #expect(seen[.validation]?.count == 10 && seen[.teacher]?.count == 45 && seen[.student]?.count == 45)
    #expect(seen.values.reduce(Set()) { $0.union($1) }.count == 100)
  }

  @Test func aTinyModelLearnsATinyText() throws {
    let trainer = try Trainer(Self.configuration(steps: 350), corpus: Self.corpus)
    let before = trainer.evaluate().loss
    #expect(abs(before - log(128)) < 1e-3, "an untrained model knows nothing")
    while !trainer.isFinished { trainer.trainStep() }
    let after = trainer.evaluate()
    // Eight equally likely words of 44 letters in all: log(8) / 5.5 nats a letter.
    let entropy = log(8) / 5.5
    #expect(after.loss < 1.25 * entropy && after.loss > 0.9 * entropy, "\(after.loss) against \(entropy)")
    #expect(after.standardError > 0 && after.standardError < 0.05)
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    let single = try Trainer(Self.configuration(steps: 8), corpus: Self.corpus, threads: 1)
    let double = try Trainer(Self.configuration(steps: 8), corpus: Self.corpus, threads: 2)
    for _ in 0..<8 { #expect(single.trainStep() == double.trainStep()) }
    #expect(single.evaluate() == double.evaluate())
  }

  @Test func seedsDiffer() throws {
    let first = try Trainer(Self.configuration(steps: 4), corpus: Self.corpus)
    let second = try Trainer(Self.configuration(steps: 4, seed: 2), corpus: Self.corpus)
    for _ in 0..<4 { first.trainStep(); second.trainStep() }
    #expect(first.evaluate().loss != second.evaluate().loss)
    #expect(first.configuration.name != second.configuration.name)
  }

  @Test func noTokenIsSeenTwice() throws {
    let available = Double(Self.corpus.tokens(in: .teacher))
    let tooMany = TrainingConfiguration(
      shape: TransformerShape(layers: 2), tokens: available + 2048, corpus: Self.corpus.digest)
    #expect(throws: StageError.self) { try Trainer(tooMany, corpus: Self.corpus) }
  }

  @Test func theScheduleWarmsUpAndDecaysToAThousandth() {
    let configuration = Self.configuration(steps: 200)
    let values = (0..<200).map(configuration.schedule(step:))
    let peak = configuration.warmupSteps - 1
    #expect(values[peak] == 1 && values.max() == 1)
    #expect(values[...peak] == values[...peak].sorted()[...])
    #expect(values[peak...].reversed() == values[peak...].sorted())
    #expect(abs(values[199] - 0.001) < 1e-12)
  }
}
