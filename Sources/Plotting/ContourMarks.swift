/// Lines along which a field has given levels. Panels that show one name their axes' domains.
public struct ContourMark: Mark {
  public var name: String
  public var field: FieldGrid
  public var levels: [Double]
  public var stroke: Stroke
  /// How levels are written in gaps of their lines; none leaves them out. A line without room for its
  /// label has none.
  public var labels: TickFormat?
  /// From what difference between neighbours of a row on the field may jump between them
  /// (``FieldGrid/jumps(fromColumn:row:least:)``); no line runs over a jump. Without it nothing jumps.
  public var leastJump: Double?
  /// Pieces of lines that are shorter, in points, are left out: nobody reads a level off them.
  public static let leastLength = 9.0

  public init(
    _ name: String, _ field: FieldGrid, levels: [Double], stroke: Stroke, labels: TickFormat? = nil,
    leastJump: Double? = nil
  ) {
    self.name = name
    self.field = field
    self.levels = levels
    self.stroke = stroke
    self.labels = labels
    self.leastJump = leastJump
  }

  public var extent: DataExtent { DataExtent() }

  public func shapes(in projection: Projection) -> [Shape] { shapes(in: projection, clearOf: []) }

  public func shapes(in projection: Projection, clearOf boxes: [Rect]) -> [Shape] {
    let tracer = IsoTracer(field, in: projection, leastJump: leastJump)
    return levels.flatMap { lines(at: $0, tracer, projection.frame) }.flatMap { $0.pieces(outside: boxes) }
      .map { .polyline($0, stroke) }
  }

  /// The pieces of a level's line that are long enough on the part of the page that is seen.
  private func lines(at level: Double, _ tracer: IsoTracer, _ frame: Rect) -> [[Point]] {
    tracer.lines(at: level).filter { line in
      zip(line, line.dropFirst()).reduce(0) { sum, way in
        guard let seen = frame.crossing(from: way.0, to: way.1) else { return sum }
        return sum + (seen.upperBound - seen.lowerBound) * way.0.distance(to: way.1)
      } >= Self.leastLength
    }
  }

  public func lineLabels(in projection: Projection) -> [LineLabel] {
    guard let labels else { return [] }
    let tracer = IsoTracer(field, in: projection, leastJump: leastJump)
    return zip(levels, labels.labels(levels)).map { level, text in
      LineLabel(text: text, lines: lines(at: level, tracer, projection.frame), color: stroke.color)
    }
  }
}

/// Bands of a field between levels, a colour each; nothing where the field is not defined.
///
/// Each band is drawn as all that is above its lower level, the lowest first, so that no gap can show
/// between neighbours.
public struct FilledContourMark: Mark {
  public var name: String
  public var field: FieldGrid
  /// Rising.
  public var levels: [Double]
  /// Of what is below all levels, of the bands between them, and of what is above all: one more than levels.
  public var colors: [Color]

  /// - Throws: ``PlotError`` where the levels do not rise, or have not one colour fewer.
  public init(_ name: String, _ field: FieldGrid, levels: [Double], colors: [Color]) throws(PlotError) {
    guard zip(levels, levels.dropFirst()).allSatisfy(<), colors.count == levels.count + 1 else {
      throw PlotError("bands of \(name) need rising levels and one colour more, not \(levels.count) and \(colors.count)")
    }
    self.name = name
    self.field = field
    self.levels = levels
    self.colors = colors
  }

  public var extent: DataExtent { DataExtent() }

  public func shapes(in projection: Projection) -> [Shape] {
    let tracer = IsoTracer(field, in: projection)
    return zip([-Double.infinity] + levels, colors).compactMap { level, color in
      let rings = tracer.rings(above: level)
      return rings.isEmpty ? nil : .area(rings, color)
    }
  }
}
