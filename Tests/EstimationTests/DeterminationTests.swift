import Estimation
import Foundation
import Randomness
import ScalingLaws
import SimulatedObservations
import Testing

/// What runs determine, by where they lie: on both sides of every threshold.
@Suite struct DeterminationTests {
  private func runs(_ places: [(Double, Double)]) -> [SupervisedObservation] {
    places.map { SupervisedObservation(parameters: $0.0, tokens: $0.1, loss: 3) }
  }

  /// Sizes scattered over a factor of 30, with what goes with each.
  private func sizes(_ count: Int = 24, tokens: (Double, Double) -> Double) -> [SupervisedObservation] {
    let random = CounterRandom(seed: 5, stream: 9)
    return runs(
      (0..<count).map { index in
        let n = 1e8 * exp(log(30) * random.uniform(at: UInt64(index)))
        return (n, tokens(n, Simulation.normal(random, 1000 + index)))
      })
  }

  private func undetermined(_ runs: [SupervisedObservation], gamma: Bool = false, _ given: Restrictions = .init()) -> [String] {
    Determination(runs, fixedGamma: !gamma, restrictions: given).undetermined
  }

  @Test(arguments: [0, 0.01, 0.03]) func oneNumberOfTokens(spread: Double) {
    let runs = sizes { _, z in 2e11 * exp(spread * z) }
    #expect(undetermined(runs) == ["E", "B", "beta"])
    #expect(undetermined(runs, gamma: true) == ["E", "A", "B", "alpha", "beta", "gamma"])
    let reasons = Determination(runs, fixedGamma: true).reasons
    #expect(reasons.count == 1 && reasons[0].hasPrefix("all runs have D = "), "\(reasons)")
    #expect(reasons[0].hasSuffix("E, B and beta are not determined; A, alpha and the loss at this D are"))
    let swapped = runs.map { SupervisedObservation(parameters: $0.tokens, tokens: $0.parameters, loss: 3) }
    #expect(undetermined(swapped) == ["E", "A", "alpha"])
    // With the exponent and E given there is nothing left that the runs do not say.
    #expect(undetermined(runs, Restrictions(fixed: ["beta": 0.3, "E": 1.7])) == [])
    if spread < 0.02 { #expect(undetermined(runs, Restrictions(fixed: ["E": 1.7])) == ["B", "beta"]) }
  }

  @Test(arguments: [1.0, 0.5, 1.5, -1], [0, 0.02]) func aLine(slope: Double, spread: Double) {
    let runs = sizes { n, z in 2e10 * pow(n / 1e9, slope) * exp(spread * z) }
    #expect(undetermined(runs) == ["E", "A", "B", "alpha", "beta"])
    let reason = Determination(runs, fixedGamma: true).reasons.first ?? ""
    #expect(reason.hasSuffix("only the loss along this line is"), "\(reason)")
    if slope == 1 { #expect(reason.contains(" N throughout, so N and D cannot be told apart")) }
    // Both terms with one exponent on a line D = 20 N: their coefficients still cannot be told apart.
    if slope == 1, spread == 0 {
      #expect(undetermined(runs, Restrictions(tied: [["alpha", "beta"]])).contains("A"))
      #expect(undetermined(runs, Restrictions(tied: [["alpha", "beta"], ["A", "B"]])) == [])
    }
  }

  @Test func fewValues() {
    let two = sizes { n, _ in n < 5e8 ? 1e10 : 1e11 }
    #expect(undetermined(two) == ["E", "B", "beta"])
    #expect(Determination(two, fixedGamma: true).reasons[0].hasPrefix("runs have 2 values of D only"))
    let corners = runs([1e8, 1e9].flatMap { n in [1e10, 1e11].flatMap { d in [(n, d), (n, d), (n, d)] } })
    #expect(undetermined(corners) == ["E", "A", "B", "alpha", "beta"])
    #expect(undetermined(runs([(1e8, 1e9), (1e8, 1e9), (1e8, 1e9), (1e8, 1e9), (1e8, 1e9)])).count == 5)
  }

  /// One IsoFLOP profile is a line; two and more are none.
  @Test(arguments: [[1e20], [1e20, 3e20], [1e19, 1e20, 1e21], [6e18, 1e19, 3e19, 6e19, 1e20, 3e20]])
  func profiles(budgets: [Double]) {
    let runs = runs(
      budgets.flatMap { compute in
        (0..<8).map { index in
          let n = (compute / 120).squareRoot() * exp(2.4 * (Double(index) / 7 - 0.5))
          return (n, compute / (6 * n))
        }
      })
    #expect(undetermined(runs).isEmpty == (budgets.count > 1))
    #expect(undetermined(runs, gamma: true).isEmpty == (budgets.count > 1))
  }

  @Test func ordinaryRuns() {
    for count in [24, 73, 240] {
      let runs = Simulation.supervised(count: count, noise: 0, seed: 1)
      #expect(undetermined(runs).isEmpty && undetermined(runs, gamma: true).isEmpty)
    }
    let grid = runs([1e8, 3e8, 1e9].flatMap { n in [2e9, 8e9, 3e10].map { (n, $0) } })
    #expect(undetermined(grid).isEmpty)
    // Scattered by a factor about a line: narrow, and yet enough.
    #expect(undetermined(sizes { n, z in 20 * n * exp(0.3 * z) }).isEmpty)
    #expect(undetermined(sizes { _, z in 2e10 * exp(0.5 * z) }).isEmpty)
  }

  @Test func teachers() {
    func students(_ losses: [Double]) -> [DistillationObservation] {
      Simulation.distillation(count: 60, noise: 0, seed: 2).enumerated().map { index, run in
        var run = run
        run.teacherLoss = losses[index % losses.count]
        return run
      }
    }
    for losses in [[2.1], [2.1, 2.101], [2.1, 2.4]] {
      let found = Determination(students(losses))
      #expect(["c0", "c1", "f1", "d1"].allSatisfy(found.undetermined.contains), "\(losses)")
      #expect(found.reasons.first?.contains("c0, c1, f1 and d1 are not determined") == true)
    }
    #expect(Determination(students([2.1, 2.3, 2.6])).isComplete)
    #expect(Determination(Simulation.distillation(count: 60, noise: 0, seed: 2)).isComplete)
  }

  @Test func aFitSaysIt() throws {
    let law = SupervisedLaw(
      irreducibleLoss: 1.69, parameterCoefficient: 406.4, tokenCoefficient: 410.7, alpha: 0.34, beta: 0.28)
    let random = CounterRandom(seed: 6, stream: 9)
    let runs = sizes { _, _ in 2e11 }.enumerated().map { index, run in
      var run = run
      run.loss = law.loss(parameters: run.parameters, tokens: run.tokens) * exp(0.002 * Simulation.normal(random, index))
      return run
    }
    let fit = try fitChinchilla(runs)
    #expect(fit.determination.undetermined == ["E", "B", "beta"])
    #expect(fit.determinedCoefficients.keys.sorted() == ["A", "alpha"])
    #expect(abs((fit.coefficients["alpha"] ?? 0) - 0.34) < 0.1)
    #expect(fit.warnings.first == fit.determination.reasons.first)
    #expect(!fit.warnings.dropFirst().contains { $0.hasPrefix("E ") || $0.hasPrefix("B ") || $0.hasPrefix("beta ") })
    let determined = try fitChinchilla(runs, restrictions: Restrictions(fixed: ["E": 1.69, "beta": 0.28]))
    #expect(determined.determination.isComplete)
    #expect(abs((determined.coefficients["B"] ?? 0) / 410.7 - 1) < 0.3)
  }
}
