/// A legend's entries in lines (below the panels) or one under the other (beside them).
struct LegendLayout {
  private struct Item {
    var text: RichText
    var isTitle: Bool
    var swatch: Swatch?
    var place: Point
  }

  let size: Scene.Size
  private let items: [Item]
  private let theme: Theme

  /// A line needs room to show its dashes; a marker alone does not.
  private static func width(of swatch: Swatch) -> Double {
    swatch.line == nil && swatch.patch == nil ? 7 : swatch.line == nil ? 12 : 17
  }
  private static let swatchGap = 4.0
  private static let entryGap = 12.0
  private static let lineHeight = 11.5

  init(_ legend: Legend, width: Double, theme: Theme, measurer: some TextMeasurer) {
    self.theme = theme
    var items: [Item] = []
    var widest = 0.0
    var place = Point(0, 0)
    let style = theme.style(theme.textSize)
    let titles = legend.groups.compactMap(\.title).map { measurer.metrics($0, style: style).width }
    // Below the panels, entries of all groups start at one place, to the right of the titles.
    let indent = legend.side == .below ? titles.max().map { $0 + Self.entryGap } ?? 0 : 0
    for group in legend.groups where !group.entries.isEmpty {
      if let title = group.title {
        items.append(Item(text: title, isTitle: true, swatch: nil, place: place))
        widest = max(widest, measurer.metrics(title, style: style).width)
        if legend.side == .right { place.y += Self.lineHeight }
      }
      place.x = indent
      for entry in group.entries {
        let length =
          Self.width(of: entry.swatch) + Self.swatchGap
          + measurer.metrics(entry.label, style: style).width
        if legend.side == .below, place.x > indent, place.x + length > width {
          place = Point(indent, place.y + Self.lineHeight)
        }
        items.append(Item(text: entry.label, isTitle: false, swatch: entry.swatch, place: place))
        widest = max(widest, place.x + length)
        if legend.side == .right {
          place.y += Self.lineHeight
        } else {
          place.x += length + Self.entryGap
        }
      }
      place = Point(0, place.y + (legend.side == .right ? 5 : Self.lineHeight))
    }
    self.items = items
    let lastLine = items.map(\.place.y).max() ?? 0
    size = Scene.Size(width: widest, height: lastLine + Self.lineHeight)
  }

  func swatches(at origin: Point) -> [SceneSwatch] {
    items.compactMap { item in
      item.swatch.map { swatch in
        SceneSwatch(
          swatch: swatch,
          box: Rect(
            x: origin.x + item.place.x, y: origin.y + item.place.y + 1.5, width: Self.width(of: swatch),
            height: Self.lineHeight - 4
          ).onGrid)
      }
    }
  }

  func labels(at origin: Point, measurer: some TextMeasurer) -> [SceneLabel] {
    items.map { item in
      let indent = item.swatch.map { Self.width(of: $0) + Self.swatchGap } ?? 0
      return SceneLabel(
        .legend, item.text,
        at: Point(origin.x + item.place.x + indent, origin.y + item.place.y + Self.lineHeight / 2 - 0.5),
        anchor: .left, style: theme.style(theme.textSize, item.isTitle ? theme.mutedTextColor : nil),
        measurer: measurer)
    }
  }
}
