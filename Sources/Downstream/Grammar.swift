/// Tasks on small words that the words beside them decide.
extension ItemMaker {
  /// `a` against `an` before the same word, which belongs to both choices with the byte behind it. As many items
  /// of each.
  mutating func articles() -> [ChoiceItem] {
    var groups = [[Question]](repeating: [], count: 2)
    for line in text.uniqueLines {
      for index in line.words.indices.dropFirst(2).dropLast(2) {
        let article = text.word(index, of: line)
        guard article == Array("a".utf8) || article == Array("an".utf8),
          let next = text.stem(index + 1, of: line), next.count >= 3
        else { continue }
        let tail = text.bytes(
          line.words[index].upperBound..<(line.words[index + 1].lowerBound + next.count + 1), of: line)
        let other = Array((article.count == 1 ? "an" : "a").utf8)
        groups[article.count - 1].append(
          Question(line: line, place: line.words[index].lowerBound, right: article + tail, wrong: [other + tail]))
      }
    }
    return items(balanced(groups, limit: limit))
  }

  /// `is` against `are`, `was` against `were` and `has` against `have` behind a noun that is plainly singular or
  /// plural, or behind its `that`, `which` or `who`. As many singulars as plurals of each verb.
  mutating func agreements() -> [ChoiceItem] {
    let verbs = ["is", "are", "was", "were", "has", "have"].map { Array($0.utf8) }
    let relatives = wordSet("that which who")
    var groups = [[Question]](repeating: [], count: verbs.count)
    for line in text.uniqueLines {
      for index in line.words.indices.dropFirst(2).dropLast() {
        guard let verb = verbs.firstIndex(of: text.word(index, of: line)) else { continue }
        let isRelative = relatives.contains(text.word(index - 1, of: line))
        guard isSubject(endingAt: isRelative ? index - 2 : index - 1, of: line, isPlural: verb % 2 == 1, isRelative)
        else { continue }
        groups[verb].append(
          Question(
            line: line, place: line.words[index].lowerBound, right: verbs[verb] + [space],
            wrong: [verbs[verb ^ 1] + [space]]))
      }
    }
    var chosen = [Question]()
    for verb in stride(from: 0, to: verbs.count, by: 2) {
      chosen += balanced(Array(groups[verb...(verb + 1)]), limit: limit - chosen.count)
    }
    return items(chosen.shuffled(using: &random))
  }

  /// Whether a noun is plainly singular or plural and nothing before it can be the subject instead: its article or
  /// pronoun, at most two words away, begins its line or clause. Behind a preposition it is the subject of a
  /// relative clause only.
  private func isSubject(endingAt last: Int, of line: HeldOutText.Line, isPlural: Bool, _ isRelative: Bool) -> Bool {
    guard last >= 0, let noun = text.stem(last, of: line), isRelative || text.isPlain(last, of: line) else {
      return false
    }
    // Pronouns are subjects wherever they stand; `one` and `those` where a relative clause follows.
    let pronouns = wordSet(
      (isRelative ? "one he she those they " : "he she it they we ") + "something someone everything")
    if pronouns.contains(noun) { return isPlural == wordSet("those they we").contains(noun) }
    guard noun.count >= 3, !Self.smallWords.contains(noun), isPlural == isPluralForm(noun) else { return false }
    // The noun may be known in its other number: then `s` is its plural's.
    let isKnown =
      isPlural
      ? singulars(of: noun).contains(where: text.vocabulary.contains)
      : text.vocabulary.contains(noun + [UInt8(ascii: "s")])
    for place in stride(from: last - 1, through: max(0, last - 3), by: -1) {
      let word = text.word(place, of: line)
      let isMarked = (isPlural ? Self.pluralMarkers : Self.singularMarkers).contains(word)
      if isMarked || Self.anyMarkers.contains(word) {
        guard isMarked && !isPlural || isKnown else { return false }
        return isRelative || place == 0 || startsClause(behind: place - 1, of: line, orComma: true)
      }
      guard text.isPlain(place, of: line), !Self.smallWords.contains(word) else {
        // A plural needs no article.
        return isPlural && isKnown && (isRelative || startsClause(behind: place, of: line, orComma: false))
      }
    }
    return isPlural && isKnown && (isRelative || last < 3)
  }

  /// - Parameter orComma: whether a comma is enough; without an article behind it, it may stand in a list.
  private func startsClause(behind index: Int, of line: HeldOutText.Line, orComma: Bool) -> Bool {
    let word = text.word(index, of: line)
    let last = word[word.count - 1]
    return Self.clauseStarts.contains(word) || [period, UInt8(ascii: ";"), UInt8(ascii: ":")].contains(last)
      || (orComma && last == UInt8(ascii: ","))
  }

  private static let singularMarkers = wordSet("a an this each every another A An This Each Every Another")
  private static let pluralMarkers = wordSet(
    """
    these those many several few two three four both various \
    These Those Many Several Few Two Three Four Both Various
    """)
  private static let anyMarkers = wordSet("the its his her their some any The Its His Her Their Some Any")
  private static let clauseStarts = wordSet("that when where if as because while how though than whether but which whom whose")
  private static let smallWords = wordSet(
    """
    of in by on at to with from into upon over under for between among through about against and or nor is are was were \
    be been has have had that which who whom what this these those as than but not also such one all he she it they we \
    you there here when where how if so then only most more less often usually always does its his thus
    """)

  private func singulars(of noun: [UInt8]) -> [[UInt8]] {
    let ending = String(decoding: noun.suffix(3), as: UTF8.self)
    if ending == "ies" { return [noun.dropLast(3) + [UInt8(ascii: "y")]] }
    return [Array(noun.dropLast())] + (ending.hasSuffix("es") ? [Array(noun.dropLast(2))] : [])
  }

  private func isPluralForm(_ noun: [UInt8]) -> Bool {
    let ending = String(decoding: noun.suffix(2), as: UTF8.self)
    return ending.hasSuffix("s") && !["ss", "us", "is", "as", "os"].contains(ending)
  }

  /// The closing bracket against the closing quotation mark, where one of the two is open and nothing else is. The
  /// byte behind it does not count. As many of each.
  mutating func closingMarks() -> [ChoiceItem] {
    let marks = [[UInt8(ascii: ")")], [UInt8(ascii: "\"")]]
    var groups = [[Question]](repeating: [], count: 2)
    for line in text.uniqueLines {
      let bytes = text.blocks[line.block]
      var open: (mark: UInt8, place: Int)?
      for place in line.range {
        let byte = bytes[place]
        if let opened = open {
          let kind = opened.mark == UInt8(ascii: "(") ? 0 : 1
          if byte == marks[kind][0] {
            // A mark inside a word is an accent of Webster's.
            guard place + 1 == line.range.upperBound || !isLetter(bytes[place + 1]) else { break }
            if (12...90).contains(place - opened.place) {
              groups[kind].append(Question(line: line, place: place, right: marks[kind], wrong: [marks[1 - kind]]))
            }
            open = nil
          } else if [UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\"")].contains(byte) {
            // Nested, or a mark of another kind: the rest of the line is left alone.
            break
          }
        } else if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "\"") {
          guard place == line.range.lowerBound || bytes[place - 1] == space, place + 1 < line.range.upperBound,
            isLetter(bytes[place + 1])
          else { break }
          open = (byte, place)
        } else if byte == marks[0][0] {
          break
        }
      }
    }
    return items(balanced(groups, limit: limit))
  }

  /// A preposition against three others of its length. The words behind it belong to all choices. As many items of
  /// each preposition of a length.
  mutating func prepositions() -> [ChoiceItem] {
    let families = ["of in by on at", "with from into upon"].map { Array(wordSet($0)).sorted(by: precedes) }
    var chosen = [Question]()
    for family in families {
      var groups = [[Question]](repeating: [], count: family.count)
      for line in text.uniqueLines {
        for index in line.words.indices.dropFirst(4).dropLast(2) {
          guard let kind = family.firstIndex(of: text.word(index, of: line)),
            text.isPlain(index - 1, of: line), text.isPlain(index + 1, of: line)
          else { continue }
          let rest = line.words[index].upperBound
          let tail = text.bytes(rest..<text.end(within: 20, of: rest, in: line), of: line)
          guard !tail.isEmpty else { continue }
          let wrong = sample(family.filter { $0 != family[kind] }, 3).map { $0 + tail }
          groups[kind].append(
            Question(line: line, place: line.words[index].lowerBound, right: family[kind] + tail, wrong: wrong))
        }
      }
      chosen += balanced(groups, limit: limit / families.count)
    }
    return items(chosen.shuffled(using: &random))
  }
}

func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool { left.lexicographicallyPrecedes(right) }
