import Allocation
import Formats
import Figures
import Plotting
import Testing

/// Figures of compute-optimal plans.
@Suite struct OptimumFiguresTests {
  private let inputs = SimulatedRuns().allInputs

  private func points(_ mark: SceneMark?) -> [Point] {
    (mark?.shapes ?? []).flatMap { shape -> [Point] in
      if case .polyline(let points, _) = shape { points } else { [] }
    }
  }

  /// A line with what of it is pale, from left to right.
  private func whole(_ panel: ScenePanel, _ name: String) -> [Point] {
    Set(points(panel.mark(name)) + points(panel.mark("outside " + name))).sorted { ($0.x, $0.y) < ($1.x, $1.y) }
  }

  @Test func aPanelASizeAndALineAScenario() throws {
    for (figure, panels, scenarios) in [
      (try optimalLossFigure(inputs), 4, Scenario.allCases), (try optimalLossAllSizesFigure(inputs), 8, Scenario.allCases),
      (try optimalTeacherLossFigure(inputs), 8, Scenario.distillations),
      (try optimalStudentTokensFigure(inputs), 8, Scenario.allCases),
      (try optimalTeacherSizeFigure(inputs), 8, Scenario.distillations),
      (try computeToReachFigure(inputs), 8, Scenario.distillations),
    ] {
      let scene = try figure.layout()
      #expect(scene.panels.count == panels, "\(figure.title)")
      for panel in scene.panels {
        for scenario in scenarios {
          #expect(panel.mark(scenario.rawValue) != nil, "\(figure.title): \(scenario.rawValue)")
        }
      }
    }
  }

  @Test func captionsStateTheBoundsOfThePlans() throws {
    for figure in [
      try optimalLossFigure(inputs), try optimalStudentTokensFigure(inputs), try fullCostShareFigure(inputs),
      try bestCaseContoursFigure(inputs), try computeToReachFigure(inputs),
    ] {
      let caption = (figure.caption?.runs ?? []).map(\.text).joined()
      #expect(caption.contains("Bounds of the plans: DS and DT lie from 150k"), "\(figure.title): \(caption)")
      #expect(caption.contains("ln 128 = 4.85 nats"))
    }
  }

  @Test func theBestCaseIsNeverAboveTheOthers() throws {
    let scene = try optimalLossAllSizesFigure(inputs).layout()
    for panel in scene.panels {
      let best = whole(panel, "best-case")
      #expect(best.count >= 3)
      for scenario in Scenario.distillations {
        // Down the page is up in loss. Small budgets that a scenario cannot plan for are its first ones.
        for (place, other) in zip(best.reversed(), whole(panel, scenario.rawValue).reversed()) {
          #expect(place.y >= other.y - 0.02)
        }
      }
    }
  }

  @Test func sharesFillThePanel() throws {
    for panel in try fullCostShareFigure(inputs).layout().panels {
      let bands = ["student training", "teacher logits", "teacher training"].compactMap { panel.mark($0) }
      #expect(bands.count == 3)
      let edges = bands.flatMap { $0.shapes }.flatMap { shape -> [Double] in
        if case .area(let rings, _) = shape { rings.flatMap { $0.map(\.y) } } else { [] }
      }
      #expect(edges.min() == panel.frame.top && edges.max() == panel.frame.bottom)
    }
  }

  @Test func ratiosStandAtTheirValueAndEndWhereNothingSupervisedArrives() throws {
    let panel = try #require(try computeToReachFigure(inputs).layout().panels.first)
    let line = whole(panel, "teacher-inference")
    let half = panel.y.scale.position(of: 0.5)
    for point in line {
      #expect(abs(point.y - (panel.frame.bottom - half * panel.frame.height)) < 0.02)
    }
    let first = try #require(line.first)
    #expect(abs(first.x - (panel.frame.left + panel.x.scale.position(of: 1.5) * panel.frame.width)) < 0.02)
  }

  @Test func contoursCoverEachQuantityOfTheScenario() throws {
    let expected = ["student's loss", "teacher's loss", "student's tokens", "teacher's parameters", "teacher's tokens"]
    #expect(try fullCostContoursFigure(inputs).layout().panels.map(\.id) == expected)
    // With teacher inference the teacher's tokens are at their bound everywhere.
    #expect(try inferenceContoursFigure(inputs).layout().panels.map(\.id) == Array(expected.dropLast()))
    for panel in try bestCaseContoursFigure(inputs).layout().panels {
      #expect(!points(panel.mark(panel.id)).isEmpty, "\(panel.id)")
    }
  }
}
