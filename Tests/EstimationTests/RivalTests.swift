import Estimation
import Foundation
import PaperStudy
import Randomness
import ScalingLaws
import SimulatedObservations
import Testing

@Suite struct RivalTests {
  /// Runs of the paper's ranges whose teachers have sizes of their own.
  private func runs(_ seed: UInt64, count: Int = 45, noise: Double = 0.02) -> [DistillationObservation] {
    let random = CounterRandom(seed: seed, stream: 7)
    return Simulation.distillation(count: count, noise: noise, seed: seed).enumerated().map { index, run in
      var run = run
      run.teacherParameters = exp(log(1e8) + 4 * random.uniform(at: UInt64(index)))
      return run
    }
  }

  private static let extensions: [(DistillationForm, [String: Double])] = [
    (.teacherSize, ["nu": -0.2]), (.beatingTeacher, ["kappa": 0.4]),
  ]

  @Test(arguments: extensions) func theObjectiveIsTheForms(form: DistillationForm, more: [String: Double]) throws {
    let runs = runs(60)
    let coefficients = DistillationLaw.printed.coefficients.merging(more) { $1 }
    let model = ExtendedDistillationModel(runs, supervised: .published, form: form)
    let point = try #require(model.point(coefficients))
    for (name, value) in model.coefficients(at: point) {
      #expect(abs(value / (coefficients[name] ?? .nan) - 1) < 1e-11, "\(name)")
    }
    let law = try #require(RivalLaw(form: form, coefficients: coefficients, supervised: .published))
    for delta in [1e-4, 10] {
      let value = HuberObjective(model, delta: delta).evaluate(at: point).objective
      let expected = huberSum(runs.map { log(law.loss(of: $0) / $0.studentLoss) }, delta: delta)
      #expect(abs(value / expected - 1) < 1e-9)
    }
  }

  @Test(arguments: extensions, 0..<4)
  func gradientsAreTheSlopes(extended: (DistillationForm, [String: Double]), index: Int) {
    let random = CounterRandom(seed: 61, stream: UInt64(index))
    let u = (0..<10).map { random.uniform(at: UInt64($0)) }
    let model = ExtendedDistillationModel(runs(62), supervised: .published, form: extended.0)
    let x: ExtendedDistillationModel.Point = [
      u[0], u[1], 0.1 + u[2], 0.1 + u[3], 0.3 + 0.5 * u[4], 3 * u[5], 0.1 + 2 * u[6], 0.1 + u[7] / 3, 0.3 * u[8],
      0.1 + 0.8 * u[9], 0, 0, 0, 0, 0, 0,
    ]
    let charted = model.charted(around: x)
    for (f, point) in [
      (HuberObjective(model, delta: 50), x), (HuberObjective(charted, delta: 50), charted.toChart(x)),
    ] {
      let gradient = f.evaluate(at: point).gradient
      for j in 0..<ExtendedDistillationModel.dimension {
        var (low, high) = (point, point)
        low[j] -= 1e-6
        high[j] += 1e-6
        let slope = (f.evaluate(at: high).objective - f.evaluate(at: low).objective) / 2e-6
        #expect(abs(gradient[j] - slope) < 1e-5 * (1 + abs(slope)), "\(j)")
      }
    }
  }

  @Test func aStrongTeacherIsMatchedAndAWeakOneIsBeaten() throws {
    func law(_ kappa: Double) throws -> RivalLaw {
      try #require(
        RivalLaw(
          form: .beatingTeacher, coefficients: DistillationLaw.printed.coefficients.merging(["kappa": kappa]) { $1 },
          supervised: .published))
    }
    func run(_ teacherLoss: Double, size: Double = 1e30) -> DistillationObservation {
      DistillationObservation(
        studentParameters: size, studentTokens: size, teacherLoss: teacherLoss, studentLoss: 1)
    }
    #expect(
      try law(0).loss(of: run(3, size: 1e9))
        == DistillationLaw.printed.loss(
          studentParameters: 1e9, studentTokens: 1e9, teacherLoss: 3))
    // E is 1.22 and d1 1.315: teachers well below and far above 1.6.
    #expect(abs(try law(0.5).loss(of: run(1.25)) - 1.25) < 0.01)
    #expect(abs(try law(1).loss(of: run(400)) / (1.315 * 1.22) - 1) < 1e-3)
    #expect(abs(try law(0.5).loss(of: run(400)) / (1.315 * 1.22 * 400).squareRoot() - 1) < 1e-3)
  }

  /// Each richer form is found where it holds, and is nowhere worse than the law inside it.
  @Test(arguments: extensions) func extensionsAreFoundWhereTheyHold(
    form: DistillationForm, more: [String: Double]
  ) throws {
    let coefficients = DistillationLaw.printed.coefficients.merging(more) { $1 }
    let truth = try #require(RivalLaw(form: form, coefficients: coefficients, supervised: .published))
    let random = CounterRandom(seed: 63, stream: 8)
    let runs = runs(63, count: 96).enumerated().map { index, run in
      var run = run
      run.studentLoss = truth.loss(of: run) * exp(1e-3 * Simulation.normal(random, index))
      return run
    }
    let options = FitOptions(thinning: 1009)
    let full = try fitDistillation(runs, supervised: .published, options: options)
    let fit = try fitDistillation(runs, supervised: .published, form: form, from: full.coefficients, options: options)
    #expect(fit.objective < 0.9 * full.objective)
    #expect(fit.meanAbsoluteRelativeError < 1.2e-3)
    for (name, value) in more { #expect(abs((fit.coefficients[name] ?? .nan) / value - 1) < 0.5, "\(fit.coefficients)") }
    let law = try #require(RivalLaw(form: form, coefficients: fit.coefficients, supervised: .published))
    let errors = runs.map { abs(law.loss(of: $0) / $0.studentLoss - 1) }
    #expect(abs(errors.max()! - fit.maxAbsoluteRelativeError) < 1e-9)
  }

  @Test func unitGammaIsFitted() throws {
    let runs = Simulation.distillation(count: 60, noise: 1e-3, seed: 64)
    let fit = try fitDistillation(runs, supervised: .published, form: .unitGamma, options: FitOptions(thinning: 1009))
    #expect(abs((fit.coefficients["gamma"] ?? 0) - 1) < 1e-12)
    #expect(fit.meanAbsoluteRelativeError < 0.01)
  }

  @Test func teachersWithoutSizesAreNamed() {
    let error = #expect(throws: EstimationError.self) {
      try fitDistillation(
        Simulation.distillation(count: 40, noise: 1e-3, seed: 65), supervised: .published, form: .teacherSize)
    }
    #expect(error?.description.contains("run 1") == true)
  }
}
