extension RunRecord {
  /// How far a model's confidence agrees with what it is confident of, on held-out text (appendix E.8).
  ///
  /// The confidence of a prediction is the largest probability in it.
  public struct Calibration: Codable, Hashable, Sendable {
    /// Whether the text's next token is the model's most probable one, in bins of the model's confidence (eq. 38).
    public var data: Reliability
    /// Whether the teacher's most probable token is the student's, in bins of the student's confidence.
    public var teacherTop: Reliability?
    /// The teacher's confidence, in bins of the student's (eq. 39).
    public var teacherConfidence: Reliability?
    /// The student's confidence, in bins of the teacher's (eq. 39).
    public var studentConfidence: Reliability?
    /// The teacher's probability of the student's most probable token, in bins of the student's confidence: the
    /// other reading of eq. 39.
    public var teacherProbability: Reliability?

    public init(
      data: Reliability, teacherTop: Reliability? = nil, teacherConfidence: Reliability? = nil,
      studentConfidence: Reliability? = nil, teacherProbability: Reliability? = nil
    ) {
      self.data = data
      self.teacherTop = teacherTop
      self.teacherConfidence = teacherConfidence
      self.studentConfidence = studentConfidence
      self.teacherProbability = teacherProbability
    }

    /// The diagrams that are there, by the names that logs give them.
    public var diagrams: [(name: String, reliability: Reliability)] {
      let all: [(String, Reliability?)] = [
        ("data", data), ("teacherTop", teacherTop), ("teacherConfidence", teacherConfidence),
        ("studentConfidence", studentConfidence), ("teacherProbability", teacherProbability),
      ]
      return all.compactMap { name, reliability in reliability.map { (name, $0) } }
    }
  }

  /// A reliability diagram: predictions in equal bins of confidence from 0 to 1, and in each what came of them.
  public struct Reliability: Codable, Hashable, Sendable {
    /// Bins of confidence, as in the paper.
    public static let bins = 21

    /// Predictions in each bin.
    public var counts: [Int]
    /// Sum of the confidences in each bin.
    public var confidences: [Double]
    /// Sum of the outcomes in each bin: hits, or another model's confidences.
    public var outcomes: [Double]
    /// The expected calibration error: the mean over predictions of how far the mean outcome of their bin is from
    /// its mean confidence, from 0 to 1.
    public var error: Double
    /// A 90% interval of the error, over resampled blocks of the text.
    public var low: Double
    public var high: Double
    /// The error that a perfectly calibrated model would show on so many predictions, by counting alone.
    public var floor: Double

    public init(
      counts: [Int], confidences: [Double], outcomes: [Double], error: Double, low: Double, high: Double,
      floor: Double
    ) {
      self.counts = counts
      self.confidences = confidences
      self.outcomes = outcomes
      self.error = error
      self.low = low
      self.high = high
      self.floor = floor
    }

    /// The error that the bins give (eq. 38); each bin counts by its share of the predictions.
    public static func expectedError(counts: [Double], confidences: [Double], outcomes: [Double]) -> Double {
      let all = counts.reduce(0, +)
      guard all > 0 else { return 0 }
      return zip(confidences, outcomes).reduce(0) { $0 + abs($1.1 - $1.0) } / all
    }

    /// What makes the diagram impossible, or nil.
    public var problem: String? {
      guard [counts.count, confidences.count, outcomes.count].allSatisfy({ $0 == Self.bins }) else {
        return "should have \(Self.bins) counts, confidences and outcomes"
      }
      // Sums are logged to the third decimal.
      let slack = 1e-3
      for bin in 0..<Self.bins {
        let count = Double(counts[bin])
        guard counts[bin] >= 0, (0...(count + slack)).contains(confidences[bin]),
          (0...(count + slack)).contains(outcomes[bin])
        else { return "bin \(bin + 1): sums should lie between 0 and the count of \(counts[bin])" }
      }
      let expected = Self.expectedError(counts: counts.map(Double.init), confidences: confidences, outcomes: outcomes)
      guard abs(error - expected) < 1e-4 else { return "`error` is \(error), but its bins give \(expected)" }
      guard (0...1).contains(low), (0...1).contains(high), low <= high, floor >= 0, floor.isFinite else {
        return "`low` and `high` should be an interval within 0 to 1, and `floor` at least 0"
      }
      return nil
    }
  }

  /// The score of a downstream task made from held-out text.
  public struct TaskScore: Codable, Hashable, Sendable {
    /// The task's name, as `docs/downstream.md` lists them.
    public var task: String
    public var items: Int
    /// Share of the items that are right, or the mean of such shares.
    public var score: Double
    /// What guessing scores.
    public var chance: Double
    /// Standard error of the score over blocks of the text.
    public var standardError: Double

    public init(task: String, items: Int, score: Double, chance: Double, standardError: Double) {
      self.task = task
      self.items = items
      self.score = score
      self.chance = chance
      self.standardError = standardError
    }

    /// What makes the score impossible, or nil.
    public var problem: String? {
      guard !task.isEmpty, items > 0, (0...1).contains(score), (0...1).contains(chance), standardError >= 0,
        standardError.isFinite
      else { return "should have a task, at least one item, and a score and a chance from 0 to 1" }
      return nil
    }
  }
}
