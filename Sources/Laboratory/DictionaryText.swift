/// Running English out of two dictionaries.
///
/// A dictionary spells each headword over and over: with accents, as it is spoken, inflected, among its own
/// synonyms. Copying these is a skill that a model learns all of a sudden, at some size and some length of
/// training, and a step in the loss is what no law that is smooth in N and D can follow. So apparatus goes;
/// definitions, notes and quotations stay, a paragraph a line, none twice.
public enum DictionaryText {
  /// The prose of both dictionaries, Webster's first.
  /// - Parameters:
  ///   - webster: the text of Debian's `dict-gcide`.
  ///   - wordNet: the text of Debian's `dict-wn`.
  public static func prose(webster: [UInt8], wordNet: [UInt8]) -> [UInt8] {
    var seen = Set<[UInt8]>()
    var text = [UInt8]()
    text.reserveCapacity(webster.count)
    for paragraph in websterParagraphs(webster) + wordNetGlosses(wordNet) {
      // Short ones, "See Largo.", are as frequent as in any text.
      guard paragraph.count <= longestRepeated || seen.insert(paragraph).inserted else { continue }
      text += paragraph
      text.append(newline)
    }
    return text
  }

  private static let longestRepeated = 60

  // MARK: Webster

  /// Paragraphs are set apart by blank lines. Those that Webster took from WordNet are left to WordNet.
  package static func websterParagraphs(_ text: [UInt8]) -> [[UInt8]] {
    let source = Array("[WordNet".utf8)
    return text.split(separator: newline, omittingEmptySubsequences: false)
      .split { $0.allSatisfy(isSpace) }
      .compactMap { lines in
        let paragraph = joined(lines)
        guard paragraph.firstRange(of: source) == nil else { return nil }
        let prose = withoutApparatus(paragraph)
        return prose.isEmpty ? nil : prose
      }
  }

  // MARK: WordNet

  /// Entries start in the first column, and each of their senses with a number or a word class and a colon.
  /// A sense stands under all of its synonyms.
  package static func wordNetGlosses(_ text: [UInt8]) -> [[UInt8]] {
    var senses = [[ArraySlice<UInt8>]]()
    var isOpen = false
    for line in text.split(separator: newline) {
      if let gloss = senseStart(line) {
        senses.append([gloss])
        isOpen = true
      } else if let first = line.first, !isSpace(first) {
        isOpen = false
      } else if isOpen {
        senses[senses.count - 1].append(line)
      }
    }
    return senses.map { withoutApparatus(joined($0[...])) }.filter { !$0.isEmpty }
  }

  /// What follows the `n 1:`, `2:` or `adj :` of an indented line that opens a sense.
  private static func senseStart(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let first = line.first, isSpace(first), let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      return nil
    }
    let words = line[..<colon].split(whereSeparator: isSpace)
    let isNumber = { (word: ArraySlice<UInt8>) in word.allSatisfy { (48...57).contains($0) } }
    let isClass = { (word: ArraySlice<UInt8>) in
      ["n", "v", "adj", "adv"].contains { word.elementsEqual($0.utf8) }
    }
    switch words.count {
    case 1 where isNumber(words[0]) || isClass(words[0]): break
    case 2 where isClass(words[0]) && isNumber(words[1]): break
    default: return nil
    }
    return line[(colon + 1)...]
  }

  // MARK: Both

  /// The lines as one, with single spaces; a word that was broken at its hyphen is whole again.
  private static func joined(_ lines: ArraySlice<ArraySlice<UInt8>>) -> [UInt8] {
    var text = [UInt8]()
    for line in lines {
      for (index, word) in line.split(whereSeparator: isSpace).enumerated() {
        let continues = index == 0 && isBroken(text)
        if !text.isEmpty, !continues { text.append(space) }
        text += word
      }
    }
    return text
  }

  private static func isBroken(_ text: [UInt8]) -> Bool {
    text.count >= 2 && text[text.count - 1] == UInt8(ascii: "-") && isLetter(text[text.count - 2])
  }

  /// Leaves out what stands in brackets, respellings between backslashes with the pronunciation behind them,
  /// and the braces of references. A letter with its accent in brackets becomes the letter.
  private static func withoutApparatus(_ text: [UInt8]) -> [UInt8] {
    var prose = [UInt8]()
    var i = 0
    while i < text.count {
      let byte = text[i]
      switch byte {
      case UInt8(ascii: "["):
        let end = closing(of: i, in: text, by: UInt8(ascii: "]"))
        prose += accented(text[(i + 1)..<max(i + 1, end)])
        i = end
      case UInt8(ascii: "\\"):
        i = endOfRespelling(at: i, in: text)
      case UInt8(ascii: "{"), UInt8(ascii: "}"), 128...: break
      case space where prose.isEmpty || prose.last == space: break
      case UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: ";"), UInt8(ascii: ":"):
        if prose.last == space { prose.removeLast() }
        prose.append(byte)
      default: prose.append(byte)
      }
      i += 1
    }
    while prose.last == space { prose.removeLast() }
    return prose.contains(where: isLetter) ? prose : []
  }

  /// Where the bracket that opens at `start` closes; `start` itself where it never does.
  private static func closing(of start: Int, in text: [UInt8], by close: UInt8) -> Int {
    var depth = 0
    for i in start..<text.count {
      if text[i] == text[start] { depth += 1 }
      if text[i] == close { depth -= 1 }
      if depth == 0 { return i }
    }
    return start
  }

  /// The letters of an accented letter or a ligature, `=a`, `e^`, `ae`; none for longer brackets.
  private static func accented(_ content: ArraySlice<UInt8>) -> [UInt8] {
    let letters = content.filter(isLetter)
    return content.count <= 3 && letters.count <= 2 ? letters : []
  }

  /// The last byte of the respelling that starts at `start` and of the pronunciation in parentheses behind it.
  private static func endOfRespelling(at start: Int, in text: [UInt8]) -> Int {
    let reach = min(text.count, start + 100)
    guard let end = text[(start + 1)..<reach].firstIndex(of: text[start]) else { return start }
    guard end + 2 < text.count, text[end + 1] == space, text[end + 2] == UInt8(ascii: "(") else { return end }
    let close = closing(of: end + 2, in: text, by: UInt8(ascii: ")"))
    return close > end + 2 ? close : end
  }

  private static let newline = UInt8(ascii: "\n")
  private static let space = UInt8(ascii: " ")

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 32) }
}
