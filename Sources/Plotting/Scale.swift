import Foundation

/// What went wrong with a plot's description or its surroundings.
public struct PlotError: Error, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}

/// How data become positions: a domain, and the rule by which it is spread over [0, 1].
public struct Scale: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case linear
    /// Base-10 logarithm; the domain is positive.
    case logarithmic
  }

  public let kind: Kind
  public let domain: ClosedRange<Double>

  /// - Throws: ``PlotError`` when the domain is empty, not finite, or not positive on a log scale.
  public init(_ kind: Kind, domain: ClosedRange<Double>) throws(PlotError) {
    guard domain.lowerBound.isFinite, domain.upperBound.isFinite, domain.lowerBound < domain.upperBound
    else { throw PlotError("a scale needs a domain of positive, finite length, not \(domain)") }
    guard kind == .linear || domain.lowerBound > 0 else {
      throw PlotError("a logarithmic scale needs a positive domain, not \(domain)")
    }
    self.kind = kind
    self.domain = domain
  }

  /// Where `value` stands: 0 at the start of the domain, 1 at its end, outside [0, 1] beyond them, and
  /// not a number where the scale is not defined.
  public func position(of value: Double) -> Double {
    let (low, high) = (transform(domain.lowerBound), transform(domain.upperBound))
    return (transform(value) - low) / (high - low)
  }

  /// The value at `position`.
  public func value(at position: Double) -> Double {
    let (low, high) = (transform(domain.lowerBound), transform(domain.upperBound))
    let place = low + position * (high - low)
    return kind == .linear ? place : pow(10, place)
  }

  /// `count` values evenly spread over the page, for drawing a curve.
  public func samples(_ count: Int) -> [Double] {
    (0..<count).map { value(at: Double($0) / Double(max(count - 1, 1))) }
  }

  /// The smallest domain that holds `values` and a margin of `padding` of its length on either side;
  /// nothing when no value can be shown.
  public static func domain(
    _ kind: Kind, of values: some Sequence<Double>, padding: Double = 0.05
  ) -> ClosedRange<Double>? {
    let shown = values.filter { $0.isFinite && (kind == .linear || $0 > 0) }
    guard var low = shown.min(), var high = shown.max() else { return nil }
    if kind == .logarithmic { (low, high) = (log10(low), log10(high)) }
    // A single value gets a domain around it.
    let length = high > low ? high - low : max(abs(high) * 0.1, 0.1)
    (low, high) = (low - padding * length, high + padding * length)
    return kind == .linear ? low...high : pow(10, low)...pow(10, high)
  }

  private func transform(_ value: Double) -> Double {
    kind == .linear ? value : value > 0 ? log10(value) : .nan
  }
}
