import Figures
import Formats
import PaperStudy
import Plotting
import Testing

/// The figure of which B' the labels of the paper's figures follow.
@Suite struct FigureLawTests {
  private func trial(_ coefficient: Double, _ wrong: [Int]) -> FigureLawDocument.Trial {
    FigureLawDocument.Trial(name: "a law", tokenCoefficient: coefficient, disagreements: wrong, shares: [0.1, 0.1])
  }

  private var document: FigureLawDocument {
    FigureLawDocument(
      groups: [.init(name: "7", labels: 40), .init(name: "19, 21", labels: 60)],
      curve: [trial(1e4, [20, 30]), trial(1e6, [10, 3]), trial(1e7, [40, 30])], printed: trial(24_000, [20, 25]),
      figures: trial(2.4e6, [1, 0]), alternatives: [], evidence: [], unexplained: [])
  }

  @Test func itShowsEveryGroupTheWholeAndBothReadings() throws {
    let figure = try figureLawFigure(FigureInputs(.paper([]), figureLaw: document))
    let panel = figure.cells[0].panel
    let lines = panel.marks.compactMap { $0 as? LineMark }
    #expect(lines.count == 3)
    let whole = try #require(lines.first { $0.name == "all 100 labels" })
    // Trials of the curve and the two readings, by B', in per cent of the labels.
    #expect(
      whole.data == [
        Datum(1e4, 50), Datum(24_000, 45), Datum(1e6, 13), Datum(2.4e6, 1), Datum(1e7, 70),
      ])
    #expect(lines.contains { $0.name == "figure 7 (40)" && $0.data[0] == Datum(1e4, 50) })
    let rules = panel.marks.compactMap { ($0 as? RuleMark)?.place }
    #expect(rules == [.vertical(24_000), .vertical(2.4e6)])
    let caption = try #require(figure.caption?.description)
    #expect(caption.contains("With B′ as printed 45 of 100 disagree, with a hundred times as much 1."))
    _ = try figure.layout()
  }

  @Test func withoutTheTestItSaysWhatItNeeds() {
    #expect(throws: StageError.self) {
      _ = try figureLawFigure(FigureInputs(.paper([])))
    }
  }
}
