import Estimation
import Foundation
import PaperStudy
import ScalingLaws
import SimulatedObservations
import Testing

@Suite struct DiagnosticsTests {
  @Test func rankCorrelationsAreSpearmans() {
    #expect(rankCorrelation([1, 2, 3, 4], [1, 8, 27, 1e9]) == 1)
    #expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1]) == -1)
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    #expect(abs((rankCorrelation([1, 2, 2, 5], [1, 2, 3, 4]) ?? 0) - 0.9.squareRoot()) < 1e-12)
    #expect(rankCorrelation([1, 2], [3, 3]) == nil)
  }

  @Test func aTrendThatTheLawMissesIsSeen() throws {
    let truth = SupervisedLaw.published.coefficients
    let runs = Simulation.supervised(count: 60, noise: 2e-3, seed: 70).map { run in
      var run = run
      run.loss *= pow(run.tokens / 1e10, 0.01)
      return run
    }
    let found = try diagnoseSupervised(runs, fixedGamma: false, coefficients: truth)
    #expect(found.correlations.map(\.variable) == ["N", "D", "D/N"])
    #expect(found.correlations[1].residual > 0.8 && found.correlations[1].residualChance < 1e-4)
    for (run, entry) in zip(runs, found.runs) {
      #expect(abs(entry.residual - log(entry.observed / entry.predicted)) < 1e-12)
      #expect(abs(entry.predicted / SupervisedLaw.published.loss(parameters: run.parameters, tokens: run.tokens) - 1) < 1e-11)
    }
  }

  /// The one run of a small student tells more than the typical run; a run that the robust fit ignores tells nothing.
  @Test func aLoneRunHasInfluence() throws {
    var runs = Simulation.distillation(count: 60, noise: 2e-3, seed: 71)
    runs.append(
      DistillationObservation(
        studentParameters: 1e6, studentTokens: 1e9, teacherLoss: 2.3,
        studentLoss: 1.02 * DistillationLaw.printed.loss(studentParameters: 1e6, studentTokens: 1e9, teacherLoss: 2.3)))
    let fit = try fitDistillation(runs, supervised: .published, options: FitOptions(thinning: 1009))
    let one = try diagnoseDistillation(
      runs, supervised: .published, coefficients: fit.coefficients, options: FitOptions(threads: 1))
    let lone = one.runs[60].influence, others = one.runs.prefix(60).map(\.influence).sorted()
    #expect(lone > 5 * others[30] && others[0] < 1e-9, "\(lone) and \(others)")
    #expect(one.correlations.map(\.variable) == ["N_S", "D_S", "L_T", "L_T/L~_S"])
    #expect(
      try diagnoseDistillation(
        runs, supervised: .published, coefficients: fit.coefficients, options: FitOptions(threads: 3)) == one)
  }
}
