/// A task on which models are compared beyond their loss, after the paper's figure 35 (appendix E.1).
///
/// The paper has eleven benchmarks and the mean of nine of them; they need models that read questions. A model of
/// bytes that has read a dictionary is asked what such a model can know. There are twelve panels here too: the
/// corpus keeps Webster's headwords, so that a definition can be asked for its word.
public enum DownstreamTask: String, Sendable, Hashable, CaseIterable, Codable {
  case lastWord, ending, wordOrder, spelling, article, agreement, closing, preposition, hypernym
  /// The mean of the nine tasks before it; it has no items of its own.
  case core
  case headword, sums

  /// How a model's answer is read.
  public enum Scoring: String, Sendable, Hashable, Codable {
    /// Every byte of the answer must be the likeliest after those before it.
    case greedy
    /// The choice with the largest log-likelihood in nats. Choices have one length, or the shared words after them
    /// are part of every choice.
    case total
    /// The choice with the largest log-likelihood a byte.
    case perByte
    /// The mean of other tasks' scores.
    case mean
  }

  public var id: String { rawValue }

  /// The title of the task's panel.
  public var title: String {
    switch self {
    case .lastWord: "Last word"
    case .ending: "Ending"
    case .wordOrder: "Word order"
    case .spelling: "Spelling"
    case .article: "A or an"
    case .agreement: "Singular or plural"
    case .closing: "Closing mark"
    case .preposition: "Preposition"
    case .hypernym: "Kind of thing"
    case .core: "Mean of nine"
    case .headword: "Headword (2-shot)"
    case .sums: "Sums (8-shot)"
    }
  }

  public var scoring: Scoring {
    switch self {
    case .lastWord: .greedy
    case .ending: .perByte
    case .core: .mean
    default: .total
    }
  }

  /// The benchmark of the paper whose place the task takes: alike in form, or else in what is expected of it.
  public var benchmark: String {
    switch self {
    case .lastWord: "LAMBADA (OpenAI)"
    case .ending: "HellaSwag"
    case .wordOrder: "PIQA"
    case .spelling: "ARC Easy"
    case .article: "SciQ"
    case .agreement: "WinoGrande"
    case .closing: "ARC Challenge"
    case .preposition: "TriviaQA (Web)"
    case .hypernym: "WebQS"
    case .core: "CoreEn"
    case .headword: "MMLU"
    case .sums: "GSM8K"
    }
  }

  /// Number of solved examples in a prompt.
  public var examples: Int {
    switch self {
    case .headword: 2
    case .sums: 8
    default: 0
    }
  }

  /// The tasks whose mean is ``core``.
  public static let coreTasks: [DownstreamTask] = [
    .lastWord, .ending, .wordOrder, .spelling, .article, .agreement, .closing, .preposition, .hypernym,
  ]

  /// The task's stream of random numbers; never change one, or all of its items change.
  var stream: UInt64 { UInt64(Self.allCases.firstIndex(of: self) ?? 0) }
}
