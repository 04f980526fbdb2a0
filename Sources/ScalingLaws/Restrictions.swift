/// What is given of a law's coefficients before it is fitted.
public struct Restrictions: Sendable, Hashable, Codable {
  /// Values that coefficients keep, by their printed names.
  public var fixed: [String: Double]
  /// Pairs of coefficients that have one value: alpha with beta, or A with B.
  public var tied: [[String]]

  public init(fixed: [String: Double] = [:], tied: [[String]] = []) {
    self.fixed = fixed
    self.tied = tied
  }

  public var isEmpty: Bool { fixed.isEmpty && tied.isEmpty }

  /// Whether two coefficients have one value.
  public func ties(_ first: String, _ second: String) -> Bool {
    tied.contains { $0.sorted() == [first, second].sorted() }
  }

  /// The value of a coefficient, where it or one that it is tied to is fixed.
  public func value(_ name: String) -> Double? {
    if let value = fixed[name] { return value }
    let partner = tied.first { $0.contains(name) }?.first { $0 != name }
    return partner.flatMap { fixed[$0] }
  }

  /// Whether a coefficient, or the compute-optimal exponent `a` or `b`, has one value in all laws.
  public func isConstant(_ name: String) -> Bool {
    guard name == "a" || name == "b" else { return value(name) != nil }
    return ties("alpha", "beta") || (value("alpha") != nil && value("beta") != nil)
  }

  /// How many coefficients fewer there are to fit.
  public var count: Int {
    let names = Set(tied.flatMap(\.self))
    return fixed.keys.count { !names.contains($0) }
      + tied.reduce(0) { $0 + ($1.contains { value($0) != nil } ? 2 : 1) }
  }

  /// What is wrong with them for a law with these coefficients, in words; nil where nothing is.
  public func problem(_ names: [String]) -> String? {
    for (name, value) in fixed.sorted(by: { $0.key < $1.key }) {
      guard names.contains(name) else { return "\(name) is no coefficient of the law, which has \(list(names))" }
      guard value.isFinite, name == "E" ? value >= 0 : value > 0 else {
        return "\(name) cannot be fixed at \(value): coefficients are positive"
      }
    }
    for pair in tied {
      guard [["alpha", "beta"], ["A", "B"]].contains(pair.sorted()) else {
        return "only alpha with beta and A with B can be tied, not \(list(pair))"
      }
      if let first = fixed[pair[0]], let second = fixed[pair[1]], first != second {
        return "\(list(pair)) are tied and cannot be fixed at different values"
      }
    }
    return Set(tied.map { $0.sorted() }).count < tied.count ? "a pair is tied twice" : nil
  }

  private func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
