/// Profiles of a fit's likelihood, as `distill-profile` writes them.
public struct ProfileDocument: ResultDocument, Hashable, Sendable {
  public static let meaning = "profiles of a fit, as distill-profile writes them"

  public var law: String
  /// Nominal coverage of the intervals.
  public var confidence: Double
  /// The ratio at the ends of an interval.
  public var limit: Double
  /// What was taken as independent: `runs`, `teachers` or `trainings`.
  public var independent: String
  public var method: String
  public var profiles: [Profile]
  public var inputs: FitDocument.Inputs

  public struct Profile: Codable, Hashable, Sendable {
    public var name: String
    /// The coefficient in the fit.
    public var estimate: Double
    /// An end that the runs leave open is nil.
    public var low, high: Double?
    /// In ascending order of their values.
    public var points: [Point]

    public init(name: String, estimate: Double, low: Double?, high: Double?, points: [Point]) {
      self.name = name
      self.estimate = estimate
      self.low = low
      self.high = high
      self.points = points
    }
  }

  public struct Point: Codable, Hashable, Sendable {
    public var value: Double
    /// How much worse the best law with this value fits than the best of all, on the scale of chi².
    public var ratio: Double

    public init(value: Double, ratio: Double) {
      self.value = value
      self.ratio = ratio
    }
  }

  public init(
    law: String, confidence: Double, limit: Double, independent: String, method: String, profiles: [Profile],
    inputs: FitDocument.Inputs
  ) {
    self.law = law
    self.confidence = confidence
    self.limit = limit
    self.independent = independent
    self.method = method
    self.profiles = profiles
    self.inputs = inputs
  }
}
