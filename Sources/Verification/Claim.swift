import ScalingLaws

/// A claim of the paper beside what its own laws give.
public struct Claim: Codable, Hashable, Sendable {
  /// What one law gives.
  public struct Finding: Codable, Hashable, Sendable {
    /// With its numbers.
    public var text: String
    /// Whether the law bears the claim out, by the one meaning that ``Wording`` gives the paper's words.
    public var isBornOut: Bool

    public init(text: String, isBornOut: Bool) {
      (self.text, self.isBornOut) = (text, isBornOut)
    }
  }

  /// Where the paper says so.
  public var place: String
  /// What it says, in our words.
  public var claim: String
  /// What its law gives with table 6 to the letter, and with B' as its figures have it.
  public var printed, figures: Finding
  /// Whether the claim follows from the form of the law whatever its coefficients: where such a claim is not born
  /// out, the code is at fault, and verification fails.
  public var isTarget: Bool

  public var passes: Bool { (printed.isBornOut && figures.isBornOut) || !isTarget }

  /// - Parameters:
  ///   - printed: the claim under the one law.
  ///   - figures: the same claim under the other.
  init(printed: LawClaim, figures: LawClaim) {
    (place, claim, isTarget) = (printed.place, printed.claim, printed.isTarget)
    self.printed = Finding(text: printed.finding, isBornOut: printed.isBornOut)
    self.figures = Finding(text: figures.finding, isBornOut: figures.isBornOut)
  }

  public func finding(_ law: PaperLaw) -> Finding { law == .printed ? printed : figures }
}

/// A claim of the paper beside what one law gives.
public struct LawClaim: Hashable, Sendable {
  public var place: String
  public var claim: String
  public var finding: String
  public var isBornOut: Bool
  public var isTarget: Bool

  init(place: String, claim: String, finding: String, isBornOut: Bool, isTarget: Bool = false) {
    self.place = place
    self.claim = claim
    self.finding = finding
    self.isBornOut = isBornOut
    self.isTarget = isTarget
  }
}
