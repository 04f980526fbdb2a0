import Formats
import Foundation
import Figures
import Plotting
import ScalingLaws
import Verification
import Testing

@Suite struct FigureTests {
  /// Figures that the lab's runs can give; those of theory and of the paper's law have tests of their own.
  static let names = FigureDefinition.all.map(\.name).filter { !["10", "11", "12", "figure-law"].contains($0) }

  @Test(arguments: names)
  func labelsAreClearAndBytesRepeat(name: String) throws {
    let definition = try #require(FigureDefinition.all.first { $0.name == name })
    let scene = try definition.make(SimulatedRuns().inputsWithPractice).layout()
    #expect(scene.overlappingLabels().map { "\($0.0.text) / \($0.1.text)" } == [])
    #expect(scene.labelsOutsideCanvas().map(\.text.description) == [])
    #expect(scene.labelsOnData().map(\.text.description) == [])
    // The order of the records must not matter.
    let inputs = SimulatedRuns().inputsWithPractice.with { $0.reverse() }
    #expect(try definition.make(inputs).layout().svg() == scene.svg())
    let caption = try #require(scene.labels.first { $0.role == .caption }).text.description
    #expect(caption.contains("reconstructed") && !caption.contains("measured"))
  }

  @Test(arguments: names)
  func missingInputsAreNamed(name: String) throws {
    let definition = try #require(FigureDefinition.all.first { $0.name == name })
    let error = #expect(throws: StageError.self) { _ = try definition.make(FigureInputs(.lab([]))) }
    #expect(error?.description.contains("needs") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func captionsCountTheRunsOfEachOrigin() throws {
    var inputs = SimulatedRuns().inputs
    let law = inputs.lawRuns
    let index = try #require(inputs.records.firstIndex { $0.run == law[0].run })
    inputs.records[index].origin = .measured
    let caption = try #require(predictionFigure(inputs).caption).description
    #expect(caption.hasPrefix("1 measured and \(law.count - 1) reconstructed training runs"))
  }

  @Test func figure5DrawsEveryLawRunAndNoTuningRun() throws {
    let inputs = SimulatedRuns().inputs
    let scene = try predictionFigure(inputs).layout()
    for panel in scene.panels {
      for series in ["all", "weak"] {
        guard case .markers(let places, _)? = panel.mark(series)?.shapes.first else {
          Issue.record("no markers")
          continue
        }
        #expect(places.count == inputs.lawRuns.count)
      }
      #expect(panel.mark("extrapolated") != nil)
    }
    #expect(scene.panels[1].y.scale.domain.contains(-1) && scene.panels[1].y.scale.domain.contains(1))
    #expect(scene.panels[1].mark("noise floor") != nil)
  }

  @Test func figure5HasAPanelForTheDistillationLawWhereThereAreDistillations() throws {
    let inputs = SimulatedRuns().allInputs
    let scene = try predictionFigure(inputs).layout()
    #expect(
      scene.panels.map(\.id) == [
        "supervised losses", "supervised errors", "distillation losses", "distillation errors",
      ])
    guard case .markers(let places, _)? = scene.panels[3].mark("all")?.shapes.first else {
      Issue.record("no markers")
      return
    }
    #expect(places.count == inputs.distillations.count)
  }

  @Test func protocolFiguresDrawASeriesAGroupAndTheLawThroughIt() throws {
    let inputs = SimulatedRuns().allInputs
    for (figure, panels, series) in [
      (try studentProfilesFigure(inputs), 2, ["C_S = 3e11", "C_S = 1e12", "C_S = 3e12"]),
      (try capacityGapFigure(inputs), 2, ["M_S = 50", "M_S = 100", "M_S = 200", "M_S = 400"]),
      (try allProfilesFigure(inputs), 10, []),
    ] {
      let scene = try figure.layout()
      #expect(scene.panels.count == panels)
      for panel in scene.panels.prefix(2) {
        for name in series { #expect(panel.mark(name) != nil && panel.mark("law " + name) != nil, "\(name)") }
      }
    }
    let collapse = try teacherProfilesFigure(inputs).layout()
    #expect(collapse.panels.map(\.id).contains("collapse"))
    // Columns of figure 37 and 41: losses above, divergences below.
    #expect(try capacityGapDivergenceFigure(inputs).layout().panels.count == 6)
    #expect(try teacherBeatenFigure(inputs).layout().panels.count == 4)
  }

  @Test func figure5MakesRoomForErrorsBeyondAPerCent() throws {
    var inputs = SimulatedRuns().inputs
    let run = inputs.lawRuns[0].run
    let index = try #require(inputs.records.firstIndex { $0.run == run })
    inputs.records[index].loss *= 0.9
    let domain = try predictionFigure(inputs).layout().panels[1].y.scale.domain
    #expect(domain.upperBound > 11 && domain.lowerBound < -11)
  }

  @Test func figure36ShowsAProfilePerBudgetWithItsMinimum() throws {
    let scene = try supervisedRunsFigure(SimulatedRuns().inputs).layout()
    let panel = try #require(scene.panels.first { $0.id == "profiles" })
    for budget in ["3e11", "1e12", "3e12", "1e13"] {
      #expect(panel.mark("C = \(budget)") != nil && panel.mark("law C = \(budget)") != nil)
    }
    guard case .markers(let minima, _)? = panel.mark("minima")?.shapes.first else {
      Issue.record("no minima")
      return
    }
    #expect(minima.count == 4)
  }

  @Test func learningRateCurvesTakeInTheLawsOwnRuns() throws {
    let scene = try learningRateFigure(SimulatedRuns().inputs).layout()
    guard case .polyline(let means, _)? = scene.panels[0].mark("mean 6.14k")?.shapes.first else {
      Issue.record("no curve")
      return
    }
    // Four rates from the sweep, and the law's own from an IsoFLOP run.
    #expect(means.count == 5)
    #expect(scene.panels[0].mark("factor of two") != nil)
  }
}

@Suite struct ProfileMinimumTests {
  private func points(_ sizes: [Double], at center: Double) -> [(parameters: Double, loss: Double)] {
    sizes.map { ($0, 1.5 + 0.1 * pow(log($0 / center), 2)) }
  }

  @Test func theVertexOfAParabolaIsFoundExactly() throws {
    let minimum = try #require(
      ProfileMinimum(points: points([1e4, 3e4, 1e5, 3e5, 1e6], at: 7e4), relativeNoise: 0.004))
    #expect(abs(minimum.parameters / 7e4 - 1) < 1e-9)
    #expect(abs(minimum.loss - 1.5) < 1e-9)
    #expect(try #require(minimum.parametersInterval).contains(7e4))
    #expect(try #require(minimum.lossDeviation) < 0.004 * 1.5)
  }

  @Test func allRunsWithinAFactorOfThreeCountAndNoneBeyond() throws {
    let sizes = (-10...10).map { 1e5 * pow(1.2, Double($0)) }
    var profile = points(sizes, at: 1.02e5)
    // Beyond a factor of three, where no parabola need hold.
    for index in profile.indices where abs(log(profile[index].parameters / 1e5)) > log(3) { profile[index].loss += 1 }
    let exact = try #require(ProfileMinimum(points: profile, relativeNoise: nil))
    #expect(abs(exact.parameters / 1.02e5 - 1) < 1e-6)
    // Six steps away, within it, but not among the nearest five.
    profile[16].loss += 0.01
    let moved = try #require(ProfileMinimum(points: profile, relativeNoise: nil))
    #expect(moved.parameters < 1.015e5)
  }

  @Test func aMinimumAtTheEdgeIsNotMeasured() {
    #expect(ProfileMinimum(points: points([1e4, 3e4, 1e5], at: 5e5), relativeNoise: nil) == nil)
    #expect(ProfileMinimum(points: points([1e4, 3e4], at: 2e4), relativeNoise: nil) == nil)
  }

  @Test func itsDeviationIsThatOfRepeatedFits() throws {
    // Every run of a profile shifted in turn by one standard deviation: the squares of the vertex's shifts
    // add up to its variance, as errors propagate.
    let sizes = [2e4, 5e4, 1e5, 2e5, 5e5]
    let exact = points(sizes, at: 9e4)
    let step = 1e-5
    let base = try #require(ProfileMinimum(points: exact, relativeNoise: step / 1.5))
    var variance = 0.0
    for index in exact.indices {
      var shifted = exact
      shifted[index].loss += step
      let moved = try #require(ProfileMinimum(points: shifted, relativeNoise: nil))
      variance += pow(log(moved.parameters / base.parameters), 2)
    }
    let interval = try #require(base.parametersInterval)
    let deviation = log(interval.upperBound / interval.lowerBound) / 2
    #expect(abs(deviation / variance.squareRoot() - 1) < 0.01)
  }
}

@Suite struct NoiseFloorTests {
  @Test func itIsTheNoiseThatWasPutIn() throws {
    let floor = try #require(NoiseFloor(SimulatedRuns(noise: 0.004).inputs.lawRuns))
    #expect(floor.configurations == 2 && floor.runs == 10)
    #expect((0.001...0.008).contains(floor.standardDeviation))
    let silent = try #require(NoiseFloor(SimulatedRuns(noise: 0).inputs.lawRuns))
    #expect(silent.standardDeviation < 1e-12)
  }

  @Test func runsThatDifferInMoreThanTheSeedMakeNone() {
    #expect(NoiseFloor(SimulatedRuns().inputs.lawRuns.filter { $0.sweep != "seeds" }) == nil)
  }
}
