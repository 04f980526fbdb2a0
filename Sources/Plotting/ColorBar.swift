/// Which colour stands for which value, beside the panels or below them.
public struct ColorBar: Sendable {
  public enum Side: Sendable, Hashable { case right, below }

  public enum Fill: Sendable, Hashable {
    /// Every colour of the scale.
    case continuous(ColorScale)
    /// Bands between levels, as ``FilledContourMark`` has them; the outer colours are its pointed ends. The
    /// scale says where levels stand along the bar.
    case bands(levels: [Double], colors: [Color], Scale.Kind)
  }

  public var title: RichText
  public var side: Side
  public var fill: Fill
  public var format: TickFormat
  /// Labelled values; without them the layout chooses.
  public var ticks: [Double]?

  public init(
    _ title: RichText, _ side: Side = .right, fill: Fill, format: TickFormat = .decimal, ticks: [Double]? = nil
  ) {
    self.title = title
    self.side = side
    self.fill = fill
    self.format = format
    self.ticks = ticks
  }

  /// The values' places along the bar, without pointed ends.
  /// - Throws: ``PlotError`` where bands have no two levels.
  func scale() throws(PlotError) -> Scale {
    switch fill {
    case .continuous(let colors): return colors.scale
    case .bands(let levels, let colors, let kind):
      guard let low = levels.first, let high = levels.last, low < high, colors.count == levels.count + 1 else {
        throw PlotError("a colour bar of bands needs two rising levels and one colour more")
      }
      return try Scale(kind, domain: low...high)
    }
  }

  /// Sets of ticks, the densest first.
  func tickCandidates(_ scale: Scale) -> [[Double]] {
    if let ticks { return [ticks] }
    guard case .bands(let levels, _, _) = fill else { return scale.tickCandidates().map(\.major) }
    // Every level, every second and so on, always with the one nearest to zero or in the middle.
    let center = levels.contains(0) ? levels.firstIndex(of: 0) ?? 0 : levels.count / 2
    return (1...levels.count).map { step in
      levels.indices.filter { ($0 - center).isMultiple(of: step) }.map { levels[$0] }
    }
  }
}

/// A colour bar with its ticks chosen, ready to be placed.
struct ColorBarLayout {
  /// Length of a bar below the panels, at most.
  private static let greatestLength = 260.0
  /// Room between a horizontal bar's labels.
  private static let labelSpacing = 6.0
  private static let slices = 128

  let isUpright: Bool
  let size: Scene.Size
  private let bar: ColorBar
  private let scale: Scale
  private let ticks: [Double]
  private let labels: [RichText]
  private let labelWidth: Double
  private let theme: Theme

  init(_ bar: ColorBar, figure: Figure, measurer: some TextMeasurer) throws(PlotError) {
    self.bar = bar
    theme = figure.theme
    isUpright = bar.side == .right
    scale = try bar.scale()
    let theme = theme, scale = scale
    let style = theme.style(theme.smallTextSize)
    let room =
      isUpright
      ? figure.rowHeights.reduce(0, +)
      : min(Self.greatestLength, figure.width - 2 * theme.margin)
    let length = room - (bar.isPointed ? 2 * theme.colorBarWidth : 0)
    let isUpright = isUpright
    func fits(_ ticks: [Double]) -> Bool {
      let labels = bar.format.labels(ticks)
      let places = ticks.map { scale.position(of: $0) * length }
      let extents = labels.map { label in
        isUpright ? theme.smallTextSize * 1.2 : measurer.metrics(label, style: style).width + Self.labelSpacing
      }
      return places.indices.dropFirst().allSatisfy { index in
        places[index] - places[index - 1] >= (extents[index] + extents[index - 1]) / 2
      }
    }
    let candidates = bar.tickCandidates(scale)
    ticks = candidates.first(where: fits) ?? candidates.last ?? []
    labels = bar.format.labels(ticks)
    labelWidth = labels.map { measurer.metrics($0, style: style).width }.max() ?? 0
    let across = theme.colorBarWidth + theme.majorTick + theme.tickLabelGap
    let titleRoom = theme.axisTitleGap + theme.textSize
    size =
      isUpright
      ? Scene.Size(width: across + labelWidth + titleRoom, height: 0)
      : Scene.Size(width: 0, height: across + theme.smallTextSize + titleRoom)
  }

  /// The bar on the page, with its labels.
  /// - Parameters:
  ///   - corner: top left corner of the room that it has.
  ///   - length: of that room, along the bar.
  func placed(
    from corner: Point, length: Double, measurer: some TextMeasurer
  ) -> (bar: SceneColorBar, labels: [SceneLabel], bottom: Double) {
    let long = isUpright ? length : min(length, Self.greatestLength)
    let across = theme.colorBarWidth
    let frame =
      isUpright
      ? Rect(x: corner.x, y: corner.y, width: across, height: long).onGrid
      : Rect(x: corner.x + (length - long) / 2, y: corner.y, width: long, height: across).onGrid
    // Pointed ends are as long as the bar is wide.
    let point = bar.isPointed ? across : 0
    func along(_ position: Double) -> Double {
      let distance = point + position * (long - 2 * point)
      return toGrid(isUpright ? frame.bottom - distance : frame.left + distance)
    }
    func at(_ along: Double, _ across: Double) -> Point {
      (isUpright ? Point(frame.left + across, along) : Point(along, frame.top + across)).onGrid
    }
    let start = isUpright ? frame.bottom : frame.left, end = isUpright ? frame.top : frame.right
    let (low, high) = (along(0), along(1))
    let outline = [
      at(start, across / 2), at(low, 0), at(high, 0), at(end, across / 2), at(high, across),
      at(low, across),
    ]
    // Each colour from its place to the end, the lowest first: no seams.
    let shapes: [Shape] = bar.stops(scale, slices: Self.slices).map { position, color in
      guard let position else { return .area([outline], color) }
      let place = along(position)
      return .area([[at(place, 0), outline[2], outline[3], outline[4], at(place, across)]], color)
    }
    let positions = ticks.map { along(scale.position(of: $0)) }
    let small = theme.style(theme.smallTextSize), normal = theme.style(theme.textSize)
    var labels: [SceneLabel] = []
    let edge = (isUpright ? frame.right : frame.bottom) + theme.majorTick + theme.tickLabelGap
    for (place, text) in zip(positions, self.labels) {
      labels.append(
        SceneLabel(
          .tick, text, at: isUpright ? Point(edge, place) : Point(place, edge), anchor: isUpright ? .left : .below,
          style: small, measurer: measurer))
    }
    if isUpright {
      // Turned text stands with its baseline to the right of its letters.
      let right = edge + labelWidth + theme.axisTitleGap + theme.textSize * 0.75
      labels.append(
        SceneLabel(
          .axisTitle, bar.title, at: Point(right, frame.midY), anchor: .above, style: normal, isUpright: true,
          measurer: measurer))
    } else {
      let top = (labels.map(\.box.bottom).max() ?? edge) + theme.axisTitleGap
      labels.append(
        SceneLabel(
          .axisTitle, bar.title, at: Point(frame.midX, top), anchor: .below, style: normal, measurer: measurer))
    }
    let scene = SceneColorBar(
      frame: frame, isUpright: isUpright, shapes: shapes, outline: outline, ticks: ticks, tickPositions: positions)
    return (scene, labels, max(frame.bottom, labels.map(\.box.bottom).max() ?? 0))
  }
}

extension ColorBar {
  /// Whether there are colours beyond both ends.
  fileprivate var isPointed: Bool {
    if case .bands = fill { true } else { false }
  }

  /// Colours from the lowest to the highest with the place where each begins; the first begins at the bar's
  /// end.
  fileprivate func stops(_ scale: Scale, slices: Int) -> [(position: Double?, color: Color)] {
    switch fill {
    case .continuous(let colors):
      (0..<slices).map { index in
        let middle = (Double(index) + 0.5) / Double(slices)
        return (index == 0 ? nil : Double(index) / Double(slices), colors(scale.value(at: middle)))
      }
    case .bands(let levels, let colors, _):
      zip([nil] + levels.map { scale.position(of: $0) }, colors).map { ($0, $1) }
    }
  }
}

extension ColorBar {
  /// A bar in a cell of its own, for figures whose rows have different colours: bands between `levels`, with half a
  /// step of the outer colours at either end.
  /// - Throws: ``PlotError`` where there are no two levels.
  public static func panel(
    _ id: String, _ title: RichText, levels: [Double], colors: ColorScale
  ) throws(PlotError) -> Panel {
    guard let first = levels.first, let last = levels.last, first < last else {
      throw PlotError("a colour bar of bands needs two rising levels")
    }
    let end = (last - first) / Double(levels.count - 1)
    let domain = first - end...last + end
    let values = try FieldGrid(
      x: [0, 1], y: [domain.lowerBound, domain.upperBound],
      values: [domain.lowerBound, domain.lowerBound, domain.upperBound, domain.upperBound])
    return Panel(
      id, x: Axis(domain: 0...1, format: .none, ticks: []), y: Axis(title, domain: domain),
      marks: [try FilledContourMark("colours", values, levels: levels, colors: colors.bands(levels))])
  }
}
