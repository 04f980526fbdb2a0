import Foundation

/// A key that an object of a JSON text has twice, or nil. Decoders keep one of the two and say nothing.
///
/// - Parameter text: UTF-8 of valid JSON. Keys are compared as they are written, escapes and all.
package func duplicateKey(in text: Data) -> String? {
  let text = text.span
  // The keys met so far in each open object, by what their bytes hash to; nothing is added to an array's.
  var keys = [Set<UInt64>](), depth = 0
  // Where the string that was read last begins and ends; a colon makes it a key.
  var (start, end) = (0, 0)
  var position = 0
  while position < text.count {
    switch text[position] {
    case UInt8(ascii: "\""):
      start = position + 1
      position = start
      while position < text.count, text[position] != UInt8(ascii: "\"") {
        position += text[position] == UInt8(ascii: "\\") ? 2 : 1
      }
      end = min(position, text.count)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if depth == keys.count { keys.append([]) } else { keys[depth].removeAll(keepingCapacity: true) }
      depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"): depth = max(0, depth - 1)
    case UInt8(ascii: ":") where depth > 0:
      // FNV-1a: among 64 bits no two keys of an object meet by chance.
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for index in start..<end { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01b3 }
      if !keys[depth - 1].insert(hash).inserted {
        return String(decoding: (start..<end).map { text[$0] }, as: UTF8.self)
      }
    default: break
    }
    position += 1
  }
  return nil
}
