import CCairo
import CPango

extension PangoText {
  /// The glyphs of `text` as one SVG path whose origin is the layout's top left corner.
  func outline(_ text: RichText, style: TextStyle) throws(PlotError) -> String {
    let surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, nil)
    defer { cairo_surface_destroy(surface) }
    guard let context = cairo_create(surface) else { throw PlotError("Cairo has no drawing context") }
    defer { cairo_destroy(context) }
    withLayout(text, style: style) { layout in
      cairo_move_to(context, 0, 0)
      pango_cairo_layout_path(context, layout)
    }
    guard let glyphs = cairo_copy_path(context) else { throw PlotError("Cairo has no outlines of glyphs") }
    defer { cairo_path_destroy(glyphs) }
    guard glyphs.pointee.status == CAIRO_STATUS_SUCCESS else {
      throw PlotError("Cairo: \(String(cString: cairo_status_to_string(glyphs.pointee.status)))")
    }
    return Self.path(glyphs.pointee)
  }

  /// Cairo's list: headers, each with the count of the entries up to the next one.
  private static func path(_ glyphs: cairo_path_t) -> String {
    var path = VectorPath()
    guard let data = glyphs.data else { return "" }
    let entries = UnsafeBufferPointer(start: data, count: Int(glyphs.num_data))
    var index = 0
    while index < entries.count {
      let header = entries[index].header
      func point(_ offset: Int) -> Point {
        let point = entries[index + offset].point
        return Point(point.x, point.y)
      }
      switch header.type {
      // A glyph's path ends with a move to nowhere, which draws nothing.
      case CAIRO_PATH_MOVE_TO: path.move(to: point(1))
      case CAIRO_PATH_LINE_TO: path.line(to: point(1))
      case CAIRO_PATH_CURVE_TO: path.curve(point(1), point(2), to: point(3))
      default: path.close()
      }
      index += max(Int(header.length), 1)
    }
    return path.text
  }
}
