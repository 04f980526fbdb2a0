/// How many items of a task a model got right.
public struct TaskScore: Sendable, Hashable {
  public let task: DownstreamTask
  public let items: Int
  /// Items answered rightly; for ``DownstreamTask/core``, those of all its tasks.
  public let correct: Int
  /// The share that is right without reading.
  public let chance: Double
  /// The share answered rightly; for ``DownstreamTask/core``, the mean of the shares.
  public let accuracy: Double
  /// The share's standard error over blocks: items of one block are not independent, so that a block is one
  /// observation. Infinite for fewer than two blocks.
  public let standardError: Double
  /// What each block adds to the share's error: its right answers less those expected of its items, over all items.
  let deviations: [Int: Double]

  /// - Parameter correct: whether each item was answered rightly, in the items' order.
  /// - Precondition: as many answers as items.
  public init(task: DownstreamTask, items: TaskItems, correct: [Bool]) {
    precondition(correct.count == items.count, "a score needs an answer for every item")
    self.task = task
    self.items = items.count
    self.correct = correct.count { $0 }
    chance = items.chance
    let count = Double(max(1, correct.count))
    let accuracy = Double(self.correct) / count
    self.accuracy = accuracy
    var deviations = [Int: Double]()
    for (block, isRight) in zip(items.blocks, correct) {
      deviations[block, default: 0] += ((isRight ? 1 : 0) - accuracy) / count
    }
    self.deviations = deviations
    standardError = Self.standardError(of: deviations)
  }

  /// The mean of tasks' scores. A block's errors in all tasks are added before they are squared.
  /// - Returns: nil of no scores.
  public static func mean(of scores: [TaskScore]) -> TaskScore? {
    scores.isEmpty ? nil : TaskScore(meanOf: scores)
  }

  private init(meanOf scores: [TaskScore]) {
    let count = Double(scores.count)
    task = .core
    items = scores.reduce(0) { $0 + $1.items }
    correct = scores.reduce(0) { $0 + $1.correct }
    chance = scores.reduce(0) { $0 + $1.chance } / count
    accuracy = scores.reduce(0) { $0 + $1.accuracy } / count
    var deviations = [Int: Double]()
    for score in scores {
      for (block, deviation) in score.deviations { deviations[block, default: 0] += deviation / count }
    }
    self.deviations = deviations
    standardError = Self.standardError(of: deviations)
  }

  /// Of a ratio of sums over clusters, by its linear part (Cochran 1977, chapter 6).
  private static func standardError(of deviations: [Int: Double]) -> Double {
    let count = Double(deviations.count)
    guard count > 1 else { return .infinity }
    // A dictionary has no order, and a sum of floating-point numbers depends on it.
    let squares = deviations.keys.sorted().reduce(0) { sum, block in
      let deviation = deviations[block] ?? 0
      return sum + deviation * deviation
    }
    return (squares * count / (count - 1)).squareRoot()
  }
}

extension ChoiceItem {
  /// The choice that a model picks; the first of equals. A log-likelihood that is not a number is never picked.
  /// - Parameter logLikelihoods: each choice's sum over its bytes, in nats.
  /// - Returns: an index of `choices`, or nil where no log-likelihood is a number.
  /// - Precondition: as many log-likelihoods as choices.
  public func pick(logLikelihoods: [Double], scoring: DownstreamTask.Scoring) -> Int? {
    precondition(logLikelihoods.count == choices.count, "a pick needs a log-likelihood for every choice")
    var best: (index: Int, value: Double)?
    for (index, sum) in logLikelihoods.enumerated() where !sum.isNaN {
      let value = scoring == .perByte ? sum / Double(max(1, choices[index].count)) : sum
      if let best, best.value >= value { continue }
      best = (index, value)
    }
    return best?.index
  }
}

/// What a model says of one ``ScoringRequest``.
public struct ScoringReply: Sendable, Hashable {
  /// Sum of the targets' log-likelihoods, in nats.
  public let logLikelihood: Double
  /// Whether every target was the likeliest byte. With the true bytes before each target this is so exactly where
  /// greedy decoding writes the targets.
  public let isGreedy: Bool

  public init(logLikelihood: Double, isGreedy: Bool) {
    self.logLikelihood = logLikelihood
    self.isGreedy = isGreedy
  }
}

extension TaskScore {
  /// The score from a model's replies to all of the items' requests, in their order.
  /// - Precondition: as many replies as requests.
  public init(task: DownstreamTask, items: TaskItems, replies: [ScoringReply]) {
    var correct = [Bool]()
    switch items {
    case .completions: correct = replies.map(\.isGreedy)
    case .choices(let choices):
      var next = 0
      for item in choices {
        let sums = replies[next..<(next + item.choices.count)].map(\.logLikelihood)
        next += item.choices.count
        correct.append(item.pick(logLikelihoods: sums, scoring: task.scoring) == item.answer)
      }
      precondition(next == replies.count, "a score needs a reply to every request")
    }
    self.init(task: task, items: items, correct: correct)
  }
}
