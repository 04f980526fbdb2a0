import Foundation

/// How an SVG file holds its letters.
public enum TextForm: String, Sendable, Hashable, CaseIterable {
  /// As text, which can be searched, selected and edited.
  case letters
  /// As the outlines of glyphs, which look the same where the font is missing.
  case outlines
}

/// Writes a scene as SVG. It draws what ``CairoRenderer`` draws, in the same order.
struct SVGWriter {
  private let scene: Scene
  private let theme: Theme
  private let text: PangoText
  private let form: TextForm
  /// Names of the markers' outlines, in the order in which they are first used.
  private var symbols: [Outline: String] = [:]
  private var definitions: [String] = []
  private var body: [String] = []

  private struct Outline: Hashable {
    var symbol: MarkerStyle.Symbol
    var size: Double
  }

  init(_ scene: Scene, text: PangoText, form: TextForm) {
    self.scene = scene
    theme = scene.theme
    self.text = text
    self.form = form
  }

  /// The file: title and summary are in it for readers who cannot see it.
  mutating func document() throws(PlotError) -> String {
    let (width, height) = (svgNumber(scene.size.width), svgNumber(scene.size.height))
    for (index, panel) in scene.panels.enumerated() { draw(panel, index) }
    if !scene.legendSwatches.isEmpty {
      body.append("<g>")
      for item in scene.legendSwatches { draw(item) }
      body.append("</g>")
    }
    if let bar = scene.colorBar { draw(bar) }
    for label in scene.labels { body.append(try element(label)) }
    let head = """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" width="\(width)pt" \
      height="\(height)pt" viewBox="0 0 \(width) \(height)" xml:space="preserve" fill="none" stroke-linejoin="round" \
      font-family="\(Self.escaped(Self.families(theme.fontFamily)))">
      <title>\(Self.escaped(scene.title))</title>
      <desc>\(Self.escaped(scene.summary))</desc>
      """
    let defined = definitions.isEmpty ? [] : ["<defs>"] + definitions + ["</defs>"]
    return ([head] + defined + ["<rect width=\"\(width)\" height=\"\(height)\" fill=\"#fff\"/>"] + body + ["</svg>", ""])
      .joined(separator: "\n")
  }

  static func escaped(_ text: String) -> String {
    // XML has no way to write most control characters.
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { $0.properties.generalCategory != .control || $0 == "\n" || $0 == "\t" })
    )
    .replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
    .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
  }

  // MARK: Panels, legend and colour bar

  private mutating func draw(_ panel: ScenePanel, _ index: Int) {
    let frame = panel.frame
    var grid = VectorPath()
    for x in panel.x.majorPositions { grid.add([Point(x, frame.top), Point(x, frame.bottom)], closed: false) }
    for y in panel.y.majorPositions { grid.add([Point(frame.left, y), Point(frame.right, y)], closed: false) }
    body.append("<g id=\"panel-\(index + 1)\">")
    body.append(element(grid, theme.gridStroke))
    let clip = "frame-\(index + 1)"
    definitions.append(
      "<clipPath id=\"\(clip)\"><rect x=\"\(svgNumber(frame.x))\" y=\"\(svgNumber(frame.y))\" "
        + "width=\"\(svgNumber(frame.width))\" height=\"\(svgNumber(frame.height))\"/></clipPath>")
    body.append("<g clip-path=\"url(#\(clip))\">")
    for mark in panel.marks { draw(mark.shapes) }
    body.append("</g>")
    var axes = VectorPath()
    axes.add(
      [Point(frame.left, frame.top), Point(frame.left, frame.bottom), Point(frame.right, frame.bottom)], closed: false)
    for (axis, isAcross) in [(panel.x, true), (panel.y, false)] {
      for (positions, length) in [
        (axis.majorPositions, theme.majorTick), (axis.minorPositions, theme.minorTick),
      ] {
        for place in positions {
          axes.add(
            isAcross
              ? [Point(place, frame.bottom), Point(place, frame.bottom + length)]
              : [Point(frame.left - length, place), Point(frame.left, place)], closed: false)
        }
      }
    }
    body.append(element(axes, theme.axisStroke))
    body.append("</g>")
  }

  private mutating func draw(_ item: SceneSwatch) {
    let box = item.box
    var shapes: [Shape] = []
    if let color = item.swatch.patch {
      let corners = [
        Point(box.left, box.top), Point(box.right, box.top), Point(box.right, box.bottom), Point(box.left, box.bottom),
      ]
      shapes.append(.area([corners], color))
    }
    if let stroke = item.swatch.line {
      shapes.append(.polyline([Point(box.left, box.midY), Point(box.right, box.midY)], stroke))
    }
    if let style = item.swatch.marker { shapes.append(.markers([Point(box.midX, box.midY)], style)) }
    draw(shapes)
  }

  private mutating func draw(_ bar: SceneColorBar) {
    body.append("<g>")
    draw(bar.shapes)
    var outline = VectorPath()
    outline.add(bar.outline + bar.outline.prefix(1), closed: false)
    let (right, bottom) = (bar.frame.right, bar.frame.bottom)
    for place in bar.tickPositions {
      outline.add(
        bar.isUpright
          ? [Point(right, place), Point(right + theme.majorTick, place)]
          : [Point(place, bottom), Point(place, bottom + theme.majorTick)], closed: false)
    }
    body.append(element(outline, theme.axisStroke))
    body.append("</g>")
  }

  // MARK: Shapes

  private mutating func draw(_ shapes: [Shape]) {
    var index = shapes.startIndex
    while index < shapes.endIndex {
      switch shapes[index] {
      case .polyline(let points, let stroke):
        var path = VectorPath()
        path.add(points, closed: false)
        // Lines of one opaque style cover one another in any order.
        while stroke.color.opacity == 1, index + 1 < shapes.endIndex,
          case .polyline(let more, stroke) = shapes[index + 1]
        {
          path.add(more, closed: false)
          index += 1
        }
        body.append(element(path, stroke))
      case .area(let rings, let color):
        var path = VectorPath()
        for ring in rings { path.add(ring, closed: true) }
        let rule = rings.count > 1 ? " fill-rule=\"evenodd\"" : ""
        body.append("<path d=\"\(path.text)\"\(rule)\(Self.paint("fill", color))/>")
      case .markers(let points, let style):
        var points = points
        while index + 1 < shapes.endIndex, case .markers(let more, style) = shapes[index + 1] {
          points += more
          index += 1
        }
        draw(style, at: points)
      }
      index += 1
    }
  }

  /// Markers are one outline that is used many times; colours are not part of it, for each use has its own.
  private mutating func draw(_ style: MarkerStyle, at points: [Point]) {
    guard !points.isEmpty else { return }
    let outline = Outline(symbol: style.symbol, size: toGrid(style.size))
    let name: String
    if let known = symbols[outline] {
      name = known
    } else {
      name = "marker-\(symbols.count + 1)"
      symbols[outline] = name
      definitions.append(definition(of: style, name))
    }
    var paint = style.fill.map { Self.paint("fill", $0) } ?? ""
    if let stroke = style.outline { paint += Self.paint(stroke) }
    func use(_ point: Point, _ attributes: String = "") -> String {
      "<use xlink:href=\"#\(name)\" x=\"\(svgNumber(point.x))\" y=\"\(svgNumber(point.y))\"\(attributes)/>"
    }
    if points.count == 1 {
      body.append(use(points[0], paint))
    } else {
      body.append("<g\(paint)>\(points.map { use($0) }.joined())</g>")
    }
  }

  private func definition(of style: MarkerStyle, _ name: String) -> String {
    let outline = style.symbol.outline(size: style.size)
    guard !outline.isEmpty else { return "<circle id=\"\(name)\" r=\"\(svgNumber(style.size / 2))\"/>" }
    var path = VectorPath()
    for ring in outline { path.add(ring, closed: true) }
    return "<path id=\"\(name)\" d=\"\(path.text)\"/>"
  }

  private func element(_ path: VectorPath, _ stroke: Stroke) -> String {
    "<path d=\"\(path.text)\"\(Self.paint(stroke))/>"
  }

  private static func paint(_ stroke: Stroke) -> String {
    let dash = stroke.dash.isEmpty ? "" : " stroke-dasharray=\"\(stroke.dash.map(svgNumber).joined(separator: " "))\""
    return paint("stroke", stroke.color) + " stroke-width=\"\(svgNumber(stroke.width))\"" + dash
  }

  private static func paint(_ attribute: String, _ color: Color) -> String {
    let parts = [color.red, color.green, color.blue].map { Int((min(max($0, 0), 1) * 255).rounded()) }
    let hex = parts.map { String($0 + 256, radix: 16).dropFirst() }.joined()
    let opacity = color.opacity < 1 ? " \(attribute)-opacity=\"\(svgNumber(color.opacity))\"" : ""
    return " \(attribute)=\"#\(hex)\"\(opacity)"
  }

  // MARK: Text

  /// The family with others for readers who do not have it.
  private static func families(_ family: String) -> String {
    "'\(family)', 'Helvetica Neue', Arial, sans-serif"
  }

  private func element(_ label: SceneLabel) throws(PlotError) -> String {
    let origin = label.origin
    let fill = Self.paint("fill", label.style.color)
    let words = label.text.runs.map(\.text).joined()
    // Whoever shows the figure with a text of their own finds here what the figure says already.
    let name =
      label.role == .caption ? " id=\"caption\" aria-label=\"\(Self.escaped(label.text.description))\"" : ""
    if form == .outlines {
      let turn = label.isUpright ? " rotate(-90)" : ""
      let outline = try text.outline(label.text, style: label.style)
      return "<path\(name.isEmpty ? " aria-label=\"\(Self.escaped(words))\"" : name) d=\"\(outline)\" "
        + "transform=\"translate(\(svgNumber(origin.x)) \(svgNumber(origin.y)))\(turn)\"\(fill)/>"
    }
    let turn =
      label.isUpright ? " transform=\"rotate(-90 \(svgNumber(origin.x)) \(svgNumber(origin.y)))\"" : ""
    let pieces = text.pieces(label.text, style: label.style)
    let size = " font-size=\"\(svgNumber(label.style.size))\""
    if pieces.count == 1, let piece = pieces.first {
      return "<text\(name)\(place(piece, origin))\(size)\(style(piece, label.style))\(fill)\(turn)>"
        + "\(Self.escaped(piece.text))</text>"
    }
    let spans = pieces.enumerated().map { index, piece in
      // The space at which a line broke parts its words from the next line's, for those who copy the text.
      "<tspan\(place(piece, origin))\(style(piece, label.style))>\(Self.escaped(piece.text))</tspan>"
        + (piece.endsLine && index + 1 < pieces.count ? " " : "")
    }
    return "<text\(name)\(size)\(fill)\(turn)>\(spans.joined())</text>"
  }

  /// Where a piece stands and how wide it is: a font of other widths is squeezed into it.
  private func place(_ piece: TextPiece, _ origin: Point) -> String {
    " x=\"\(svgNumber(origin.x + piece.x))\" y=\"\(svgNumber(origin.y + piece.baseline))\""
      + " textLength=\"\(svgNumber(piece.width))\" lengthAdjust=\"spacingAndGlyphs\""
  }

  private func style(_ piece: TextPiece, _ base: TextStyle) -> String {
    var attributes = ""
    if piece.family != theme.fontFamily {
      attributes += " font-family=\"\(Self.escaped("'\(piece.family)', sans-serif"))\""
    }
    if abs(piece.size - base.size) > 0.005 { attributes += " font-size=\"\(svgNumber(piece.size))\"" }
    if piece.isItalic { attributes += " font-style=\"italic\"" }
    if piece.isBold { attributes += " font-weight=\"bold\"" }
    return attributes
  }
}
