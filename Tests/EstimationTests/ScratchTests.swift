import Estimation
import Foundation
import PaperStudy
import Randomness
import ScalingLaws
import SimulatedObservations
import Testing

/// A thread keeps its scratch space from one descent to the next: nothing of the one may show in the other, or
/// results would depend on which thread took which start.
@Suite struct ScratchTests {
  @Test(arguments: [DistillationForm.full, .unitGamma, .withoutBreak, .additive])
  func descentsLeaveNoTrace(form: DistillationForm) {
    let model = DistillationModel(
      Simulation.distillation(count: 61, noise: 5e-3, seed: 71), supervised: .published, form: form)
    // A break so far away that differences across it are no numbers.
    let far = DistillationLaw.printed.coefficients.merging(["gamma": 1, "c1": 1e12, "d1": 500]) { $1 }
    trace(model, [model.point(far)].compactMap { $0 } + few(of: StartGrid.distillation(model)))
  }

  @Test(arguments: [DistillationForm.teacherSize, .beatingTeacher])
  func descentsOfRicherFormsLeaveNoTrace(form: DistillationForm) {
    let runs = Simulation.distillation(count: 61, noise: 5e-3, seed: 72).map { run in
      var run = run
      run.teacherParameters = 3 * run.studentParameters
      return run
    }
    let model = ExtendedDistillationModel(runs, supervised: .published, form: form)
    trace(model, model.starts(thinning: 7211, from: nil).grid)
  }

  @Test(arguments: [false, true]) func supervisedDescentsLeaveNoTrace(fixedGamma: Bool) {
    let model = SupervisedModel(
      Simulation.supervised(count: 61, noise: 5e-3, seed: 73), fixedGamma: fixedGamma)
    trace(model, few(of: StartGrid.supervised(model)))
  }

  @Test(arguments: [false, true]) func descentsOfFadingGapsLeaveNoTrace(hasGap: Bool) {
    let model = FadingGapModel(Simulation.distillation(count: 61, noise: 5e-3, seed: 74), hasGap: hasGap)
    trace(model, few(of: model.grid))
  }

  /// A start in the middle of each of thirty parts of a grid.
  private func few<Point>(of starts: Combinations<Point>) -> [Point] {
    (0..<30).map { starts[(2 * $0 + 1) * starts.count / 60] }
  }

  private func trace<Model: LawModel>(_ model: Model, _ starts: [Model.Point]) {
    #expect(starts.count > 5)
    let objective = HuberObjective(model, delta: 1e-4)
    var used = (descent: ReweightedDescent<Model>(blocks: model.blocks), polisher: Polisher<Model>(blocks: model.blocks))
    for start in starts {
      var fresh = (descent: ReweightedDescent<Model>(blocks: model.blocks), polisher: Polisher<Model>(blocks: model.blocks))
      // In the chart that suits the point as well as in the internal coordinates.
      for charted in [model, model.charted(around: start)] {
        let objective = HuberObjective(charted, weights: objective.weights, delta: objective.delta)
        let limits = DescentLimits(iterations: 60, relativeGain: 1e-9)
        let point = charted.toChart(start)
        let (first, second) = (
          used.descent.minimise(objective, from: point, limits: limits),
          fresh.descent.minimise(objective, from: point, limits: limits)
        )
        #expect(first.point == second.point && first.objective == second.objective)
        let (third, fourth) = (
          used.polisher.minimise(objective, from: first, iterations: 20),
          fresh.polisher.minimise(objective, from: first, iterations: 20)
        )
        #expect(third.point == fourth.point && third.objective == fourth.objective)
        #expect(third.point.indices.allSatisfy { third.point[$0].isFinite })
      }
    }
  }
}
