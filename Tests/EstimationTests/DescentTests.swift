import Estimation
import PaperStudy
import ScalingLaws
import SimulatedObservations
import Testing

@Suite struct DescentTests {
  private let runs = Simulation.distillation(count: 160, noise: 3e-3, seed: 61)

  @Test func twentyStepsLeadNearTheMinimum() throws {
    let model = DistillationModel(runs, supervised: .published)
    let objective = HuberObjective(model, delta: 1e-4)
    var coefficients = DistillationLaw.printed.coefficients
    for name in ["alpha", "beta", "c0"] { coefficients[name]? *= 1.2 }
    let start = try #require(model.point(coefficients))
    var descent = ReweightedDescent<DistillationModel>(blocks: model.blocks)
    let near = descent.minimise(objective, from: start, limits: DescentLimits(iterations: 20, relativeGain: 0))
    var polisher = Polisher<DistillationModel>(blocks: model.blocks)
    let least = polisher.minimise(objective, from: near)
    let before = objective.evaluate(at: start).objective
    #expect(near.objective < before / 5)
    #expect(near.objective < 1.1 * least.objective, "\(before), \(near.objective), \(least.objective)")
    #expect(near.objective == objective.evaluate(at: near.point).objective)
  }

  @Test func everyStepGoesDownAndKeepsTheBounds() {
    let model = DistillationModel(runs, supervised: .published)
    let objective = HuberObjective(model, delta: 1e-4)
    for start in StartGrid.distillation(model).thinned(7919) {
      var last = Double.infinity
      for iterations in [0, 1, 2, 5, 20] {
        var descent = ReweightedDescent<DistillationModel>(blocks: model.blocks)
        let reached = descent.minimise(
          objective, from: start, limits: DescentLimits(iterations: iterations, relativeGain: 0))
        #expect(reached.objective <= last)
        #expect(!any(reached.point .< model.lowerBounds) && !any(reached.point .> model.upperBounds))
        last = reached.objective
      }
    }
  }

  /// With models of one size alpha shows in no run, and A only together with E.
  @Test func whatShowsInNoRunStaysWhereItIs() throws {
    let law = SupervisedLaw.published
    let alike = Simulation.supervised(count: 40, noise: 3e-3, seed: 83).map {
      SupervisedObservation(parameters: 1e9, tokens: $0.tokens, loss: law.loss(parameters: 1e9, tokens: $0.tokens))
    }
    let model = SupervisedModel(alike, fixedGamma: true)
    let objective = HuberObjective(model, delta: 1e-4)
    let start = try #require(model.point(law.coefficients.merging(["gamma": 1]) { $1 }))
    var descent = ReweightedDescent<SupervisedModel>(blocks: model.blocks)
    let reached = descent.minimise(objective, from: start, limits: .untilPolish)
    #expect(abs(reached.point[3] - start[3]) < 1e-6, "\(reached.point)")
    #expect(model.coefficients(at: reached.point).values.allSatisfy { $0 > 0 && $0 < 1e30 })
  }
}
