import CCairo
import Foundation

extension Scene {
  /// The scene as SVG, with its title and summary for readers who cannot see it.
  public func svg() throws(PlotError) -> Data {
    let sink = ByteSink()
    let surface = cairo_svg_surface_create_for_stream(
      ByteSink.write, Unmanaged.passUnretained(sink).toOpaque(), size.width, size.height)
    defer { cairo_surface_destroy(surface) }
    try draw(on: surface, scale: 1)
    cairo_surface_finish(surface)
    try check(cairo_surface_status(surface))
    return try describe(sink.bytes)
  }

  /// The scene as PNG with `resolution` dots to the inch.
  public func png(resolution: Double = 300) throws(PlotError) -> Data {
    let scale = resolution / 72
    let surface = cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, Int32((size.width * scale).rounded(.up)),
      Int32((size.height * scale).rounded(.up)))
    defer { cairo_surface_destroy(surface) }
    try draw(on: surface, scale: scale)
    cairo_surface_flush(surface)
    let sink = ByteSink()
    try check(
      cairo_surface_write_to_png_stream(
        surface, ByteSink.write, Unmanaged.passUnretained(sink).toOpaque()))
    return PNG.setting(resolution: resolution, of: sink.bytes)
  }

  private func draw(on surface: OpaquePointer?, scale: Double) throws(PlotError) {
    try check(cairo_surface_status(surface))
    guard let context = cairo_create(surface) else { throw PlotError("Cairo has no drawing context") }
    defer { cairo_destroy(context) }
    cairo_scale(context, scale, scale)
    let text = try PangoText(theme: theme)
    CairoRenderer(context: context, text: text, theme: theme).draw(self)
    try check(cairo_status(context))
  }

  private func check(_ status: cairo_status_t) throws(PlotError) {
    guard status == CAIRO_STATUS_SUCCESS else {
      throw PlotError("Cairo: \(String(cString: cairo_status_to_string(status)))")
    }
  }

  /// Adds title and description, which Cairo does not write, and takes out the number of the surface,
  /// which counts the surfaces of the process.
  private func describe(_ bytes: Data) throws(PlotError) -> Data {
    guard let text = String(data: bytes, encoding: .utf8), let start = text.range(of: "<svg "),
      let open = text.range(of: ">", range: start.upperBound..<text.endIndex)
    else { throw PlotError("Cairo wrote no SVG") }
    let head = text[..<start.lowerBound] + "<svg role=\"img\" " + text[start.upperBound..<open.upperBound]
    let words =
      "\n<title>\(Self.escaped(title))</title>\n<desc>\(Self.escaped(summary))</desc>"
    let body = text[open.upperBound...].replacingOccurrences(
      of: "id=\"surface[0-9]+\"", with: "id=\"figure\"", options: .regularExpression)
    return Data((head + words + body).utf8)
  }

  static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
  }
}

/// Collects what Cairo writes.
private final class ByteSink {
  private(set) var bytes = Data()

  static let write: cairo_write_func_t = { closure, data, length in
    guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
    Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue().bytes.append(data, count: Int(length))
    return CAIRO_STATUS_SUCCESS
  }
}
