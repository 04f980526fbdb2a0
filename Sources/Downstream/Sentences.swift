/// Tasks on how sentences end: the last word, and the true ending among those of other entries.
extension ItemMaker {
  /// Words that end a sentence of at least six words: the word and its full stop are the answer.
  mutating func lastWords() -> [CompletionItem] {
    var candidates = [(line: HeldOutText.Line, word: Range<Int>)]()
    for sentence in sentences() where sentence.isFullStop {
      let words = sentence.words
      guard words.count >= 6, let last = words.last else { continue }
      let letters = text.bytes(last, of: sentence.line).dropLast()
      guard letters.count >= 3, letters.allSatisfy(isLowercase) else { continue }
      candidates.append((sentence.line, last))
    }
    return sample(candidates, limit).map { line, word in
      CompletionItem(
        prompt: text.prompt(before: word.lowerBound, of: line, room: TaskItems.longestSequence - word.count),
        answer: text.bytes(word, of: line), block: line.block)
    }
  }

  /// The last words of sentences, 20 to 44 bytes, against those of other entries. All four have one length and end
  /// alike, with a full stop or, in WordNet, with the line.
  mutating func endings() -> [ChoiceItem] {
    struct Ending {
      let line: HeldOutText.Line
      let index: Int
      let place: Int
      let bytes: [UInt8]
    }
    var pools = [[Int]: [Ending]]()
    for (index, sentence) in sentences().enumerated() where sentence.words.count >= 8 {
      let end = sentence.words[sentence.words.count - 1].upperBound
      // The shortest ending that is long enough, so that most of the sentence is read before it.
      guard let start = sentence.words.last(where: { end - $0.lowerBound >= 20 })?.lowerBound,
        end - start <= 44, start - sentence.words[0].lowerBound >= 20
      else { continue }
      let bytes = text.bytes(start..<end, of: sentence.line) + (sentence.isFullStop ? [] : [newline])
      // A quotation or bracket that opens before the ending gives the ending away.
      guard bytes.allSatisfy({ isLetter($0) || [space, period, newline, UInt8(ascii: ",")].contains($0) })
      else { continue }
      pools[[bytes.count, sentence.isFullStop ? 1 : 0], default: []].append(
        Ending(line: sentence.line, index: index, place: start, bytes: bytes))
    }
    var questions = [Question]()
    for key in pools.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let pool = pools[key] ?? []
      for ending in pool {
        var wrong = [[UInt8]]()
        for other in sample(pool, 12) {
          let isOther = other.line.block != ending.line.block || other.line.range != ending.line.range
          if isOther, other.bytes != ending.bytes, !wrong.contains(other.bytes), wrong.count < 3 {
            wrong.append(other.bytes)
          }
        }
        guard wrong.count == 3 else { continue }
        questions.append(Question(line: ending.line, place: ending.place, right: ending.bytes, wrong: wrong))
      }
    }
    return items(sample(questions, limit))
  }

  struct Sentence {
    let line: HeldOutText.Line
    let words: [Range<Int>]
    /// Whether it ends with a full stop; else it ends with its line.
    let isFullStop: Bool
  }

  /// Sentences of lines that no other split holds. A full stop behind a word of lower-case letters ends one, if a
  /// capital or nothing follows; shorter words are most often abbreviations.
  func sentences() -> [Sentence] {
    var sentences = [Sentence]()
    for line in text.uniqueLines {
      let bytes = text.blocks[line.block]
      var first = 0
      for (index, word) in line.words.enumerated() {
        let isLast = index + 1 == line.words.count
        let letters = bytes[word].dropLast()
        let isStop =
          bytes[word.upperBound - 1] == period && letters.count >= 3 && letters.allSatisfy(isLowercase)
          && (isLast || (65...90).contains(bytes[line.words[index + 1].lowerBound]))
        if isStop || (isLast && isLetter(bytes[word.upperBound - 1])) {
          sentences.append(Sentence(line: line, words: Array(line.words[first...index]), isFullStop: isStop))
        }
        if isStop { first = index + 1 }
      }
    }
    return sentences
  }
}
