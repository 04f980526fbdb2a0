import Foundation
import FoundationXML
import Plotting
import Testing

/// What an SVG file's elements say, collected by a parser that knows nothing of how it was written.
private final class Elements: NSObject, XMLParserDelegate {
  var all: [(name: String, attributes: [String: String])] = []
  /// The letters of each text element.
  var texts: [String] = []
  private var depth = 0

  init(_ svg: Data) throws {
    super.init()
    let parser = XMLParser(data: svg)
    parser.delegate = self
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    all.append((name, attributes))
    if name == "text" {
      texts.append("")
      depth += 1
    }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    if name == "text" { depth -= 1 }
  }

  func parser(_ parser: XMLParser, foundCharacters letters: String) {
    if depth > 0 { texts[texts.count - 1] += letters }
  }

  func count(_ name: String) -> Int { all.filter { $0.name == name }.count }
}

@Suite struct FormatTests {
  @Test func everyLabelIsTextThatCanBeSearched() throws {
    let scene = try sampleFigure().layout()
    let elements = try Elements(try scene.svg())
    #expect(elements.texts == scene.labels.map { $0.text.runs.map(\.text).joined() })
    let upright = elements.all.filter { $0.name == "text" && $0.attributes["transform"]?.hasPrefix("rotate(-90 ") == true }
    #expect(upright.count == scene.labels.filter(\.isUpright).count && !upright.isEmpty)
    let spans = elements.all.filter { $0.name == "tspan" }
    #expect(spans.contains { $0.attributes["font-style"] == "italic" && $0.attributes["font-size"] == nil })
    // A subscript is smaller and stands lower than what it belongs to.
    let index = try #require(elements.all.firstIndex { $0.attributes["font-size"].map { Double($0) == 0.7 * 8 } == true })
    let (base, script) = (elements.all[index - 1].attributes, elements.all[index].attributes)
    #expect(Double(script["y"] ?? "") != Double(base["y"] ?? ""))
  }

  @Test func aBrokenLineKeepsTheSpaceBetweenItsWords() throws {
    var figure = sampleFigure(width: 300)
    let words = "Many words \"quoted\" & more < than a line holds, again and again, until it has to break somewhere, and on."
    figure.caption = RichText(words)
    let scene = try figure.layout()
    let elements = try Elements(try scene.svg())
    let caption = try #require(elements.all.first { $0.attributes["id"] == "caption" })
    #expect(caption.attributes["aria-label"] == words)
    #expect(elements.texts.contains(words))
  }

  @Test func outlinesHoldNoLetters() throws {
    let elements = try Elements(try sampleFigure().layout().svg(text: .outlines))
    #expect(elements.count("text") == 0)
    #expect(elements.all.contains { $0.name == "path" && $0.attributes["aria-label"] == "Tokens D" })
  }

  @Test func aSymbolIsDrawnOnceAndUsedManyTimes() throws {
    var figure = sampleFigure()
    let style = MarkerStyle(.star, size: 5, fill: Palette.orange.opacity(0.5))
    figure.cells[2].panel.marks = [
      PointMark("points", (1...300).map { Datum(pow(10, 19 + Double($0) / 50), Double($0)) }, style: style)
    ]
    let elements = try Elements(try figure.layout().svg())
    #expect(elements.count("use") == 300)
    #expect(elements.all.filter { $0.attributes["id"]?.hasPrefix("marker-") == true }.count == 1)
    let group = elements.all.first { $0.name == "g" && $0.attributes["fill-opacity"] == ".5" }
    #expect(group?.attributes["stroke-width"] == ".4")
  }

  @Test func marksAreClippedToTheirPanels() throws {
    let scene = try sampleFigure().layout()
    let elements = try Elements(try scene.svg())
    #expect(elements.count("clipPath") == scene.panels.count)
    let clips = elements.all.compactMap { $0.attributes["clip-path"] }
    #expect(clips == scene.panels.indices.map { "url(#frame-\($0 + 1))" })
  }

  @Test func stepsOfAPathLeadBackToItsPoints() throws {
    let points = [Point(1, 2), Point(1.25, 1.5), Point(1.25, 7.07), Point(-3, 7.07), Point(0.5, 0.05)]
    var path = VectorPath()
    path.add(points, closed: true)
    #expect(path.text == "M1 2l.25-.5v5.57h-4.25l3.5-7.02z")
    // Relative steps in hundredths add up exactly over a long path.
    var long = VectorPath()
    long.add((0...10_000).map { Point(Double($0) * 0.03, ($0.isMultiple(of: 2) ? 0.01 : 0.02)) }, closed: false)
    let steps = long.text.dropFirst(5).split { "l ".contains($0) }.map(String.init)
    let across = steps.compactMap { step in
      Double(step.dropFirst().contains("-") ? String(step.prefix { $0 != "-" }) : step)
    }
    #expect(across.filter { abs($0 - 0.03) < 1e-9 }.count == 10_000)
  }

  @Test func numbersHaveTwoDigitsAndNoMore() {
    #expect([0, 1, -0.004, 0.5, -0.25, 12.345, 100.1].map(svgNumber) == ["0", "1", "0", ".5", "-.25", "12.35", "100.1"])
  }

  @Test func pdfIsTheSameFileTwiceAndHoldsItsFonts() throws {
    let scene = try sampleFigure().layout()
    let pdf = try scene.pdf()
    #expect(try scene.pdf() == pdf)
    let text = String(decoding: pdf, as: UTF8.self)
    #expect(text.hasPrefix("%PDF-1.5") && !text.contains("CreationDate"))
    // The tables of places that a reader looks up must still be right.
    let place = try #require(text.range(of: "startxref\n", options: .backwards))
    let offset = try #require(Int(text[place.upperBound...].prefix { $0.isNumber }))
    #expect(offset < pdf.count && String(decoding: pdf[offset..<offset + 4], as: UTF8.self) == "xref")
  }

  @Test func aDateIsReplacedBySpacesInItsPlace() {
    let file = Data("<< /CreationDate (D:2020)\n/Title (a) >>".utf8)
    #expect(String(decoding: PDF.withoutCreationDate(file), as: UTF8.self) == "<<                       \n/Title (a) >>")
  }
}
