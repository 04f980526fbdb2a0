/// A place on the page, in points (1/72 in), x to the right and y down.
public struct Point: Sendable, Hashable {
  public var x: Double
  public var y: Double

  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  /// The point on the grid of 1/100 pt on which everything is drawn, so that the last bits of a
  /// coordinate never reach a file.
  var onGrid: Point { Point(toGrid(x), toGrid(y)) }
}

/// A rectangle on the page, in points.
public struct Rect: Sendable, Hashable {
  public var x: Double
  public var y: Double
  public var width: Double
  public var height: Double

  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  public var left: Double { x }
  public var right: Double { x + width }
  public var top: Double { y }
  public var bottom: Double { y + height }
  public var midX: Double { x + width / 2 }
  public var midY: Double { y + height / 2 }

  /// Whether the two share more than an edge.
  public func intersects(_ other: Rect) -> Bool {
    left < other.right && other.left < right && top < other.bottom && other.top < bottom
  }

  /// Whether `other` lies inside, give or take `tolerance` points.
  public func contains(_ other: Rect, tolerance: Double = 0) -> Bool {
    other.left >= left - tolerance && other.right <= right + tolerance
      && other.top >= top - tolerance && other.bottom <= bottom + tolerance
  }

  func inset(by amount: Double) -> Rect {
    Rect(x: x + amount, y: y + amount, width: width - 2 * amount, height: height - 2 * amount)
  }

  var onGrid: Rect { Rect(x: toGrid(x), y: toGrid(y), width: toGrid(width), height: toGrid(height)) }
}

/// Far outside any page: where a coordinate that a scale sends to great distances is held, because
/// drawing back ends count in fixed point.
private let farAway = 20_000.0

func toGrid(_ value: Double) -> Double {
  (min(max(value, -farAway), farAway) * 100).rounded() / 100
}
