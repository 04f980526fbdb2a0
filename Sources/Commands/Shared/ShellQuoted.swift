/// A word as a shell takes it: between quotes, unless it has nothing that a shell would look at.
public func shellQuoted(_ text: String) -> String {
  let isPlain = !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-=%+:,".contains($0)) }
  // Between quotes, all but the quote itself is left as it is.
  return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
}
