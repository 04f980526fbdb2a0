/// A prompt with several continuations, one of which is right.
public struct ChoiceItem: Sendable, Hashable {
  public let prompt: [UInt8]
  public let choices: [[UInt8]]
  /// Index of the right choice.
  public let answer: Int
  /// What the item is clustered by in standard errors: the validation block that its text is from; for sums, which
  /// are from no text, the question.
  public let block: Int

  public init(prompt: [UInt8], choices: [[UInt8]], answer: Int, block: Int) {
    self.prompt = prompt
    self.choices = choices
    self.answer = answer
    self.block = block
  }
}

/// A prompt with one right continuation, the byte that ends it included.
public struct CompletionItem: Sendable, Hashable {
  public let prompt: [UInt8]
  public let answer: [UInt8]
  /// The validation block that the text is from.
  public let block: Int

  public init(prompt: [UInt8], answer: [UInt8], block: Int) {
    self.prompt = prompt
    self.answer = answer
    self.block = block
  }
}

/// The items of a task.
public enum TaskItems: Sendable, Hashable {
  case choices([ChoiceItem])
  case completions([CompletionItem])

  /// Most bytes of a prompt with an answer: one less than the context, so that a window holds both.
  public static let longestSequence = 127

  public var count: Int {
    switch self {
    case .choices(let items): items.count
    case .completions(let items): items.count
    }
  }

  /// The share that is right without reading: for choices, one over their number; for completions, the share of the
  /// most frequent answer. Zero of no items.
  public var chance: Double {
    guard count > 0 else { return 0 }
    switch self {
    case .choices(let items):
      // By numbers of choices, so that rounding does not add up.
      let numbers = Dictionary(items.map { ($0.choices.count, 1) }, uniquingKeysWith: +)
      return numbers.sorted { $0.key < $1.key }.reduce(0) { $0 + Double($1.value) / Double($1.key) }
        / Double(items.count)
    case .completions(let items):
      let frequencies = Dictionary(items.map { ($0.answer, 1) }, uniquingKeysWith: +)
      return Double(frequencies.values.max() ?? 0) / Double(items.count)
    }
  }

  /// The blocks of the items, one an item.
  public var blocks: [Int] {
    switch self {
    case .choices(let items): items.map(\.block)
    case .completions(let items): items.map(\.block)
    }
  }

  /// What a model has to read: an item's sequences stand together, in the order of its choices.
  public var requests: [ScoringRequest] {
    switch self {
    case .choices(let items):
      items.enumerated().flatMap { index, item in
        item.choices.enumerated().map {
          ScoringRequest(item: index, choice: $0, prompt: item.prompt, continuation: $1)
        }
      }
    case .completions(let items):
      items.enumerated().map {
        ScoringRequest(item: $0, choice: 0, prompt: $1.prompt, continuation: $1.answer)
      }
    }
  }
}

/// One sequence for a model to read, from the start of a window, and the bytes whose likelihoods count.
public struct ScoringRequest: Sendable, Hashable {
  /// Index of the item in its task.
  public let item: Int
  /// Index of the choice; 0 for a completion.
  public let choice: Int
  /// Prompt and continuation, at most ``TaskItems/longestSequence`` bytes.
  public let bytes: [UInt8]
  /// Places of the bytes to be predicted, each from all bytes before it: byte `i` by the model's output at input
  /// `i - 1`. The first place is above zero.
  public let targets: Range<Int>

  init(item: Int, choice: Int, prompt: [UInt8], continuation: [UInt8]) {
    self.item = item
    self.choice = choice
    bytes = prompt + continuation
    targets = prompt.count..<bytes.count
  }
}
