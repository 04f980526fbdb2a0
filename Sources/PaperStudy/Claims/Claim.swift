import ScalingLaws

/// A claim of the paper beside what its own laws give.
public struct Claim: Codable, Hashable, Sendable {
  /// What one law gives.
  public struct Finding: Codable, Hashable, Sendable {
    /// With its numbers.
    public var text: String
    /// Whether the law supports the claim, by the one meaning that ``Wording`` gives the paper's words.
    public var isSupported: Bool

    public init(text: String, isSupported: Bool) {
      (self.text, self.isSupported) = (text, isSupported)
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

  public var passes: Bool { (printed.isSupported && figures.isSupported) || !isTarget }

  /// - Parameters:
  ///   - printed: the claim under the one law.
  ///   - figures: the same claim under the other.
  init(printed: LawClaim, figures: LawClaim) {
    (place, claim, isTarget) = (printed.place, printed.claim, printed.isTarget)
    self.printed = Finding(text: printed.finding, isSupported: printed.isSupported)
    self.figures = Finding(text: figures.finding, isSupported: figures.isSupported)
  }

  public func finding(_ law: PaperLaw) -> Finding { law == .printed ? printed : figures }
}

/// A claim of the paper beside what one law gives.
public struct LawClaim: Hashable, Sendable {
  public var place: String
  public var claim: String
  public var finding: String
  public var isSupported: Bool
  public var isTarget: Bool

  init(place: String, claim: String, finding: String, isSupported: Bool, isTarget: Bool = false) {
    self.place = place
    self.claim = claim
    self.finding = finding
    self.isSupported = isSupported
    self.isTarget = isTarget
  }
}
