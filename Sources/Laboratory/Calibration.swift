import Formats
import Randomness
import Statistics

/// What a model, and its teacher where it has one, say of one held-out token.
struct TokenConfidence: Sendable {
  /// The model's largest probability, and whether its token is the text's.
  var confidence: Float
  var isHit: Bool
  /// The same of the teacher: its largest probability, whether its token is the model's, and its probability of
  /// the model's token.
  var teacherConfidence: Float = 0
  var agrees = false
  var teacherProbability: Float = 0
}

extension Trainer {
  /// How well the model is calibrated on the whole validation split.
  /// - Parameter teacher: the teacher's logits there, where the model is a student.
  func calibration(towards teacher: FloatBuffer? = nil) -> RunRecord.Calibration {
    let tokens = heldOutText.results { shard, sequences, firstToken in
      shard.confidences(parameters, sequences: sequences, firstToken: firstToken, teacher: teacher)
    }
    let corpus = heldOutText.corpus
    func diagram(
      _ confidence: (TokenConfidence) -> Float, _ outcome: (TokenConfidence) -> Float
    ) -> RunRecord.Reliability {
      var counter = ReliabilityCounter()
      for (place, token) in tokens.enumerated() {
        counter.add(
          confidence: Double(confidence(token)), outcome: Double(outcome(token)),
          block: corpus.block(ofWindow: place / corpus.context))
      }
      return counter.reliability()
    }
    let data = diagram(\.confidence) { $0.isHit ? 1 : 0 }
    guard teacher != nil else { return .init(data: data) }
    return .init(
      data: data, teacherTop: diagram(\.confidence) { $0.agrees ? 1 : 0 },
      teacherConfidence: diagram(\.confidence, \.teacherConfidence),
      studentConfidence: diagram(\.teacherConfidence, \.confidence),
      teacherProbability: diagram(\.confidence, \.teacherProbability))
  }
}

/// Predictions counted into bins of confidence, block by block of the text.
package struct ReliabilityCounter {
  private static let bins = RunRecord.Reliability.bins
  private static let resamples = 1000
  private static let level = 0.9
  private static let seed: UInt64 = 38

  private struct Bin {
    var count = 0.0
    var confidence = 0.0
    var outcome = 0.0
    /// Sum of the squares of outcome - confidence.
    var squares = 0.0

    mutating func add(_ other: Bin) {
      count += other.count
      confidence += other.confidence
      outcome += other.outcome
      squares += other.squares
    }
  }

  /// Bins of each block, one after the other.
  private var blocks = [Bin]()

  package init() {}

  package mutating func add(confidence: Double, outcome: Double, block: Int) {
    let bin = min(Self.bins - 1, Int(confidence * Double(Self.bins)))
    let place = block * Self.bins + bin
    while blocks.count <= place { blocks += Array(repeating: Bin(), count: Self.bins) }
    let difference = outcome - confidence
    blocks[place].add(
      Bin(count: 1, confidence: confidence, outcome: outcome, squares: difference * difference))
  }

  /// The diagram with its error, the error's interval over resampled blocks, and the floor.
  ///
  /// Resampling adds noise of its own, which can only raise the mean of distances; the percentiles are moved down
  /// by what it adds on average.
  package func reliability() -> RunRecord.Reliability {
    let bins = pooled(allBlocks)
    let counts = bins.map { Int($0.count) }
    let confidences = bins.map { Self.rounded($0.confidence) }
    let outcomes = bins.map { Self.rounded($0.outcome) }
    let error = RunRecord.Reliability.expectedError(
      counts: bins.map(\.count), confidences: confidences, outcomes: outcomes)
    let interval = interval(around: error)
    return .init(
      counts: counts, confidences: confidences, outcomes: outcomes, error: error, low: interval.low,
      high: interval.high, floor: floor(of: bins))
  }

  private static func rounded(_ sum: Double) -> Double { (sum * 1e3).rounded() / 1e3 }

  private var allBlocks: [Int] { Array(0..<(blocks.count / Self.bins)) }

  private func pooled(_ chosen: [Int]) -> [Bin] {
    var sum = [Bin](repeating: Bin(), count: Self.bins)
    for block in chosen {
      for bin in 0..<Self.bins { sum[bin].add(blocks[block * Self.bins + bin]) }
    }
    return sum
  }

  private func interval(around error: Double) -> (low: Double, high: Double) {
    let count = allBlocks.count
    guard count > 1 else { return (0, 1) }
    var generator = CounterGenerator(seed: Self.seed)
    var errors = (0..<Self.resamples).map { _ in
      let bins = pooled((0..<count).map { _ in Int.random(in: 0..<count, using: &generator) })
      return RunRecord.Reliability.expectedError(
        counts: bins.map(\.count), confidences: bins.map(\.confidence), outcomes: bins.map(\.outcome))
    }
    errors.sort()
    let bias = max(0, errors.reduce(0, +) / Double(errors.count) - error)
    func end(_ share: Double) -> Double { min(1, max(0, percentile(errors, share) - bias)) }
    return (end((1 - Self.level) / 2), end((1 + Self.level) / 2))
  }

  /// The mean distance from zero of a normal number is sqrt(2 / pi) of its standard deviation: of a bin's mean
  /// difference, that of one difference over the root of their number.
  private func floor(of bins: [Bin]) -> Double {
    let all = bins.reduce(0) { $0 + $1.count }
    guard all > 0 else { return 0 }
    return bins.reduce(0) { sum, bin in
      guard bin.count > 0 else { return sum }
      let mean = (bin.outcome - bin.confidence) / bin.count
      let variance = max(0, bin.squares / bin.count - mean * mean)
      return sum + bin.count / all * (2 * variance / (.pi * bin.count)).squareRoot()
    }
  }
}
