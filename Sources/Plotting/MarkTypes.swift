/// A line through data in order. A datum with a value that is not a number, or that the scale cannot
/// show, leaves a gap.
public struct LineMark: Mark {
  public var name: String
  public var data: [Datum]
  public var stroke: Stroke
  /// Whether automatic domains make room for it; a curve drawn through points usually should not.
  public var extendsDomain: Bool

  public init(_ name: String, _ data: [Datum], stroke: Stroke, extendsDomain: Bool = true) {
    self.name = name
    self.data = data
    self.stroke = stroke
    self.extendsDomain = extendsDomain
  }

  public var extent: DataExtent {
    extendsDomain ? DataExtent(x: data.map(\.x), y: data.map(\.y)) : DataExtent()
  }

  public func shapes(in projection: Projection) -> [Shape] {
    data.map(projection.page).split(separator: nil).filter { $0.count > 1 }.map { piece in
      .polyline(piece.compactMap { $0 }, stroke)
    }
  }
}

/// Symbols at data.
public struct PointMark: Mark {
  public var name: String
  public var data: [Datum]
  public var style: MarkerStyle

  public init(_ name: String, _ data: [Datum], style: MarkerStyle) {
    self.name = name
    self.data = data
    self.style = style
  }

  public var extent: DataExtent { DataExtent(x: data.map(\.x), y: data.map(\.y)) }

  public func shapes(in projection: Projection) -> [Shape] {
    [.markers(data.compactMap(projection.page), style)]
  }
}

/// Symbols at data, each in the colour of a number of its own.
public struct ColoredPointMark: Mark {
  public var name: String
  public var data: [Datum]
  /// A number for each datum.
  public var values: [Double]
  public var colors: ColorScale
  /// Whose fill the colours replace.
  public var style: MarkerStyle

  public init(_ name: String, _ data: [Datum], values: [Double], colors: ColorScale, style: MarkerStyle) {
    self.name = name
    self.data = data
    self.values = values
    self.colors = colors
    self.style = style
  }

  public var extent: DataExtent { DataExtent(x: data.map(\.x), y: data.map(\.y)) }

  public func shapes(in projection: Projection) -> [Shape] {
    zip(data, values).compactMap { datum, value in
      guard let place = projection.page(datum) else { return nil }
      var style = style
      style.fill = colors(value)
      return .markers([place], style)
    }
  }
}

/// A straight line across the panel.
public struct RuleMark: Mark {
  public enum Place: Sendable, Hashable {
    /// At a value of y, at a value of x, or where y = x.
    case horizontal(Double), vertical(Double), diagonal
  }

  public var name: String
  public var place: Place
  public var stroke: Stroke
  /// A line below the stroke, which keeps it apart from any colour.
  public var casing: Stroke?

  public init(_ name: String, _ place: Place, stroke: Stroke, casing: Stroke? = nil) {
    self.name = name
    self.place = place
    self.stroke = stroke
    self.casing = casing
  }

  public var extent: DataExtent { DataExtent() }

  public func shapes(in projection: Projection) -> [Shape] {
    let (x, y) = (projection.x.domain, projection.y.domain)
    let data: [Datum] =
      switch place {
      case .horizontal(let value): [Datum(x.lowerBound, value), Datum(x.upperBound, value)]
      case .vertical(let value): [Datum(value, y.lowerBound), Datum(value, y.upperBound)]
      case .diagonal: projection.x.samples(projection.x.kind == projection.y.kind ? 2 : 65).map { Datum($0, $0) }
      }
    let line = data.compactMap(projection.page)
    return (casing.map { [.polyline(line, $0)] } ?? []) + [.polyline(line, stroke)]
  }
}

/// The area between two curves over x.
public struct BandMark: Mark {
  public struct Slice: Sendable, Hashable {
    public var x: Double
    public var low: Double
    public var high: Double

    public init(x: Double, low: Double, high: Double) {
      self.x = x
      self.low = low
      self.high = high
    }
  }

  public var name: String
  public var slices: [Slice]
  public var fill: Color
  public var extendsDomain: Bool

  public init(_ name: String, _ slices: [Slice], fill: Color, extendsDomain: Bool = true) {
    self.name = name
    self.slices = slices
    self.fill = fill
    self.extendsDomain = extendsDomain
  }

  public var extent: DataExtent {
    extendsDomain
      ? DataExtent(x: slices.map(\.x), y: slices.map(\.low) + slices.map(\.high)) : DataExtent()
  }

  public func shapes(in projection: Projection) -> [Shape] {
    let low = slices.compactMap { projection.page(Datum($0.x, $0.low)) }
    let high = slices.compactMap { projection.page(Datum($0.x, $0.high)) }
    return [.area([low + high.reversed()], fill)]
  }
}

/// A rectangle in data coordinates; a side that is not given reaches the edge of the panel.
public struct RegionMark: Mark {
  public var name: String
  public var x: (low: Double?, high: Double?)
  public var y: (low: Double?, high: Double?)
  public var fill: Color

  public init(
    _ name: String, x: (low: Double?, high: Double?) = (nil, nil),
    y: (low: Double?, high: Double?) = (nil, nil), fill: Color
  ) {
    self.name = name
    self.x = x
    self.y = y
    self.fill = fill
  }

  public var extent: DataExtent { DataExtent() }

  public func shapes(in projection: Projection) -> [Shape] {
    let frame = projection.frame
    func place(_ value: Double?, _ project: (Double) -> Double, _ edge: Double, _ range: ClosedRange<Double>)
      -> Double
    {
      guard let value else { return edge }
      let position = project(value)
      return position.isFinite ? min(max(position, range.lowerBound), range.upperBound) : edge
    }
    let left = place(x.low, projection.page(x:), frame.left, frame.left...frame.right)
    let right = place(x.high, projection.page(x:), frame.right, frame.left...frame.right)
    let bottom = place(y.low, projection.page(y:), frame.bottom, frame.top...frame.bottom)
    let top = place(y.high, projection.page(y:), frame.top, frame.top...frame.bottom)
    guard left < right, top < bottom else { return [] }
    let corners = [Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom)]
    return [.area([corners.map(\.onGrid)], fill)]
  }
}

/// Upright bars with caps from a low to a high value.
public struct ErrorBarMark: Mark {
  public var name: String
  public var slices: [BandMark.Slice]
  public var stroke: Stroke
  /// Width of the caps, in points.
  public var capWidth: Double

  public init(_ name: String, _ slices: [BandMark.Slice], stroke: Stroke, capWidth: Double = 3) {
    self.name = name
    self.slices = slices
    self.stroke = stroke
    self.capWidth = capWidth
  }

  public var extent: DataExtent {
    DataExtent(x: slices.map(\.x), y: slices.map(\.low) + slices.map(\.high))
  }

  public func shapes(in projection: Projection) -> [Shape] {
    slices.flatMap { slice -> [Shape] in
      guard let low = projection.page(Datum(slice.x, slice.low)),
        let high = projection.page(Datum(slice.x, slice.high))
      else { return [] }
      let half = capWidth / 2
      return [[low, high]].map { .polyline($0, stroke) }
        + [low, high].map { end in
          .polyline([Point(end.x - half, end.y).onGrid, Point(end.x + half, end.y).onGrid], stroke)
        }
    }
  }
}

/// Text beside a datum.
public struct TextMark: Mark {
  public var text: RichText
  public var at: Datum
  /// Points to the right and down from the datum.
  public var offset: Point
  public var anchor: Anchor
  public var color: Color?

  public init(
    _ text: RichText, at: Datum, offset: Point = Point(0, 0), anchor: Anchor = .left, color: Color? = nil
  ) {
    self.text = text
    self.at = at
    self.offset = offset
    self.anchor = anchor
    self.color = color
  }

  public var name: String { text.description }
  public var extent: DataExtent { DataExtent() }
  public func shapes(in projection: Projection) -> [Shape] { [] }

  public func annotations(in projection: Projection) -> [Annotation] {
    guard let place = projection.page(at) else { return [] }
    return [
      Annotation(
        text: text, at: Point(place.x + offset.x, place.y + offset.y).onGrid, anchor: anchor, color: color)
    ]
  }
}
