import CCairo
import CPango
import Foundation

/// Draws a scene with Cairo.
struct CairoRenderer {
  private let context: OpaquePointer
  private let text: PangoText
  private let theme: Theme

  init(context: OpaquePointer, text: PangoText, theme: Theme) {
    self.context = context
    self.text = text
    self.theme = theme
  }

  func draw(_ scene: Scene) {
    set(.white)
    cairo_paint(context)
    for panel in scene.panels { draw(panel) }
    for item in scene.legendSwatches { draw(item) }
    if let bar = scene.colorBar { draw(bar) }
    for label in scene.labels { draw(label) }
  }

  private func draw(_ panel: ScenePanel) {
    let frame = panel.frame
    for x in panel.x.majorPositions {
      line([Point(x, frame.top), Point(x, frame.bottom)], theme.gridStroke)
    }
    for y in panel.y.majorPositions {
      line([Point(frame.left, y), Point(frame.right, y)], theme.gridStroke)
    }
    cairo_save(context)
    cairo_rectangle(context, frame.x, frame.y, frame.width, frame.height)
    cairo_clip(context)
    for mark in panel.marks {
      for shape in mark.shapes { draw(shape) }
    }
    cairo_restore(context)
    drawAxes(panel)
  }

  private func drawAxes(_ panel: ScenePanel) {
    let frame = panel.frame
    let stroke = theme.axisStroke
    line([Point(frame.left, frame.top), Point(frame.left, frame.bottom), Point(frame.right, frame.bottom)], stroke)
    for (positions, length) in [
      (panel.x.majorPositions, theme.majorTick), (panel.x.minorPositions, theme.minorTick),
    ] {
      for x in positions { line([Point(x, frame.bottom), Point(x, frame.bottom + length)], stroke) }
    }
    for (positions, length) in [
      (panel.y.majorPositions, theme.majorTick), (panel.y.minorPositions, theme.minorTick),
    ] {
      for y in positions { line([Point(frame.left - length, y), Point(frame.left, y)], stroke) }
    }
  }

  private func draw(_ item: SceneSwatch) {
    let box = item.box
    if let color = item.swatch.patch {
      draw(
        .area(
          [
            [
              Point(box.left, box.top), Point(box.right, box.top), Point(box.right, box.bottom),
              Point(box.left, box.bottom),
            ]
          ], color))
    }
    if let stroke = item.swatch.line {
      line([Point(box.left, box.midY), Point(box.right, box.midY)], stroke)
    }
    if let style = item.swatch.marker {
      draw(.markers([Point(box.midX, box.midY)], style))
    }
  }

  private func draw(_ bar: SceneColorBar) {
    for shape in bar.shapes { draw(shape) }
    line(bar.outline + bar.outline.prefix(1), theme.axisStroke)
    for place in bar.tickPositions {
      let (right, bottom) = (bar.frame.right, bar.frame.bottom)
      line(
        bar.isUpright
          ? [Point(right, place), Point(right + theme.majorTick, place)]
          : [Point(place, bottom), Point(place, bottom + theme.majorTick)], theme.axisStroke)
    }
  }

  private func draw(_ label: SceneLabel) {
    cairo_save(context)
    cairo_translate(context, label.origin.x, label.origin.y)
    if label.isUpright { cairo_rotate(context, -Double.pi / 2) }
    set(label.style.color)
    text.withLayout(label.text, style: label.style) { layout in
      cairo_move_to(context, 0, 0)
      pango_cairo_show_layout(context, layout)
    }
    cairo_restore(context)
  }

  private func draw(_ shape: Shape) {
    switch shape {
    case .polyline(let points, let stroke):
      line(points, stroke)
    case .area(let rings, let color):
      for ring in rings { path(ring, closed: true) }
      set(color)
      cairo_set_fill_rule(context, CAIRO_FILL_RULE_EVEN_ODD)
      cairo_fill(context)
    case .markers(let points, let style):
      for point in points { draw(style, at: point) }
    }
  }

  private func draw(_ style: MarkerStyle, at place: Point) {
    let outline = style.symbol.outline(size: style.size)
    if outline.isEmpty {
      cairo_new_sub_path(context)
      cairo_arc(context, place.x, place.y, toGrid(style.size / 2), 0, 2 * Double.pi)
      cairo_close_path(context)
    } else {
      for ring in outline {
        path(ring.map { Point($0.x + place.x, $0.y + place.y).onGrid }, closed: true)
      }
    }
    if let fill = style.fill {
      set(fill)
      cairo_set_fill_rule(context, CAIRO_FILL_RULE_WINDING)
      cairo_fill_preserve(context)
    }
    if let stroke = style.outline {
      set(stroke)
      cairo_stroke_preserve(context)
    }
    cairo_new_path(context)
  }

  private func line(_ points: [Point], _ stroke: Stroke) {
    path(points, closed: false)
    set(stroke)
    cairo_stroke(context)
  }

  private func path(_ points: [Point], closed: Bool) {
    guard let first = points.first else { return }
    cairo_move_to(context, first.x, first.y)
    for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
    if closed { cairo_close_path(context) }
  }

  private func set(_ color: Color) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, color.opacity)
  }

  private func set(_ stroke: Stroke) {
    set(stroke.color)
    cairo_set_line_width(context, stroke.width)
    cairo_set_dash(context, stroke.dash, Int32(stroke.dash.count), 0)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    cairo_set_line_cap(context, CAIRO_LINE_CAP_BUTT)
  }
}

extension MarkerStyle.Symbol {
  /// The symbol's outline about the origin, with the area of a circle of diameter `size`; empty for the
  /// circle itself.
  func outline(size: Double) -> [[Point]] {
    let r = size / 2
    switch self {
    case .circle:
      return []
    case .square:
      return [Self.polygon(4, radius: r * (Double.pi / 2).squareRoot(), turn: Double.pi / 4)]
    case .diamond:
      return [Self.polygon(4, radius: r * (Double.pi / 2).squareRoot(), turn: 0)]
    case .triangle, .triangleDown:
      let radius = r * (4 * Double.pi / (3 * 3.0.squareRoot())).squareRoot()
      return [Self.polygon(3, radius: radius, turn: self == .triangle ? 0 : Double.pi)]
    case .star:
      return [
        (0..<10).map { index in
          let radius = index.isMultiple(of: 2) ? r * 1.5 : r * 0.68
          return Self.place(radius: radius, angle: Double(index) * Double.pi / 5)
        }
      ]
    case .plus, .cross:
      let (long, short) = (r * 1.2, r * 0.36)
      let arm = [
        Point(-short, -long), Point(short, -long), Point(short, -short), Point(long, -short),
        Point(long, short), Point(short, short), Point(short, long), Point(-short, long),
        Point(-short, short), Point(-long, short), Point(-long, -short), Point(-short, -short),
      ]
      guard self == .cross else { return [arm] }
      let half = 0.5.squareRoot()
      return [arm.map { Point(($0.x - $0.y) * half, ($0.x + $0.y) * half) }]
    }
  }

  /// Corners of a regular polygon, the first one straight up before it is turned.
  private static func polygon(_ corners: Int, radius: Double, turn: Double) -> [Point] {
    (0..<corners).map { index in
      place(radius: radius, angle: turn + 2 * Double.pi * Double(index) / Double(corners))
    }
  }

  private static func place(radius: Double, angle: Double) -> Point {
    Point(radius * sin(angle), -radius * cos(angle))
  }
}
