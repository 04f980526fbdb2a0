import CPango

/// A part of a laid-out text that has one font and one baseline.
struct TextPiece: Hashable {
  var text: String
  var family: String
  /// Size in points.
  var size: Double
  var isItalic: Bool
  var isBold: Bool
  /// Where it begins and how far it advances, in points from the layout's left edge.
  var x: Double
  var width: Double
  /// In points from the layout's top edge, with the rise of a superscript.
  var baseline: Double
  /// Whether a line ends after it.
  var endsLine: Bool

  /// Whether `other` goes on where this piece ends.
  func isContinued(by other: TextPiece) -> Bool {
    !endsLine && family == other.family && size == other.size && isItalic == other.isItalic
      && isBold == other.isBold && baseline == other.baseline && abs(x + width - other.x) < 0.01
  }
}

extension PangoText {
  /// The pieces of `text` as Pango sets them, in reading order. Spaces at which a line breaks are left out.
  func pieces(_ text: RichText, style: TextStyle) -> [TextPiece] {
    let bytes = Array(text.runs.map(\.text).joined().utf8)
    return withLayout(text, style: style) { layout in
      guard let iterator = pango_layout_get_iter(layout) else { return [] }
      defer { pango_layout_iter_free(iterator) }
      var pieces: [TextPiece] = []
      repeat {
        // The end of a line is a run without letters.
        guard let run = pango_layout_iter_get_run_readonly(iterator) else {
          if let last = pieces.indices.last { pieces[last].endsLine = true }
          continue
        }
        guard let piece = Self.piece(run.pointee, iterator, bytes) else { continue }
        if let last = pieces.indices.last, pieces[last].isContinued(by: piece) {
          pieces[last].text += piece.text
          pieces[last].width += piece.width
        } else {
          pieces.append(piece)
        }
      } while pango_layout_iter_next_run(iterator) != 0
      for index in pieces.indices where pieces[index].endsLine {
        while pieces[index].text.last == " " { pieces[index].text.removeLast() }
      }
      return pieces.filter { !$0.text.isEmpty }
    }
  }

  private static func piece(_ run: PangoGlyphItem, _ iterator: OpaquePointer, _ bytes: [UInt8]) -> TextPiece? {
    guard let item = run.item?.pointee, let font = item.analysis.font,
      let description = pango_font_describe_with_absolute_size(font)
    else { return nil }
    defer { pango_font_description_free(description) }
    let scale = Double(PANGO_SCALE)
    var logical = PangoRectangle()
    pango_layout_iter_get_run_extents(iterator, nil, &logical)
    let (start, end) = (Int(item.offset), Int(item.offset + item.length))
    guard start >= 0, end <= bytes.count else { return nil }
    return TextPiece(
      text: String(decoding: bytes[start..<end], as: UTF8.self),
      family: pango_font_description_get_family(description).map { String(cString: $0) } ?? "",
      size: Double(pango_font_description_get_size(description)) / scale,
      isItalic: pango_font_description_get_style(description) != PANGO_STYLE_NORMAL,
      isBold: pango_font_description_get_weight(description).rawValue >= PANGO_WEIGHT_BOLD.rawValue,
      x: Double(logical.x) / scale, width: Double(logical.width) / scale,
      baseline: Double(pango_layout_iter_get_run_baseline(iterator)) / scale, endsLine: false)
  }
}
