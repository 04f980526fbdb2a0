import Randomness

extension DownstreamTask {
  private static let seed: UInt64 = 0xD0_57_4E_A4

  /// Makes a task's items from held-out text: the same ones every time.
  /// - Parameters:
  ///   - blocks: validation blocks, ASCII. No item is made from two of them.
  ///   - limit: most items.
  /// - Returns: fewer items, or none, where the text has no more; none for ``core``.
  public func items(from blocks: [[UInt8]], limit: Int = 1500) -> TaskItems {
    let text = HeldOutText(blocks: blocks)
    var maker = ItemMaker(
      text: text, limit: limit, random: CounterGenerator(seed: Self.seed, stream: stream))
    switch self {
    case .lastWord: return .completions(maker.lastWords())
    case .ending: return .choices(maker.endings())
    case .wordOrder: return .choices(maker.swappedWords())
    case .spelling: return .choices(maker.swappedLetters())
    case .article: return .choices(maker.articles())
    case .agreement: return .choices(maker.agreements())
    case .closing: return .choices(maker.closingMarks())
    case .preposition: return .choices(maker.prepositions())
    case .hypernym: return .choices(maker.hypernyms())
    case .core: return .choices([])
    case .headword: return .choices(maker.headwords())
    case .sums: return .choices(maker.sums())
    }
  }
}

/// What the makers of items share.
struct ItemMaker {
  let text: HeldOutText
  let limit: Int
  var random: CounterGenerator

  /// A right continuation and wrong ones at a place of the text.
  struct Question {
    let line: HeldOutText.Line
    let place: Int
    let right: [UInt8]
    let wrong: [[UInt8]]
  }

  /// Items with their choices in random order. The same words twice are one item.
  mutating func items(_ questions: [Question]) -> [ChoiceItem] {
    var seen = Set<[UInt8]>()
    return questions.compactMap { question in
      let longest = max(question.right.count, question.wrong.map(\.count).max() ?? 0)
      let prompt = text.prompt(
        before: question.place, of: question.line, room: TaskItems.longestSequence - longest)
      guard seen.insert(prompt + question.right).inserted else { return nil }
      return item(prompt: prompt, right: question.right, wrong: question.wrong, block: question.line.block)
    }
  }

  mutating func item(prompt: [UInt8], right: [UInt8], wrong: [[UInt8]], block: Int) -> ChoiceItem {
    let order = (0...wrong.count).shuffled(using: &random)
    return ChoiceItem(
      prompt: prompt, choices: order.map { $0 == 0 ? right : wrong[$0 - 1] },
      answer: order.firstIndex(of: 0) ?? 0, block: block)
  }

  /// Up to `count` of some elements, at random.
  mutating func sample<Element>(_ elements: [Element], _ count: Int) -> [Element] {
    Array(elements.shuffled(using: &random).prefix(count))
  }

  /// As many of each group, at random, so that a guess of the likeliest group is worth no more than chance.
  mutating func balanced<Element>(_ groups: [[Element]], limit: Int) -> [Element] {
    let most = min(groups.map(\.count).min() ?? 0, limit / max(1, groups.count))
    var chosen = [Element]()
    for group in groups { chosen += sample(group, most) }
    return chosen.shuffled(using: &random)
  }
}
