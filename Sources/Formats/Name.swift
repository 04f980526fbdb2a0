/// The rule for names that become parts of paths, of make's rules and of pages: of studies, reports and coverage studies.
public enum Name {
  /// The most characters of one: files are called by it, with endings.
  public static let longest = 100
  /// The rule, as messages say it.
  public static let rule = "letters, digits, - and _, a letter or digit first, at most \(longest) characters"

  /// Whether `text` can be a name. Letters are those of ASCII.
  public static func isValid(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, isLetterOrDigit(first), text.unicodeScalars.count <= longest else {
      return false
    }
    return text.unicodeScalars.allSatisfy { isLetterOrDigit($0) || $0 == "-" || $0 == "_" }
  }

  /// - Throws: ``StageError`` that says what `text` should be the name of, and the rule.
  public static func check(_ text: String, of what: String) throws(StageError) {
    guard isValid(text) else { throw StageError("\"\(printable(text, limit: 60))\" cannot name \(what): expected \(rule)") }
  }

  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (scalar.properties.isAlphabetic || (48...57).contains(scalar.value))
  }
}
