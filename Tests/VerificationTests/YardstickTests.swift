import Formats
import Foundation
import ScalingLaws
import Testing

import Verification

@Suite struct YardstickTests {
  private func run(_ name: Int, _ parameters: Double, _ tokens: Double, _ loss: Double, teacherLoss: Double? = nil) -> RunRecord
  {
    RunRecord(
      run: String(format: "%03d", name), kind: teacherLoss == nil ? .supervised : .distillation, origin: .measured,
      purpose: .law,
      sweep: "s", parameters: parameters, tokens: tokens, compute: 1, loss: loss,
      distillation: teacherLoss.map { .init(teacherRun: "t", teacherLoss: $0, teacherParameters: nil, teacherTokens: nil) })
  }

  private func grid(_ loss: (Double, Double) -> Double) -> [RunRecord] {
    (0..<36).map { index in
      let (n, d) = (1e6 * pow(2, Double(index % 6)), 1e8 * pow(2.5, Double(index / 6)))
      return run(index, n, d, loss(log(n), log(d)))
    }
  }

  private func error(_ name: String, on runs: [RunRecord], fittedTo known: [RunRecord]) throws -> Double {
    let predictor = try #require(Yardsticks.fitted(to: known).first { $0.name == name })
    return runs.map { abs(predictor.predict($0) / $0.loss - 1) }.max() ?? .nan
  }

  @Test func polynomialsFindPolynomials() throws {
    let linear = grid { exp(3 - 0.05 * $0 - 0.04 * $1) }
    #expect(try error("linear in logs", on: linear, fittedTo: linear) < 1e-9)
    let quadratic = grid { exp(3 - 0.05 * $0 - 0.04 * $1 + 0.001 * $0 * $1) }
    #expect(try error("quadratic in logs", on: quadratic, fittedTo: quadratic) < 1e-9)
    #expect(try error("linear in logs", on: quadratic, fittedTo: quadratic) > 1e-5)
    let cubic = grid { exp(3 - 0.05 * $0 - 1e-5 * $0 * $0 * $1) }
    #expect(try error("cubic in logs", on: cubic, fittedTo: cubic) < 1e-9)
    // Beyond the runs, too.
    #expect(
      try error(
        "cubic in logs", on: [run(99, 1e9, 1e12, exp(3 - 0.05 * log(1e9) - 1e-5 * pow(log(1e9), 2) * log(1e12)))],
        fittedTo: cubic) < 1e-6)
  }

  @Test func neighboursAndProcessesStayNearWhatTheyKnow() throws {
    let known = grid {
      SupervisedLaw(irreducibleLoss: 1.2, parameterCoefficient: 40, tokenCoefficient: 300, alpha: 0.3, beta: 0.3, gamma: 1)
        .loss(
          parameters: exp($0), tokens: exp($1))
    }
    #expect(try error("Gaussian process", on: known, fittedTo: known) < 0.01)
    let middle = run(99, 6e6, 9e8, known[15].loss)
    let neighbours = try #require(Yardsticks.fitted(to: known).first { $0.name == "three nearest neighbours" })
    let losses = known.map(\.loss)
    #expect((losses.min()!...losses.max()!).contains(neighbours.predict(middle)))
  }

  @Test func nothingIsFittedToOneSize() {
    #expect(Yardsticks.fitted(to: [run(1, 1e6, 1e8, 3), run(2, 1e6, 1e9, 2)]).isEmpty)
    #expect(Yardsticks.fitted(to: []).isEmpty)
  }
}
