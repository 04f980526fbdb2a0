import Dispatch

/// A share of a batch: its tokens, activations and gradients.
///
/// A shard belongs to a shape, not to a model: models of one shape that take turns may share it.
final class Shard {
  /// Tokens of one shard's pass: small enough for its activations to stay in cache.
  static let tokens = 512

  let transformer: Transformer
  let gradients: FloatBuffer
  private(set) var inputs: [UInt8]
  private var targets: [UInt8]
  private let rowLosses: FloatBuffer
  /// Copies of two models' logits, made when they are first compared.
  private lazy var compared = (student: logitsBuffer(), teacher: logitsBuffer())
  /// Sum of the next-token losses of the last pass, in nats.
  private(set) var lossSum = 0.0

  init(_ shape: TransformerShape) {
    transformer = Transformer(shape, sequences: Self.tokens / shape.context)
    gradients = FloatBuffer(count: transformer.layout.count)
    inputs = [UInt8](repeating: 0, count: transformer.rows)
    targets = inputs
    rowLosses = FloatBuffer(count: transformer.rows)
  }

  var vocabularyLanes: Int { transformer.shape.vocabulary / 8 }

  private func logitsBuffer() -> FloatBuffer {
    FloatBuffer(count: transformer.rows * transformer.shape.vocabulary)
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

  /// The logits of a model that reads texts, one a sequence, each from its start; what stands behind a text's end
  /// is padding.
  func read(_ texts: ArraySlice<[UInt8]>, parameters: FloatBuffer) -> FloatBuffer {
    let context = transformer.shape.context
    for i in inputs.indices { inputs[i] = 0 }
    for (sequence, text) in texts.enumerated() {
      for (place, byte) in text.prefix(context).enumerated() { inputs[sequence * context + place] = byte }
    }
    transformer.forward(inputs, parameters: parameters)
    return transformer.logits
  }

  /// The gradient of the supervised loss.
  func differentiate(_ parameters: FloatBuffer, weight: Float, zLoss: Float) {
    transformer.forward(inputs, parameters: parameters)
    lossSum = NextTokenLoss.gradient(
      transformer.logits.lanes, targets: targets, rows: transformer.rows, width: vocabularyLanes,
      weight: weight, zLoss: zLoss)
    transformer.backward(inputs, parameters: parameters, gradients: gradients)
  }

  /// The gradient of the student loss, given the teacher's distribution on the same tokens.
  func differentiate(
    _ parameters: FloatBuffer, towards teacher: FloatBuffer, objective: DistillationObjective, weight: Float,
    zLoss: Float
  ) {
    transformer.forward(inputs, parameters: parameters)
    lossSum = DistillationLoss.gradient(
      transformer.logits.lanes, teacher: teacher.lanes, targets: targets, rows: transformer.rows,
      width: vocabularyLanes, objective: objective, weight: weight, zLoss: zLoss)
    transformer.backward(inputs, parameters: parameters, gradients: gradients)
  }

  /// A model's distributions on the tokens, one for each view that students have of it.
  func predict(_ parameters: FloatBuffer, views: [DistillationObjective.View], into distributions: [FloatBuffer]) {
    transformer.forward(inputs, parameters: parameters)
    for (view, distribution) in zip(views, distributions) {
      distribution.pointer.update(from: transformer.logits.pointer, count: distribution.count)
      DistillationLoss.distribution(
        distribution.lanes, rows: transformer.rows, width: vocabularyLanes, view: view)
    }
  }

  /// What a pass over held-out text does beside taking the losses.
  enum Extra {
    case nothing
    /// Keeps the logits, in the text's order.
    case keepLogits(FloatBuffer)
    /// Takes the divergence from a teacher's kept logits.
    case compare(FloatBuffer)
  }

  /// Loss, and divergence from the teacher where one is given, of each of `sequences` loaded sequences.
  /// - Parameter firstToken: place of the first one in the held-out text.
  func evaluate(
    _ parameters: FloatBuffer, sequences: Int, firstToken: Int, extra: Extra
  ) -> [(loss: Double, divergence: Double)] {
    let vocabulary = transformer.shape.vocabulary
    let count = sequences * transformer.shape.context
    transformer.forward(inputs, parameters: parameters)
    let logits = transformer.logits
    var divergences = [Double](repeating: 0, count: sequences)
    switch extra {
    case .nothing: break
    case .keepLogits(let kept):
      (kept.pointer + firstToken * vocabulary).update(from: logits.pointer, count: count * vocabulary)
    case .compare(let kept):
      compared.student.pointer.update(from: logits.pointer, count: count * vocabulary)
      compared.teacher.pointer.update(from: kept.pointer + firstToken * vocabulary, count: count * vocabulary)
      DistillationLoss.divergences(
        teacher: compared.teacher.lanes, student: compared.student.lanes, rows: count,
        width: vocabularyLanes, into: rowLosses.pointer)
      divergences = sequenceMeans(sequences)
    }
    NextTokenLoss.losses(
      logits.lanes, targets: targets, rows: transformer.rows, width: vocabularyLanes, into: rowLosses.pointer)
    return zip(sequenceMeans(sequences), divergences).map { ($0, $1) }
  }

  /// What the model says of each token of `sequences` loaded sequences, beside what its teacher says of it.
  /// - Parameter teacher: the teacher's kept logits of the whole held-out text.
  func confidences(
    _ parameters: FloatBuffer, sequences: Int, firstToken: Int, teacher: FloatBuffer?
  ) -> [TokenConfidence] {
    let vocabulary = transformer.shape.vocabulary
    let count = sequences * transformer.shape.context
    transformer.forward(inputs, parameters: parameters)
    if let teacher {
      compared.teacher.pointer.update(from: teacher.pointer + firstToken * vocabulary, count: count * vocabulary)
    }
    return (0..<count).map { row in
      let model = transformer.logits.lanes + row * vocabularyLanes
      let (top, confidence) = mostProbable(model)
      var token = TokenConfidence(confidence: confidence, isHit: top == Int(targets[row]))
      if teacher != nil {
        let other = compared.teacher.lanes + row * vocabularyLanes
        let (teacherTop, teacherConfidence) = mostProbable(other)
        token.teacherConfidence = teacherConfidence
        token.agrees = teacherTop == top
        token.teacherProbability = other.numbers[top] * teacherConfidence
      }
      return token
    }
  }

  /// The most probable token of a row of logits, the first of equals, and its probability; leaves
  /// exp(z - max z) in the row.
  private func mostProbable(_ row: UnsafeMutablePointer<Lane>) -> (token: Int, probability: Float) {
    let (_, total) = NextTokenLoss.exponentiate(row, width: vocabularyLanes)
    let numbers = UnsafeBufferPointer(start: row.numbers, count: 8 * vocabularyLanes)
    return (numbers.firstIndex(of: 1) ?? 0, 1 / total)
  }

  private func sequenceMeans(_ sequences: Int) -> [Double] {
    let context = transformer.shape.context
    return (0..<sequences).map { sequence in
      var sum = 0.0
      for i in 0..<context { sum += Double(rowLosses.pointer[sequence * context + i]) }
      return sum / Double(context)
    }
  }
}

/// The shards of a batch for every shape that is asked for, made once.
package final class ShardPool {
  private var shards = [TransformerShape: [Shard]]()
  let threads: Int

  package init(threads: Int) {
    self.threads = threads
  }

  /// The shards of a batch of `batchTokens` tokens.
  func shards(for shape: TransformerShape, batchTokens: Int) -> [Shard] {
    let count = batchTokens / Shard.tokens
    var all = shards[shape] ?? []
    while all.count < count { all.append(Shard(shape)) }
    shards[shape] = all
    return Array(all.prefix(count))
  }

  /// Calls `body` for every shard, on as many threads as there are.
  func each(_ shards: [Shard], _ body: (Int, Shard) -> Void) {
    guard threads > 1, shards.count > 1 else {
      for (index, shard) in shards.enumerated() { body(index, shard) }
      return
    }
    withoutActuallyEscaping(body) { body in
      let job = ShardJob(shards: shards, body: body)
      DispatchQueue.concurrentPerform(iterations: shards.count) { job.run($0) }
    }
  }
}

/// Lets shards run side by side: each index touches its own shard and reads what no shard writes.
private struct ShardJob: @unchecked Sendable {
  let shards: [Shard]
  let body: (Int, Shard) -> Void

  func run(_ index: Int) { body(index, shards[index]) }
}
