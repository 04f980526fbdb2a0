/// Type and lines of a figure, in points at print size.
public struct Theme: Sendable, Hashable {
  /// Family of the letters; must be installed.
  public var fontFamily = "Roboto"
  /// Debian package that holds it, for the message when it is not.
  public var fontPackage = "fonts-roboto-unhinted"
  /// Axis titles, panel titles and legends.
  public var textSize = 8.0
  /// Tick labels and annotations.
  public var smallTextSize = 7.0
  public var captionSize = 6.5
  /// Labels on lines.
  public var lineLabelSize = 5.8
  /// Across a colour bar.
  public var colorBarWidth = 8.0
  public var textColor = Color(hex: 0x1A1A1A)
  public var mutedTextColor = Color(hex: 0x4D4D4D)
  public var axisStroke = Stroke(Color(hex: 0x333333), width: 0.5)
  public var gridStroke = Stroke(Color(hex: 0xE4E4E4), width: 0.4)
  public var majorTick = 3.0
  public var minorTick = 1.7
  /// Between an end of a tick and its label.
  public var tickLabelGap = 2.0
  /// Between tick labels and the title of their axis.
  public var axisTitleGap = 5.0
  public var panelTitleGap = 5.0
  /// Least space between neighbouring tick labels of the horizontal axis.
  public var tickLabelSpacing = 6.0
  /// Between panels, beyond what their labels take.
  public var columnGap = 10.0
  public var rowGap = 6.0
  /// Around everything.
  public var margin = 3.0

  public init() {}

  /// A column of a two-column journal, 3.35 in.
  public static let columnWidth = 3.35 * 72
  /// A full page, 6.9 in.
  public static let pageWidth = 6.9 * 72

  func style(_ size: Double, _ color: Color? = nil, wrapWidth: Double? = nil) -> TextStyle {
    TextStyle(size: size, color: color ?? textColor, wrapWidth: wrapWidth)
  }
}
