/// Lines along which a field has given levels. Panels that show one name their axes' domains.
public struct ContourMark: Mark {
  public var name: String
  public var field: FieldGrid
  public var levels: [Double]
  public var stroke: Stroke
  /// How levels are written in gaps of their lines; none leaves them out. A line without room for its
  /// label has none.
  public var labels: TickFormat?

  public init(
    _ name: String, _ field: FieldGrid, levels: [Double], stroke: Stroke, labels: TickFormat? = nil
  ) {
    self.name = name
    self.field = field
    self.levels = levels
    self.stroke = stroke
    self.labels = labels
  }

  public var extent: DataExtent { DataExtent() }

  public func shapes(in projection: Projection) -> [Shape] { shapes(in: projection, clearOf: []) }

  public func shapes(in projection: Projection, clearOf boxes: [Rect]) -> [Shape] {
    let tracer = IsoTracer(field, in: projection)
    return levels.flatMap(tracer.lines(at:)).flatMap { $0.pieces(outside: boxes) }.map { .polyline($0, stroke) }
  }

  public func lineLabels(in projection: Projection) -> [LineLabel] {
    guard let labels else { return [] }
    let tracer = IsoTracer(field, in: projection)
    return zip(levels, labels.labels(levels)).map { level, text in
      LineLabel(text: text, lines: tracer.lines(at: level), color: stroke.color)
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
