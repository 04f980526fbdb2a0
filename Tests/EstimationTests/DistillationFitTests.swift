import Estimation
import Foundation
import PaperStudy
import ScalingLaws
import SimulatedObservations
import Testing

@Suite struct DistillationFitTests {
  /// A part of the grid, so that the tests stay short: every 61st start.
  private func search(_ runs: [DistillationObservation], threads: Int = 2)
    -> MultiStart.Outcome<
      DistillationModel.Point
    >
  {
    let model = DistillationModel(runs, supervised: .published)
    return distillationPlan(threads: threads).minimise(
      HuberObjective(model, delta: 1e-4), from: StartGrid.distillation(model).thinned(61))
  }

  @Test func recoversPredictionsFromNoiselessRuns() {
    let runs = Simulation.distillation(count: 160, noise: 0, seed: 30)
    let found = search(runs)
    #expect(found.finalists[0].objective < 160 * 0.5 * 1e-5 * 1e-5)
  }

  @Test(arguments: [31, 32] as [UInt64]) func beatsTheTruthOnNoisyRuns(seed: UInt64) {
    let runs = Simulation.distillation(count: 160, noise: 3e-3, seed: seed)
    #expect(search(runs).finalists[0].objective <= objective(DistillationLaw.printed, runs))
  }

  @Test(arguments: [35, 36] as [UInt64]) func noSimplexSearchFindsBetter(seed: UInt64) {
    let runs = Simulation.distillation(count: 120, noise: 3e-3, seed: seed)
    let model = DistillationModel(runs, supervised: .published)
    let f = HuberObjective(model, delta: 1e-4)
    let best = search(runs).finalists[0]
    func point(_ x: [Double]) -> DistillationModel.Point {
      var point = best.point
      for (index, value) in x.enumerated() { point[index] = value }
      return clampedToBounds(point, model)
    }
    let start = (0..<DistillationModel.dimension).map { best.point[$0] }
    let better = nelderMead(start, scale: start.map { 0.02 + 0.05 * abs($0) }, restarts: 5) {
      f.evaluate(at: point($0)).objective
    }
    #expect(better >= best.objective * (1 - 1e-6))
  }

  private func clampedToBounds(
    _ point: DistillationModel.Point, _ model: DistillationModel
  ) -> DistillationModel.Point {
    let low = point.replacing(with: model.lowerBounds, where: point .< model.lowerBounds)
    return low.replacing(with: model.upperBounds, where: low .> model.upperBounds)
  }

  @Test func simplerLawsFitAsWellOnlyWhereTheyHold() throws {
    // Runs of a law without a break, but for noise.
    var law = DistillationLaw.printed
    (law.c0, law.c1) = (0.5, 0)
    let runs = Simulation.distillation(count: 120, noise: 1e-3, seed: 37).map { run in
      var run = run
      run.studentLoss *=
        law.loss(
          studentParameters: run.studentParameters, studentTokens: run.studentTokens, teacherLoss: run.teacherLoss)
        / DistillationLaw.printed.loss(
          studentParameters: run.studentParameters, studentTokens: run.studentTokens, teacherLoss: run.teacherLoss)
      return run
    }
    let simple = try fitDistillation(runs, supervised: .published, form: .withoutBreak)
    let additive = try fitDistillation(runs, supervised: .published, form: .additive)
    #expect(simple.coefficients["c1"] == 0 && simple.starts == 2700)
    #expect(additive.coefficients["c0"] == 0 && additive.coefficients["c1"] == 0 && additive.starts == 675)
    #expect(simple.meanAbsoluteRelativeError < 1.2e-3)
    #expect(additive.objective > 1.2 * simple.objective)
  }

  @Test func threadsDoNotMatter() {
    let runs = Simulation.distillation(count: 60, noise: 3e-3, seed: 33)
    let (one, two) = (search(runs, threads: 1), search(runs, threads: 2))
    #expect(one.finalists.map(\.point) == two.finalists.map(\.point))
    #expect(one.evaluations == two.evaluations)
  }

  @Test func dismissalLosesNothing() {
    let runs = Simulation.distillation(count: 100, noise: 3e-3, seed: 34)
    let model = DistillationModel(runs, supervised: .published)
    let starts = StartGrid.distillation(model).thinned(151)
    let f = HuberObjective(model, delta: 1e-4)
    let followed = MultiStart(stages: [], threads: 2).minimise(f, from: starts)
    let dismissed = distillationPlan(threads: 2).minimise(f, from: starts)
    #expect(dismissed.finalists[0].objective <= followed.finalists[0].objective * (1 + 1e-6))
  }
}

@Suite struct BootstrapTests {
  @Test func intervalsHoldTheTruthAndShrinkWithRuns() throws {
    func width(_ count: Int) throws -> ClosedRange<Double> {
      let runs = Simulation.supervised(count: count, noise: 3e-3, seed: 40)
      let fit = try fitSupervised(runs)
      let bootstrap = try bootstrapSupervised(
        runs, fixedGamma: false, coefficients: fit.coefficients, options: BootstrapOptions(resamples: 300))
      #expect(Set(bootstrap.intervals().keys) == ["A", "B", "E", "alpha", "beta", "gamma", "a", "b"])
      for (name, range) in bootstrap.intervals() {
        #expect(range.lowerBound < range.upperBound, "\(name)")
        if let estimate = fit.coefficients[name] {
          #expect(range.lowerBound * 0.999 <= estimate && estimate <= range.upperBound * 1.001)
        }
      }
      return try #require(bootstrap.intervals()["E"])
    }
    let (few, many) = (try width(50), try width(400))
    #expect(many.contains(1.22))
    #expect(many.upperBound - many.lowerBound < few.upperBound - few.lowerBound)
  }

  @Test func theSameSeedGivesTheSameIntervalsOnAnyThreads() throws {
    let runs = Simulation.supervised(count: 60, noise: 3e-3, seed: 41)
    let coefficients = try fitSupervised(runs).coefficients
    func intervals(threads: Int, seed: UInt64) throws -> Bootstrap {
      try bootstrapSupervised(
        runs, fixedGamma: false, coefficients: coefficients,
        options: BootstrapOptions(resamples: 64, seed: seed, threads: threads))
    }
    let one = try intervals(threads: 1, seed: 1)
    let (again, other) = (try intervals(threads: 3, seed: 1), try intervals(threads: 1, seed: 2))
    #expect(again == one)
    #expect(other != one)
  }

  @Test func noiselessRunsLeaveNoDoubt() throws {
    let runs = Simulation.supervised(count: 80, noise: 0, seed: 42)
    let coefficients = ["A": 3355, "B": 18186, "E": 1.22, "alpha": 0.408, "beta": 0.431, "gamma": 0.452]
    let bootstrap = try bootstrapSupervised(
      runs, fixedGamma: false, coefficients: coefficients, options: BootstrapOptions(resamples: 32))
    let alpha = try #require(bootstrap.intervals()["alpha"])
    #expect(alpha.upperBound - alpha.lowerBound < 1e-3)
  }
}
