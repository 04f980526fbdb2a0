import Formats
import Foundation
import Plotting
import ScalingLaws

/// Symbols and phrases that figures share.
enum Phrase {
  static let loss: RichText = .italic("L") + " (nats per token)"
  static let parameters: RichText = "Parameters " + .italic("N")
  /// N of a student or a teacher, with its unit, for an axis.
  static func parameters(_ symbol: String, _ script: String, starred: Bool = false) -> RichText {
    quantity(symbol, script, starred) + " (parameters)"
  }
  /// D of a student or a teacher, with its unit.
  static func tokens(_ symbol: String, _ script: String, starred: Bool = false) -> RichText {
    quantity(symbol, script, starred) + " (tokens)"
  }
  /// L of a student or a teacher, with its unit.
  static func loss(_ script: String, starred: Bool = false) -> RichText {
    quantity("L", script, starred) + " (nats per token)"
  }
  private static func quantity(_ symbol: String, _ script: String, _ starred: Bool) -> RichText {
    .italic(symbol) + .subscript(script) + (starred ? .superscript("*") : "")
  }
  static let compute: RichText = "Compute " + .italic("C") + " (FLOPs)"

  /// A sentence with every N_S, D_T and the like in it set as a symbol.
  static func symbols(in sentence: String) -> RichText {
    var text: RichText = "", rest = sentence[...]
    while let match = rest.firstMatch(of: /\b([A-Z])_([A-Z])\b/) {
      text = text + RichText(String(rest[..<match.range.lowerBound])) + quantity(String(match.1), String(match.2), false)
      rest = rest[match.range.upperBound...]
    }
    return text + RichText(String(rest))
  }

  /// The plain words for a number of FLOPs, such as 3e11.
  static func plain(flops: Double) -> String { String(format: "%.3g", flops).replacingOccurrences(of: "e+", with: "e") }

  static func range(_ values: [Double], _ format: (Double) -> String) -> String {
    guard let low = values.min(), let high = values.max() else { return "none" }
    let (first, last) = (format(low), format(high))
    return first == last ? first : "\(first)–\(last)"
  }

  /// Says which runs a figure shows: how many of which origin, and their span.
  static func runs(_ records: [RunRecord], as what: String = "training runs") -> String {
    let sizes = range(records.map(\.parameters), TickFormat.abbreviate)
    let tokens = range(records.map(\.tokens), TickFormat.abbreviate)
    let noun = records.count == 1 ? what.replacingOccurrences(of: "runs", with: "run") : what
    return "\(counts(records)) \(noun), \(sizes) parameters, \(tokens) tokens"
  }

  /// How many runs there are of each origin, such as "12 measured".
  static func counts(_ records: [RunRecord]) -> String {
    RunRecord.Origin.allCases.compactMap { origin -> String? in
      let count = records.filter { $0.origin == origin }.count
      return count > 0 ? "\(count) \(origin.rawValue)" : nil
    }.joined(separator: " and ")
  }

  /// The origins of runs, in words.
  static func origins(_ records: [RunRecord]) -> String {
    Set(records.map(\.origin.rawValue)).sorted().joined(separator: " and ")
  }

  static func percent(_ share: Double, digits: Int = 2) -> String {
    TickFormat.significant(100 * share, digits: digits) + "%"
  }
}

extension Sequence {
  /// The elements by `key`, keys in rising order and elements in the order that they came in.
  func grouped<Key: Hashable & Comparable>(by key: (Element) -> Key) -> [(key: Key, values: [Element])] {
    Dictionary(grouping: self, by: key).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
