import CCairo
import Foundation

extension Scene {
  /// The scene as SVG, with its title and summary for readers who cannot see it.
  /// - Parameter form: letters in the theme's font, or the outlines of its glyphs.
  public func svg(text form: TextForm = .letters) throws(PlotError) -> Data {
    var writer = SVGWriter(self, text: try PangoText(theme: theme), form: form)
    return Data(try writer.document().utf8)
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

  /// The scene as a page of PDF of its own size, with the parts of the fonts that it uses. The file does not say when
  /// it was made, so that the same scene is the same file.
  public func pdf() throws(PlotError) -> Data {
    let sink = ByteSink()
    let surface = cairo_pdf_surface_create_for_stream(
      ByteSink.write, Unmanaged.passUnretained(sink).toOpaque(), size.width, size.height)
    defer { cairo_surface_destroy(surface) }
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, summary)
    try draw(on: surface, scale: 1)
    cairo_surface_finish(surface)
    try check(cairo_surface_status(surface))
    return PDF.withoutCreationDate(sink.bytes)
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
}

/// The little of the PDF format that Cairo leaves to be done.
package enum PDF {
  /// `file` with spaces where it says when it was made, so that every other byte stays in its place.
  package static func withoutCreationDate(_ file: Data) -> Data {
    var file = file
    while let start = file.range(of: Data("/CreationDate (".utf8)),
      let end = file.range(of: Data(")".utf8), in: start.upperBound..<file.endIndex)
    {
      let range = start.lowerBound..<end.upperBound
      file.replaceSubrange(range, with: Data(repeating: UInt8(ascii: " "), count: range.count))
    }
    return file
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
