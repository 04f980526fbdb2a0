import Formats
import Foundation

/// What a column's name says of its unit: `Params (M)`, `tokens [B]`, `loss (bits/byte)`, `tokens_billions`.
enum ColumnUnits {
  /// A name without the unit in brackets at its end, and the unit.
  static func parted(_ name: String) -> (name: String, unit: String?) {
    let trimmed = name.trimmingCharacters(in: .whitespaces)
    for (open, close) in [("(", ")"), ("[", "]")] {
      guard trimmed.hasSuffix(close), let start = trimmed.range(of: open, options: .backwards) else { continue }
      let unit = trimmed[start.upperBound...].dropLast().trimmingCharacters(in: .whitespaces)
      return (trimmed[..<start.lowerBound].trimmingCharacters(in: .whitespaces), unit.lowercased())
    }
    return (trimmed, nil)
  }

  /// Plain names (see ``ColumnNames/plain(_:)``) with a unit at their end: what is left without it.
  static func withoutSuffix(_ plain: String) -> [(name: String, factor: Double)] {
    // `tokens_T` may be the teacher's.
    let suffixes = CountLetter.allCases.flatMap { unit in
      (unit.words.filter { $0.allSatisfy(\.isLetter) } + (unit == .trillion ? [] : [unit.rawValue.lowercased()])).map {
        (text: $0, factor: unit.factor)
      }
    }
    return suffixes.filter { plain.hasSuffix($0.text) && plain.count > $0.text.count + 1 }
      .map { (String(plain.dropLast($0.text.count)), $0.factor) }.sorted { $0.0.count < $1.0.count }
  }

  /// What a column of a count counts in, by its name; nil where the name says nothing.
  /// - Parameter names: the plain names of its role.
  static func factor(of column: String, names: Set<String>) -> Double? {
    let (name, unit) = parted(column)
    if let unit, let letter = CountLetter(word: unit) { return letter.factor }
    let ends = ends(of: name)
    guard !ends.contains(where: names.contains) else { return nil }
    for end in ends {
      if let found = withoutSuffix(end).first(where: { names.contains($0.name) }) { return found.factor }
    }
    return nil
  }

  /// The unit of a loss that stands in brackets.
  static func lossUnit(of column: String) -> LossUnit? {
    guard let unit = parted(column).unit else { return nil }
    let text = unit.replacingOccurrences(of: " per ", with: "/").replacingOccurrences(of: "nat/", with: "nats/")
      .replacingOccurrences(of: "bit/", with: "bits/")
    return LossUnit(rawValue: text == "bpb" ? "bits/byte" : text == "nat" ? "nats" : text == "bit" ? "bits" : text)
  }

  /// The ends of a name with a way, the longest first: of `eval/loss`, `evalloss` and `loss`.
  static func ends(of name: String) -> [String] {
    // No name that means something has more parts.
    let parts = name.split(whereSeparator: { "/.:".contains($0) }).suffix(16).map { ColumnNames.plain(String($0)) }
    return stride(from: parts.count, to: 0, by: -1).map { parts.suffix($0).joined() }
  }
}
