import Formats
import Foundation
import Figures
import Plotting
import Statistics
import Testing

/// The figures of what runs leave open and what laws leave unexplained.
@Suite struct DiagnosticFiguresTests {
  private let inputs = SimulatedRuns().allInputs

  private func polyline(_ panel: ScenePanel, _ name: String) throws -> [Datum] {
    guard case .polyline(let points, _)? = panel.mark(name)?.shapes.first else {
      throw StageError("no line \(name) in panel \(panel.id)")
    }
    return points.map { datum($0, panel) }
  }

  private func markers(_ panel: ScenePanel, _ name: String) -> [Datum] {
    guard case .markers(let points, _)? = panel.mark(name)?.shapes.first else { return [] }
    return points.map { datum($0, panel) }
  }

  private func datum(_ point: Point, _ panel: ScenePanel) -> Datum {
    Datum(
      panel.x.scale.value(at: (point.x - panel.frame.left) / panel.frame.width),
      panel.y.scale.value(at: (panel.frame.bottom - point.y) / panel.frame.height))
  }

  @Test func aPanelACoefficientOfEitherLaw() throws {
    let scene = try profilesFigure(inputs).layout()
    #expect(
      scene.panels.map(\.id) == ["E", "A", "B", "alpha", "beta", "gamma", "a"].map { "supervised \($0)" }
        + ["A", "B", "alpha", "beta", "gamma", "c0", "c1", "f1", "d1"].map { "distillation \($0)" })
    let logarithmic = scene.panels.filter { $0.x.scale.kind == .logarithmic }.map(\.id)
    #expect(
      logarithmic == ["supervised A", "supervised B", "distillation A", "distillation B", "distillation c1", "distillation d1"])
    #expect(scene.panels.allSatisfy { $0.y.scale.domain == 0...6 && $0.x.ticks.major.count >= 2 })
    #expect(scene.labels.filter { $0.text.description == "90%" }.count == 1)
    for panel in scene.panels {
      let limit = try polyline(panel, "limit"), fit = try polyline(panel, "fit")
      #expect(abs(limit[0].y - SimulatedProfiles.limit) < 0.01 && limit[0].y == limit[1].y)
      // The profile is lowest where the fit is, and no stray point stretches the axis.
      let lowest = try #require(try polyline(panel, "profile").min { $0.y < $1.y })
      #expect(abs(lowest.x / fit[0].x - 1) < 0.03, "\(panel.id)")
      #expect(panel.x.scale.domain.upperBound < 2 * fit[0].x)
    }
  }

  @Test func anEndThatIsOpenRunsToTheFrame() throws {
    let figure = try profilesFigure(inputs)
    let scene = try figure.layout()
    func interval(_ id: String) throws -> (left: Double, right: Double, frame: Rect) {
      let panel = try #require(scene.panels.first { $0.id == id })
      guard case .area(let rings, _)? = panel.mark("interval")?.shapes.first else { throw StageError("no interval") }
      let places = rings[0].map(\.x)
      return (places.min() ?? .nan, places.max() ?? .nan, panel.frame)
    }
    let closed = try interval("supervised A"), below = try interval("supervised beta"), open = try interval("distillation f1")
    #expect(closed.left > closed.frame.left + 5 && closed.right < closed.frame.right - 5)
    #expect(abs(below.left - below.frame.left) < 0.1 && below.right < below.frame.right - 5)
    #expect(abs(open.left - open.frame.left) < 0.1 && abs(open.right - open.frame.right) < 0.1)
    let caption = try #require(figure.caption).description
    #expect(caption.contains("Open here: β below, β′ below, c_1 above, f_1 below, f_1 above."))
  }

  @Test func missingProfilesAreNamed() throws {
    func message(_ change: (inout FigureInputs) -> Void) -> String? {
      var inputs = inputs
      change(&inputs)
      return #expect(throws: StageError.self) { _ = try profilesFigure(inputs) }?.description
    }
    #expect(message { $0.supervisedProfiles = nil } == "needs a supervised law (profile-supervised.json)")
    #expect(message { $0.distillationProfiles = nil } == "needs a distillation law (profile-distillation.json)")
    #expect(
      message { $0.distillationProfiles?.profiles.removeAll { $0.name == "c1" } }
        == "needs a profile of c1 in profile-distillation.json")
    #expect(message { $0.records = [] } == "needs supervised runs")
  }

  @Test func residualsOfEveryRunInEveryPanel() throws {
    let scene = try diagnosticsFigure(inputs).layout()
    #expect(
      scene.panels.map(\.id) == ["N", "D", "L", "normal"].map { "supervised \($0)" }
        + ["N_S", "D_S", "L_T", "normal"].map { "distillation \($0)" } + ["misfit"])
    #expect(
      scene.panels.dropLast().map(\.x.scale.kind) == [
        .logarithmic, .logarithmic, .linear, .linear, .logarithmic, .logarithmic, .linear, .linear,
      ])
    for panel in scene.panels.dropLast() {
      let shown = ["runs", "above", "below"].map { markers(panel, $0).count }.reduce(0, +)
      #expect(shown == (panel.id.hasPrefix("supervised") ? inputs.lawRuns : inputs.distillations).count)
      #expect(panel.y.scale.domain.upperBound == -panel.y.scale.domain.lowerBound)
    }
    // Seeds are repeated in supervised runs alone.
    #expect(
      scene.panels.dropLast().map { $0.mark("noise floor") != nil } == [
        true, true, true, true, false, false, false, false,
      ])
  }

  @Test func errorsStandBesideTheNoisesOwn() throws {
    let panel = try #require(try diagnosticsFigure(inputs).layout().panels.last)
    func height(_ name: String) throws -> Double {
      guard case .area(let rings, _)? = panel.mark(name)?.shapes.first else { throw StageError("no bar \(name)") }
      let top = rings[0].map(\.y).min() ?? .nan
      return panel.y.scale.value(at: (panel.frame.bottom - top) / panel.frame.height)
    }
    // Normal noise of 0.4 per cent leaves a perfect law, which this one is, with a mean error of 0.32.
    let floor = try height("floor 0"), error = try height("error 0")
    #expect(abs(floor - 0.32) < 0.2 && abs(error - 0.32) < 0.1, "\(floor) \(error)")
    var inputs = inputs
    let runs = Set(inputs.lawRuns.map(\.run))
    for index in inputs.records.indices where runs.contains(inputs.records[index].run) { inputs.records[index].loss *= 1.02 }
    let off = try #require(try diagnosticsFigure(inputs).layout().panels.last)
    guard case .area(let rings, _)? = off.mark("error 0")?.shapes.first else { throw StageError("no bar") }
    let top = off.y.scale.value(at: (off.frame.bottom - (rings[0].map(\.y).min() ?? .nan)) / off.frame.height)
    #expect(abs(top - 1.96) < 0.2, "\(top)")
  }

  @Test func aTrendThatTheLawMissesShowsInTheMediansAndAStrayRunAtTheFrame() throws {
    var inputs = inputs
    let runs = Set(inputs.lawRuns.map(\.run))
    let tokens = inputs.lawRuns.map { log($0.tokens) }
    let middle = try #require(tokens.min()) / 2 + (try #require(tokens.max())) / 2
    for index in inputs.records.indices where runs.contains(inputs.records[index].run) {
      inputs.records[index].loss *= 1 + 0.02 * (log(inputs.records[index].tokens) - middle)
    }
    func median(_ inputs: FigureInputs) throws -> [Datum] {
      markers(try diagnosticsFigure(inputs).layout().panels[1], "median")
    }
    let trend = try median(inputs), none = try median(self.inputs)
    #expect(trend.count >= 4 && none.count >= 4)
    #expect(try #require(trend.first).y < -2 && (try #require(trend.last)).y > 2)
    #expect(none.allSatisfy { abs($0.y) < 0.5 })
    let stray = try #require(inputs.records.firstIndex { $0.run == inputs.lawRuns[0].run })
    inputs.records[stray].loss *= 1.5
    let figure = try diagnosticsFigure(inputs)
    #expect(markers(try figure.layout().panels[1], "above").count >= 1)
    #expect(try #require(figure.caption).description.contains("Triangles: beyond the frame."))
  }

  @Test func residualsOfNormalNoiseLieOnTheNormalsLine() throws {
    let panel = try diagnosticsFigure(inputs).layout().panels[3]
    let line = try polyline(panel, "normal")
    let slope = (line[1].y - line[0].y) / (line[1].x - line[0].x)
    // Noise of 0.4 per cent was put in.
    #expect(abs(slope - 0.4) < 0.15)
    let points = markers(panel, "runs")
    #expect(points.filter { abs($0.x) < 1 }.allSatisfy { abs($0.y - (line[0].y + slope * ($0.x - line[0].x))) < 0.2 })
    // The ends stand where the normal quantiles of half a run and of all runs but half a one are.
    let (low, high) = (try #require(points.map(\.x).min()), try #require(points.map(\.x).max()))
    let end = -Normal.quantile(0.5 / Double(points.count))
    #expect(abs(low + end) < 0.01 && abs(high - end) < 0.01, "\(low) \(high) \(end)")
  }

  @Test func missingFitsAreNamed() throws {
    var inputs = inputs
    inputs.distillationFit = nil
    let error = #expect(throws: StageError.self) { _ = try diagnosticsFigure(inputs) }
    #expect(error?.description == "needs a distillation law (fit-distillation.json)")
    inputs.records.removeAll { $0.kind == .distillation }
    #expect(try diagnosticsFigure(inputs).layout().panels.map(\.id).suffix(2) == ["supervised normal", "misfit"])
    inputs.supervisedFit = nil
    #expect(throws: StageError.self) { _ = try diagnosticsFigure(inputs) }
  }
}
