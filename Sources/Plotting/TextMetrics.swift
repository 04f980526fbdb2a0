/// Which point of a text stands at its place. Heights count from the top of a capital to the baseline,
/// so that texts with and without descenders line up.
public struct Anchor: Sendable, Hashable {
  public enum Horizontal: Sendable, Hashable { case left, center, right }
  public enum Vertical: Sendable, Hashable { case top, middle, baseline }

  public var horizontal: Horizontal
  public var vertical: Vertical

  public init(_ horizontal: Horizontal, _ vertical: Vertical) {
    self.horizontal = horizontal
    self.vertical = vertical
  }

  /// To the right of the place: its left end stands there.
  public static let left = Anchor(.left, .middle)
  public static let right = Anchor(.right, .middle)
  public static let above = Anchor(.center, .baseline)
  public static let below = Anchor(.center, .top)
  public static let topLeft = Anchor(.left, .top)
  public static let topRight = Anchor(.right, .top)
  public static let bottomLeft = Anchor(.left, .baseline)
  public static let bottomRight = Anchor(.right, .baseline)
}

/// How text is set.
public struct TextStyle: Sendable, Hashable {
  /// Size in points.
  public var size: Double
  public var color: Color
  /// Width in points at which lines break; nothing keeps one line.
  public var wrapWidth: Double?
}

/// Sizes in points of a text that is laid out; `ink` counts from the layout's top left corner.
public struct TextMetrics: Sendable, Hashable {
  /// From the first letter's origin to the end of the last one's advance.
  public var width: Double
  public var capHeight: Double
  public var firstBaseline: Double
  public var lastBaseline: Double
  public var ink: Rect
}

/// Measures text as the back end will draw it.
public protocol TextMeasurer {
  func metrics(_ text: RichText, style: TextStyle) -> TextMetrics
}
