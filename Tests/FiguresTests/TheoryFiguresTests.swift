import Formats
import CapacityTheory
import Foundation
import Figures
import Plotting
import SimulatedMapping
import Testing

/// Figures of the study of theory: 10 to 12.
@Suite struct TheoryFiguresTests {
  static let figures = ["10", "11", "12"]

  private func figure(_ name: String, _ records: [RunRecord]) throws -> Figure {
    let definition = try #require(FigureDefinition.all.first { $0.name == name })
    return try definition.make(FigureInputs(.theory(records)))
  }

  /// The points of a mark's lines or markers in data coordinates.
  private func data(_ panel: ScenePanel, _ name: String) -> [Datum] {
    (panel.mark(name)?.shapes ?? []).flatMap { shape -> [Point] in
      switch shape {
      case .polyline(let points, _), .markers(let points, _): points
      case .area(let rings, _): rings.flatMap { $0 }
      }
    }.map { point in
      Datum(
        panel.x.scale.value(at: (point.x - panel.frame.left) / panel.frame.width),
        panel.y.scale.value(at: (panel.frame.bottom - point.y) / panel.frame.height))
    }
  }

  @Test(arguments: figures) func labelsAreClearAndBytesRepeat(name: String) throws {
    let records = SimulatedMapping().records
    let scene = try figure(name, records).layout()
    #expect(scene.overlappingLabels().map { "\($0.0.text) / \($0.1.text)" } == [])
    #expect(scene.labelsOutsideCanvas().map(\.text.description) == [])
    #expect(scene.labelsOnData().map(\.text.description) == [])
    #expect(try figure(name, records.reversed()).layout().svg() == scene.svg())
    let caption = try #require(scene.labels.first { $0.role == .caption }).text.description
    #expect(!caption.contains("measured") && caption.contains(name == "10" ? "Computed" : "reconstructed"))
  }

  @Test func figure10NeedsNoRunsAndStandsWhereTheFormulasPutIt() throws {
    let panel = try figure("10", []).layout().panels[0]
    #expect(panel.x.scale.domain == 0...1000 && panel.x.scale.kind == .linear && panel.y.scale.kind == .linear)
    let target = KernelRegression(coefficients: KernelRegression.coefficients(seed: 1))
    for place in data(panel, "teacher") {
      #expect(abs(place.y - target.teacherError(Int(place.x.rounded()))) < 0.01)
    }
    for student in stride(from: 300, through: 800, by: 100) {
      let places = data(panel, "n = \(student)")
      #expect(places.count == 251)
      for place in places {
        #expect(abs(place.y - target.studentError(teacher: Int(place.x.rounded()), student: student)) < 0.01)
      }
      let own = try #require(data(panel, "own capacity \(student)").first)
      #expect(abs(own.x - Double(student)) < 0.5 && own.y <= (places.map(\.y).min() ?? 0) + 0.01)
    }
    for case .polyline(_, let stroke) in panel.mark("n = 300")?.shapes ?? [] { #expect(!stroke.dash.isEmpty) }
    for case .polyline(_, let stroke) in panel.mark("teacher")?.shapes ?? [] { #expect(stroke.dash.isEmpty) }
  }

  @Test(arguments: ["11", "12"]) func aLineAndABandAStudentOverItsTeachers(name: String) throws {
    let scene = try figure(name, SimulatedMapping().records).layout()
    #expect(scene.panels.map(\.id) == ["cross-entropy", "accuracy"])
    let teachers = (name == "11" ? SimulatedMapping.widths : SimulatedMapping.steps).map(Double.init)
    for panel in scene.panels {
      #expect(panel.x.scale.kind == .logarithmic && panel.y.scale.kind == .linear)
      // Ticks are powers of two from the weakest teacher to the strongest.
      #expect(panel.x.ticks.major.first == 64 && panel.x.ticks.major.allSatisfy { log2($0) == log2($0).rounded() })
      for student in SimulatedMapping.students {
        let medians = data(panel, "width \(student)")
        #expect(zip(medians, teachers).allSatisfy { abs($0.x / $1 - 1) < 2e-3 } && medians.count == 9)
        #expect(data(panel, "line width \(student)").count == 9 && data(panel, "band width \(student)").count == 18)
        #expect(panel.mark("supervised width \(student)") != nil)
      }
      #expect(data(panel, "teacher").count == 9)
    }
    let losses = data(scene.panels[0], "width 256"), accuracies = data(scene.panels[1], "width 256")
    #expect(losses[4].y < losses[0].y - 0.2 && losses[4].y < losses[8].y - 0.1)
    #expect(accuracies[4].y > accuracies[0].y && accuracies[4].y > accuracies[8].y)
  }

  @Test func medianAndQuartersAreThoseOfTheTrials() throws {
    let records = SimulatedMapping().records
    let losses = records.filter {
      $0.sweep == "teacher-width" && $0.distillation?.teacherWidth == 181 && $0.mapping?.width == 256
    }
    .map(\.loss).sorted()
    #expect(losses.count == 4)
    let panel = try figure("11", records).layout().panels[0]
    let step = (panel.y.scale.domain.upperBound - panel.y.scale.domain.lowerBound) / panel.frame.height / 50
    #expect(abs(data(panel, "width 256")[3].y - (losses[1] + losses[2]) / 2) < step)
    let band = data(panel, "band width 256")
    #expect(abs(band[3].y - (losses[0] + 3 * losses[1]) / 4) < step)
    #expect(abs(band[14].y - (3 * losses[2] + losses[3]) / 4) < step)
  }

  @Test func whatIsThereIsDrawnAndCounted() throws {
    var records = SimulatedMapping().records
    records.removeAll { $0.mapping?.width == 362 || ($0.seed == 4 && ($0.distillation?.teacherWidth ?? 0) > 300) }
    records.removeAll { $0.kind == .supervised }
    let figure = try figure("11", records)
    let caption = try #require(figure.caption).description
    #expect(caption.contains("3–4 trials a point") && caption.contains("50% of the questions"))
    #expect(!caption.contains("Dotted"))
    let panel = try figure.layout().panels[0]
    #expect(panel.mark("width 362") == nil && data(panel, "width 256").count == 9)
  }

  @Test func missingRunsAreNamedWithWhatMakesThem() throws {
    for (name, sweep) in [("11", "teacher-width"), ("12", "teacher-steps")] {
      let other = SimulatedMapping().records(sweep: name == "11" ? "teacher-steps" : "teacher-width")
      let error = #expect(throws: StageError.self) { _ = try figure(name, other) }
      #expect(error?.description == "needs runs of the sweep \(sweep); the store has none, make sweep trains them")
    }
    var mixed = SimulatedMapping()
    mixed.easyFraction = 0.2
    let error = #expect(throws: StageError.self) { _ = try figure("11", SimulatedMapping().records + mixed.records) }
    #expect(error?.description.contains("in one way") == true)
  }
}
