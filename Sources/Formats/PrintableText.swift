/// Text as a message can hold it: one line, without control characters, and cut where it is too long.
///
/// Names of files, cells and keys come from outside. A terminal would obey the escape sequences in them.
/// - Parameters:
///   - limit: the most characters of the result.
///   - keepingEnd: cuts in the middle, as of a path, whose end tells most.
public func printable(_ text: String, limit: Int = .max, keepingEnd: Bool = false) -> String {
  // More than could be shown need not be looked at.
  let isLong = text.unicodeScalars.prefix(limit == .max ? .max : 4 * limit).count > limit
  var escaped = ""
  for scalar in isLong && !keepingEnd
    ? Substring.UnicodeScalarView(text.unicodeScalars.prefix(4 * limit)) : text.unicodeScalars[...]
  {
    escaped += isShown(scalar) ? String(scalar) : escape(scalar)
  }
  guard escaped.count > limit else { return escaped }
  guard keepingEnd else { return escaped.prefix(limit - 3) + "..." }
  let start = (limit - 3) / 3
  return escaped.prefix(start) + "..." + escaped.suffix(limit - 3 - start)
}

/// Line ends, control characters, and marks that turn the direction of text or have no width.
private func isShown(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
  default: true
  }
}

private func escape(_ scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "\n": "\\n"
  case "\r": "\\r"
  case "\t": "\\t"
  default: "\\u{" + String(scalar.value, radix: 16) + "}"
  }
}
