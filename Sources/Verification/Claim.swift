/// A claim of the paper beside what its own printed coefficients give.
public struct Claim: Codable, Hashable, Sendable {
  /// Where the paper says so.
  public var place: String
  /// What it says, in our words.
  public var claim: String
  /// What the printed coefficients give, with its number.
  public var finding: String
  /// Whether they bear the claim out.
  public var isBornOut: Bool
  /// Whether the claim follows from the form of the law whatever its coefficients: where such a claim is not born
  /// out, the code is at fault, and verification fails.
  public var isTarget: Bool

  public var passes: Bool { isBornOut || !isTarget }

  public init(place: String, claim: String, finding: String, isBornOut: Bool, isTarget: Bool = false) {
    self.place = place
    self.claim = claim
    self.finding = finding
    self.isBornOut = isBornOut
    self.isTarget = isTarget
  }
}
