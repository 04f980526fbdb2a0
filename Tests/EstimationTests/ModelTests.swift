import Estimation
import Foundation
import PaperStudy
import Randomness
import ScalingLaws
import SimulatedObservations
import Testing

/// Central differences of an objective by the coordinates of its model.
private func numericGradient<Model: LawModel>(_ f: HuberObjective<Model>, at x: Model.Point) -> [Double] {
  (0..<Model.dimension).map { index in
    var (low, high) = (x, x)
    low[index] -= 1e-6
    high[index] += 1e-6
    return (f.evaluate(at: high).objective - f.evaluate(at: low).objective) / 2e-6
  }
}

@Suite struct ModelTests {
  @Test func supervisedObjectiveIsTheLaws() throws {
    let runs = Simulation.supervised(count: 37, noise: 0.02, seed: 20)
    let model = SupervisedModel(runs, fixedGamma: false)
    let point = try #require(
      model.point(["A": 3355, "B": 18186, "E": 1.22, "alpha": 0.408, "beta": 0.431, "gamma": 0.452]))
    for delta in [1e-4, 1e-2, 10] {
      let value = HuberObjective(model, delta: delta).evaluate(at: point).objective
      #expect(abs(value / objective(SupervisedLaw.published, runs, delta: delta) - 1) < 1e-11)
    }
    for (name, value) in model.coefficients(at: point) {
      let expected = ["A": 3355, "B": 18186, "E": 1.22, "alpha": 0.408, "beta": 0.431, "gamma": 0.452][name]
      #expect(abs(value / (expected ?? .nan) - 1) < 1e-12)
    }
  }

  @Test func distillationObjectiveIsTheLaws() throws {
    let runs = Simulation.distillation(count: 45, noise: 0.02, seed: 21)
    let model = DistillationModel(runs, supervised: .published)
    let coefficients = [
      "A": 2243, "B": 24181, "alpha": 0.321, "beta": 0.637, "gamma": 0.764, "c0": 2.549, "c1": 522.6,
      "f1": 0.090, "d1": 1.315,
    ]
    let point = try #require(model.point(coefficients))
    for delta in [1e-4, 1e-2, 10] {
      let value = HuberObjective(model, delta: delta).evaluate(at: point).objective
      #expect(abs(value / objective(DistillationLaw.printed, runs, delta: delta) - 1) < 1e-10)
    }
    for (name, value) in model.coefficients(at: point) {
      #expect(abs(value / (coefficients[name] ?? .nan) - 1) < 1e-11)
    }
  }

  @Test(arguments: 0..<12) func gradientsAreTheSlopes(index: Int) {
    // Away from the kinks, which a difference would straddle: delta is larger than every residual, or small.
    let random = CounterRandom(seed: 22, stream: UInt64(index))
    func draw(_ place: UInt64, _ low: Double, _ high: Double) -> Double {
      low + (high - low) * random.uniform(at: place)
    }
    let supervised = HuberObjective(
      SupervisedModel(Simulation.supervised(count: 29, noise: 0.02, seed: 23), fixedGamma: false), delta: 50)
    let x: SupervisedModel.Point = [
      draw(0, -1, 1), draw(1, -1, 1), draw(2, -1, 1), draw(3, 0.05, 1), draw(4, 0.05, 1), draw(5, 0.1, 0.8), 0, 0,
    ]
    let gradient = supervised.evaluate(at: x).gradient
    for (j, slope) in numericGradient(supervised, at: x).enumerated() {
      #expect(abs(gradient[j] - slope) < 1e-5 * (1 + abs(slope)))
    }
    let distillation = HuberObjective(
      DistillationModel(Simulation.distillation(count: 29, noise: 0.02, seed: 24), supervised: .published),
      delta: 50)
    let y: DistillationModel.Point = [
      draw(0, -1, 1), draw(1, -1, 1), draw(3, 0.05, 1), draw(4, 0.05, 1), draw(5, 0.1, 0.8), draw(6, 0, 3),
      draw(7, 0, 2), draw(8, 0.05, 0.5), draw(9, -0.5, 0.5), 0, 0, 0, 0, 0, 0, 0,
    ]
    let other = distillation.evaluate(at: y).gradient
    for (j, slope) in numericGradient(distillation, at: y).enumerated() {
      #expect(abs(other[j] - slope) < 1e-5 * (1 + abs(slope)))
    }
  }

  @Test(arguments: 0..<6) func chartsAgree(index: Int) {
    let random = CounterRandom(seed: 27, stream: UInt64(index))
    let model = DistillationModel(
      Simulation.distillation(count: 29, noise: 0.02, seed: 28), supervised: .published)
    let lines = HuberObjective(model, delta: 50)
    let u = (0..<9).map { random.uniform(at: UInt64($0)) }
    let x: DistillationModel.Point = [
      u[0], u[1], 0.1 + u[2], 0.1 + u[3], 0.3 + 0.6 * u[4], 3 * u[5], 0.1 + 2 * u[6], 0.1 + u[7] / 3,
      0.3 * u[8], 0, 0, 0, 0, 0, 0, 0,
    ]
    let charted = model.charted(around: x)
    #expect(!charted.chart.isEmpty)
    let mean = HuberObjective(charted, delta: 50)
    let y = charted.toChart(x)
    let back = charted.fromChart(y)
    for j in 0..<DistillationModel.dimension { #expect(abs(back[j] - x[j]) < 1e-9) }
    let value = mean.evaluate(at: y)
    #expect(abs(value.objective / lines.evaluate(at: x).objective - 1) < 1e-9)
    for (j, slope) in numericGradient(mean, at: y).enumerated() {
      #expect(abs(value.gradient[j] - slope) < 1e-5 * (1 + abs(slope)))
    }
  }

  @Test func boundaryStartsStayFinite() {
    let runs = Simulation.distillation(count: 40, noise: 0.01, seed: 25)
    let model = DistillationModel(runs, supervised: .published)
    let f = HuberObjective(model, delta: 1e-4)
    let starts = StartGrid.distillation(model)
    #expect(starts.count == 216_000)
    for index in stride(from: 0, to: starts.count, by: 97) {
      let value = f.evaluate(at: starts[index])
      #expect(value.objective.isFinite)
      for j in 0..<DistillationModel.dimension { #expect(value.gradient[j].isFinite) }
    }
  }

  @Test func aStartWithF1AtZeroIsTheKinkedLaw() throws {
    let runs = Simulation.distillation(count: 40, noise: 0.01, seed: 26)
    let model = DistillationModel(runs, supervised: .published)
    let point = try #require(
      model.point([
        "A": 2243, "B": 24181, "alpha": 0.321, "beta": 0.637, "gamma": 0.764, "c0": 2.5, "c1": 2, "f1": 0, "d1": 1,
      ]))
    let kinked = runs.map { run -> Double in
      let law = DistillationLaw.printed
      let capability = law.supervised.loss(parameters: run.studentParameters, tokens: run.studentTokens)
      let sizes =
        law.parameterCoefficient / pow(run.studentParameters, law.alpha)
        + law.tokenCoefficient / pow(run.studentTokens, law.beta)
      let excess = pow(run.teacherLoss, -2.5) * pow(max(1, run.teacherLoss / capability), -2) * pow(sizes, law.gamma)
      return log((run.teacherLoss + excess) / run.studentLoss)
    }
    let value = HuberObjective(model, delta: 1e-4).evaluate(at: point).objective
    #expect(abs(value / huberSum(kinked, delta: 1e-4) - 1) < 1e-2)
  }
}
