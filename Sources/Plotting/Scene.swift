/// A figure with every decision made: what stands where on the page, in points. Drawing it is mechanical.
public struct Scene: Sendable, Hashable {
  public var size: Size
  /// For readers of the SVG who cannot see it.
  public var title: String
  public var summary: String
  public var theme: Theme
  public var panels: [ScenePanel]
  public var legendSwatches: [SceneSwatch]
  public var colorBar: SceneColorBar?
  public var labels: [SceneLabel]

  public struct Size: Sendable, Hashable {
    public var width: Double
    public var height: Double
  }

  public var canvas: Rect { Rect(x: 0, y: 0, width: size.width, height: size.height) }

  /// Every two labels whose ink comes closer than `clearance` points; a figure has none.
  public func overlappingLabels(clearance: Double = 0.5) -> [(SceneLabel, SceneLabel)] {
    var overlaps: [(SceneLabel, SceneLabel)] = []
    for (index, label) in labels.enumerated() {
      for other in labels[(index + 1)...] where label.box.inset(by: -clearance).intersects(other.box) {
        overlaps.append((label, other))
      }
    }
    return overlaps
  }

  /// Labels that leave the canvas; a figure has none.
  public func labelsOutsideCanvas() -> [SceneLabel] {
    labels.filter { !canvas.contains($0.box) }
  }

  /// Labels of the legend, the caption or an axis that reach into a panel, where data are drawn, or into the
  /// colour bar; a figure has none.
  public func labelsOnData() -> [SceneLabel] {
    let frames = panels.map(\.frame) + [colorBar?.frame].compactMap { $0 }
    return labels.filter { label in
      label.role != .annotation && frames.contains { $0.intersects(label.box) }
    }
  }
}

/// A panel: its place, its scales and what it shows.
public struct ScenePanel: Sendable, Hashable {
  public var id: String
  public var frame: Rect
  public var x: SceneAxis
  public var y: SceneAxis
  public var marks: [SceneMark]

  public func mark(_ name: String) -> SceneMark? { marks.first { $0.name == name } }
}

public struct SceneAxis: Sendable, Hashable {
  public var scale: Scale
  public var ticks: Ticks
  /// Where the ticks stand on the page.
  public var majorPositions: [Double]
  public var minorPositions: [Double]
  public var showsLabels: Bool
}

/// A mark in page coordinates.
public struct SceneMark: Sendable, Hashable {
  public var name: String
  public var shapes: [Shape]
}

/// A sample of a series in the legend.
public struct SceneSwatch: Sendable, Hashable {
  public var swatch: Swatch
  public var box: Rect
}

/// A bar of colours with ticks, to read values from.
public struct SceneColorBar: Sendable, Hashable {
  /// The bar with its pointed ends, without ticks and labels.
  public var frame: Rect
  /// Whether values rise upwards; otherwise to the right.
  public var isUpright: Bool
  public var shapes: [Shape]
  public var outline: [Point]
  public var ticks: [Double]
  /// Where the ticks stand on the page, along the bar.
  public var tickPositions: [Double]
}

/// A piece of text on the page.
public struct SceneLabel: Sendable, Hashable {
  public enum Role: Sendable, Hashable {
    case tick, axisTitle, panelTitle, legend, annotation, caption
  }

  public var role: Role
  public var text: RichText
  public var style: TextStyle
  /// Top left corner of the text's layout before it is turned about that corner.
  public var origin: Point
  /// Turned by a quarter to the left, to be read upwards.
  public var isUpright: Bool
  /// The ink on the page.
  public var box: Rect
}

extension SceneLabel {
  /// Sets `text` so that its `anchor` stands at `place`.
  init(
    _ role: Role, _ text: RichText, at place: Point, anchor: Anchor, style: TextStyle,
    isUpright: Bool = false, measurer: some TextMeasurer
  ) {
    let metrics = measurer.metrics(text, style: style)
    // The anchor's place in the layout.
    let across: Double =
      switch anchor.horizontal {
      case .left: 0
      case .center: metrics.width / 2
      case .right: metrics.width
      }
    let down: Double =
      switch anchor.vertical {
      case .top: metrics.firstBaseline - metrics.capHeight
      case .middle: (metrics.firstBaseline - metrics.capHeight + metrics.lastBaseline) / 2
      case .baseline: metrics.lastBaseline
      }
    let ink = metrics.ink
    self.role = role
    self.text = text
    self.style = style
    self.isUpright = isUpright
    if isUpright {
      // A quarter turn to the left takes (x, y) of the layout to (y, -x) on the page.
      origin = Point(place.x - down, place.y + across).onGrid
      box =
        Rect(
          x: origin.x + ink.top, y: origin.y - ink.right, width: ink.height, height: ink.width
        ).onGrid
    } else {
      origin = Point(place.x - across, place.y - down).onGrid
      box =
        Rect(
          x: origin.x + ink.x, y: origin.y + ink.y, width: ink.width, height: ink.height
        ).onGrid
    }
  }
}
