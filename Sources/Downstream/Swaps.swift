/// Tasks in which the text is told from a damaged copy of the same length.
extension ItemMaker {
  /// Two neighbouring words against the same two the other way round; some bytes of what follows belong to both.
  /// A pair is left out where its reverse stands somewhere in the text, too.
  mutating func swappedWords() -> [ChoiceItem] {
    var pairs = Set<[UInt8]>()
    for line in text.lines {
      for index in line.words.indices.dropFirst() {
        if let second = text.stem(index, of: line) { pairs.insert(text.word(index - 1, of: line) + [space] + second) }
      }
    }
    var questions = [Question]()
    for line in text.uniqueLines {
      for index in line.words.indices.dropFirst(4).dropLast(2) {
        guard text.isPlain(index, of: line), text.isPlain(index + 1, of: line) else { continue }
        let (first, second) = (text.word(index, of: line), text.word(index + 1, of: line))
        let swapped = second + [space] + first
        guard first != second, min(first.count, second.count) >= 2, !pairs.contains(swapped) else { continue }
        let place = line.words[index].lowerBound
        let rest = line.words[index + 1].upperBound
        let tail = text.bytes(rest..<text.end(within: 20, of: rest, in: line), of: line)
        questions.append(
          Question(line: line, place: place, right: first + [space] + second + tail, wrong: [swapped + tail]))
      }
    }
    return items(sample(questions, limit))
  }

  /// A word of at least five letters against the word with two neighbouring letters inside it swapped, which must
  /// be no word of the text. The byte behind the word belongs to both.
  mutating func swappedLetters() -> [ChoiceItem] {
    var questions = [Question]()
    for line in text.uniqueLines {
      for index in line.words.indices.dropFirst(3).dropLast() {
        guard let word = text.stem(index, of: line), word.count >= 5 else { continue }
        // One draw a word, used or not.
        let place = 1 + Int(random.uniform() * Double(word.count - 3))
        var damaged = word
        damaged.swapAt(place, place + 1)
        guard word[place] != word[place + 1], !text.vocabulary.contains(damaged) else { continue }
        let start = line.words[index].lowerBound
        let behind = text.blocks[line.block][start + word.count]
        questions.append(
          Question(line: line, place: start, right: word + [behind], wrong: [damaged + [behind]]))
      }
    }
    return items(sample(questions, limit))
  }
}
