/// The loss of a model on held-out text.
public struct Evaluation: Sendable, Hashable {
  /// Mean cross-entropy in nats per token.
  public let loss: Double
  /// Its standard error: the spread of the means of the text's blocks over the root of their number. Tokens
  /// within a block are not independent, so a block counts as one observation.
  public let standardError: Double
  /// Mean KL divergence from the teacher to the model, in nats per token, where there was a teacher.
  public let divergence: Double?
  public let tokens: Int

  /// - Parameters:
  ///   - losses: mean loss of each window.
  ///   - divergences: mean divergence of each window.
  init(losses: [Double], divergences: [Double]? = nil, context: Int, block: (Int) -> Int) {
    tokens = losses.count * context
    loss = losses.reduce(0, +) / Double(losses.count)
    divergence = divergences.map { $0.reduce(0, +) / Double($0.count) }
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

  /// Runs a model over the whole validation split.
  init(of parameters: FloatBuffer, on text: HeldOutText, extra: Shard.Extra = .nothing) {
    let results = text.results { shard, sequences, firstToken in
      shard.evaluate(parameters, sequences: sequences, firstToken: firstToken, extra: extra)
    }
    var compared = false
    if case .compare = extra { compared = true }
    self.init(
      losses: results.map(\.loss), divergences: compared ? results.map(\.divergence) : nil,
      context: text.corpus.context, block: text.corpus.block(ofWindow:))
  }
}

/// The validation split, read in order by the shards of a model's shape.
struct HeldOutText {
  let corpus: Corpus
  let shards: [Shard]
  let pool: ShardPool

  /// Loads the whole split, shard after shard, and puts together what `evaluate` says of each.
  /// - Parameter evaluate: is given a shard, its number of loaded sequences, and the place of their first token
  ///   in the split. Shards work side by side; the results are in the text's order.
  func results<Result: Sendable>(_ evaluate: (Shard, Int, Int) -> [Result]) -> [Result] {
    sideBySide(corpus.windows(in: .validation)) { shard, windows in
      for (place, window) in windows.enumerated() { shard.load(window, of: .validation, from: corpus, at: place) }
      return evaluate(shard, windows.count, windows.lowerBound * corpus.context)
    }
  }

  /// Hands sequences to the shards, as many to each as it holds, and puts together what `work` makes of them, in
  /// their order. Shards work side by side.
  func sideBySide<Result: Sendable>(_ sequences: Int, work: (Shard, Range<Int>) -> [Result]) -> [Result] {
    let perShard = Shard.tokens / corpus.context
    var all = [Result]()
    var results = [[Result]](repeating: [], count: shards.count)
    for start in stride(from: 0, to: sequences, by: perShard * shards.count) {
      results.withUnsafeMutableBufferPointer { results in
        // Each shard writes the element of its own index.
        nonisolated(unsafe) let results = results
        pool.each(shards) { index, shard in
          let first = min(sequences, start + index * perShard)
          let chosen = first..<min(sequences, first + perShard)
          results[index] = chosen.isEmpty ? [] : work(shard, chosen)
        }
      }
      all += results.joined()
    }
    return all
  }
}
