import CPango

/// Lays text out with Pango, with one point to the unit, for measuring and for drawing.
///
/// Hinting is off, so that sizes do not depend on the resolution.
final class PangoText: TextMeasurer {
  private let fontMap: UnsafeMutablePointer<PangoFontMap>
  private let context: OpaquePointer
  private let theme: Theme

  /// - Throws: ``PlotError`` that names the Debian package when the theme's family is not installed.
  init(theme: Theme) throws(PlotError) {
    guard let fontMap = pango_cairo_font_map_new() else {
      throw PlotError("Pango has no fonts")
    }
    guard let context = pango_font_map_create_context(fontMap) else {
      g_object_unref(UnsafeMutableRawPointer(fontMap))
      throw PlotError("Pango has no text context")
    }
    self.fontMap = fontMap
    self.context = context
    self.theme = theme
    pango_cairo_context_set_resolution(context, 72)
    pango_context_set_round_glyph_positions(context, 0)
    let options = cairo_font_options_create()
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    pango_cairo_context_set_font_options(context, options)
    cairo_font_options_destroy(options)
    guard installedFamily() == theme.fontFamily else {
      throw PlotError(
        "font \"\(theme.fontFamily)\" is not installed: it is in Debian's package \(theme.fontPackage)")
    }
  }

  deinit {
    g_object_unref(UnsafeMutableRawPointer(context))
    g_object_unref(UnsafeMutableRawPointer(fontMap))
  }

  /// The family that fontconfig gives when asked for the theme's: another one when it is missing.
  private func installedFamily() -> String? {
    let wanted = pango_font_description_new()
    defer { pango_font_description_free(wanted) }
    pango_font_description_set_family(wanted, theme.fontFamily)
    guard let font = pango_context_load_font(context, wanted) else { return nil }
    defer { g_object_unref(UnsafeMutableRawPointer(font)) }
    let found = pango_font_describe(font)
    defer { pango_font_description_free(found) }
    return pango_font_description_get_family(found).map { String(cString: $0) }
  }

  func metrics(_ text: RichText, style: TextStyle) -> TextMetrics {
    withLayout(text, style: style) { layout in
      let scale = Double(PANGO_SCALE)
      var ink = PangoRectangle()
      var logical = PangoRectangle()
      pango_layout_get_extents(layout, &ink, &logical)
      let first = Double(pango_layout_get_baseline(layout)) / scale
      var last = first
      if let iterator = pango_layout_get_iter(layout) {
        while pango_layout_iter_next_line(iterator) != 0 {}
        last = Double(pango_layout_iter_get_baseline(iterator)) / scale
        pango_layout_iter_free(iterator)
      }
      return TextMetrics(
        width: Double(logical.width) / scale, capHeight: style.size * Self.capHeightShare,
        firstBaseline: first, lastBaseline: last,
        ink: Rect(
          x: Double(ink.x) / scale, y: Double(ink.y) / scale, width: Double(ink.width) / scale,
          height: Double(ink.height) / scale))
    }
  }

  /// Height of capitals in units of the type size, as in most sans-serif faces.
  private static let capHeightShare = 0.712

  /// Calls `body` with `text` laid out.
  func withLayout<Result>(_ text: RichText, style: TextStyle, _ body: (OpaquePointer?) -> Result) -> Result {
    let layout = pango_layout_new(context)
    defer { layout.map { g_object_unref(UnsafeMutableRawPointer($0)) } }
    let font = pango_font_description_new()
    pango_font_description_set_family(font, theme.fontFamily)
    pango_font_description_set_absolute_size(font, style.size * Double(PANGO_SCALE))
    pango_layout_set_font_description(layout, font)
    pango_font_description_free(font)
    pango_layout_set_text(layout, text.runs.map(\.text).joined(), -1)
    let attributes = Self.attributes(text, size: style.size)
    pango_layout_set_attributes(layout, attributes)
    pango_attr_list_unref(attributes)
    if let width = style.wrapWidth {
      pango_layout_set_width(layout, Int32(width * Double(PANGO_SCALE)))
      pango_layout_set_line_spacing(layout, 1.05)
    }
    return body(layout)
  }

  private static func attributes(_ text: RichText, size: Double) -> OpaquePointer? {
    let list = pango_attr_list_new()
    var start: UInt32 = 0
    for run in text.runs {
      let end = start + UInt32(run.text.utf8.count)
      func insert(_ attribute: UnsafeMutablePointer<PangoAttribute>?) {
        attribute?.pointee.start_index = start
        attribute?.pointee.end_index = end
        pango_attr_list_insert(list, attribute)
      }
      if run.isItalic { insert(pango_attr_style_new(PANGO_STYLE_ITALIC)) }
      if run.isBold { insert(pango_attr_weight_new(PANGO_WEIGHT_BOLD)) }
      if run.script != .base {
        let rise = run.script == .superscript ? 0.36 : -0.16
        insert(pango_attr_rise_new(Int32(rise * size * Double(PANGO_SCALE))))
        insert(pango_attr_size_new_absolute(Int32(0.7 * size * Double(PANGO_SCALE))))
      }
      start = end
    }
    return list
  }
}
