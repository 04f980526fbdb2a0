/// Tasks on what words mean, and on numbers.
extension ItemMaker {
  /// The class of a thing against three classes of the same length that stand in the same frame elsewhere. Frames
  /// are "a kind of X" and the like, "a genus of X" and the like, and a definition that begins "a X that". What
  /// follows belongs to all choices.
  mutating func hypernyms() -> [ChoiceItem] {
    var pools = [[Int]: [Class]]()
    for line in text.lines {
      for index in line.words.indices.dropLast() {
        if let found = classOfThing(at: index, of: line) {
          pools[[found.frame, found.word.count], default: []].append(found)
        }
      }
    }
    var kinds = [Question]()
    var definitions = [Question]()
    for key in pools.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let pool = pools[key] ?? []
      for item in pool {
        // By items, not by words, so that a frequent class is as frequent among the wrong ones.
        var wrong = [[UInt8]]()
        for other in pool.shuffled(using: &random)
        where other.word != item.word && !wrong.contains(other.word) && wrong.count < 3 {
          wrong.append(other.word)
        }
        guard wrong.count == 3 else { continue }
        let rest = item.place + item.word.count
        let tail = text.bytes(rest..<text.end(within: 40, of: rest, in: item.line), of: item.line)
        let question = Question(
          line: item.line, place: item.place, right: item.word + tail, wrong: wrong.map { $0 + tail })
        if key[0] < 2 { kinds.append(question) } else { definitions.append(question) }
      }
    }
    // What is called a kind is rare, and all of it is asked.
    let chosen = sample(kinds, limit)
    return items((chosen + sample(definitions, limit - chosen.count)).shuffled(using: &random))
  }

  private struct Class {
    let line: HeldOutText.Line
    let frame: Int
    let place: Int
    let word: [UInt8]
  }

  private func classOfThing(at index: Int, of line: HeldOutText.Line) -> Class? {
    guard index > 0, let word = text.stem(index, of: line), word.count >= 3,
      !Self.kinds.contains(word), !Self.groups.contains(word), !Self.noClasses.contains(word)
    else { return nil }
    // An adjective has its noun behind it; the class ends its phrase.
    guard word.count < line.words[index].count || Self.closers.contains(text.word(index + 1, of: line)) else {
      return nil
    }
    let frame: Int
    let before = text.word(index - 1, of: line)
    if index >= 3, before == Array("of".utf8), Self.articles.contains(text.word(index - 3, of: line)) {
      let name = text.word(index - 2, of: line)
      guard Self.kinds.contains(name) || Self.groups.contains(name) else { return nil }
      frame = Self.groups.contains(name) ? 1 : 0
    } else {
      // A definition begins its line, or follows Webster's word class, a number or a field in parentheses.
      guard line.range.count > 60, Self.articles.contains(before), word.count == line.words[index].count else {
        return nil
      }
      let isAn = before.count == 2
      if index > 1 {
        guard let end = text.word(index - 2, of: line).last, [period, UInt8(ascii: ")")].contains(end) else {
          return nil
        }
      }
      frame = isAn ? 3 : 2
    }
    return Class(line: line, frame: frame, place: line.words[index].lowerBound, word: word)
  }

  private static let kinds = wordSet("kind sort type form species variety piece")
  private static let groups = wordSet("genus family group class order")
  private static let articles = wordSet("a an A An")
  private static let noClasses = wordSet(
    "part state act quality name word term number set member one thing small large single certain old new that which")
  private static let closers = wordSet(
    "that which who whose with in of having used made for from by on to and or at as like resembling consisting where")

  /// One of Webster's entries, its definition no longer than three fit a prompt.
  struct Entry {
    let block: Int
    let wordClass: [UInt8]
    let headword: [UInt8]
    let definition: [UInt8]
  }

  /// The headword of a definition against three headwords of the same length and word class, with two solved
  /// examples before it. These start with other letters than all choices: a dictionary's neighbours start alike,
  /// and examples from beside the entry would give it away. They may be of other blocks.
  mutating func headwords() -> [ChoiceItem] {
    let entries = text.lines.compactMap(entry)
    let pools = Dictionary(grouping: entries) { [UInt8($0.headword.count)] + $0.wordClass }
    var made = [ChoiceItem]()
    for entry in entries.shuffled(using: &random) where made.count < limit {
      var wrong = [[UInt8]]()
      for other in sample(pools[[UInt8(entry.headword.count)] + entry.wordClass] ?? [], 8)
      where other.headword != entry.headword && !wrong.contains(other.headword) && wrong.count < 3 {
        wrong.append(other.headword)
      }
      guard wrong.count == 3 else { continue }
      let initials = Set(([entry.headword] + wrong).compactMap(\.first))
      let examples = sample(entries.filter { $0.headword.first.map(initials.contains) == false }, 2)
      guard examples.count == 2 else { continue }
      let equals = Array(" = ".utf8)
      let prompt = examples.flatMap { $0.definition + equals + $0.headword + [newline] } + entry.definition + equals
      guard prompt.count + entry.headword.count + 1 <= TaskItems.longestSequence else { continue }
      made.append(
        item(
          prompt: prompt, right: entry.headword + [newline], wrong: wrong.map { $0 + [newline] }, block: entry.block))
    }
    return made
  }

  /// An entry such as `Caloriduct, n. A tube or duct for conducting heat.`, where the definition does not hold the
  /// beginning of the headword.
  private func entry(of line: HeldOutText.Line) -> Entry? {
    guard line.words.count >= 4 else { return nil }
    let head = text.word(0, of: line)
    let classes = wordSet("n. a. adv. v.")
    guard head.last == UInt8(ascii: ","), (4...12).contains(head.count - 1), head.dropLast().allSatisfy(isLetter),
      classes.contains(text.word(1, of: line))
    else { return nil }
    var first = 2
    let marks = wordSet("t. i. 1.")
    while first < line.words.count, marks.contains(text.word(first, of: line)) {
      first += 1
    }
    guard first < line.words.count else { return nil }
    let rest = text.bytes(line.words[first].lowerBound..<line.range.upperBound, of: line)
    guard let stop = rest.firstIndex(where: { [period, UInt8(ascii: ";")].contains($0) }), (10...38).contains(stop),
      rest[..<stop].allSatisfy({ isLetter($0) || $0 == space || $0 == UInt8(ascii: ",") })
    else { return nil }
    let definition = Array(rest[..<stop])
    let lower = definition.map { isLetter($0) ? $0 | 32 : $0 }
    let root = head.prefix(4).map { $0 | 32 }
    guard lower.firstRange(of: root) == nil, !lower.starts(with: Array("see ".utf8)) else { return nil }
    return Entry(
      block: line.block, wordClass: text.word(1, of: line), headword: Array(head.dropLast()), definition: definition)
  }

  /// Sums of two digits that are a digit, every result as often as the others, with eight solved ones before it.
  /// They are clustered by the question, of which there are 55.
  mutating func sums() -> [ChoiceItem] {
    let digit = { (value: Int) in UInt8(48 + value) }
    func question(_ first: Int, _ result: Int) -> [UInt8] {
      [digit(first), UInt8(ascii: "+"), digit(result - first), UInt8(ascii: "=")]
    }
    return (0..<(limit / 10 * 10)).map { index in
      let result = index % 10
      let first = Int(random.uniform() * Double(result + 1))
      let asked = question(first, result)
      var prompt = [UInt8]()
      while prompt.count < 8 * 6 {
        let example = Int(random.uniform() * 10)
        let addend = Int(random.uniform() * Double(example + 1))
        // Neither the question itself nor the one the other way round.
        guard example != result || (addend != first && addend != result - first) else { continue }
        prompt += question(addend, example) + [digit(example), newline]
      }
      let wrong = (0..<10).filter { $0 != result }.map { [digit($0)] }
      return item(
        prompt: prompt + asked, right: [digit(result)], wrong: wrong, block: result * (result + 1) / 2 + first)
    }
  }
}
