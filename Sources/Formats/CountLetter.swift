/// Letters for thousands to trillions, as options, tables and names of columns have them: 124M, 1.4B, tokens (T).
public enum CountLetter: String, CaseIterable, Sendable {
  case thousand = "k", million = "M", billion = "B", trillion = "T"

  public var factor: Double {
    switch self {
    case .thousand: 1e3
    case .million: 1e6
    case .billion: 1e9
    case .trillion: 1e12
    }
  }

  /// What it stands for, in words: millions.
  public var word: String {
    switch self {
    case .thousand: "thousands"
    case .million: "millions"
    case .billion: "billions"
    case .trillion: "trillions"
    }
  }

  /// G for giga is B, and K is k.
  /// - Parameter small: whether small letters stand for the same; after a number that someone typed, `m` may be meant for a
  ///   thousandth.
  public init?(_ letter: Character, small: Bool) {
    switch letter {
    case "k", "K": self = .thousand
    case "M": self = .million
    case "B", "G": self = .billion
    case "T": self = .trillion
    case "m" where small: self = .million
    case "b" where small, "g" where small: self = .billion
    case "t" where small: self = .trillion
    default: return nil
    }
  }

  /// A word or a power of ten, in small letters: `mm`, `million`, `1e6`.
  public init?(word text: String) {
    if let letter = text.first, text.count == 1, let unit = CountLetter(letter, small: true) {
      self = unit
      return
    }
    guard let unit = Self.allCases.first(where: { $0.words.contains(text) }) else { return nil }
    self = unit
  }

  /// Every way to write it but one letter.
  public var words: [String] {
    switch self {
    case .thousand: ["thousand", "thousands", "1e3", "10^3"]
    case .million: ["mm", "million", "millions", "1e6", "10^6"]
    case .billion: ["bn", "billion", "billions", "1e9", "10^9"]
    case .trillion: ["tn", "trillion", "trillions", "1e12", "10^12"]
    }
  }
}
