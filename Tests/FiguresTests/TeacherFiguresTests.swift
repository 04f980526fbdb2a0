import Figures
import Formats
import Foundation
import PaperStudy
import Plotting
import ScalingLaws
import Studies
import Testing

/// Figures of what the distillation law says of teachers and of gains: 1, 6, 7, 13 to 16 and 40.
@Suite struct TeacherFiguresTests {
  static let figures = ["1", "6", "7", "13", "14", "15", "16", "40"]
  private let law = DistillationLaw.figures
  private let lab = SimulatedRuns().allInputs

  /// The paper's study; its law is known without runs.
  private func paper(withRuns: Bool = true) -> FigureInputs {
    let coefficients = [
      "A": law.parameterCoefficient, "B": law.tokenCoefficient, "alpha": law.alpha, "beta": law.beta,
      "gamma": law.gamma, "c0": law.c0, "c1": law.c1, "f1": law.f1, "d1": law.d1,
    ]
    let fit = FitDocument(
      law: "distillation", runs: 554, coefficients: coefficients, objective: 1, meanAbsoluteRelativeError: 0.003,
      maxAbsoluteRelativeError: 0.01, starts: 1, delta: 1e-4,
      selection: FitDocument.Selection(availableRuns: 697, minimumLoss: 2.3),
      inputs: FitDocument.Inputs(runs: Digest(of: "")), supervised: law.supervised.coefficients)
    let reconstruction = Reconstruction(noise: 0.004, seed: 1)
    return FigureInputs(
      .paper(withRuns ? reconstruction.supervisedRuns() + reconstruction.distillations() : []),
      distillationExtrapolationFit: withRuns ? fit : nil)
  }

  private func figure(_ name: String, _ inputs: FigureInputs) throws -> Figure {
    try #require(FigureDefinition.all.first { $0.name == name }).make(inputs)
  }

  // MARK: Data on the page

  /// The points of a mark's lines or markers in data coordinates.
  private func data(_ panel: ScenePanel, _ name: String) -> [Datum] {
    // A line goes on, pale, outside the runs' range.
    ["outside " + name, name].flatMap { panel.mark($0)?.shapes ?? [] }.flatMap { shape -> [Point] in
      switch shape {
      case .polyline(let points, _), .markers(let points, _): points
      case .area: []
      }
    }.map { point in
      Datum(
        panel.x.scale.value(at: (point.x - panel.frame.left) / panel.frame.width),
        panel.y.scale.value(at: (panel.frame.bottom - point.y) / panel.frame.height))
    }
  }

  private func fills(_ panel: ScenePanel, _ name: String) -> [Color?] {
    (panel.mark(name)?.shapes ?? []).map { shape in
      guard case .markers(_, let style) = shape else { return nil }
      return style.fill
    }
  }

  // MARK: All

  @Test(arguments: figures) func thePapersLabelsAreClearAndNothingClaimsAMeasurement(name: String) throws {
    let figure = try figure(name, paper())
    let scene = try figure.layout()
    #expect(scene.overlappingLabels().map { "\($0.0.text) / \($0.1.text)" } == [])
    #expect(scene.labelsOutsideCanvas().isEmpty && scene.labelsOnData().isEmpty)
    #expect(try self.figure(name, paper()).layout().svg() == scene.svg())
    let caption = try #require(figure.caption).description
    #expect(!caption.contains("measured") && !figure.summary.contains("measured"))
    #expect(name == "1" || caption.contains("published coefficients"))
  }

  @Test(arguments: figures) func sizesAreLogarithmicAndLossesLinear(name: String) throws {
    for inputs in [lab, paper()] {
      for panel in try figure(name, inputs).layout().panels where !panel.id.hasPrefix("bar") {
        let (x, y) = (panel.x.scale.kind, panel.y.scale.kind)
        switch name {
        case "1": #expect(x == .linear && y == .linear)
        case "6", "13", "14": #expect(x == .logarithmic && y == .logarithmic)
        default: #expect(x == .logarithmic && y == .linear)
        }
      }
    }
  }

  @Test func whatNeedsNoRunsIsDrawnWithoutThem() throws {
    for name in Self.figures where name != "1" {
      let figure = try figure(name, paper(withRuns: false))
      #expect(try figure.layout().panels.allSatisfy { $0.mark("runs") == nil })
      #expect(!(try #require(figure.caption).description.contains("runs")), "\(name)")
    }
    let error = #expect(throws: StageError.self) { _ = try extrapolationFigure(paper(withRuns: false)) }
    #expect(error?.description.contains("fit-distillation-extrapolation.json") == true)
  }

  /// A study of which nothing but its runs is known has the same figures, over axes that follow from the runs.
  @Test(arguments: figures) func axesFollowFromTheRuns(name: String) throws {
    var inputs = lab
    inputs.runs = StudyRuns(Study(name: "mine"), records: lab.runs.records)
    let scene = try figure(name, inputs).layout()
    #expect(scene.overlappingLabels().map { "\($0.0.text) / \($0.1.text)" } == [])
    #expect(scene.labelsOutsideCanvas().isEmpty)
    inputs.runs = StudyRuns(Study(name: "mine"), records: [])
    #expect(throws: StageError.self) { _ = try figure(name, inputs) }
  }

  // MARK: Gains

  @Test func panelsAreThoseOfTheStudy() throws {
    func ids(_ figure: Figure) throws -> [String] { try figure.layout().panels.map(\.id) }
    let teachers = ["546M", "975M", "1.82B", "2.72B", "4.82B", "7.75B"].map { "teacher " + $0 }
    #expect(try ids(benefitByTokensFigure(paper())) == teachers)
    #expect(try ids(benefitByComputeFigure(paper())) == teachers)
    let labTeachers = ["6.66k", "20.7k", "50.2k", "99.2k", "166k", "267k"].map { "teacher " + $0 }
    #expect(try ids(benefitByTokensFigure(lab)) == labTeachers)
    #expect(
      Set(try ids(benefitByTeacherFigure(lab)))
        == Set(["6.66k", "20.7k", "50.2k", "99.2k"].flatMap { ["tokens " + $0, "compute " + $0] } + ["bar 0", "bar 1"]))
    #expect(try ids(teacherByTeacherSizeFigure(paper())).count == 16)
  }

  @Test func runsStandAtTheirTokensInTheColourOfTheirGain() throws {
    let inputs = paper()
    let panel = try benefitByTokensFigure(inputs).layout().panels[2]
    let runs = inputs.distillations.filter {
      $0.sweep == "protocol-1" && abs(($0.distillation?.teacherParameters ?? 0) / 1.82e9 - 1) < 0.01
    }
    let (places, colors) = (data(panel, "runs"), fills(panel, "runs"))
    #expect(places.count == runs.count && colors.count == runs.count && runs.count > 30)
    for (run, (place, color)) in zip(runs, zip(places, colors)) {
      #expect(abs(place.x / run.tokens - 1) < 2e-3 && abs(place.y / run.parameters - 1) < 2e-3)
      let gain = run.loss - law.supervised.loss(parameters: run.parameters, tokens: run.tokens)
      let color = try #require(color)
      if gain < -0.02 { #expect(color.blue > color.red) }
      if gain > 0.02 { #expect(color.red > color.blue) }
    }
    // The line of equal sizes stands at the teacher's size.
    for end in data(panel, "equal sizes") { #expect(abs(end.y / 1.82e9 - 1) < 2e-3) }
    let teacherLoss = try #require(runs.first?.distillation?.teacherLoss)
    for place in data(panel, "no benefit") {
      let gain =
        law.loss(studentParameters: place.y, studentTokens: place.x, teacherLoss: teacherLoss)
        - law.supervised.loss(parameters: place.y, tokens: place.x)
      #expect(abs(gain) < 1e-3)
    }
  }

  @Test func runsOfFigures13And14StandAtTheirCompute() throws {
    let inputs = paper()
    let students = try benefitByComputeFigure(inputs).layout().panels[0]
    for place in data(students, "runs") {
      #expect([3e19, 1e20, 3e20, 1e21, 3e21].contains { abs(place.x / $0 - 1) < 5e-3 })
    }
    let scene = try benefitByTeacherFigure(inputs).layout()
    let teachers = try #require(scene.panels.first { $0.id == "compute 546M" })
    let places = data(teachers, "runs")
    #expect(places.count == 56)
    for place in places { #expect([3e19, 1e20, 3e20, 1e21].contains { abs(place.x / $0 - 1) < 0.02 }) }
    // The zero of the field is where the student of such a teacher is as good as alone.
    let alone = law.supervised.loss(parameters: 546e6, tokens: 20 * 546e6)
    for place in data(teachers, "no benefit") {
      let tokens = ModelFamily.paper.tokens(compute: place.x, parameters: place.y)
      let teacherLoss = law.supervised.loss(parameters: place.y, tokens: tokens)
      let distilled = law.loss(studentParameters: 546e6, studentTokens: 20 * 546e6, teacherLoss: teacherLoss)
      #expect(abs(distilled - alone) < 2e-3)
    }
    // A bar a row, with the zero between blue and red.
    let bars = scene.panels.filter { $0.id.hasPrefix("bar ") }
    #expect(bars.count == 2)
    for bar in bars { #expect(bar.y.scale.domain.contains(0) && bar.y.ticks.major.contains(0)) }
  }

  // MARK: Teachers

  @Test func theRedLineIsTheBestTeacher() throws {
    for (inputs, law) in [(lab, SimulatedRuns.distillationLaw), (paper(), self.law)] {
      let scene = try teacherBySizeFigure(inputs).layout()
      #expect(scene.panels.count == 4)
      let tokens = inputs.study.name == "paper" ? [250e9, 1e12, 4e12, 16e12] : [1e6, 3e6, 10e6, 30e6]
      for (panel, tokens) in zip(scene.panels, tokens) {
        let losses = (0...2000).map { panel.y.scale.value(at: Double($0) / 2000) }
        for place in data(panel, "best teacher") {
          func loss(_ teacherLoss: Double) -> Double {
            law.loss(studentParameters: place.x, studentTokens: tokens, teacherLoss: teacherLoss)
          }
          #expect(loss(place.y) <= (losses.map(loss).min() ?? 0) + 1e-4)
        }
      }
      #expect(scene.panels.contains { data($0, "best teacher").count > 50 })
    }
  }

  @Test func contoursAreLabelledEveryTwentiethOfANat() throws {
    let scene = try teacherBySizeFigure(paper()).layout()
    let labels = scene.labels.filter { $0.role == .annotation }.compactMap { Double($0.text.description) }
    #expect(labels.count > 40)
    for label in labels { #expect(abs((label * 20).rounded() - label * 20) < 1e-9) }
    for (panel, tokens) in zip(scene.panels, [250e9, 1e12, 4e12, 16e12]) {
      let places = data(panel, "student's loss")
      #expect(places.count > 100)
      for place in places {
        let loss = law.loss(studentParameters: place.x, studentTokens: tokens, teacherLoss: place.y)
        #expect(abs((loss * 20).rounded() - loss * 20) < 0.06)
      }
    }
  }

  @Test func supervisedTrainingOvertakesWhereFigure15SaysSo() throws {
    let scene = try teacherByTokensFigure(paper()).layout()
    let marks = zip(scene.panels, [1e9, 3e9]).compactMap { panel, size in
      data(panel, "supervised overtakes").first.map { (size, $0.x) }
    }
    #expect(marks.count == 2)
    for (size, tokens) in marks {
      let best = law.bestTeacherLoss(studentParameters: size, studentTokens: tokens, in: 1.22...2.5)
      let distilled = law.loss(studentParameters: size, studentTokens: tokens, teacherLoss: best)
      #expect(abs(distilled - law.supervised.loss(parameters: size, tokens: tokens)) < 1e-3)
    }
    #expect(scene.panels[3].mark("supervised overtakes") == nil)
  }

  @Test func endlessTokensLeaveNoDifferenceAtThePapersSizes() throws {
    let panel = try endlessTokensFigure(paper()).layout().panels[0]
    let (alone, taught) = (data(panel, "supervised"), data(panel, "distilled"))
    #expect(alone.count == taught.count && alone.count > 100)
    for (alone, taught) in zip(alone, taught) where alone.x < 1e11 { #expect(abs(taught.y / alone.y - 1) < 0.01) }
  }

  @Test func figure1IsSolidAboveTheCutAndDashedBelow() throws {
    let scene = try extrapolationFigure(paper()).layout()
    let panel = scene.panels[0]
    var (solid, dashed) = (0, 0)
    for mark in panel.marks {
      for datum in data(panel, mark.name) {
        if mark.name.hasPrefix("interpolated") { solid += 1; #expect(datum.y > 2.3 - 1e-3) }
        if mark.name.hasPrefix("extrapolated ") { dashed += 1; #expect(datum.y < 2.3 + 1e-3) }
      }
      if mark.name.hasPrefix("extrapolated ") {
        for case .polyline(_, let stroke) in mark.shapes { #expect(!stroke.dash.isEmpty) }
      }
    }
    #expect(solid > 100 && dashed > 100)
    let sizes = ["143M", "198M", "546M", "975M", "1.82B", "4.82B", "7.75B"]
    for size in sizes { #expect(!data(panel, "N_S = " + size).isEmpty, "\(size)") }
    #expect(try #require(scene.colorBar).ticks == [4e9, 8e9, 16e9, 32e9, 64e9, 128e9, 256e9, 512e9])
    // More tokens, a lighter colour.
    let lightness = zip(fills(panel, "N_S = 546M"), data(panel, "N_S = 546M")).compactMap { $0.0?.lightness }
    #expect((lightness.max() ?? 0) - (lightness.min() ?? 0) > 20)
  }
}
