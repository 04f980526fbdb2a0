/// Something drawn in a panel, in data coordinates. New kinds of marks (contours, say) are new types
/// that conform; layout and drawing do not change.
public protocol Mark: Sendable {
  /// What the mark shows; not drawn, but found in the scene.
  var name: String { get }
  /// The data that an axis without a given domain makes room for.
  var extent: DataExtent { get }
  /// The mark's shapes on the page, below and above.
  func shapes(in projection: Projection) -> [Shape]
  /// Text that belongs to the mark.
  func annotations(in projection: Projection) -> [Annotation]
  /// Text that the layout puts on the mark's lines where there is room.
  func lineLabels(in projection: Projection) -> [LineLabel]
  /// The mark's shapes, with gaps where these boxes hold its line labels.
  func shapes(in projection: Projection, clearOf boxes: [Rect]) -> [Shape]
}

extension Mark {
  public func annotations(in projection: Projection) -> [Annotation] { [] }
  public func lineLabels(in projection: Projection) -> [LineLabel] { [] }
  public func shapes(in projection: Projection, clearOf boxes: [Rect]) -> [Shape] { shapes(in: projection) }
}

/// Values that a mark spans on either axis.
public struct DataExtent: Sendable, Hashable {
  public var x: [Double]
  public var y: [Double]

  public init(x: [Double] = [], y: [Double] = []) {
    self.x = x
    self.y = y
  }
}

/// Text at a place on the page.
public struct Annotation: Sendable, Hashable {
  public var text: RichText
  public var at: Point
  public var anchor: Anchor
  public var color: Color?
}

/// The scales of a panel together with its place on the page.
public struct Projection: Sendable, Hashable {
  public let frame: Rect
  public let x: Scale
  public let y: Scale

  public func page(x value: Double) -> Double { frame.left + x.position(of: value) * frame.width }
  public func page(y value: Double) -> Double { frame.bottom - y.position(of: value) * frame.height }

  /// The place of a datum, or nothing where a scale is not defined there.
  public func page(_ datum: Datum) -> Point? {
    let point = Point(page(x: datum.x), page(y: datum.y))
    return point.x.isFinite && point.y.isFinite ? point.onGrid : nil
  }
}

/// A pair of data coordinates.
public struct Datum: Sendable, Hashable {
  public var x: Double
  public var y: Double

  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

public struct Stroke: Sendable, Hashable {
  public var color: Color
  /// Width in points.
  public var width: Double
  /// Lengths in points of ink and gaps by turns; empty is solid.
  public var dash: [Double]

  public init(_ color: Color, width: Double = 1.1, dash: [Double] = []) {
    self.color = color
    self.width = width
    self.dash = dash
  }

  public static let dashed: [Double] = [3.2, 2]
  public static let dotted: [Double] = [0.8, 1.8]
}

public struct MarkerStyle: Sendable, Hashable {
  public enum Symbol: Sendable, Hashable, CaseIterable {
    case circle, square, triangle, diamond, triangleDown, cross, plus, star
  }

  public var symbol: Symbol
  /// Diameter in points of the circle of the same area.
  public var size: Double
  public var fill: Color?
  public var outline: Stroke?

  public init(
    _ symbol: Symbol = .circle, size: Double = 4, fill: Color?,
    outline: Stroke? = Stroke(.white, width: 0.4)
  ) {
    self.symbol = symbol
    self.size = size
    self.fill = fill
    self.outline = outline
  }

  /// An empty symbol drawn in `color`.
  public static func open(_ symbol: Symbol, size: Double = 4, _ color: Color) -> MarkerStyle {
    MarkerStyle(symbol, size: size, fill: .white, outline: Stroke(color, width: 0.9))
  }
}

/// What a back end draws, in page coordinates.
public enum Shape: Sendable, Hashable {
  case polyline([Point], Stroke)
  /// Closed rings, filled by the even-odd rule so that rings inside are holes.
  case area([[Point]], Color)
  case markers([Point], MarkerStyle)
}
