import Foundation

/// What a loss is measured in. A law has the unit of its runs: nothing is converted, since bytes or words a token are not
/// known.
public struct LossUnit: RawRepresentable, Codable, Hashable, Sendable, CaseIterable {
  public enum Amount: String, Sendable, CaseIterable { case nats, bits }
  public enum Denominator: String, Sendable, CaseIterable { case token, byte, word }

  public var amount: Amount
  public var denominator: Denominator

  public init(_ amount: Amount, per denominator: Denominator) {
    (self.amount, self.denominator) = (amount, denominator)
  }

  public static let natsPerToken = LossUnit(.nats, per: .token)
  public static let allCases = Amount.allCases.flatMap { amount in Denominator.allCases.map { LossUnit(amount, per: $0) } }

  /// `nats`, `bits`, or with what they are per: `nats/token`, `bits/byte`.
  public init?(rawValue: String) {
    let parts = rawValue.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let amount = parts.first.flatMap(Amount.init(rawValue:)), parts.count <= 2 else { return nil }
    guard parts.count == 2 else {
      self.init(amount, per: .token)
      return
    }
    guard let denominator = Denominator(rawValue: parts[1]) else { return nil }
    self.init(amount, per: denominator)
  }

  public var rawValue: String { "\(amount.rawValue)/\(denominator.rawValue)" }

  /// For axes and text: `nats per token`.
  public var name: String { "\(amount.rawValue) per \(denominator.rawValue)" }
}

extension LossUnit {
  /// A text about losses in nats per token, for losses in this unit.
  public func naming(_ text: String) -> String {
    guard self != .natsPerToken else { return text }
    let whole = text.replacingOccurrences(of: LossUnit.natsPerToken.name, with: name)
    guard amount != .nats else { return whole }
    // `nats` alone, as a word.
    return whole.replacingOccurrences(of: "\\bnats\\b", with: amount.rawValue, options: .regularExpression)
  }
}
