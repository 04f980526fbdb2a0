import Foundation

/// What the paper's words are taken to mean when its claims are judged: one meaning a word, the same for every claim
/// and every law.
enum Wording {
  /// "About", "roughly": a ratio within this share of the number.
  static let about = 0.2
  /// "Match", "the same", "similar": losses that are this close, in nats. A rise, a fall or an advantage of less is none.
  static let match = 0.01
  /// A rise or a fall of a share of the compute of less than this is none.
  static let shareStep = 0.01
  /// "Constant": the largest is at most this many times the least.
  static let constant = 1.25
  /// "Evenly", "equally divided": no part is less than the equal part over this, or more than this times it.
  static let evenly = 2.0
  /// "Much less": less than this share.
  static let muchLess = 0.5
  /// "Mostly", "a trend": in this share of the cases or more.
  static let most = 0.9

  static func isAbout(_ value: Double, _ number: Double) -> Bool { abs(value / number - 1) < about }

  static func isEven(_ parts: [Double]) -> Bool {
    let equal = parts.reduce(0, +) / Double(parts.count)
    return parts.allSatisfy { equal / evenly <= $0 && $0 <= equal * evenly }
  }

  /// Whether `values`, in their order, never rise by more than `step` above what they were before.
  static func neverRises(_ values: [Double], by step: Double) -> Bool {
    var least = Double.infinity
    for value in values {
      if value > least + step { return false }
      least = min(least, value)
    }
    return !values.isEmpty
  }

  static func neverFalls(_ values: [Double], by step: Double) -> Bool { neverRises(values.map { -$0 }, by: step) }

  /// Whether `values`, in their order, grow, where a step down by less than ``about`` is none.
  static func grows(_ values: [Double]) -> Bool {
    guard let first = values.first, let last = values.last else { return false }
    return last > first * (1 + about) && zip(values, values.dropFirst()).allSatisfy { $1 > $0 * (1 - about) }
  }

  static func isMost(_ count: Int, of all: Int) -> Bool { all > 0 && Double(count) >= most * Double(all) }

  /// The meanings, for the report.
  static let markdown = String(
    format: """
      What the paper's words are taken to mean, for every claim alike: "about" and "roughly" are within %.0f%%, and a compute \
      grows with the student where no step falls by more; losses \
      "match", and are "similar", within %.2f nats, and less than that is no rise, fall or advantage; a share of the compute \
      rises or falls where it does by more than %.0f point; "constant" is within a factor of %.2f; "evenly divided" means that \
      no part is less than half or more than twice an equal one, "much less" less than half; "mostly" means the largest \
      share, in at least %.0f%% of the plans; "always", "never" and "in all cases" have no exception.
      """, 100 * about, match, 100 * shareStep, constant, 100 * most)
}
