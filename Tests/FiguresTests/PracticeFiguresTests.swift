import Formats
import Figures
import Plotting
import Testing

/// Figures of how to distil: 35 and 42 to 54.
@Suite struct PracticeFiguresTests {
  private let inputs = FigureInputs(.lab(SimulatedPractice.runs))

  private func scene(_ name: String) throws -> Scene {
    try #require(FigureDefinition.all.first { $0.name == name }).make(inputs).layout()
  }

  private func markers(_ panel: ScenePanel, _ name: String) -> [Point] {
    (panel.mark(name)?.shapes ?? []).flatMap { shape -> [Point] in
      guard case .markers(let points, _) = shape else { return [] }
      return points
    }
  }

  @Test func aPanelATeacherAndATargetWithItsErrorAndFloor() throws {
    #expect(try scene("42").panels.count == 4)
    for number in 43...50 {
      let scene = try scene("\(number)")
      #expect(scene.panels.count == 8, "figure \(number)")
      #expect(scene.panels.allSatisfy { markers($0, "means").count == RunRecord.Reliability.bins })
      let titles = scene.labels.filter { $0.role == .panelTitle }.map(\.text.description)
      #expect(titles.allSatisfy { $0.contains("%") && $0.contains("[") }, "\(titles)")
    }
  }

  @Test func aBiasPutsThePointsBelowTheDiagonal() throws {
    let panels = try scene("43").panels
    for (index, panel) in panels.enumerated() {
      let below = markers(panel, "means").count { point in
        let x = panel.x.scale.value(at: (point.x - panel.frame.left) / panel.frame.width)
        let y = panel.y.scale.value(at: (panel.frame.bottom - point.y) / panel.frame.height)
        return y < x - 0.05
      }
      // Targets of the distribution come first.
      #expect(index < 4 ? below == 0 : below > 15, "panel \(index): \(below)")
    }
  }

  @Test func lambdaHasAPlaceForSupervisedTrainingAndForDistillationAlone() throws {
    let scene = try scene("51")
    #expect(scene.panels.count == 5)
    let labels = scene.labels.filter { $0.role == .tick }.map(\.text.description)
    #expect(labels.contains("1") && labels.contains("0.5") && labels.contains("0.99"))
  }

  @Test(arguments: ["52", "53"]) func aPanelATeacherAndACurveAStudent(name: String) throws {
    let scene = try scene(name)
    #expect(scene.panels.count == 4)
    for panel in scene.panels {
      #expect(panel.marks.filter { $0.name.hasPrefix("mean ") }.count == 3)
      #expect(panel.marks.filter { $0.name.hasPrefix("lowest ") }.count == 3)
    }
  }

  @Test func truncatedTeachersAreDrawnWithAndWithoutTheText() throws {
    let panels = try scene("54").panels
    #expect(panels.count == 3)
    #expect(panels[0].marks.contains { $0.name.hasSuffix("mixed") } && !panels[1].marks.contains { $0.name.hasSuffix("mixed") })
    // By the probability that is dropped the whole distribution stands at 0 and top-1 of these teachers at a half.
    let dropped = try #require(panels[2].marks.first { $0.name.hasPrefix("mean ") })
    guard case .polyline(let points, _)? = dropped.shapes.first else {
      Issue.record("no line")
      return
    }
    let (frame, scale) = (panels[2].frame, panels[2].x.scale)
    let places = points.map { scale.value(at: ($0.x - frame.left) / frame.width) }
    #expect(abs((places.max() ?? 0) - 0.5) < 1e-6 && abs(places.min() ?? 1) < 1e-6)
  }

  @Test func everyTaskHasItsPanel() throws {
    let scene = try scene("35")
    #expect(scene.panels.count == 12)
    #expect(scene.panels.allSatisfy { markers($0, "supervised").count == 4 })
  }
}
