import Foundation

/// Labelled and unlabelled ticks of an axis.
public struct Ticks: Sendable, Hashable {
  public var major: [Double]
  public var minor: [Double]

  public init(major: [Double], minor: [Double] = []) {
    self.major = major
    self.minor = minor
  }
}

extension Scale {
  /// Sets of ticks, the densest first: a layout takes the first one whose labels have room.
  public func tickCandidates() -> [Ticks] {
    switch kind {
    case .linear: return linearCandidates()
    case .logarithmic: return logarithmicCandidates()
    }
  }

  private func linearCandidates() -> [Ticks] {
    let length = domain.upperBound - domain.lowerBound
    var power = Int(floor(log10(length))) - 2
    var candidates: [Ticks] = []
    while power <= Int(ceil(log10(length))) {
      for factor in [1, 2, 5] {
        let major = multiples(of: factor, power: power)
        guard (2...12).contains(major.count) else { continue }
        // Five parts between labels that are 1 or 5 apart, four between those that are 2 apart.
        let finer: (factor: Int, power: Int) =
          factor == 1 ? (2, power - 1) : factor == 2 ? (5, power - 1) : (1, power)
        let minor = multiples(of: finer.factor, power: finer.power).filter { value in
          !major.contains { abs($0 - value) < length * 1e-9 }
        }
        candidates.append(Ticks(major: major, minor: minor))
      }
      power += 1
    }
    return candidates
  }

  /// Multiples of factor times 10^power in the domain, each rounded once.
  private func multiples(of factor: Int, power: Int) -> [Double] {
    func value(_ index: Double) -> Double { Self.decimal(Int(index) * factor, power: power) }
    let step = value(1)
    let slack = 1e-9
    let first = (domain.lowerBound / step - slack).rounded(.up)
    let last = (domain.upperBound / step + slack).rounded(.down)
    guard last >= first, last - first < 1000 else { return [] }
    return stride(from: first, through: last, by: 1).map(value)
  }

  /// mantissa times 10^power, rounded once, as a decimal literal would be.
  private static func decimal(_ mantissa: Int, power: Int) -> Double {
    let unit = pow(10, Double(abs(power)))
    return power >= 0 ? Double(mantissa) * unit : Double(mantissa) / unit
  }

  private func logarithmicCandidates() -> [Ticks] {
    let low = Int(floor(log10(domain.lowerBound))) - 1
    let high = Int(ceil(log10(domain.upperBound)))
    let decades = log10(domain.upperBound / domain.lowerBound)
    let range = domain.lowerBound * (1 - 1e-9)...domain.upperBound * (1 + 1e-9)
    func ticks(_ mantissas: [Int], every: Int = 1) -> [Double] {
      var values: [Double] = []
      for power in low...high where power % every == 0 {
        for mantissa in mantissas {
          let value = Self.decimal(mantissa, power: power)
          if range.contains(value) { values.append(value) }
        }
      }
      return values
    }
    // Every decade has its minor ticks, as long as they can be told apart.
    let fine = ticks(decades <= 9 ? Array(1...9) : decades <= 16 ? [1, 2, 5] : [1])
    var sets: [[Double]] = []
    if decades < 0.7 { sets += linearCandidates().map(\.major) }
    if decades < 1 { sets.append(ticks(Array(1...9))) }
    if decades < 3 { sets.append(ticks([1, 2, 5])) }
    if decades < 3.5 { sets.append(ticks([1, 3])) }
    sets += [1, 2, 3, 4, 5, 10].map { ticks([1], every: $0) }
    return sets.filter { $0.count >= 2 }.map { major in
      Ticks(major: major, minor: fine.filter { value in !major.contains { abs($0 / value - 1) < 1e-9 } })
    }
  }
}

/// How ticks are written.
public enum TickFormat: Sendable, Hashable {
  /// Plain decimals, as many places as the ticks need.
  case decimal
  /// Decimals with as few places as each tick needs, for logarithmic axes: 0.005, 0.01.
  case shortest
  /// 6k, 100M, 1B, 10T.
  case abbreviated
  /// 10 with an exponent; 3 × 10 with an exponent off the decades.
  case powerOfTen
  /// Numbers that are logarithms to the base of ten, as the powers of ten that they stand for.
  case exponentOfTen
  /// Numbers that are logarithms to the base of ten, as the abbreviated numbers that they stand for.
  case abbreviatedOfTen
  /// Numbers that are already per cent, with the sign after each.
  case percent
  /// A name of its own for each value; none for a value that is not there.
  case named([Double: String])
  /// No labels.
  case none

  /// The labels of `ticks`, in order.
  public func labels(_ ticks: [Double]) -> [RichText] {
    switch self {
    case .none: return ticks.map { _ in "" }
    case .named(let names): return ticks.map { RichText(names[$0] ?? "") }
    case .decimal: return Self.decimals(ticks).map { RichText($0) }
    case .shortest: return ticks.map { RichText(Self.significant($0, digits: 6)) }
    case .percent: return Self.decimals(ticks).map { RichText($0 + "%") }
    case .abbreviated: return ticks.map { RichText(Self.abbreviate($0)) }
    case .powerOfTen: return ticks.map(Self.power)
    case .exponentOfTen: return ticks.map { Self.power(pow(10, $0)) }
    case .abbreviatedOfTen: return ticks.map { RichText(Self.abbreviate(pow(10, $0))) }
    }
  }

  /// `value` with a suffix k, M, B, T or P for thousands, millions, billions, trillions or quadrillions, and
  /// at most three digits.
  public static func abbreviate(_ value: Double) -> String {
    let suffixes = [(1e15, "P"), (1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")]
    // Half a unit of the third digit early, so that 999,999 is 1M and not 1000k.
    guard let (unit, suffix) = suffixes.first(where: { abs(value) >= $0.0 * 0.9995 }) else {
      return significant(value, digits: 3)
    }
    return significant(value / unit, digits: 3) + suffix
  }

  /// `value` as 10 with an exponent, with the factor in front where there is one.
  public static func power(_ value: Double) -> RichText {
    guard value > 0, value.isFinite else { return RichText(significant(value, digits: 3)) }
    var exponent = floor(log10(value) + 1e-9)
    var mantissa = significant(value / pow(10, exponent), digits: 2)
    if mantissa == "10" { (mantissa, exponent) = ("1", exponent + 1) }
    let decade = "10" + RichText.superscript(minus(String(Int(exponent))))
    return mantissa == "1" ? decade : RichText(mantissa + "\u{2009}×\u{2009}") + decade
  }

  /// `value` with at most `digits` significant digits and no trailing zeros.
  public static func significant(_ value: Double, digits: Int) -> String {
    guard value != 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
    let places = max(0, digits - 1 - Int(floor(log10(abs(value)) + 1e-12)))
    return trimmed(String(format: "%.\(places)f", value))
  }

  private static func decimals(_ ticks: [Double]) -> [String] {
    let scale = ticks.map(abs).max() ?? 1
    let places =
      (0...12).first { places in
        let unit = pow(10, Double(places))
        return ticks.allSatisfy { abs(($0 * unit).rounded() / unit - $0) <= 1e-9 * max(scale, 1e-300) }
      } ?? 12
    return ticks.map { minus(String(format: "%.\(places)f", $0 == 0 ? 0 : $0)) }
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return minus(text) }
    var text = Substring(text)
    while text.hasSuffix("0") { text = text.dropLast() }
    if text.hasSuffix(".") { text = text.dropLast() }
    return minus(String(text))
  }

  private static func minus(_ text: String) -> String {
    text.replacingOccurrences(of: "-", with: "\u{2212}")
  }
}
