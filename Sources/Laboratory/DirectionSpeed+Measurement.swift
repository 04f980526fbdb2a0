import Formats
import Randomness

extension DirectionSpeed {
  /// Trains on random text, towards random distributions, for about `seconds`.
  /// - Throws: ``StageError`` where the batch does not fit the shape.
  /// The same student, text and teacher are measured in turns.
  public init(shape: TransformerShape, batchTokens: Int, threads: Int, seconds: Double) throws(StageError) {
    var generator = CounterGenerator(seed: 1, stream: 1)
    let corpus = Corpus.random(context: shape.context)
    let configuration = TrainingConfiguration(
      shape: shape, tokens: Double(corpus.tokens(in: .teacher) / batchTokens * batchTokens),
      batchTokens: batchTokens, corpus: corpus.digest)
    let teacher = (0..<(batchTokens / Shard.tokens)).map { _ in
      let logits = FloatBuffer(count: Shard.tokens * shape.vocabulary)
      for i in 0..<logits.count { logits.pointer[i] = Float(2 * generator.normal()) }
      DistillationLoss.distribution(logits.lanes, rows: Shard.tokens, width: shape.vocabulary / 8, view: .init())
      return logits
    }
    var objectives = [DistillationObjective(), DistillationObjective()]
    objectives[1].direction = .reverse
    var times = [[Double]](repeating: [], count: objectives.count)
    var trainer = try Trainer(configuration, corpus: corpus, threads: threads)
    let start = ContinuousClock.now
    while times[1].count < 8 || start.duration(to: .now) / .seconds(1) < seconds {
      for (index, objective) in objectives.enumerated() {
        if trainer.isFinished { trainer = try Trainer(configuration, corpus: corpus, threads: threads) }
        let begin = ContinuousClock.now
        trainer.trainStep(towards: teacher, objective: objective)
        times[index].append(begin.duration(to: .now) / .seconds(1))
      }
    }
    func median(_ values: [Double]) -> Double { 1000 * values.sorted()[values.count / 2] }
    self.init(
      parameters: Double(shape.nonEmbeddingParameters), vocabulary: shape.vocabulary, batchTokens: batchTokens,
      threads: threads, forwardMilliseconds: median(times[0]), reverseMilliseconds: median(times[1]))
  }
}
