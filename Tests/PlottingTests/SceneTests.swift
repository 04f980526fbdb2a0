import Foundation
import FoundationXML
import Plotting
import Testing

/// Two panels over one another with one x axis, and one beside them.
func sampleFigure(width: Double = Theme.pageWidth) -> Figure {
  let curve = (0...50).map { Datum(pow(10, 8 + Double($0) / 10), 3 - Double($0) / 40) }
  let line = LineMark("curve", curve, stroke: Stroke(Palette.blue))
  let x = Axis("Tokens " + .italic("D"), .logarithmic, format: .abbreviated, shared: "D")
  return Figure(
    title: "A & B", summary: "1 < 2", width: width, rowHeights: [80, 80], columnWeights: [1, 1],
    cells: [
      Figure.Cell(
        Panel("top", title: RichText.bold("(a)") + " Top", x: x, y: Axis(.tilde("L") + .subscript("S")), marks: [line])),
      Figure.Cell(
        Panel("bottom", x: x, y: Axis("y"), marks: [line, RuleMark("two", .horizontal(2), stroke: Stroke(.black))]), rows: 1...1
      ),
      Figure.Cell(
        Panel(
          "side", x: Axis("C", .logarithmic, domain: 1e19...1e26, format: .powerOfTen), y: Axis("%", format: .percent),
          marks: [
            PointMark("points", [Datum(1e20, 10), Datum(1e24, 60)], style: MarkerStyle(fill: Palette.orange)),
            TextMark("note", at: Datum(1e20, 10), offset: Point(4, 0)),
          ]), rows: 0...1, columns: 1...1),
    ],
    legend: Legend(.below, [Legend.Group("Series", [Legend.Entry("curve", Swatch(line: Stroke(Palette.blue)))])]),
    caption: "Made up for this test.")
}

@Suite struct SceneTests {
  @Test(arguments: [Theme.pageWidth, Theme.columnWidth, 420])
  func labelsKeepClearOfOneAnotherOfDataAndOfTheEdge(width: Double) throws {
    let scene = try sampleFigure(width: width).layout()
    #expect(scene.overlappingLabels().map { "\($0.0.text) / \($0.1.text)" } == [])
    #expect(scene.labelsOutsideCanvas().map(\.text.description) == [])
    #expect(scene.labelsOnData().map(\.text.description) == [])
    #expect(scene.labels.filter { $0.role == .tick }.count >= 8)
  }

  @Test func theOverlapCheckFindsOverlaps() throws {
    var scene = try sampleFigure().layout()
    let label = try #require(scene.labels.first)
    scene.labels.append(label)
    #expect(scene.overlappingLabels().count == 1)
    scene.labels[0].box.x = -5
    #expect(scene.labelsOutsideCanvas().count == 1)
  }

  @Test func sharedAxesHaveOneDomainAndOneSetOfLabels() throws {
    let scene = try sampleFigure().layout()
    let (top, bottom) = (scene.panels[0], scene.panels[1])
    #expect(top.x.scale == bottom.x.scale)
    #expect(!top.x.showsLabels && bottom.x.showsLabels)
    #expect(top.frame.left == bottom.frame.left && top.frame.width == bottom.frame.width)
    #expect(scene.panels[2].frame.bottom == bottom.frame.bottom)
  }

  @Test func givenTicksAreLabelledAsFarAsThereIsRoom() throws {
    let powers = (6...14).map { pow(2, Double($0)) }
    func ticks(_ width: Double) throws -> Ticks {
      var figure = sampleFigure(width: width)
      let x = Axis("steps", .logarithmic, format: .shortest, ticks: powers + [1e6])
      let data = powers.map { Datum($0, $0) }
      figure.cells[2].panel = Panel("side", x: x, y: Axis("y"), marks: [LineMark("line", data, stroke: Stroke(.black))])
      return try figure.layout().panels[2].x.ticks
    }
    let (wide, narrow) = (try ticks(Theme.pageWidth), try ticks(240))
    #expect(narrow.major.count >= 2 && narrow.major.count < wide.major.count)
    for ticks in [wide, narrow] {
      #expect((ticks.major + ticks.minor).sorted() == powers)
      #expect(Set(zip(ticks.major, ticks.major.dropFirst()).map { $1 / $0 }).count == 1)
    }
  }

  @Test func ticksThinOutWhereTheyHaveNoRoom() throws {
    func ticks(_ width: Double) throws -> Int { try sampleFigure(width: width).layout().panels[2].x.ticks.major.count }
    #expect(try ticks(220) < ticks(Theme.pageWidth))
  }

  @Test func marksStandWhereTheScalesPutThem() throws {
    let scene = try sampleFigure().layout()
    let panel = scene.panels[2]
    guard case .markers(let places, _)? = panel.mark("points")?.shapes.first else {
      Issue.record("no markers")
      return
    }
    #expect(abs(places[0].x - (panel.frame.left + panel.frame.width / 7)) < 0.011)
    let tick = try #require(zip(panel.x.ticks.major, panel.x.majorPositions).first { $0.0 == 1e20 })
    #expect(abs(tick.1 - places[0].x) < 0.011)
  }

  @Test func valuesThatAScaleCannotShowLeaveAGap() throws {
    let data = [Datum(1e8, 1), Datum(1e9, 2), Datum(1e10, .nan), Datum(1e11, 2), Datum(1e12, 1), Datum(-1, 1)]
    let line = LineMark("gap", data, stroke: Stroke(.black))
    var figure = sampleFigure()
    figure.cells[0].panel.marks = [line]
    let shapes = try figure.layout().panels[0].mark("gap")?.shapes
    #expect(shapes?.count == 2)
  }

  @Test func anAxisWithoutDataIsAnError() {
    var figure = sampleFigure()
    figure.cells[2].panel.marks = []
    #expect(throws: PlotError.self) { try figure.layout() }
  }

  @Test func aMissingFontIsNamedWithItsPackage() {
    var figure = sampleFigure()
    figure.theme.fontFamily = "No Such Family"
    figure.theme.fontPackage = "fonts-none"
    let error = #expect(throws: PlotError.self) { try figure.layout() }
    #expect(error?.description.contains("fonts-none") == true)
  }
}

@Suite struct RenderingTests {
  @Test func theSameFigureGivesTheSameBytes() throws {
    let (first, second) = (try sampleFigure().layout(), try sampleFigure().layout())
    #expect(first == second)
    #expect(try first.svg() == second.svg())
    #expect(try first.png() == second.png())
  }

  @Test func svgCarriesTitleAndDescriptionEscaped() throws {
    let svg = String(decoding: try sampleFigure().layout().svg(), as: UTF8.self)
    #expect(svg.contains("<title>A &amp; B</title>"))
    #expect(svg.contains("<desc>1 &lt; 2</desc>"))
    #expect(!svg.contains("surface"))
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse())
  }

  @Test func pngHasThePrintResolution() throws {
    let scene = try sampleFigure(width: 241.2).layout()
    let png = try scene.png(resolution: 300)
    func number(_ offset: Int) -> Int { png[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
    #expect(number(16) == 1005)
    #expect(String(decoding: png[37..<41], as: UTF8.self) == "pHYs")
    #expect(number(41) == 11811)
  }

  @Test func marksAreClippedToTheirPanel() throws {
    // A line far outside its panel's domain leaves the image as it was.
    let plain = try sampleFigure().layout()
    var figure = sampleFigure()
    figure.cells[2].panel.y.domain = plain.panels[2].y.scale.domain
    figure.cells[2].panel.marks.append(
      LineMark("outside", [Datum(1e20, 500), Datum(1e24, 1000)], stroke: Stroke(.black, width: 5)))
    #expect(try figure.layout().png() == plain.png())
  }
}
