/// A key that an object of a JSON text has twice, or nil. Decoders keep one of the two and say nothing.
///
/// - Parameter text: UTF-8 of valid JSON. Keys are compared as they are written, escapes and all.
package func duplicateKey(in text: some Collection<UInt8>) -> String? {
  // The keys met so far in each open object; an open array has nil.
  var open = [Set<String>?]()
  // The string read last; a colon makes it a key.
  var last = [UInt8]()
  var isInString = false, isEscaped = false
  for byte in text {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
        continue
      }
      last.append(byte)
      continue
    }
    switch byte {
    case UInt8(ascii: "\""):
      isInString = true
      last.removeAll(keepingCapacity: true)
    case UInt8(ascii: "{"): open.append([])
    case UInt8(ascii: "["): open.append(nil)
    case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
    case UInt8(ascii: ":"):
      let key = String(decoding: last, as: UTF8.self)
      let innermost = open.count - 1
      guard innermost >= 0, open[innermost]?.insert(key).inserted == false else { continue }
      return key
    default: break
    }
  }
  return nil
}
