import Foundation
import Plotting
import Testing

/// A panel over [-1, 1] squared that shows `marks`, as it stands on the page.
private func panel(_ marks: [any Mark], size: Double = 200) throws -> ScenePanel {
  try figure(marks, size: size).layout().panels[0]
}

private func figure(_ marks: [any Mark], size: Double = 200, colorBar: ColorBar? = nil) -> Figure {
  let axis = Axis(domain: -1...1)
  return Figure(
    title: "Contours", summary: "Contours", width: size + 60, rowHeights: [size],
    cells: [Figure.Cell(Panel("field", x: axis, y: axis, marks: marks))], colorBar: colorBar)
}

private func field(samples: Int = 81, _ value: (Double, Double) -> Double) throws -> FieldGrid {
  let scale = try Scale(.linear, domain: -1...1)
  return try FieldGrid(x: scale, y: scale, columns: samples, rows: samples, value: value)
}

extension ScenePanel {
  /// The lines of a mark, in data coordinates.
  fileprivate func lines(_ name: String) -> [[Datum]] {
    (mark(name)?.shapes ?? []).compactMap { shape in
      guard case .polyline(let points, _) = shape else { return nil }
      return points.map(datum)
    }
  }

  fileprivate func datum(_ point: Point) -> Datum {
    Datum(
      x.scale.value(at: (point.x - frame.left) / frame.width),
      y.scale.value(at: (frame.bottom - point.y) / frame.height))
  }

  /// The filled areas of a mark in units of the panel's area, holes taken off.
  fileprivate func areas(_ name: String) -> [Double] {
    (mark(name)?.shapes ?? []).compactMap { shape in
      guard case .area(let rings, _) = shape else { return nil }
      // Rings turn one way round an area and the other way round a hole.
      let twice = rings.map { ring in
        zip(ring, ring.dropFirst() + ring.prefix(1)).reduce(0) { $0 + $1.0.x * $1.1.y - $1.1.x * $1.0.y }
      }
      return abs(twice.reduce(0, +) / 2) / (frame.width * frame.height)
    }
  }
}

@Suite struct IsoLineTests {
  @Test func theLineOfAConeIsACircle() throws {
    let cone = try field { hypot($0, $1) }
    let lines = try panel([ContourMark("iso", cone, levels: [0.6], stroke: Stroke(.black))]).lines("iso")
    #expect(lines.count == 1)
    let line = try #require(lines.first)
    #expect(line.first == line.last && line.count > 20)
    // Linear interpolation on cells of 0.025, and coordinates of 1/100 pt.
    for datum in line { #expect(abs(hypot(datum.x, datum.y) - 0.6) < 5e-4) }
  }

  @Test func theLineOfAPlaneIsStraight() throws {
    let plane = try field { $0 + 2 * $1 }
    let lines = try panel([ContourMark("iso", plane, levels: [0.3], stroke: Stroke(.black))]).lines("iso")
    #expect(lines.count == 1 && lines[0].count == 2)
    for datum in lines[0] { #expect(abs(datum.x + 2 * datum.y - 0.3) < 3e-4) }
    #expect(Set(lines[0].map { $0.x.rounded() }) == [-1, 1])
  }

  @Test func contoursOfLogarithmicAxesAreInterpolatedOnThePage() throws {
    let scale = try Scale(.logarithmic, domain: 1...1e4)
    let product = try FieldGrid(x: scale, y: scale, columns: 30, rows: 30) { log10($0) + log10($1) }
    let axis = Axis(nil, .logarithmic, domain: 1...1e4)
    let mark = ContourMark("iso", product, levels: [4.2], stroke: Stroke(.black))
    let scene = try Figure(
      title: "", summary: "", width: 200, rowHeights: [150], cells: [Figure.Cell(Panel("log", x: axis, y: axis, marks: [mark]))]
    ).layout()
    let line = try #require(scene.panels[0].lines("iso").first)
    #expect(line.count == 2)
    for datum in line { #expect(abs(log10(datum.x) + log10(datum.y) - 4.2) < 2e-3) }
  }

  @Test func aSaddleIsJoinedBySideOfItsMiddle() throws {
    // One cell, high at two opposite corners.
    func lines(_ level: Double) throws -> [[Datum]] {
      let saddle = try FieldGrid(x: [-1, 1], y: [-1, 1], values: [1, 0, 0, 1])
      return try panel([ContourMark("iso", saddle, levels: [level], stroke: Stroke(.black))]).lines("iso")
    }
    // Mean 0.5: at 0.4 the high corners hang together, and each line cuts off a low corner.
    for line in try lines(0.4) {
      let middle = Datum((line[0].x + line[1].x) / 2, (line[0].y + line[1].y) / 2)
      #expect(middle.x * middle.y < 0)
    }
    for line in try lines(0.6) {
      let middle = Datum((line[0].x + line[1].x) / 2, (line[0].y + line[1].y) / 2)
      #expect(middle.x * middle.y > 0)
    }
    #expect(try lines(0.4).count == 2 && lines(0.6).count == 2)
  }

  @Test func linesEndAtWhatIsNotDefined() throws {
    let hole = try field { hypot($0, $1) < 0.5 ? .nan : $0 }
    let lines = try panel([ContourMark("iso", hole, levels: [0.01], stroke: Stroke(.black))]).lines("iso")
    // Above the hole and below it, but neither through it nor along its edge.
    #expect(lines.count == 2)
    for datum in lines.joined() { #expect(abs(datum.x - 0.01) < 1e-3 && abs(datum.y) > 0.45) }
  }

  @Test func fieldsThatDoNotFitAreRefused() {
    #expect(throws: PlotError.self) { try FieldGrid(x: [0, 1], y: [0, 1], values: [1, 2, 3]) }
    #expect(throws: PlotError.self) { try FieldGrid(x: [1, 0], y: [0, 1], values: [1, 2, 3, 4]) }
    #expect(throws: PlotError.self) {
      try FilledContourMark("f", FieldGrid(x: [0, 1], y: [0, 1], values: [1, 2, 3, 4]), levels: [2, 1], colors: [.black])
    }
  }
}

@Suite struct FilledContourTests {
  private func areas(_ field: FieldGrid, _ levels: [Double]) throws -> [Double] {
    let colors = ColorScale(try Scale(.linear, domain: 0...1)).bands(levels)
    return try panel([try FilledContourMark("fill", field, levels: levels, colors: colors)]).areas("fill")
  }

  @Test func theLowestAreaIsTheWholeFieldAndEachHoldsTheNext() throws {
    let areas = try areas(try field { $0 * $1 + 0.3 * $0 }, [-0.5, -0.2, 0, 0.2, 0.5])
    #expect(areas.count == 6)
    #expect(abs(areas[0] - 1) < 1e-3)
    #expect(zip(areas, areas.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test func areasAreThoseOfTheField() throws {
    // Above r = 0.5 lies all but a disc, a quarter of pi in the panel's four units.
    let areas = try areas(try field { hypot($0, $1) }, [0.5])
    #expect(abs(areas[1] - (1 - Double.pi / 16)) < 1e-3)
    let plane = try self.areas(try field { x, _ in x }, [-0.5, 0, 0.5])
    for (area, share) in zip(plane, [1, 0.75, 0.5, 0.25]) { #expect(abs(area - share) < 1e-3) }
  }

  @Test func whatIsNotDefinedStaysEmpty() throws {
    let areas = try areas(try field { abs($0) < 0.5 && abs($1) < 0.5 ? .nan : 1 }, [0])
    // A hole of one quarter, up to the samples on its edge.
    for area in areas { #expect(abs(area - 0.75) < 0.002) }
    #expect(areas.count == 2)
    #expect(try self.areas(try field { _, _ in .nan }, [0]) == [])
  }

  @Test func bandsMeetTheLinesOfTheirLevels() throws {
    let cone = try field { hypot($0, $1) }
    let fill = try FilledContourMark("fill", cone, levels: [0.6], colors: [.white, .black])
    guard case .area(let rings, _)? = try panel([fill]).mark("fill")?.shapes.last else {
      Issue.record("no area")
      return
    }
    let panel = try panel([fill])
    let inner = try #require(rings.min { $0.count < $1.count || ($0.count == $1.count && $0[0].x > $1[0].x) })
    // One ring is the panel's edge, of four corners; the other the circle.
    #expect(rings.count == 2 && inner.count == 4)
    for ring in rings where ring != inner {
      for point in ring { #expect(abs(hypot(panel.datum(point).x, panel.datum(point).y) - 0.6) < 5e-4) }
    }
  }
}

@Suite struct LineLabelTests {
  /// Rings and a line that labels must not cover.
  private func busy(_ levels: [Double], size: Double = 200) throws -> Scene {
    let bowl = try field { 2 * hypot($0 - 0.2, $1 + 0.1) + 0.3 * sin(6 * $0) }
    let contours = ContourMark("iso", bowl, levels: levels, stroke: Stroke(.grey(0.2), width: 0.6), labels: .decimal)
    let line = LineMark("red", [Datum(-1, -0.8), Datum(1, 0.7)], stroke: Stroke(Color(hex: 0xC00000)))
    return try figure([contours, line, TextMark("note", at: Datum(-0.9, 0.9))], size: size).layout()
  }

  @Test(arguments: [80.0, 140, 260])
  func labelsOfABusyFigureCollideWithNothing(size: Double) throws {
    let levels = stride(from: 2, through: 40, by: 2).map { Double($0) / 20 }
    let scene = try busy(levels, size: size)
    #expect(scene.overlappingLabels().map { "\($0.0.text) / \($0.1.text)" } == [])
    let labels = scene.labels.filter { $0.role == .annotation && $0.text != "note" }
    // Lines 4 pt apart leave room for few.
    #expect(labels.count >= (size > 100 ? 5 : 1))
    let frame = scene.panels[0].frame
    guard case .polyline(let red, _)? = scene.panels[0].mark("red")?.shapes.first else {
      Issue.record("no line")
      return
    }
    for label in labels {
      #expect(frame.contains(label.box, tolerance: -1))
      // No line runs through a label, not even its own.
      for shape in scene.panels[0].marks.flatMap(\.shapes) {
        guard case .polyline(let points, _) = shape else { continue }
        for (from, to) in zip(points, points.dropFirst()) {
          for step in 0...20 {
            let share = Double(step) / 20
            let (x, y) = (from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share)
            #expect(!label.box.intersects(Rect(x: x, y: y, width: 1e-6, height: 1e-6)), "\(label.text) of \(red.count)")
          }
        }
      }
    }
  }

  @Test func labelsSayTheLevelOfTheirLine() throws {
    let scene = try busy([0.5, 1, 1.5])
    let texts = scene.labels.filter { $0.role == .annotation }.map(\.text.description)
    #expect(Set(texts) == ["note", "0.5", "1.0", "1.5"])
    // Its middle stands on its line, whose gap is as wide as the label.
    let panel = scene.panels[0]
    for label in scene.labels where label.role == .annotation && label.text != "note" {
      let place = panel.datum(Point(label.box.midX, label.box.midY))
      let value = 2 * hypot(place.x - 0.2, place.y + 0.1) + 0.3 * sin(6 * place.x)
      #expect(abs(value - (Double(label.text.description) ?? 0)) < 0.04)
    }
  }

  @Test func aLineWithoutRoomHasNoLabel() throws {
    let scene = try busy([0.02, 0.04], size: 60)
    #expect(scene.labels.filter { $0.role == .annotation }.map(\.text.description) == ["note"])
  }
}

@Suite struct ColorBarTests {
  private let levels = (-9...9).map { Double($0) / 50 }

  private func scene(_ bar: ColorBar) throws -> Scene {
    let diverging = try ColorScale.diverging(reach: 0.2)
    let fill = try FilledContourMark("fill", try field { 0.2 * $0 * $1 }, levels: levels, colors: diverging.bands(levels))
    return try figure([fill], size: 150, colorBar: bar).layout()
  }

  private func check(_ scene: Scene) throws -> SceneColorBar {
    #expect(scene.overlappingLabels().map { "\($0.0.text) / \($0.1.text)" } == [])
    #expect(scene.labelsOutsideCanvas().isEmpty && scene.labelsOnData().isEmpty)
    let bar = try #require(scene.colorBar)
    #expect(scene.canvas.contains(bar.frame))
    #expect(!scene.panels.contains { $0.frame.intersects(bar.frame) })
    return bar
  }

  @Test(arguments: [ColorBar.Side.right, .below])
  func ticksOfBandsAreLevelsAndHoldZero(side: ColorBar.Side) throws {
    let colors = try ColorScale.diverging(reach: 0.2).bands(levels)
    let scene = try scene(ColorBar("L_S - L~_S", side, fill: .bands(levels: levels, colors: colors, .linear), format: .decimal))
    let bar = try check(scene)
    #expect(bar.ticks.contains(0) && bar.ticks.count >= 3)
    #expect(Set(bar.ticks).isSubset(of: levels))
    let rising = bar.tickPositions.sorted()
    #expect(bar.tickPositions == (bar.isUpright ? rising.reversed() : rising))
    #expect(bar.isUpright == (side == .right))
    // A band each, painted over one another.
    #expect(bar.shapes.count == levels.count + 1)
    let zero = try #require(zip(bar.ticks, bar.tickPositions).first { $0.0 == 0 }).1
    #expect(abs(zero - (bar.isUpright ? bar.frame.midY : bar.frame.midX)) < 0.02)
  }

  @Test func aLogarithmicBarHasDecades() throws {
    let scale = ColorScale(try Scale(.logarithmic, domain: 4e9...512e9))
    let bar = try check(scene(ColorBar("D_S", fill: .continuous(scale), format: .abbreviated)))
    #expect(bar.ticks.contains(1e10) && bar.ticks.contains(1e11))
    let explicit = try check(
      scene(ColorBar("D_S", fill: .continuous(scale), format: .abbreviated, ticks: [4e9, 16e9, 64e9, 256e9])))
    #expect(explicit.ticks == [4e9, 16e9, 64e9, 256e9])
    let gaps = zip(explicit.tickPositions, explicit.tickPositions.dropFirst()).map { $0 - $1 }
    #expect(gaps.allSatisfy { abs($0 - gaps[0]) < 0.03 })
  }

  @Test func theSameContoursGiveTheSameBytes() throws {
    let colors = try ColorScale.diverging(reach: 0.2).bands(levels)
    let bar = ColorBar("x", fill: .bands(levels: levels, colors: colors, .linear))
    let (first, second) = (try scene(bar), try scene(bar))
    #expect(first == second)
    #expect(try first.svg() == second.svg() && first.png() == second.png())
  }
}

@Suite struct DivergingPaletteTests {
  @Test func bothSidesAreEquallyDarkAndTheMiddleIsLight() throws {
    let scale = try ColorScale.diverging(reach: 0.18)
    #expect(scale(0).lightness > 95)
    for step in 1...18 {
      let (low, high) = (scale(-0.01 * Double(step)), scale(0.01 * Double(step)))
      #expect(abs(low.lightness - high.lightness) < 8, "\(step)")
      #expect(low.blue > low.red && high.red > high.blue)
      // Darker with every step.
      #expect(scale(-0.01 * Double(step - 1)).lightness > low.lightness)
      #expect(scale(0.01 * Double(step - 1)).lightness > high.lightness)
    }
    #expect(throws: PlotError.self) { try ColorScale.diverging(reach: 0) }
  }

  @Test func bandsAroundZeroMirrorEachOther() throws {
    let levels = [-0.2, -0.1, 0, 0.1, 0.2]
    let colors = try ColorScale.diverging(reach: 0.3).bands(levels)
    #expect(colors.count == 6)
    #expect(colors[2].blue > colors[2].red && colors[3].red > colors[3].blue)
    #expect(colors[0] == (try ColorScale.diverging(reach: 0.3))(-0.25))
  }

  @Test func colouredPointsTakeTheirValuesColour() throws {
    let scale = ColorScale(try Scale(.logarithmic, domain: 1...100), anchors: [.black, .white])
    let mark = ColoredPointMark(
      "points", [Datum(0, 0), Datum(0.5, 0.5), Datum(.nan, 0)], values: [1, 100, 10], colors: scale,
      style: MarkerStyle(.square, fill: nil))
    let shapes = try panel([mark]).mark("points")?.shapes ?? []
    let fills = shapes.map { shape -> Color? in
      guard case .markers(_, let style) = shape else { return nil }
      return style.fill
    }
    #expect(fills == [.black, .white])
  }
}
