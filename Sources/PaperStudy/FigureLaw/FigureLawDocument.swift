import Formats

/// Which B' the labels of the paper's figures follow, as `distill-law-test` writes it to `figure-law.json`.
public struct FigureLawDocument: ResultDocument, Hashable, Sendable {
  public static let meaning = "a label test, as distill-law-test writes it"

  /// Figures whose labels are counted together.
  public struct Group: Codable, Hashable, Sendable {
    /// Their numbers, for example `19, 21, 24, 27`.
    public var name: String
    /// Labels in the paper.
    public var labels: Int

    public init(name: String, labels: Int) {
      (self.name, self.labels) = (name, labels)
    }
  }

  /// A law beside the labels.
  public struct Trial: Codable, Hashable, Sendable {
    public var name: String
    /// B'.
    public var tokenCoefficient: Double
    /// Labels that disagree, by group.
    public var disagreements: [Int]
    /// The part of a panel's width or height that a label was found to need, by group.
    public var shares: [Double]

    public var total: Int { disagreements.reduce(0, +) }

    public init(name: String, tokenCoefficient: Double, disagreements: [Int], shares: [Double]) {
      self.name = name
      self.tokenCoefficient = tokenCoefficient
      self.disagreements = disagreements
      self.shares = shares
    }
  }

  /// What else tells the two readings apart, or does not.
  public struct Evidence: Codable, Hashable, Sendable {
    public var what: String
    /// What the paper has.
    public var paper: String
    /// What its law gives as printed, and with B' as its figures have it.
    public var printed, figures: String

    public init(what: String, paper: String, printed: String, figures: String) {
      self.what = what
      self.paper = paper
      self.printed = printed
      self.figures = figures
    }
  }

  public var groups: [Group]
  /// The printed law with B' from 1e4 to 1e7, rising.
  public var curve: [Trial]
  /// Table 6 to the letter, and with B' read as 2418100.
  public var printed, figures: Trial
  /// Other laws, to show that the test can fail.
  public var alternatives: [Trial]
  public var evidence: [Evidence]
  /// What follows from neither law.
  public var unexplained: [Evidence]

  public var labels: Int { groups.reduce(0) { $0 + $1.labels } }

  public init(
    groups: [Group], curve: [Trial], printed: Trial, figures: Trial, alternatives: [Trial], evidence: [Evidence],
    unexplained: [Evidence]
  ) {
    self.groups = groups
    self.curve = curve
    self.printed = printed
    self.figures = figures
    self.alternatives = alternatives
    self.evidence = evidence
    self.unexplained = unexplained
  }
}
