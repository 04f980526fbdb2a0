import Formats
import Foundation
import Randomness

/// One supervised run: the model, its optimiser, and where it is in its stream of tokens.
///
/// A batch is split into shards of fixed size, each with buffers of its own; their gradients are added in a
/// fixed order. So the numbers do not depend on how many threads work on the shards.
public final class Trainer: TrainingRun {
  public let configuration: TrainingConfiguration
  /// Steps done.
  public private(set) var step = 0
  /// Norm of the last gradient, before clipping.
  public private(set) var gradientNorm = 0.0

  private let corpus: Corpus
  package let parameters: FloatBuffer
  package let optimizer: AdamW
  private let order: [Int]
  private let pool: ShardPool
  private let shards: [Shard]
  package private(set) var curve = LossCurve()

  /// - Throws: ``StageError`` where the split has too few tokens: none is seen twice.
  public convenience init(
    _ configuration: TrainingConfiguration, corpus: Corpus, threads: Int = 1
  ) throws(StageError) {
    try self.init(configuration, corpus: corpus, pool: ShardPool(threads: threads))
  }

  init(_ configuration: TrainingConfiguration, corpus: Corpus, pool: ShardPool) throws(StageError) {
    let context = configuration.shape.context
    let sequences = configuration.tokens / context
    guard configuration.batchTokens % Shard.tokens == 0, Shard.tokens % context == 0 else {
      throw StageError(
        "a batch must be a multiple of \(Shard.tokens) tokens and of the context, not \(configuration.batchTokens)")
    }
    let available = corpus.windows(in: configuration.split)
    guard sequences <= available else {
      throw StageError(
        "\(configuration.tokens) tokens asked for, but the \(configuration.split.rawValue) split has only \(available * context) and none is repeated"
      )
    }
    MatrixProduct.prepare()
    self.configuration = configuration
    self.corpus = corpus
    self.pool = pool
    shards = pool.shards(for: configuration.shape, batchTokens: configuration.batchTokens)
    let layout = shards[0].transformer.layout
    parameters = FloatBuffer(count: layout.count)
    let seed = UInt64(bitPattern: Int64(configuration.seed))
    layout.initialize(parameters, seed: seed)
    optimizer = AdamW(layout, configuration: configuration)
    order = Array(permutation(of: available, seed: seed, stream: 0).prefix(sequences))
  }

  package var name: String { configuration.name }
  package var steps: Int { configuration.steps }
  package var compute: Double { configuration.compute }
  public var isFinished: Bool { step >= steps }

  /// Trains on the next batch.
  /// - Returns: its mean next-token loss before the step, in nats.
  @discardableResult
  public func trainStep() -> Double {
    let weight = 1 / Float(configuration.batchTokens)
    return takeStep { _, shard in
      shard.differentiate(self.parameters, weight: weight, zLoss: Float(self.configuration.zLoss))
    }
  }

  /// Trains on the next batch, towards what a teacher says of the same batch.
  @discardableResult
  func trainStep(towards teacher: [FloatBuffer], objective: DistillationObjective) -> Double {
    let weight = 1 / Float(configuration.batchTokens)
    return takeStep { index, shard in
      shard.differentiate(
        self.parameters, towards: teacher[index], objective: objective, weight: weight,
        zLoss: Float(self.configuration.zLoss))
    }
  }

  private func takeStep(_ differentiate: (Int, Shard) -> Void) -> Double {
    pool.each(shards) { index, shard in
      load(index, into: shard)
      differentiate(index, shard)
    }
    let gradients = shards.map(\.gradients)
    gradientNorm = AdamW.combine(gradients)
    optimizer.update(
      parameters, gradient: gradients[0], norm: gradientNorm, step: step, schedule: configuration.schedule(step: step))
    let loss = shards.reduce(0) { $0 + $1.lossSum } / Double(configuration.batchTokens)
    step += 1
    curve.add(loss, step: step, of: configuration.steps, batch: configuration.batchTokens)
    return loss
  }

  /// Loads the sequences of a shard of the next batch; runs of one seed and split see the same.
  func load(_ index: Int, into shard: Shard) {
    let perShard = Shard.tokens / configuration.shape.context
    let first = (step * shards.count + index) * perShard
    for i in 0..<perShard { shard.load(order[first + i], of: configuration.split, from: corpus, at: i) }
  }

  /// Cross-entropy on the whole validation split, with its standard error over the split's blocks.
  public func evaluate() -> Evaluation {
    evaluate(extra: .nothing)
  }

  func evaluate(extra: Shard.Extra) -> Evaluation {
    Evaluation(of: parameters, on: heldOutText, extra: extra)
  }

  /// The validation split, to be read by this model's shards.
  var heldOutText: HeldOutText { HeldOutText(corpus: corpus, shards: shards, pool: pool) }

  /// SHA-256 of the parameters.
  var weightsDigest: Digest {
    Digest(of: UnsafeRawBufferPointer(start: parameters.pointer, count: 4 * parameters.count))
  }

  package func restore(step: Int, curve: LossCurve) {
    self.step = step
    self.curve = curve
  }
}
