import Foundation
import Randomness

/// Changes bytes and arguments at random, as damage, slips of the hand and malice do. The same seed makes the same changes.
struct Mutator {
  private var generator: CounterGenerator

  /// - Parameter index: the number of the try; each has a stream of its own.
  init(seed: UInt64, index: Int) {
    generator = CounterGenerator(seed: seed, stream: UInt64(index))
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &generator) }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// What someone may write where a number is expected.
  static let numbers = [
    "0", "-1", "-0", "1e400", "-1e400", "1e308", "-1e308", "1e-320", "1e-300", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "18446744073709551616", "2147483648", "4294967296", "0x10", "nan", "inf", "-inf", "NaN", "1e",
    "1.2.3", "1,5",
    "1_000", "\u{0661}", "true", "null", "\"3\"", "[]", "{}", "\"\"", "00012", "+5", "  7", "0.1e-5", "1e18", "3.5M", "512",
    "-512",
  ]

  /// What someone may write where a word is expected.
  static let words = [
    "", " ", "-", "--", "..", "../..", "/", "/dev/null", ":memory:", "file:q.sqlite", "lab/", "a/b", "\u{1B}[31mred\u{1B}[0m",
    "\u{0}", "\u{7}",
    "\n", "a\nb", "\r\n", "\t", "\u{202E}abc", "\u{FEFF}", "%s%n%@", "$(touch x)", "`id`", "'; DROP TABLE runs; --", "<script>",
    "&amp;",
    "\\textbf{x}_#%&", "|a|b|", "\"", "'", "\\", "\u{1F600}", "e\u{301}", "{", "[", "}", "]", ",", ":", "=", ";", "#",
    "!!binary", "&a *a",
  ]

  /// One to three changes.
  /// - Parameter others: what parts may be taken from.
  mutating func mutated(_ bytes: Data, others: [Data]) -> Data {
    var bytes = Array(bytes)
    for _ in 0...below(3) { change(&bytes, others: others) }
    // What is larger than this tells no more.
    return Data(bytes.prefix(1 << 20))
  }

  private mutating func change(_ bytes: inout [UInt8], others: [Data]) {
    switch below(15) {
    case 0:
      guard !bytes.isEmpty else { return }
      for _ in 0...below(4) { bytes[below(bytes.count)] ^= UInt8(1 << below(8)) }
    case 1:
      guard !bytes.isEmpty else { return }
      bytes[below(bytes.count)] = pick([0, 0x1B, 0x7F, 0x80, 0xFF, 0xC0, 0xED, 34, 10, 13, 44, 123, 125, 91, 93, 58, 45, 57])
    case 2: bytes.removeSubrange(below(bytes.count + 1)...)
    case 3:
      let range = slice(bytes, atMost: 64)
      let copies = pick([1, 2, 10, 1000])
      bytes.insert(contentsOf: Array(repeating: Array(bytes[range]), count: copies).joined(), at: range.upperBound)
    case 4: bytes.removeSubrange(slice(bytes, atMost: 200))
    case 5: insert(pick(Self.words), &bytes)
    case 6: insert(pick(Self.numbers), &bytes)
    case 7, 8, 9: replaceNumber(&bytes)
    case 10: replaceWord(&bytes)
    case 11: changeLines(&bytes)
    case 12:
      let other = Array(pick(others))
      let part = slice(other, atMost: 400)
      let place = slice(bytes, atMost: 400)
      bytes.replaceSubrange(place, with: other[part])
    case 13:
      let (open, depth) = (pick(["[", "{\"a\":", "(", "- ", "\"", "{"]), pick([3, 300, 5000, 60_000]))
      insert(String(repeating: open, count: depth), &bytes)
    default:
      if below(8) == 0 {
        bytes = []
      } else {
        insert(String(repeating: pick(["9", "a", " ", "\n", ",", "\u{1B}"]), count: pick([10, 400, 70_000])), &bytes)
      }
    }
  }

  private mutating func slice(_ bytes: [UInt8], atMost length: Int) -> Range<Int> {
    let start = below(bytes.count + 1)
    return start..<min(bytes.count, start + below(length) + 1)
  }

  private mutating func insert(_ text: String, _ bytes: inout [UInt8]) {
    bytes.insert(contentsOf: Array(text.utf8), at: below(bytes.count + 1))
  }

  private mutating func replaceNumber(_ bytes: inout [UInt8]) {
    replaceToken(&bytes, with: pick(Self.numbers)) { (48...57).contains($0) || ".eE+-".utf8.contains($0) }
  }

  private mutating func replaceWord(_ bytes: inout [UInt8]) {
    replaceToken(&bytes, with: pick(Self.words)) { (65...90).contains($0) || (97...122).contains($0) || $0 == 95 }
  }

  /// Replaces the next run of such bytes after a random place.
  private mutating func replaceToken(_ bytes: inout [UInt8], with text: String, _ belongs: (UInt8) -> Bool) {
    let start = below(bytes.count + 1)
    guard let first = bytes[start...].firstIndex(where: belongs) else { return }
    let end = bytes[first...].firstIndex { !belongs($0) } ?? bytes.count
    bytes.replaceSubrange(first..<end, with: Array(text.utf8))
  }

  private mutating func changeLines(_ bytes: inout [UInt8]) {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    let (a, b) = (below(lines.count), below(lines.count))
    switch below(4) {
    case 0: lines.swapAt(a, b)
    case 1: lines.insert(lines[a], at: b)
    case 2: lines.remove(at: a)
    default: lines[a] = []
    }
    bytes = Array(lines.joined(separator: [10]))
  }

  /// A command line with one or two changes.
  /// - Parameter options: names of options of any command.
  mutating func mutated(_ arguments: [String], options: [String]) -> [String] {
    var arguments = arguments
    for _ in 0...below(2) {
      let place = below(arguments.count)
      // The command stays mostly, or nothing else is tried.
      guard !arguments.isEmpty, place > 0 || below(20) == 0 else { continue }
      switch below(8) {
      case 0: arguments.remove(at: place)
      case 1: arguments.insert(arguments[place], at: place)
      case 2: arguments.insert(pick(options), at: place)
      case 3: arguments[place] = pick(Self.words).replacing("\u{0}", with: "")
      case 4, 5: arguments[place] = pick(Self.numbers)
      case 6: arguments[place] += "=" + pick(Self.numbers)
      default: arguments[place] = String(repeating: pick(["x", "9", "-", "\u{1B}[2J"]), count: pick([2, 300, 20_000]))
      }
    }
    return arguments
  }
}
