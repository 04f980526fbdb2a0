import Foundation
import Formats

/// The numbers of one column: with a point or a comma before the decimals, with or without separated thousands, and with
/// `K`, `M`, `B`, `G` or `T` for thousands to trillions.
struct ColumnNumbers {
  /// What a field holds.
  enum Value: Hashable {
    case number(Double)
    /// Nothing, or a word for it: `NaN`, `N/A`, `null`, an infinity.
    case absent
    /// What is no number.
    case text
  }

  let values: [Value]
  /// What was taken to be so without being told.
  private(set) var notes: [String] = []

  private static let absentWords: Set<String> = [
    "", "nan", "na", "n/a", "#n/a", "null", "none", "nil", "-", "--", "?", "inf", "+inf", "-inf", "infinity", "+infinity",
    "-infinity", "undefined", "#div/0!", "#num!", "#value!", "missing", "diverged", "oom",
  ]

  /// - Parameters:
  ///   - fields: the column's.
  ///   - name: for notes.
  ///   - isCount: whether the column counts something, so that `412,239` is 412239; in a loss it is 412.239.
  ///   - hasDecimalCommas: whether other columns of the file have decimal commas, as the tables of one country do.
  init(_ fields: [String], name: String, isCount: Bool, hasDecimalCommas: Bool) {
    let stripped = fields.map(Self.strip)
    let comma = hasDecimalCommas || Self.hasDecimalCommas(fields) || (!isCount && Self.isOnlyCommas(stripped))
    var grouped = 0, scaled = 0
    values = stripped.map { field in
      guard !Self.absentWords.contains(field.lowercased()) else { return .absent }
      var text = field, factor = 1.0
      if let last = text.last, let unit = CountLetter(last, small: true),
        text.dropLast().last.map({ $0.isNumber || $0 == " " }) == true
      {
        text = String(text.dropLast()).trimmingCharacters(in: .whitespaces)
        factor = unit.factor
        scaled += 1
      }
      guard let number = Self.number(text, hasDecimalCommas: comma, grouped: &grouped) else { return .text }
      return number.isFinite ? .number(number * factor) : .absent
    }
    if comma, stripped.contains(where: { $0.contains(",") }) { notes.append("`\(name)` has decimal commas") }
    if grouped > 0 { notes.append("`\(name)` has separated thousands") }
    if scaled > 0 { notes.append("`\(name)` has letters for thousands, millions, billions or trillions") }
  }

  /// Whether a column must have decimal commas: `2,6239` cannot be thousands.
  static func hasDecimalCommas(_ fields: [String]) -> Bool {
    fields.contains { field in
      let text = strip(field)
      guard text.count(where: { $0 == "," }) == 1, let comma = text.firstIndex(of: ",") else { return false }
      let before = text[..<comma], after = text[text.index(after: comma)...]
      guard after.allSatisfy({ $0.isASCII && $0.isNumber }), !after.isEmpty else { return false }
      let digits = before.drop { $0 == "-" || $0 == "+" }
      guard digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
        // 1.234,5 has points between its thousands.
        return digits.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
      }
      return after.count != 3 || digits.count > 3 || digits.isEmpty || digits.first == "0"
    }
  }

  private static func isOnlyCommas(_ fields: [String]) -> Bool {
    let numbers = fields.filter { $0.contains(where: \.isNumber) }
    return !numbers.isEmpty && numbers.allSatisfy { $0.count(where: { $0 == "," }) == 1 && !$0.contains(".") }
  }

  private static func strip(_ field: String) -> String {
    field.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func number(_ field: String, hasDecimalCommas: Bool, grouped: inout Int) -> Double? {
    var text = field
    let (decimal, thousands): (Character, Set<Character>) =
      hasDecimalCommas
      ? (",", [".", " ", "'", "’", "_", "\u{A0}", "\u{202F}"]) : (".", [",", " ", "'", "’", "_", "\u{A0}", "\u{202F}"])
    let parts = text.split(separator: decimal, omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first else { return nil }
    if whole.contains(where: thousands.contains) {
      let signless = whole.drop { $0 == "-" || $0 == "+" }
      let groups = signless.split(omittingEmptySubsequences: false, whereSeparator: thousands.contains)
      guard let first = groups.first, (1...3).contains(first.count), groups.dropFirst().allSatisfy({ $0.count == 3 }),
        groups.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } })
      else { return nil }
      text = (whole.first == "-" ? "-" : "") + groups.joined() + (parts.count == 2 ? "." + parts[1] : "")
      grouped += 1
    } else if parts.count == 2 {
      text = whole + "." + parts[1]
    }
    // Only plain decimal numbers: 0x10 is no count of tokens. A point at the end is a number that was cut.
    guard text.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }), let last = text.last, last.isNumber
    else { return nil }
    return Double(text)
  }
}
