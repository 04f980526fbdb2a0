import Formats

extension Trainer {
  /// Mean probability, on the whole validation split, that truncation keeps of the model's distribution, by the names
  /// that logs give truncations: what a student that is taught with one does not see is one minus it.
  package func keptProbability() -> [String: Double] {
    let truncations = DistillationObjective.Truncation.measured(vocabulary: configuration.shape.vocabulary)
    let sums = heldOutText.results { shard, sequences, _ in
      [shard.keptProbability(parameters, sequences: sequences, truncations: truncations)]
    }
    let tokens = Double(heldOutText.corpus.windows(in: .validation) * heldOutText.corpus.context)
    return Dictionary(
      uniqueKeysWithValues: truncations.enumerated().map { index, truncation in
        let mean = sums.reduce(0) { $0 + $1[index] } / tokens
        return (truncation.text, (mean * 1e6).rounded() / 1e6)
      })
  }
}

extension DistillationObjective.Truncation {
  /// Truncations that are measured: doubling numbers of tokens, and the probabilities of the paper's appendix G.4.
  static func measured(vocabulary: Int) -> [Self] {
    let counts = sequence(first: 1) { $0 * 2 < vocabulary ? $0 * 2 : nil }
    return counts.map(Self.top) + [0.5, 0.7, 0.8, 0.9, 0.95, 0.99].map(Self.nucleus)
  }
}

extension Shard {
  /// Sums over the tokens of `sequences` loaded sequences of the probability that each truncation keeps.
  fileprivate func keptProbability(
    _ parameters: FloatBuffer, sequences: Int, truncations: [DistillationObjective.Truncation]
  ) -> [Double] {
    transformer.forward(inputs, parameters: parameters)
    var sums = [Double](repeating: 0, count: truncations.count)
    var order = [UInt64]()
    for row in 0..<sequences * transformer.shape.context {
      let logits = transformer.logits.lanes + row * vocabularyLanes
      let (_, total) = NextTokenLoss.exponentiate(logits, width: vocabularyLanes)
      let numbers = UnsafeMutableBufferPointer(start: logits.numbers, count: 8 * vocabularyLanes)
      for index in numbers.indices { numbers[index] /= total }
      DistillationLoss.rank(numbers, into: &order)
      for (index, truncation) in truncations.enumerated() {
        let kept = DistillationLoss.kept(truncation, of: numbers, order: order)
        sums[index] += order.prefix(kept).reduce(0) { $0 + Double(numbers[DistillationLoss.token($1)]) }
      }
    }
    return sums
  }
}
