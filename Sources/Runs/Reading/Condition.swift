import Formats

/// Which runs are taken: `column=value`, `column!=value`, or with `<`, `<=`, `>`, `>=` for numbers.
struct Condition {
  private enum Comparison: String, CaseIterable {
    // Longer ones first, so that `<=` is not read as `<`.
    case notEqual = "!=", atMost = "<=", atLeast = ">=", equal = "=", below = "<", above = ">"
  }

  let text: String
  let column: String
  private let comparison: Comparison
  private let value: String

  /// - Throws: ``StageError`` where the text is no condition.
  init(_ text: String) throws(StageError) {
    guard !text.contains(where: \.isNewline) else { throw StageError("--where: `\(text)` has several lines") }
    for place in text.indices {
      guard let comparison = Comparison.allCases.first(where: { text[place...].hasPrefix($0.rawValue) }) else { continue }
      let column = text[..<place].trimmingCharacters(in: .whitespaces)
      let value = text[text.index(place, offsetBy: comparison.rawValue.count)...].trimmingCharacters(in: .whitespaces)
      guard !column.isEmpty, !value.isEmpty || comparison == .equal || comparison == .notEqual else { break }
      (self.text, self.column, self.comparison, self.value) = (text, column, comparison, value)
      return
    }
    throw StageError(
      "--where: `\(text)` is no condition; expected a column, one of = != < <= > >=, and a value, as in 'sweep=main' or 'loss<4'"
    )
  }

  /// The conditions of options.
  static func all(_ options: ReadingOptions) throws(StageError) -> [Condition] {
    var conditions = [Condition]()
    for text in options.conditions { conditions.append(try Condition(text)) }
    return conditions
  }

  /// Whether a field meets the condition. One that is no number is neither below nor above anything.
  func holds(of field: String) -> Bool {
    let numbers = (Double(field), Double(value))
    switch comparison {
    case .equal, .notEqual:
      let isEqual: Bool
      if let found = numbers.0, let wanted = numbers.1 { isEqual = found == wanted } else { isEqual = field == value }
      return isEqual == (comparison == .equal)
    case .below: return compare(numbers, <)
    case .atMost: return compare(numbers, <=)
    case .above: return compare(numbers, >)
    case .atLeast: return compare(numbers, >=)
    }
  }

  /// Whether the condition compares sizes, which only a number has.
  var needsNumber: Bool { comparison != .equal && comparison != .notEqual }

  var valueIsNumber: Bool { Double(value) != nil }

  private func compare(_ numbers: (Double?, Double?), _ holds: (Double, Double) -> Bool) -> Bool {
    guard let found = numbers.0, let limit = numbers.1 else { return false }
    return holds(found, limit)
  }
}
