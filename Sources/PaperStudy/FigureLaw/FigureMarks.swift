import Formats

/// What can be read off the paper's figures as numbers: `Studies/paper/figures.json`.
public struct FigureMarks: ResultDocument, Hashable, Sendable {
  public static let meaning =
    "the labels, axes and colour bars of the paper's figures, as Studies/paper/figures.json holds them"

  /// What a figure shows as contours or curves.
  public enum Quantity: String, Codable, Hashable, Sendable {
    case studentLoss, teacherLoss, studentTokens, teacherParameters, teacherTokens
  }

  public struct Label: Codable, Hashable, Sendable {
    /// In nats per token, parameters or tokens.
    public var level: Double
    /// How often it is labelled.
    public var count: Int
  }

  /// The contour labels of a panel, or of several that the figure's text does not tell apart.
  public struct Panel: Codable, Hashable, Sendable {
    /// The paper's number.
    public var figure: Int
    public var quantity: Quantity
    /// D_S of a panel of figure 7.
    public var tokens: Double?
    /// N_S of the panels of figures 15 and 16.
    public var students: [Double]?
    public var labels: [Label]
  }

  /// The ticks of a panel's vertical axis: the lowest and the highest, and the ones next to these, which are not there.
  public struct Axis: Codable, Hashable, Sendable {
    public var figure: Int
    /// N_S.
    public var students: Double
    public var quantity: Quantity
    public var lowestAbove, lowestTick, highestTick, highestBelow: Double
  }

  /// The ends of a colour bar, in nats per token.
  public struct ColourBar: Codable, Hashable, Sendable {
    public var figure: Int
    public var lowest, highest: Double
  }

  /// Where the numbers are from.
  public var about: String
  public var panels: [Panel]
  public var axes: [Axis]
  public var colourBars: [ColourBar]

  /// Labels in all panels.
  public var labels: Int { panels.reduce(0) { $0 + $1.labels.reduce(0) { $0 + $1.count } } }
}
