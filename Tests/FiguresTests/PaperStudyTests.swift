import Figures
import Formats
import Foundation
import PaperStudy
import Plotting
import ScalingLaws
import Studies
import Testing

/// The figures of runs at the paper's own scale, drawn from the published laws.
@Suite struct PaperStudyTests {
  static let figures = ["2", "3", "4", "5", "36", "37", "38", "39", "41", "diagnostics"]

  private var inputs: FigureInputs {
    let reconstruction = Reconstruction(noise: 0.004, seed: 1)
    func fit(_ law: String, _ coefficients: [String: Double], minimumLoss: Double? = nil) -> FitDocument {
      FitDocument(
        law: law, runs: 1, coefficients: coefficients, objective: 1, meanAbsoluteRelativeError: 0.003,
        maxAbsoluteRelativeError: 0.01, starts: 1, delta: 1e-4,
        selection: FitDocument.Selection(availableRuns: 1, minimumLoss: minimumLoss),
        inputs: FitDocument.Inputs(runs: Digest(of: "")),
        supervised: law == "distillation" ? SupervisedLaw.published.coefficients : nil)
    }
    let supervised = SupervisedLaw.published.coefficients
    let law = DistillationLaw.figures
    let distillation = [
      "A": law.parameterCoefficient, "B": law.tokenCoefficient, "alpha": law.alpha, "beta": law.beta,
      "gamma": law.gamma, "c0": law.c0, "c1": law.c1, "f1": law.f1, "d1": law.d1,
    ]
    return FigureInputs(
      .lab(reconstruction.supervisedRuns() + reconstruction.distillations()),
      supervisedFit: fit("supervised", supervised), extrapolationFit: fit("supervised", supervised, minimumLoss: 2.2),
      distillationFit: fit("distillation", distillation),
      distillationExtrapolationFit: fit("distillation", distillation, minimumLoss: 2.3))
  }

  @Test(arguments: figures) func labelsAreClearAndNothingClaimsAMeasurement(name: String) throws {
    let definition = try #require(FigureDefinition.all.first { $0.name == name })
    #expect(definition.lacks(.paper(inputs.records)).isEmpty)
    let figure = try definition.make(inputs)
    let scene = try figure.layout()
    #expect(scene.overlappingLabels().map { "\($0.0.text) / \($0.1.text)" } == [])
    #expect(scene.labelsOutsideCanvas().map(\.text.description) == [])
    #expect(scene.labelsOnData().map(\.text.description) == [])
    for label in scene.labels { #expect(!label.text.description.contains("measured")) }
    #expect(!figure.summary.contains("measured"))
    let caption = try #require(scene.labels.first { $0.role == .caption }).text.description
    #expect(caption.contains("reconstructed"))
    for panel in scene.panels {
      #expect(!panel.id.contains("divergence"))
      #expect(!panel.marks.contains { $0.name.contains("deviation") })
    }
  }

  @Test func panelsAreThePapers() throws {
    func panels(_ figure: Figure) throws -> [String] {
      try figure.layout().panels.map(\.id)
    }
    #expect(try panels(studentProfilesFigure(inputs)) == ["teacher 975M", "teacher 7.75B"])
    #expect(try panels(capacityGapFigure(inputs)) == ["loss 143M", "loss 198M"])
    #expect(try panels(capacityGapDivergenceFigure(inputs)) == ["loss 143M", "loss 198M", "loss 546M"])
    #expect(try panels(teacherBeatenFigure(inputs)) == ["loss of 546M from 1.82B", "loss of 1.82B from 546M"])
    #expect(try panels(allProfilesFigure(inputs)).count == 10)
    let series = try supervisedRunsFigure(inputs).layout().panels[0]
    #expect(series.mark("D/N = 20") != nil && series.mark("D = 512B") != nil)
    let caption = try #require(teacherBeatenFigure(inputs).caption).description
    #expect(caption.contains("The law cannot fall below the teacher’s loss"))
  }
}

@Suite struct GalleryTests {
  let folder: URL
  private var page: Gallery {
    Gallery(
      studies: ["lab", "paper", "theory"].map { name in
        var study: Study = name == "lab" ? .lab : name == "paper" ? .paper : .theory
        study.root = folder.path + "/Studies"
        return study
      },
      figures: folder.path + "/figures", results: folder.path + "/results", page: folder.path + "/figures/index.html")
  }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("gallery-\(UUID().uuidString)")
  }

  private func write(_ text: String, _ path: String) throws {
    try writeAtomically(text, to: folder.path + "/" + path)
  }

  @Test func aRowHoldsBothStudiesWithTheirWordsAndData() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write("<svg><title>t</title><desc>Loss &lt; 2 &amp; \"more\" by lab runs</desc></svg>", "figures/lab/figure-05.svg")
    try write("<svg><desc>reconstructed runs</desc></svg>", "figures/paper/figure-05.svg")
    try write("<svg><desc>gap</desc></svg>", "figures/paper/figure-04.svg")
    try write("{}", "results/lab/fit-supervised.json")
    try write("", "Studies/paper/logs/protocol-3.jsonl")
    let html = try page.html()
    #expect(html == (try page.html()))
    #expect(html.contains("Loss &lt; 2 &amp; &quot;more&quot; by lab runs"))
    #expect(html.contains("src=\"lab/figure-05.svg\"") && html.contains("src=\"paper/figure-05.svg\""))
    #expect(html.contains("<a href=\"../results/lab/fit-supervised.json\">fit-supervised.json</a>"))
    #expect(html.contains("<a href=\"../Studies/paper/logs/protocol-3.jsonl\">"))
    #expect(!html.contains("results/paper/fit-supervised.json"), "a file that is not there has no link")
    #expect(html.contains("<section id=\"figure-04\">"))
    #expect(!html.contains("figure-36"), "no row for a figure without files")
    let places = ["figure-04\">", "figure-05\">"].compactMap { html.range(of: "id=\"" + $0)?.lowerBound }
    #expect(places.count == 2 && places[0] < places[1])
    #expect(!html.contains("<script"))
  }

  @Test func aFigureOfOneStudyHasNoPlaceForOthers() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write("<svg><desc>students by teachers</desc></svg>", "figures/theory/figure-11.svg")
    try write("{}", "Studies/theory/logs/teacher-width.jsonl")
    let html = try page.html()
    #expect(html.contains("src=\"theory/figure-11.svg\"") && !html.contains("<strong>Lab</strong></figcaption>"))
    #expect(html.contains("<a href=\"../Studies/theory/logs/teacher-width.jsonl\">"))
  }

  @Test func aFigureHasItsFilesItsSizeAndItsWordsOnce() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(
      "<svg role=\"img\" width=\"496.8pt\" height=\"621pt\"><desc>Contours. A &amp; B by 300 runs.</desc>"
        + "<text id=\"caption\" aria-label=\"A &amp; B by 300 runs.\">A</text></svg>", "figures/lab/figure-16.svg")
    try write("", "figures/lab/figure-16.png")
    let html = try page.html()
    #expect(html.contains("width=\"662\" height=\"828\"") && html.contains("<div class=\"tall\">"))
    #expect(html.contains("<strong>Lab</strong> Contours. <span") && !html.contains("300 runs"))
    #expect(html.contains("<a href=\"lab/figure-16.png\">PNG</a>") && !html.contains("PDF"))
    #expect(html.contains("<li><a href=\"#figure-16\">") && html.contains("<section id=\"figure-16\">"))
    #expect(html.contains("prefers-color-scheme: dark") && html.contains("class=\"skip\" href=\"#figures\""))
    // Nothing is loaded from elsewhere.
    #expect(!html.contains("src=\"http") && !html.contains("<link") && !html.contains("url("))
    try write("", "figures/lab/figure-16.pdf")
    #expect(try page.html().contains("<a href=\"lab/figure-16.pdf\">PDF</a>"))
  }

  @Test func whatCannotBeShownIsNamed() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let none = #expect(throws: StageError.self) { _ = try page.html() }
    #expect(none?.description.contains("holds no figure") == true)
    try write("<svg></svg>", "figures/lab/figure-05.svg")
    let mute = #expect(throws: StageError.self) { _ = try page.html() }
    #expect(mute?.description.contains("figure-05.svg: does not say what it shows") == true)
  }
}
