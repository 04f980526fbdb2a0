import Formats

/// How a student was taught: what the experiments of appendix G vary.
public struct TeachingSetting: Hashable, Sendable {
  /// What is kept of the teacher's distribution.
  public enum Truncation: Hashable, Sendable {
    case full
    /// The k most probable tokens.
    case top(Int)
    /// The smallest set of most probable tokens that reaches a probability p.
    case nucleus(Double)

    /// From a log's text: `full`, `top-16`, `nucleus-0.9`; nil where it is none of these.
    public init?(_ text: String) {
      let parts = text.split(separator: "-", maxSplits: 1)
      switch (parts.first, parts.count > 1 ? parts[1] : nil) {
      case ("full", nil): self = .full
      case ("top", let count?): guard let count = Int(count) else { return nil }; self = .top(count)
      case ("nucleus", let share?): guard let share = Double(share) else { return nil }; self = .nucleus(share)
      default: return nil
      }
    }
  }

  /// Weight lambda of the distillation loss; 0 is supervised training.
  public var mixing: Double
  public var temperature: Double
  /// `forward` or `reverse`.
  public var direction: String
  public var truncation: Truncation
  /// Peak learning rate.
  public var learningRate: Double

  /// The paper's setting, and this project's for all runs of the law: pure distillation at temperature one.
  public static func plain(learningRate: Double) -> TeachingSetting {
    TeachingSetting(
      mixing: 1, temperature: 1, direction: "forward", truncation: .full, learningRate: learningRate)
  }

  public init(
    mixing: Double, temperature: Double, direction: String, truncation: Truncation, learningRate: Double
  ) {
    self.mixing = mixing
    self.temperature = temperature
    self.direction = direction
    self.truncation = truncation
    self.learningRate = learningRate
  }

  /// The setting of a run; nil where its log does not say with which learning rate it was trained.
  public init?(_ run: RunRecord) {
    guard let rate = run.recipe?.peakLearningRate else { return nil }
    self = .plain(learningRate: rate)
    guard let distillation = run.distillation else {
      mixing = 0
      return
    }
    mixing = distillation.mixing ?? 1
    temperature = distillation.temperature ?? 1
    direction = distillation.direction ?? "forward"
    guard let truncation = Truncation(distillation.truncation ?? "full") else { return nil }
    self.truncation = truncation
  }
}

/// What an experiment varies while all else stays plain.
public enum TeachingQuestion: Hashable, Sendable {
  /// Lambda (figure 51).
  case mixing
  /// Tau (figure 52).
  case temperature
  /// The peak learning rate (figure 53).
  case learningRate
  /// How many tokens are kept of the teacher's distribution, with a given lambda (figure 54).
  case top(mixing: Double)
  /// The probability that is kept of the teacher's distribution (figure 54).
  case nucleus
  /// Forward (0) or reverse (1) Kullback-Leibler divergence (table 7).
  case direction

  /// The value of what is varied; nil where the setting differs from the plain one in something else, too.
  /// - Parameter vocabulary: tokens that a teacher's whole distribution has.
  public func value(of setting: TeachingSetting, plain: TeachingSetting, vocabulary: Double) -> Double? {
    var rest = setting
    let value: Double
    switch self {
    case .mixing: (value, rest.mixing) = (setting.mixing, plain.mixing)
    case .temperature: (value, rest.temperature) = (setting.temperature, plain.temperature)
    case .learningRate: (value, rest.learningRate) = (setting.learningRate, plain.learningRate)
    case .direction: (value, rest.direction) = (setting.direction == "reverse" ? 1 : 0, plain.direction)
    case .top(let mixing):
      guard setting.mixing == mixing else { return nil }
      rest.mixing = plain.mixing
      switch setting.truncation {
      case .full: value = vocabulary
      case .top(let count): value = Double(count)
      case .nucleus: return nil
      }
      rest.truncation = plain.truncation
    case .nucleus:
      switch setting.truncation {
      case .full: value = 1
      case .nucleus(let share): value = share
      case .top: return nil
      }
      rest.truncation = plain.truncation
    }
    return rest == plain ? value : nil
  }

  /// Fewest values of a series: students of one truncation alone were trained for another question.
  var leastValues: Int {
    if case .top = self { 3 } else { 2 }
  }

  /// The value in the plain setting.
  public func plainValue(_ plain: TeachingSetting, vocabulary: Double) -> Double {
    switch self {
    case .mixing, .temperature, .nucleus: 1
    case .learningRate: plain.learningRate
    case .top: vocabulary
    case .direction: 0
    }
  }
}
