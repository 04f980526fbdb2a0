/// A figure as its author describes it: panels in a grid, a legend and a caption. Sizes are in points.
public struct Figure: Sendable {
  /// Names the figure in the files, for readers and machines; not drawn.
  public var title: String
  /// What the figure shows, in words; not drawn.
  public var summary: String
  public var width: Double
  /// Heights of the panels' frames, a row each.
  public var rowHeights: [Double]
  /// Relative widths of the panels' frames, a column each.
  public var columnWeights: [Double]
  public var cells: [Cell]
  public var legend: Legend?
  public var colorBar: ColorBar?
  /// A line under everything that says which data are shown.
  public var caption: RichText?
  public var theme = Theme()

  /// A panel's place in the grid.
  public struct Cell: Sendable {
    public var panel: Panel
    public var rows: ClosedRange<Int>
    public var columns: ClosedRange<Int>

    public init(_ panel: Panel, rows: ClosedRange<Int> = 0...0, columns: ClosedRange<Int> = 0...0) {
      self.panel = panel
      self.rows = rows
      self.columns = columns
    }
  }

  public init(
    title: String, summary: String, width: Double, rowHeights: [Double], columnWeights: [Double] = [1],
    cells: [Cell], legend: Legend? = nil, colorBar: ColorBar? = nil, caption: RichText? = nil
  ) {
    self.title = title
    self.summary = summary
    self.width = width
    self.rowHeights = rowHeights
    self.columnWeights = columnWeights
    self.cells = cells
    self.legend = legend
    self.colorBar = colorBar
    self.caption = caption
  }
}

/// A pair of axes and what is drawn between them.
public struct Panel: Sendable {
  /// Names the panel in the scene.
  public var id: String
  public var title: RichText?
  public var x: Axis
  public var y: Axis
  /// From the lowest to the topmost.
  public var marks: [any Mark]

  public init(_ id: String, title: RichText? = nil, x: Axis, y: Axis, marks: [any Mark]) {
    self.id = id
    self.title = title
    self.x = x
    self.y = y
    self.marks = marks
  }
}

public struct Axis: Sendable, Hashable {
  public var title: RichText?
  public var kind: Scale.Kind
  /// Without a domain the axis makes room for the panel's marks.
  public var domain: ClosedRange<Double>?
  public var format: TickFormat
  /// Axes with the same name have one domain. Where two of them stand in line, only the left or the lower
  /// one is labelled.
  public var shared: String?
  /// Values to label, rising, as far as there is room: all, or every second one, and so on. The axis chooses its own
  /// unless they are given.
  public var ticks: [Double]?

  public init(
    _ title: RichText? = nil, _ kind: Scale.Kind = .linear, domain: ClosedRange<Double>? = nil,
    format: TickFormat = .decimal, shared: String? = nil, ticks: [Double]? = nil
  ) {
    self.title = title
    self.kind = kind
    self.domain = domain
    self.format = format
    self.shared = shared
    self.ticks = ticks
  }
}

/// What the colours and symbols mean. It has its own place on the page and never covers data.
public struct Legend: Sendable, Hashable {
  public enum Side: Sendable, Hashable { case below, right }

  public struct Group: Sendable, Hashable {
    public var title: RichText?
    public var entries: [Entry]

    public init(_ title: RichText? = nil, _ entries: [Entry]) {
      self.title = title
      self.entries = entries
    }
  }

  public struct Entry: Sendable, Hashable {
    public var label: RichText
    public var swatch: Swatch

    public init(_ label: RichText, _ swatch: Swatch) {
      self.label = label
      self.swatch = swatch
    }
  }

  public var side: Side
  public var groups: [Group]

  public init(_ side: Side = .below, _ groups: [Group]) {
    self.side = side
    self.groups = groups
  }
}

/// The sample beside a legend's entry: a patch, a line and a marker, each where given.
public struct Swatch: Sendable, Hashable {
  public var patch: Color?
  public var line: Stroke?
  public var marker: MarkerStyle?

  public init(patch: Color? = nil, line: Stroke? = nil, marker: MarkerStyle? = nil) {
    self.patch = patch
    self.line = line
    self.marker = marker
  }
}
