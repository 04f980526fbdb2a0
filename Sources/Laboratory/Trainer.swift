import Artifacts
import Dispatch
import Foundation
import Randomness

/// One supervised run: the model, its optimiser, and where it is in its stream of tokens.
///
/// A batch is split into shards of fixed size, each with buffers of its own; their gradients are added in a
/// fixed order. So the numbers do not depend on how many threads work on the shards.
public final class Trainer {
  public let configuration: TrainingConfiguration
  /// Steps done.
  public private(set) var step = 0
  /// Norm of the last gradient, before clipping.
  public private(set) var gradientNorm = 0.0

  private let corpus: Corpus
  let parameters: FloatBuffer
  let optimizer: AdamW
  private let order: [Int]
  private let shards: [Shard]
  private let threads: Int
  var curve = LossCurve()

  /// Tokens of one shard's pass: small enough for its activations to stay in cache.
  static let shardTokens = 512

  /// - Throws: ``StageError`` where the split has too few tokens: none is seen twice.
  public init(
    _ configuration: TrainingConfiguration, corpus: Corpus, threads: Int = 1
  ) throws(StageError) {
    let context = configuration.shape.context
    let sequences = configuration.tokens / context
    guard configuration.batchTokens % Self.shardTokens == 0, Self.shardTokens % context == 0 else {
      throw StageError(
        "a batch must be a multiple of \(Self.shardTokens) tokens and of the context, not \(configuration.batchTokens)")
    }
    let available = corpus.windows(in: configuration.split)
    guard sequences <= available else {
      throw StageError(
        "\(configuration.tokens) tokens asked for, but the \(configuration.split.rawValue) split has only \(available * context) and none is repeated")
    }
    MatrixProduct.prepare()
    self.configuration = configuration
    self.corpus = corpus
    self.threads = threads
    shards = (0..<(configuration.batchTokens / Self.shardTokens)).map { _ in
      Shard(configuration.shape, sequences: Self.shardTokens / context)
    }
    let layout = shards[0].transformer.layout
    parameters = FloatBuffer(count: layout.count)
    let seed = UInt64(bitPattern: Int64(configuration.seed))
    layout.initialize(parameters, seed: seed)
    optimizer = AdamW(layout, configuration: configuration)
    order = Array(permutation(of: available, seed: seed, stream: 0).prefix(sequences))
  }

  public var isFinished: Bool { step >= configuration.steps }

  /// Trains on the next batch.
  /// - Returns: its mean next-token loss before the step, in nats.
  @discardableResult
  public func trainStep() -> Double {
    let sequencesPerShard = Self.shardTokens / configuration.shape.context
    let first = step * shards.count * sequencesPerShard
    forEachShard { index, shard in
      for i in 0..<sequencesPerShard {
        let window = self.order[first + index * sequencesPerShard + i]
        shard.load(window, of: self.configuration.split, from: self.corpus, at: i)
      }
      shard.differentiate(
        self.parameters, weight: 1 / Float(self.configuration.batchTokens),
        zLoss: Float(self.configuration.zLoss))
    }
    let gradients = shards.map(\.gradients)
    gradientNorm = AdamW.combine(gradients)
    optimizer.update(parameters, gradient: gradients[0], norm: gradientNorm, step: step)
    let loss = shards.reduce(0) { $0 + $1.lossSum } / Double(configuration.batchTokens)
    step += 1
    curve.add(loss, step: step, of: configuration)
    return loss
  }

  /// Cross-entropy on the whole validation split, with its standard error over the split's blocks.
  public func evaluate() -> Evaluation {
    let context = configuration.shape.context
    let windows = corpus.windows(in: .validation)
    let perShard = Self.shardTokens / context
    var losses = [Double](repeating: 0, count: windows)
    for start in stride(from: 0, to: windows, by: perShard * shards.count) {
      forEachShard { index, shard in
        let first = start + index * perShard
        let count = min(perShard, windows - first)
        guard count > 0 else { return }
        for i in 0..<count { shard.load(first + i, of: .validation, from: self.corpus, at: i) }
        shard.evaluate(self.parameters, sequences: count)
      }
      for (index, shard) in shards.enumerated() {
        let first = start + index * perShard
        for i in 0..<max(0, min(perShard, windows - first)) { losses[first + i] = shard.sequenceLosses[i] }
      }
    }
    return Evaluation(losses: losses, context: context, block: corpus.block(ofWindow:))
  }

  private func forEachShard(_ body: (Int, Shard) -> Void) {
    guard threads > 1, shards.count > 1 else {
      for (index, shard) in shards.enumerated() { body(index, shard) }
      return
    }
    withoutActuallyEscaping(body) { body in
      let job = ShardJob(shards: shards, body: body)
      DispatchQueue.concurrentPerform(iterations: shards.count) { job.run($0) }
    }
  }

  /// Goes on from a saved state.
  func restore(step: Int, curve: LossCurve) {
    self.step = step
    self.curve = curve
  }
}

/// Lets shards run side by side: each index touches its own shard and reads what no shard writes.
private struct ShardJob: @unchecked Sendable {
  let shards: [Shard]
  let body: (Int, Shard) -> Void

  func run(_ index: Int) { body(index, shards[index]) }
}

/// A share of the batch: its tokens, activations and gradients.
final class Shard {
  let transformer: Transformer
  let gradients: FloatBuffer
  private var inputs: [UInt8]
  private var targets: [UInt8]
  private let tokenLosses: FloatBuffer
  /// Sum of the next-token losses of the last pass, in nats.
  private(set) var lossSum = 0.0
  /// Mean loss of each sequence of the last evaluation, in nats per token.
  private(set) var sequenceLosses: [Double]

  init(_ shape: TransformerShape, sequences: Int) {
    transformer = Transformer(shape, sequences: sequences)
    gradients = FloatBuffer(count: transformer.layout.count)
    inputs = [UInt8](repeating: 0, count: transformer.rows)
    targets = inputs
    tokenLosses = FloatBuffer(count: transformer.rows)
    sequenceLosses = [Double](repeating: 0, count: sequences)
  }

  func load(_ window: Int, of split: CorpusSplit, from corpus: Corpus, at sequence: Int) {
    let offset = sequence * transformer.shape.context
    inputs.withUnsafeMutableBufferPointer { inputs in
      targets.withUnsafeMutableBufferPointer { targets in
        guard let input = inputs.baseAddress, let target = targets.baseAddress else { return }
        corpus.copy(window: window, of: split, inputs: input + offset, targets: target + offset)
      }
    }
  }

  func differentiate(_ parameters: FloatBuffer, weight: Float, zLoss: Float) {
    transformer.forward(inputs, parameters: parameters)
    lossSum = NextTokenLoss.gradient(
      transformer.logits.lanes, targets: targets, rows: transformer.rows,
      width: transformer.shape.vocabulary / 8, weight: weight, zLoss: zLoss)
    transformer.backward(inputs, parameters: parameters, gradients: gradients)
  }

  func evaluate(_ parameters: FloatBuffer, sequences: Int) {
    transformer.forward(inputs, parameters: parameters)
    NextTokenLoss.losses(
      transformer.logits.lanes, targets: targets, rows: transformer.rows,
      width: transformer.shape.vocabulary / 8, into: tokenLosses.pointer)
    let context = transformer.shape.context
    for sequence in 0..<sequences {
      var sum = 0.0
      for i in 0..<context { sum += Double(tokenLosses.pointer[sequence * context + i]) }
      sequenceLosses[sequence] = sum / Double(context)
    }
  }
}

/// The loss of a model on held-out text.
public struct Evaluation: Sendable, Hashable {
  /// Mean cross-entropy in nats per token.
  public let loss: Double
  /// Its standard error: the spread of the means of the text's blocks over the root of their number. Tokens
  /// within a block are not independent, so a block counts as one observation.
  public let standardError: Double
  public let tokens: Int

  /// - Parameter losses: mean loss of each window.
  init(losses: [Double], context: Int, block: (Int) -> Int) {
    tokens = losses.count * context
    loss = losses.reduce(0, +) / Double(losses.count)
    var sums = [(sum: Double, count: Double)]()
    for (window, loss) in losses.enumerated() {
      let index = block(window)
      while sums.count <= index { sums.append((0, 0)) }
      sums[index].sum += loss
      sums[index].count += 1
    }
    let mean = loss
    let squares = sums.reduce(0) { total, block in
      let deviation = block.sum / block.count - mean
      return total + deviation * deviation
    }
    let count = Double(sums.count)
    standardError = count > 1 ? (squares / (count - 1) / count).squareRoot() : .infinity
  }
}

/// The training loss over the run, as means over about 32 spans.
struct LossCurve: Codable, Hashable, Sendable {
  static let spans = 32
  private(set) var points: [RunRecord.CurvePoint] = []
  private var sum = 0.0
  private var count = 0

  mutating func add(_ loss: Double, step: Int, of configuration: TrainingConfiguration) {
    sum += loss
    count += 1
    let span = max(1, configuration.steps / Self.spans)
    guard step % span == 0 || step == configuration.steps else { return }
    let tokens = Double(step * configuration.batchTokens)
    points.append(.init(tokens: tokens, loss: (sum / Double(count) * 1e5).rounded() / 1e5))
    (sum, count) = (0, 0)
  }
}
