/// Blocks of text, read as lines and words.
///
/// A block is cut out of the text anywhere, so that what stands before its first newline and after its last is left
/// out. The corpus may repeat a line of up to 60 bytes in another split; longer ones it has once.
struct HeldOutText {
  struct Line {
    let block: Int
    let range: Range<Int>
    /// What stands between spaces.
    let words: [Range<Int>]
  }

  let blocks: [[UInt8]]
  let lines: [Line]
  /// All runs of letters, in lower case.
  let vocabulary: Set<[UInt8]>

  /// Lines that no other split can hold.
  var uniqueLines: [Line] { lines.filter { $0.range.count > 60 } }

  init(blocks: [[UInt8]]) {
    self.blocks = blocks
    var lines = [Line]()
    var vocabulary = Set<[UInt8]>()
    for (block, bytes) in blocks.enumerated() {
      for word in bytes.split(whereSeparator: { !isLetter($0) }) { vocabulary.insert(word.map { $0 | 32 }) }
      let ends = bytes.indices.filter { bytes[$0] == newline }
      for (start, end) in zip(ends, ends.dropFirst()) {
        let range = (start + 1)..<end
        let words = bytes[range].split(separator: space).map { $0.startIndex..<$0.endIndex }
        lines.append(Line(block: block, range: range, words: words))
      }
    }
    self.lines = lines
    self.vocabulary = vocabulary
  }

  func bytes(_ range: Range<Int>, of line: Line) -> [UInt8] { Array(blocks[line.block][range]) }

  func word(_ index: Int, of line: Line) -> [UInt8] { bytes(line.words[index], of: line) }

  /// Whether a word is nothing but lower-case letters.
  func isPlain(_ index: Int, of line: Line) -> Bool { word(index, of: line).allSatisfy(isLowercase) }

  /// A word without the punctuation behind it, where the rest is nothing but lower-case letters.
  func stem(_ index: Int, of line: Line) -> [UInt8]? {
    let word = self.word(index, of: line)
    let letters = Array(word.prefix(while: isLowercase))
    return letters.isEmpty || word.count - letters.count > 1 ? nil : letters
  }

  /// What stands before a place: its line from the newline before it or, where that is too long, from the first
  /// whole word.
  /// - Parameter room: most bytes.
  func prompt(before place: Int, of line: Line, room: Int) -> [UInt8] {
    let text = blocks[line.block]
    var start = max(line.range.lowerBound - 1, place - room)
    if start >= line.range.lowerBound {
      while start < place, text[start - 1] != space { start += 1 }
    }
    return Array(text[start..<place])
  }

  /// The end of the last word of a line that ends at most `reach` bytes behind a place; the place where none does.
  func end(within reach: Int, of place: Int, in line: Line) -> Int {
    line.words.last { $0.upperBound <= place + reach && $0.upperBound > place }?.upperBound ?? place
  }
}

let newline = UInt8(ascii: "\n")
let space = UInt8(ascii: " ")
let period = UInt8(ascii: ".")

func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 32) }
func isLowercase(_ byte: UInt8) -> Bool { (97...122).contains(byte) }

/// Words as bytes, of a text with spaces.
func wordSet(_ text: String) -> Set<[UInt8]> { Set(text.utf8.split(separator: space).map(Array.init)) }
