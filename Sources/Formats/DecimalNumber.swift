import Foundation

/// The number that a text holds in decimal digits, as `3`, `0.5`, `1e-3`, or nil.
///
/// Swift also reads `0x10`, `inf` and `nan`; none of these is what someone meant who was asked for a number.
public func decimalNumber(_ text: some StringProtocol) -> Double? {
  guard !text.isEmpty, text.utf8.count <= 400,
    text.utf8.allSatisfy({ (48...57).contains($0) || ".eE+-".utf8.contains($0) }),
    let value = Double(text), value.isFinite
  else { return nil }
  return value
}
