import Downstream
import Randomness
import Testing

/// Made-up dictionary prose, the same every time: grammatical enough for every task to find items.
func madeUpBlocks(_ count: Int, seed: UInt64 = 5) -> [[UInt8]] {
  var random = CounterGenerator(seed: seed)
  func pick(_ words: [String]) -> String { words[Int(random.uniform() * Double(words.count))] }
  let consonants = "b c d f g l m n p r t v".split(separator: " ").map(String.init)
  let vowels = ["a", "e", "i", "o", "u"]
  func syllables(_ count: Int) -> String { (0..<count).map { _ in pick(consonants) + pick(vowels) }.joined() }
  // As many nouns of a length as a choice among four of one length needs.
  let nouns = (0..<160).map { ($0 % 2 == 0 ? "" : pick(vowels)) + syllables(2 + $0 % 3) + "k" }
  let adjectives = (0..<60).map { _ in syllables(3) + "l" }
  let verbs = (0..<60).map { _ in syllables(2) + "ned" }
  let prepositions = ["of", "in", "by", "on", "at", "with", "from", "into", "upon"]
  func article(_ noun: String) -> String { "aeiou".contains(noun.first ?? "b") ? "an" : "a" }
  func phrase() -> String {
    let noun = pick(nouns)
    return random.uniform() < 0.5 ? "\(article(noun)) \(noun)" : "the \(pick(adjectives)) \(noun)"
  }
  func clause() -> String { "\(phrase()) \(pick(verbs)) \(pick(prepositions)) \(phrase())" }
  func place() -> String { "\(pick(prepositions)) \(phrase())" }
  func line() -> String {
    let noun = pick(nouns)
    let head = syllables(2 + Int(random.uniform() * 3)).capitalizedFirst
    switch Int(random.uniform() * 7) {
    case 0: return "\(head), n. Some \(pick(adjectives)) \(noun)."
    case 1: return "a kind of \(noun) that \(pick(verbs)) \(place()) \(place())"
    case 2: return "the \(noun) \(pick(["is", "has", "was"])) \(pick(adjectives)) \(place()) and \(clause()) again."
    case 3: return "these \(noun)s \(pick(["are", "have", "were"])) \(pick(adjectives)) \(place()) and \(clause()) again."
    case 4: return "\(clause()) \(pick(prepositions)) \(phrase()); \"\(clause()) \(pick(prepositions)) \(phrase())\""
    case 5: return "\(clause()) (as \(clause()) \(pick(verbs))) \(pick(prepositions)) \(phrase()) \(clause())."
    default: return "\(clause()) \(pick(prepositions)) \(phrase()) \(clause()) \(clause())."
    }
  }
  return (0..<count).map { _ in
    var text = "cut line\n"
    while text.utf8.count < 8192 { text += line() + "\n" }
    return Array(text.utf8.prefix(8192))
  }
}

extension String {
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension TaskItems {
  var choices: [ChoiceItem] {
    if case .choices(let items) = self { items } else { [] }
  }
}

let itemTasks = DownstreamTask.allCases.filter { $0 != .core }

@Suite struct ItemTests {
  static let blocks = madeUpBlocks(12)
  static let items = Dictionary(
    uniqueKeysWithValues: itemTasks.map { ($0, $0.items(from: blocks, limit: 300)) })

  func items(_ task: DownstreamTask) -> TaskItems { Self.items[task] ?? .choices([]) }

  @Test(arguments: itemTasks) func theSameItemsEveryTime(task: DownstreamTask) {
    #expect(task.items(from: Self.blocks, limit: 300) == items(task))
    #expect(task == .sums || task.items(from: madeUpBlocks(12, seed: 6), limit: 300) != items(task))
  }

  @Test(arguments: itemTasks) func thereAreItemsAndNoneIsTooLong(task: DownstreamTask) {
    #expect((100...300).contains(items(task).count), "\(items(task).count) items")
    for request in items(task).requests {
      #expect(request.bytes.count <= 127)
      #expect(request.targets.lowerBound > 0)
      #expect(!request.targets.isEmpty)
      #expect(request.targets.upperBound == request.bytes.count)
      #expect(request.bytes.allSatisfy { $0 < 128 })
    }
  }

  @Test func chanceIsOneOverTheChoices() {
    for task in itemTasks where task != .lastWord {
      let expected: Double =
        switch task {
        case .wordOrder, .spelling, .article, .agreement, .closing: 0.5
        case .sums: 0.1
        default: 0.25
        }
      #expect(items(task).chance == expected, "\(task)")
    }
    #expect(DownstreamTask.core.items(from: Self.blocks).count == 0)
  }

  @Test func chanceOfCompletionsIsTheMostFrequentAnswer() {
    let answers = ["a.", "b.", "a.", "c."].map { CompletionItem(prompt: [65], answer: Array($0.utf8), block: 0) }
    #expect(TaskItems.completions(answers).chance == 0.5)
  }

  /// Text of the right choice stands in its block as it is; no other choice does, where texts differ.
  @Test func itemsAreOfTheirBlocks() {
    for task in itemTasks where ![.headword, .sums].contains(task) {
      switch items(task) {
      case .choices(let list):
        for item in list.prefix(100) {
          #expect(Self.blocks[item.block].firstRange(of: item.prompt + item.choices[item.answer]) != nil, "\(task)")
        }
      case .completions(let list):
        for item in list.prefix(100) {
          #expect(Self.blocks[item.block].firstRange(of: item.prompt + item.answer) != nil, "\(task)")
        }
      }
    }
  }

  /// Without the prompt nothing tells the answer: not its place, not its length. Bounds are four standard errors.
  @Test func placeAndLengthSayNothing() {
    for task in itemTasks where task != .lastWord {
      let list = items(task).choices
      let guesses: [(ChoiceItem) -> Int?] = [
        { _ in 0 }, { $0.choices.count - 1 },
        { item in item.choices.indices.min { item.choices[$0].count < item.choices[$1].count } },
        { item in item.choices.indices.max { item.choices[$0].count < item.choices[$1].count } },
      ]
      let chance = items(task).chance
      let bound = 4 * (chance * (1 - chance) / Double(list.count)).squareRoot()
      for guess in guesses {
        let share = Double(list.count { guess($0) == $0.answer }) / Double(list.count)
        #expect(abs(share - chance) < bound, "\(task): \(share)")
      }
    }
  }

  @Test func choicesDifferAndMostHaveOneLength() {
    for task in itemTasks {
      for item in items(task).choices {
        #expect(Set(item.choices).count == item.choices.count, "\(task)")
        if ![.article, .agreement].contains(task) { #expect(Set(item.choices.map(\.count)).count == 1, "\(task)") }
      }
    }
  }

  @Test func damagedWordsAreNoWordsOfTheText() {
    let vocabulary = Set(Self.blocks.flatMap { $0.split { !(97...122).contains($0 | 32) } }.map { $0.map { $0 | 32 } })
    for item in items(.spelling).choices {
      #expect(vocabulary.contains(item.choices[item.answer].dropLast()))
      #expect(!vocabulary.contains(item.choices[1 - item.answer].dropLast()))
      #expect(item.choices[0].sorted() == item.choices[1].sorted())
    }
  }

  @Test func bothArticlesAreAsFrequent() {
    let list = items(.article).choices
    let short = list.count { $0.choices[$0.answer].starts(with: Array("a ".utf8)) }
    // Items that repeat are left out after the balance.
    #expect(abs(2 * short - list.count) <= list.count / 10)
  }

  @Test func sumsAreRight() {
    for item in items(.sums).choices {
      for line in (item.prompt + item.choices[item.answer]).split(separator: 10) {
        let bytes = Array(line)
        #expect(bytes.count == 5 && Int(bytes[0]) + Int(bytes[2]) - 48 == Int(bytes[4]))
      }
      #expect(item.prompt.split(separator: 10).count == 9)
      #expect(!item.prompt.dropLast(4).split(separator: 10).contains { $0.starts(with: item.prompt.suffix(4)) })
    }
  }

  @Test func examplesOfHeadwordsStartWithOtherLetters() {
    for item in items(.headword).choices {
      let lines = item.prompt.split(separator: 10)
      #expect(lines.count == 3)
      let examples = lines.prefix(2).compactMap { $0.split(separator: 32).last?.first }
      #expect(Set(examples).isDisjoint(with: item.choices.compactMap(\.first)))
    }
  }
}

@Suite struct ScoreTests {
  @Test func anOracleIsAlwaysRightAndAnAdversaryNever() {
    for task in itemTasks {
      let items = task.items(from: ItemTests.blocks, limit: 100)
      for isOracle in [true, false] {
        let replies = items.requests.map { request in
          let isRight =
            switch items {
            case .choices(let list): list[request.item].answer == request.choice
            case .completions: true
            }
          return ScoringReply(logLikelihood: isRight == isOracle ? -1 : -90, isGreedy: isOracle)
        }
        let score = TaskScore(task: task, items: items, replies: replies)
        #expect(score.correct == (isOracle ? items.count : 0), "\(task)")
        #expect(score.accuracy == (isOracle ? 1 : 0))
        #expect(score.standardError == 0)
      }
    }
  }

  @Test func picksTheLikeliestAndTheFirstOfEquals() {
    let item = ChoiceItem(prompt: [65], choices: [[65], [66, 66], [67]], answer: 0, block: 0)
    #expect(item.pick(logLikelihoods: [-2, -3, -2], scoring: .total) == 0)
    #expect(item.pick(logLikelihoods: [-2, -3, -2], scoring: .perByte) == 1)
    #expect(item.pick(logLikelihoods: [.nan, -3, -4], scoring: .total) == 1)
    #expect(item.pick(logLikelihoods: [-.infinity, -.infinity, -1], scoring: .total) == 2)
    #expect(item.pick(logLikelihoods: [.nan, .nan, .nan], scoring: .total) == nil)
  }

  /// Blocks of one right and of one wrong item: the error is that of independent blocks; two items of a block that
  /// are right together count once.
  @Test func errorsAreOverBlocks() {
    func score(copies: Int) -> TaskScore {
      let list = (0..<10).flatMap { block in
        (0..<copies).map { _ in ChoiceItem(prompt: [65], choices: [[65], [66]], answer: 0, block: block) }
      }
      return TaskScore(task: .article, items: .choices(list), correct: list.map { $0.block < 5 })
    }
    let expected = (0.25 / 9.0).squareRoot()
    #expect(abs(score(copies: 1).standardError - expected) < 1e-12)
    #expect(abs(score(copies: 7).standardError - expected) < 1e-12)
  }

  @Test func theMeanAddsErrorsOfABlock() throws {
    let list = (0..<10).map { ChoiceItem(prompt: [65], choices: [[65], [66]], answer: 0, block: $0) }
    let low = TaskScore(task: .article, items: .choices(list), correct: list.map { $0.block < 5 })
    let high = TaskScore(task: .closing, items: .choices(list), correct: list.map { $0.block >= 5 })
    let same = try #require(TaskScore.mean(of: [low, low]))
    let opposite = try #require(TaskScore.mean(of: [low, high]))
    #expect(same.task == .core && same.accuracy == 0.5 && same.items == 20)
    #expect(abs(same.standardError - low.standardError) < 1e-12)
    #expect(opposite.standardError < 1e-12)
    #expect(TaskScore.mean(of: []) == nil)
  }
}
