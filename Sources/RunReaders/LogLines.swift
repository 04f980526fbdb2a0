import Foundation

extension Data {
  /// Whether the bytes of `text` are in it.
  package func holds(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard let first = wanted.first else { return true }
    return withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return false }
      var offset = 0
      while offset + wanted.count <= bytes.count,
        let place = memchr(start + offset, Int32(first), bytes.count - wanted.count - offset + 1)
      {
        if memcmp(place, wanted, wanted.count) == 0 { return true }
        offset = UnsafeRawPointer(place) - start + 1
      }
      return false
    }
  }
}

/// The lines of a log, decoded one by one. A carriage return ends a line too, as progress bars write it, but only line
/// feeds are counted.
struct LogLines: Sequence {
  struct Line {
    /// Counted from one.
    var number: Int
    var text: String
    /// Whether the file ends without an end of this line, so that it may not be whole: whoever wrote it was stopped.
    var isCut: Bool
  }

  private let data: Data
  private let comparesEnd: Bool

  /// - Parameter comparesEnd: whether a last line without an end counts as whole where it looks like another one.
  init(_ data: Data, comparesEnd: Bool = false) {
    (self.data, self.comparesEnd) = (data, comparesEnd)
  }

  func makeIterator() -> Iterator {
    let hasEnd = data.last.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? true
    return Iterator(data: data, forms: comparesEnd && !hasEnd ? LineForms() : nil, start: data.startIndex)
  }

  struct Iterator: IteratorProtocol {
    fileprivate let data: Data
    fileprivate var forms: LineForms?
    fileprivate var start: Data.Index
    fileprivate var number = 1

    mutating func next() -> Line? {
      guard start < data.endIndex else { return nil }
      let end = data[start...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? data.endIndex
      var line = Line(number: number, text: String(decoding: data[start..<end], as: UTF8.self), isCut: false)
      if end == data.endIndex { line.isCut = forms?.isWhole(line.text) != true } else { forms?.learn(line.text) }
      start = end == data.endIndex ? end : end + 1
      if end < data.endIndex, data[end] == UInt8(ascii: "\n") { number += 1 }
      return line
    }
  }
}

/// What the lines of a log look like, to tell whether the last one, without an end, is whole: half a number reads as another
/// number.
private struct LineForms {
  /// By form, the fewest digits that lines of it end in.
  private var fewest: [String: Int] = [:]

  /// A line with every run of digits as one, and how many it ends in.
  private static func form(of line: String) -> (text: String, ending: Int) {
    var form = "", ending = 0
    for character in line.trimmingCharacters(in: .whitespaces) {
      let isDigit = character.isASCII && character.isNumber
      if !isDigit || ending == 0 { form.append(isDigit ? "0" : character) }
      ending = isDigit ? ending + 1 : 0
    }
    return (form, ending)
  }

  mutating func learn(_ line: String) {
    let (form, ending) = Self.form(of: line)
    fewest[form] = min(fewest[form] ?? .max, ending)
  }

  /// Whether an earlier line has the same form and ends in no more digits.
  func isWhole(_ line: String) -> Bool {
    let (form, ending) = Self.form(of: line)
    return fewest[form].map { ending >= $0 } ?? false
  }
}
