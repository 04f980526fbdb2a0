import Testing

import Plotting

@Suite struct WordingTests {
  @Test func everyTextOfAFigureIsWorded() {
    var figure = Figure(
      title: "old title", summary: "old summary", width: 100, rowHeights: [50],
      cells: [.init(Panel("a", title: "old panel", x: Axis("old x"), y: Axis(.italic("L") + " old y"), marks: []))],
      legend: Legend(.below, [.init("old group", [.init("old entry", Swatch())])]), caption: "old caption")
    figure = figure.worded { $0.replacing("old", with: "new") }
    let panel = figure.cells[0].panel
    let texts: [String?] = [
      figure.title, figure.summary, figure.caption?.description, panel.title?.description, panel.x.title?.description,
      panel.y.title?.description, figure.legend?.groups[0].title?.description,
      figure.legend?.groups[0].entries[0].label.description,
    ]
    #expect(texts.allSatisfy { $0?.contains("new") == true && $0?.contains("old") == false }, "\(texts)")
  }
}
