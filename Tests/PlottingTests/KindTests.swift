import Plotting
import Testing

/// Rules of axes, contours and text that hold in every figure.
@Suite struct PlottingKindTests {
  @Test func everyDecadeHasItsMinorTicks() throws {
    for decades in 2...9 {
      let scale = try Scale(.logarithmic, domain: 1e3...pow10(3 + decades))
      for ticks in scale.tickCandidates() {
        let all = Set(ticks.major + ticks.minor)
        for decade in 3..<(3 + decades) {
          for mantissa in 1...9 { #expect(all.contains { abs($0 / (Double(mantissa) * pow10(decade)) - 1) < 1e-9 }) }
        }
      }
    }
  }

  private func pow10(_ exponent: Int) -> Double { (0..<exponent).reduce(1.0) { value, _ in value * 10 } }

  @Test func apostrophesBecomeTypographic() {
    #expect(RichText("a teacher's loss").description == "a teacher\u{2019}s loss")
    let literal: RichText = "its students' sizes"
    #expect(literal.description == "its students\u{2019} sizes")
  }

  private func panel(_ mark: ContourMark, size: Double = 200) throws -> ScenePanel {
    let axis = Axis(domain: -1...1)
    return try Figure(
      title: "Contours", summary: "Contours", width: size + 60, rowHeights: [size],
      cells: [Figure.Cell(Panel("field", x: axis, y: axis, marks: [mark]))]
    ).layout().panels[0]
  }

  private func length(_ shape: Shape) -> Double {
    guard case .polyline(let points, _) = shape else { return 0 }
    return zip(points, points.dropFirst()).reduce(0) { sum, way in
      let (dx, dy) = (way.1.x - way.0.x, way.1.y - way.0.y)
      return sum + (dx * dx + dy * dy).squareRoot()
    }
  }

  @Test func fragmentsOfContoursAreLeftOut() throws {
    // A ring about a summit, a hundred points to a unit: radius 0.01 is six points round, 0.1 is sixty-three.
    let scale = try Scale(.linear, domain: -1...1)
    let cone = try FieldGrid(x: scale, y: scale, columns: 401, rows: 401) { ($0 * $0 + $1 * $1).squareRoot() }
    func lengths(_ level: Double) throws -> [Double] {
      try panel(ContourMark("iso", cone, levels: [level], stroke: Stroke(.black))).marks[0].shapes.map(length)
    }
    #expect(try lengths(0.012) == [])
    #expect(try lengths(0.1).count == 1)
    #expect(try lengths(0.1).allSatisfy { $0 >= ContourMark.leastLength })
  }

  @Test func linesStopWhereAFieldJumps() throws {
    let scale = try Scale(.linear, domain: -1...1)
    let step = try FieldGrid(x: scale, y: scale, columns: 101, rows: 101) { $1 + ($0 > 0.005 ? 3 : 0) }
    let levels = [0.5, 1.5, 3.5]
    let joined = try panel(ContourMark("iso", step, levels: levels, stroke: Stroke(.black))).marks[0].shapes
    let cut = try panel(ContourMark("iso", step, levels: levels, stroke: Stroke(.black), leastJump: 0.5)).marks[0].shapes
    func upright(_ shapes: [Shape]) -> Double {
      shapes.reduce(0) { sum, shape in
        guard case .polyline(let points, _) = shape else { return sum }
        return sum + zip(points, points.dropFirst()).reduce(0) { $0 + abs($1.1.y - $1.0.y) }
      }
    }
    #expect(upright(joined) > 200 && upright(cut) < 1)
    #expect(cut.count == 2)
  }

  @Test func aSteepFieldBesideItsEdgeDoesNotJump() throws {
    let x = (0..<12).map(Double.init)
    // Undefined up to 3, then falling ever less steeply; and the same with a step in the middle.
    func grid(step: Double) throws -> FieldGrid {
      try FieldGrid(
        x: x, y: [0, 1],
        values: [0, 1].flatMap { _ in
          x.map { $0 < 3 ? .nan : 8 * [1, 0.25, 0.06, 0.015, 0.004, 0.001, 0, 0, 0][Int($0) - 3] + ($0 > 6 ? step : 0) }
        })
    }
    func jumps(_ field: FieldGrid) -> [Int] {
      x.indices.filter { field.jumps(fromColumn: $0, row: 0, least: 0.1) }
    }
    #expect(try jumps(grid(step: 0)) == [])
    #expect(try jumps(grid(step: 2)) == [6])
  }

  @Test func sidesOfADivergingScaleHaveTheirOwnReach() throws {
    let colors = try ColorScale.diverging(below: 0.1, above: 0.6)
    #expect(colors(-0.1).lightness < 30 && colors(0.6).lightness < 30)
    #expect(colors(0).lightness > 94)
    #expect(colors(-0.05).blue > colors(-0.05).red && colors(0.3).red > colors(0.3).blue)
    #expect(throws: PlotError.self) { try ColorScale.diverging(below: 0, above: 1) }
  }
}
