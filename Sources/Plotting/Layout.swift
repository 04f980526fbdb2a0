extension Figure {
  /// Decides what stands where.
  /// - Throws: ``PlotError`` when the font is missing or an axis has nothing to show.
  public func layout() throws(PlotError) -> Scene {
    try layout(measurer: PangoText(theme: theme))
  }

  func layout(measurer: some TextMeasurer) throws(PlotError) -> Scene {
    guard rowHeights.count == 1 + (cells.map(\.rows.upperBound).max() ?? -1),
      columnWeights.count == 1 + (cells.map(\.columns.upperBound).max() ?? -1)
    else { throw PlotError("\(title): the grid has not as many rows and columns as the panels use") }
    let legend = legend.map { LegendLayout($0, width: width - 2 * theme.margin, theme: theme, measurer: measurer) }
    let isBeside = self.legend?.side == .right
    let bar = try colorBar.map { bar throws(PlotError) in
      try ColorBarLayout(bar, figure: self, measurer: measurer)
    }
    let beside = [isBeside ? legend?.size.width : nil, bar?.isUpright == true ? bar?.size.width : nil]
      .compactMap { $0 }.map { $0 + theme.columnGap }
    let gridWidth = width - 2 * theme.margin - beside.reduce(0, +)
    let grid = try GridLayout(self, width: gridWidth, measurer: measurer).solved()

    var scene = Scene(
      size: Scene.Size(width: toGrid(width), height: 0), title: title, summary: summary, theme: theme,
      panels: grid.panels, legendSwatches: [], labels: grid.labels)
    var bottom = grid.bottom
    if let bar {
      let frames = grid.panels.map(\.frame)
      let top = frames.map(\.top).min() ?? theme.margin
      let right = theme.margin + gridWidth
      let placed =
        bar.isUpright
        ? bar.placed(
          from: Point(right + theme.columnGap, top), length: (frames.map(\.bottom).max() ?? top) - top, measurer: measurer)
        : bar.placed(from: Point(theme.margin, bottom + 8), length: width - 2 * theme.margin, measurer: measurer)
      scene.colorBar = placed.bar
      scene.labels += placed.labels
      bottom = max(bottom, placed.bottom)
    }
    if let legend {
      let place =
        isBeside
        ? Point(width - theme.margin - legend.size.width, grid.panels.map(\.frame.top).min() ?? theme.margin)
        : Point(theme.margin + max((width - 2 * theme.margin - legend.size.width) / 2, 0), bottom + 8)
      scene.legendSwatches = legend.swatches(at: place)
      scene.labels += legend.labels(at: place, measurer: measurer)
      bottom = max(bottom, place.y + legend.size.height)
    }
    if let caption, !caption.isEmpty {
      let style = theme.style(theme.captionSize, theme.mutedTextColor, wrapWidth: width - 2 * theme.margin)
      let label = SceneLabel(
        .caption, caption, at: Point(theme.margin, 0), anchor: .topLeft, style: style, measurer: measurer)
      let metrics = measurer.metrics(caption, style: style)
      // The anchor is the last baseline's for a block: put the first capital's top below what is above.
      let down = bottom + 8 - (label.origin.y + metrics.firstBaseline - metrics.capHeight)
      let placed = SceneLabel(
        .caption, caption, at: Point(theme.margin, down), anchor: .topLeft, style: style, measurer: measurer)
      scene.labels.append(placed)
      bottom = placed.box.bottom
    }
    scene.size.height = toGrid((bottom + theme.margin).rounded(.up))
    return scene
  }
}

/// The panels of a figure on the page.
struct GridLayout<Measurer: TextMeasurer> {
  let figure: Figure
  let width: Double
  let measurer: Measurer
  private(set) var panels: [ScenePanel] = []
  private(set) var labels: [SceneLabel] = []
  private(set) var bottom = 0.0

  private var theme: Theme { figure.theme }
  private let axes: [(x: Scale, y: Scale)]

  init(_ figure: Figure, width: Double, measurer: Measurer) throws(PlotError) {
    self.figure = figure
    self.width = width
    self.measurer = measurer
    axes = try figure.scales()
  }

  /// Space that a panel's labels take around its frame.
  private struct Decoration {
    var left = 0.0, right = 0.0, top = 0.0, bottom = 0.0
    /// Widest tick label of the vertical axis, and tallest of the horizontal one.
    var tickWidth = 0.0, tickHeight = 0.0
  }

  func solved() throws(PlotError) -> GridLayout {
    var layout = self
    var frames = figure.cells.map { _ in Rect(x: 0, y: 0, width: 100, height: 100) }
    var ticks: [(x: Ticks, y: Ticks)] = []
    // Labels need room, and room decides which labels fit: two or three rounds settle it.
    for _ in 0..<4 {
      ticks = figure.cells.indices.map { index in
        chooseTicks(index, frame: frames[index])
      }
      let decorations = figure.cells.indices.map { decoration($0, ticks: ticks[$0]) }
      (frames, layout.bottom) = place(decorations)
      guard frames.allSatisfy({ $0.width > 5 && $0.height > 10 }) else {
        throw PlotError("\(figure.title): the panels have no room beside their labels")
      }
    }
    for index in figure.cells.indices {
      layout.add(index, frame: frames[index].onGrid, ticks: ticks[index])
    }
    return layout
  }

  // MARK: Ticks

  private func chooseTicks(_ index: Int, frame: Rect) -> (x: Ticks, y: Ticks) {
    let panel = figure.cells[index].panel
    let x = axes[index].x.firstFitting(panel.x.ticks) { ticks in
      var end = -Double.infinity
      var previous = -Double.infinity
      for (value, label) in zip(ticks.major, panel.x.format.labels(ticks.major)) {
        let center = axes[index].x.position(of: value) * frame.width
        let half = measurer.metrics(label, style: theme.style(theme.smallTextSize)).width / 2
        guard center - half >= end + theme.tickLabelSpacing, center - previous >= 14 else { return false }
        (end, previous) = (center + half, center)
      }
      return true
    }
    let y = axes[index].y.firstFitting(panel.y.ticks) { ticks in
      let places = ticks.major.map { axes[index].y.position(of: $0) * frame.height }
      return zip(places, places.dropFirst()).allSatisfy { $1 - $0 >= theme.smallTextSize * 1.9 }
    }
    return (x, y)
  }

  /// Whether the axis is labelled at this panel and not at a neighbour below or to the left.
  private func showsLabels(_ index: Int, horizontal: Bool) -> Bool {
    let cell = figure.cells[index]
    let axis = horizontal ? cell.panel.x : cell.panel.y
    guard axis.format != .none else { return false }
    guard let shared = axis.shared else { return true }
    return !figure.cells.contains { other in
      horizontal
        ? other.panel.x.shared == shared && other.columns == cell.columns
          && other.rows.lowerBound == cell.rows.upperBound + 1
        : other.panel.y.shared == shared && other.rows == cell.rows
          && other.columns.upperBound == cell.columns.lowerBound - 1
    }
  }

  // MARK: Margins

  private func decoration(_ index: Int, ticks: (x: Ticks, y: Ticks)) -> Decoration {
    let panel = figure.cells[index].panel
    let tickStyle = theme.style(theme.smallTextSize)
    let xLabels = panel.x.format.labels(ticks.x.major).map { measurer.metrics($0, style: tickStyle) }
    let yLabels = panel.y.format.labels(ticks.y.major).map { measurer.metrics($0, style: tickStyle) }
    var room = Decoration()
    room.left = theme.majorTick
    room.bottom = theme.majorTick
    room.top = yLabels.isEmpty ? 0 : theme.smallTextSize / 2
    if showsLabels(index, horizontal: false) {
      room.tickWidth = yLabels.map(\.width).max() ?? 0
      room.left += theme.tickLabelGap + room.tickWidth
      if panel.y.title != nil { room.left += theme.axisTitleGap + theme.textSize }
    }
    if showsLabels(index, horizontal: true) {
      room.tickHeight = xLabels.map { $0.ink.bottom - min($0.ink.top, $0.firstBaseline - $0.capHeight) }.max() ?? 0
      room.bottom += theme.tickLabelGap + room.tickHeight
      if let title = panel.x.title {
        let metrics = measurer.metrics(title, style: theme.style(theme.textSize))
        room.bottom += theme.axisTitleGap + metrics.ink.bottom - metrics.firstBaseline + metrics.capHeight
      }
      let half = (xLabels.map(\.width).max() ?? 0) / 2
      room.left = max(room.left, half)
      room.right = half
    }
    if panel.title != nil { room.top = max(room.top, theme.panelTitleGap + theme.textSize) }
    return room
  }

  /// Frames that leave `decorations` their room, and where the lowest label ends.
  private func place(_ decorations: [Decoration]) -> (frames: [Rect], bottom: Double) {
    let cells = figure.cells
    func room(_ part: KeyPath<Decoration, Double>, _ line: (Figure.Cell) -> Int, _ index: Int) -> Double {
      cells.indices.filter { line(cells[$0]) == index }.map { decorations[$0][keyPath: part] }.max() ?? 0
    }
    let columns = figure.columnWeights.indices.map { column in
      (left: room(\.left, { $0.columns.lowerBound }, column), right: room(\.right, { $0.columns.upperBound }, column))
    }
    let rows = figure.rowHeights.indices.map { row in
      (top: room(\.top, { $0.rows.lowerBound }, row), bottom: room(\.bottom, { $0.rows.upperBound }, row))
    }
    let taken = columns.reduce(0) { $0 + $1.left + $1.right } + theme.columnGap * Double(columns.count - 1)
    let unit = (width - taken) / figure.columnWeights.reduce(0, +)

    var lefts: [Double] = [], rights: [Double] = [], tops: [Double] = [], bottoms: [Double] = []
    var x = theme.margin
    for (column, margins) in columns.enumerated() {
      lefts.append(x + margins.left)
      rights.append(x + margins.left + unit * figure.columnWeights[column])
      x = rights[column] + margins.right + theme.columnGap
    }
    var y = theme.margin
    for (row, margins) in rows.enumerated() {
      tops.append(y + margins.top)
      bottoms.append(y + margins.top + figure.rowHeights[row])
      y = bottoms[row] + margins.bottom + theme.rowGap
    }
    let frames = cells.map { cell in
      let (left, top) = (lefts[cell.columns.lowerBound], tops[cell.rows.lowerBound])
      return Rect(
        x: left, y: top, width: rights[cell.columns.upperBound] - left,
        height: bottoms[cell.rows.upperBound] - top)
    }
    return (frames, y - theme.rowGap)
  }

  // MARK: Placing

  private mutating func add(_ index: Int, frame: Rect, ticks: (x: Ticks, y: Ticks)) {
    let panel = figure.cells[index].panel
    let projection = Projection(frame: frame, x: axes[index].x, y: axes[index].y)
    let (showsX, showsY) = (showsLabels(index, horizontal: true), showsLabels(index, horizontal: false))
    let room = decoration(index, ticks: ticks)
    let small = theme.style(theme.smallTextSize)
    let normal = theme.style(theme.textSize)
    if showsX {
      let top = frame.bottom + theme.majorTick + theme.tickLabelGap
      // Labels with superscripts reach above their capitals: all stand on one baseline.
      let metrics = panel.x.format.labels(ticks.x.major).map { measurer.metrics($0, style: small) }
      let rise = metrics.map { max($0.firstBaseline - $0.ink.top, $0.capHeight) }.max() ?? 0
      for (value, text) in zip(ticks.x.major, panel.x.format.labels(ticks.x.major)) {
        add(.tick, text, Point(projection.page(x: value), top + rise), .above, small)
      }
      if let title = panel.x.title {
        add(.axisTitle, title, Point(frame.midX, top + room.tickHeight + theme.axisTitleGap), .below, normal)
      }
    }
    if showsY {
      let right = frame.left - theme.majorTick - theme.tickLabelGap
      for (value, text) in zip(ticks.y.major, panel.y.format.labels(ticks.y.major)) {
        add(.tick, text, Point(right, projection.page(y: value)), .right, small)
      }
      if let title = panel.y.title {
        // Panels of one column have their titles in one line.
        let widest =
          figure.cells.indices.filter { figure.cells[$0].columns.lowerBound == figure.cells[index].columns.lowerBound }
          .map { decoration($0, ticks: chooseTicks($0, frame: frame)).tickWidth }.max() ?? 0
        labels.append(
          SceneLabel(
            .axisTitle, title, at: Point(right - max(widest, room.tickWidth) - theme.axisTitleGap, frame.midY),
            anchor: .above, style: normal, isUpright: true, measurer: measurer))
      }
    }
    if let title = panel.title {
      add(.panelTitle, title, Point(frame.left, frame.top - theme.panelTitleGap), .bottomLeft, normal)
    }
    for mark in panel.marks {
      for note in mark.annotations(in: projection) {
        add(.annotation, note.text, note.at, note.anchor, theme.style(theme.smallTextSize, note.color))
      }
    }
    panels.append(
      ScenePanel(
        id: panel.id, frame: frame,
        x: SceneAxis(
          scale: projection.x, ticks: ticks.x, majorPositions: ticks.x.major.map { toGrid(projection.page(x: $0)) },
          minorPositions: ticks.x.minor.map { toGrid(projection.page(x: $0)) }, showsLabels: showsX),
        y: SceneAxis(
          scale: projection.y, ticks: ticks.y, majorPositions: ticks.y.major.map { toGrid(projection.page(y: $0)) },
          minorPositions: ticks.y.minor.map { toGrid(projection.page(y: $0)) }, showsLabels: showsY),
        marks: marks(of: panel, in: projection)))
  }

  /// The marks' shapes; labels of lines are added where there is room, and their lines get gaps.
  private mutating func marks(of panel: Panel, in projection: Projection) -> [SceneMark] {
    var marks = panel.marks.map { SceneMark(name: $0.name, shapes: $0.shapes(in: projection)) }
    let annotations = labels.filter { $0.role == .annotation && projection.frame.intersects($0.box) }.map(\.box)
    var boxes = annotations
    for (index, mark) in panel.marks.enumerated() {
      let wanted = mark.lineLabels(in: projection)
      guard !wanted.isEmpty else { continue }
      let others = marks.indices.filter { $0 != index }.flatMap { marks[$0].shapes.flatMap(\.ink) }
      var placer = LineLabelPlacer(frame: projection.frame, boxes: boxes, lines: others)
      var gaps: [Rect] = []
      for (number, label) in wanted.enumerated() {
        let style = theme.style(theme.lineLabelSize, label.color)
        func set(_ place: Point) -> SceneLabel {
          SceneLabel(
            .annotation, label.text, at: place, anchor: Anchor(.center, .middle), style: style, measurer: measurer)
        }
        let otherLines = wanted.indices.filter { $0 != number }.flatMap { wanted[$0].lines }
        for place in placer.place(set(Point(0, 0)).box, on: label, others: otherLines) {
          labels.append(set(place))
          gaps.append(set(place).box.inset(by: -LineLabelPlacer.margin))
        }
      }
      boxes = placer.boxes
      marks[index].shapes = mark.shapes(in: projection, clearOf: gaps)
    }
    return marks
  }

  private mutating func add(
    _ role: SceneLabel.Role, _ text: RichText, _ place: Point, _ anchor: Anchor, _ style: TextStyle
  ) {
    labels.append(SceneLabel(role, text, at: place, anchor: anchor, style: style, measurer: measurer))
  }
}

extension Scale {
  /// The first candidate that `fits`, or the sparsest there is.
  /// - Parameter given: values to choose from, in place of the scale's own.
  func firstFitting(_ given: [Double]?, _ fits: (Ticks) -> Bool) -> Ticks {
    let candidates = given.map(thinned) ?? tickCandidates()
    return candidates.first(where: fits) ?? candidates.last ?? Ticks(major: [])
  }

  /// Those of `values` in the domain: all of them, every second one, every third one, and so on; the others unlabelled.
  private func thinned(_ values: [Double]) -> [Ticks] {
    let shown = values.filter { (-1e-9...1 + 1e-9).contains(position(of: $0)) }
    return (1...max(shown.count / 2, 1)).map { step in
      let major = Set(stride(from: 0, to: shown.count, by: step))
      return Ticks(
        major: shown.indices.filter(major.contains).map { shown[$0] },
        minor: shown.indices.filter { !major.contains($0) }.map { shown[$0] })
    }
  }
}

extension Figure {
  /// The scales of every panel's axes, in the order of the cells.
  func scales() throws(PlotError) -> [(x: Scale, y: Scale)] {
    var scales: [(x: Scale, y: Scale)] = []
    for cell in cells {
      scales.append(
        (
          x: try scale(cell.panel.x, of: cell.panel, values: { $0.extent.x }),
          y: try scale(cell.panel.y, of: cell.panel, values: { $0.extent.y })
        ))
    }
    return scales
  }

  private func scale(_ axis: Axis, of panel: Panel, values: (any Mark) -> [Double]) throws(PlotError) -> Scale {
    if let domain = axis.domain { return try Scale(axis.kind, domain: domain) }
    let panels =
      axis.shared == nil
      ? [panel]
      : cells.map(\.panel).filter { $0.x.shared == axis.shared || $0.y.shared == axis.shared }
    let given = panels.flatMap { [$0.x, $0.y] }.first { $0.shared != nil && $0.shared == axis.shared && $0.domain != nil }
    if let domain = given?.domain { return try Scale(axis.kind, domain: domain) }
    var data: [Double] = []
    for other in panels {
      if axis.shared == nil {
        data += other.marks.flatMap(values)
      } else {
        if other.x.shared == axis.shared { data += other.marks.flatMap(\.extent.x) }
        if other.y.shared == axis.shared { data += other.marks.flatMap(\.extent.y) }
      }
    }
    guard let domain = Scale.domain(axis.kind, of: data) else {
      throw PlotError("\(title): nothing to show in panel \(panel.id)")
    }
    return try Scale(axis.kind, domain: domain)
  }
}
