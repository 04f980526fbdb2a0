import Formats
import Foundation

/// How fast whole training steps are, beside bare matrix products on the same threads.
public struct TrainingSpeed: Codable, Sendable {
  public let parameters: Int
  public let layers: Int
  public let batchTokens: Int
  public let threads: Int
  public let tokensPerSecond: Double
  /// By the F(N) formula.
  public let gigaFLOPsPerSecond: Double
  /// Of single-precision products of a 4096 x 64 with a 64 x 192 matrix.
  public let productGigaFLOPsPerSecond: Double

  /// Trains on random text for about `seconds`.
  public init(
    shape: TransformerShape, batchTokens: Int, threads: Int, seconds: Double
  ) throws(StageError) {
    try checkMemory(
      shape.stateBytes + shape.shardBytes(batchTokens: batchTokens), for: "training \(shape.layers) layers on such batches")
    let corpus = Corpus.random(context: shape.context)
    let available = corpus.tokens(in: .teacher)
    let steps = available / batchTokens
    let configuration = TrainingConfiguration(
      shape: shape, tokens: Double(steps * batchTokens), batchTokens: batchTokens, corpus: corpus.digest)
    var trainer = try Trainer(configuration, corpus: corpus, threads: threads)
    for _ in 0..<min(5, steps) { trainer.trainStep() }
    var done = 0
    var elapsed = 0.0
    while elapsed < seconds {
      if trainer.isFinished { trainer = try Trainer(configuration, corpus: corpus, threads: threads) }
      let start = ContinuousClock.now
      while !trainer.isFinished, elapsed + (start.duration(to: .now) / .seconds(1)) < seconds {
        trainer.trainStep()
        done += 1
      }
      elapsed += start.duration(to: .now) / .seconds(1)
    }
    parameters = shape.nonEmbeddingParameters
    layers = shape.layers
    self.batchTokens = batchTokens
    self.threads = threads
    tokensPerSecond = Double(done * batchTokens) / elapsed
    gigaFLOPsPerSecond =
      shape.family.trainingFLOPs(parameters: Double(parameters), tokens: tokensPerSecond) / 1e9
    productGigaFLOPsPerSecond = MatrixProduct.speed(threads: threads) / 1e9
  }
}
