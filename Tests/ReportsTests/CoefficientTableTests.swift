import Formats
import PaperStudy
import Reports
import ScalingLaws
import Testing

@Suite struct CoefficientTableTests {
  private func documents(_ law: String, runs: String = "runs") -> (fit: FitDocument, bootstrap: BootstrapDocument) {
    let inputs = FitDocument.Inputs(runs: Digest(of: "runs"))
    let fit = FitDocument(
      law: law, runs: 73, coefficients: ["A": 3355, "alpha": 0.4], objective: 1, meanAbsoluteRelativeError: 0,
      maxAbsoluteRelativeError: 0, starts: 1, delta: 1e-4, selection: .init(availableRuns: 73), inputs: inputs)
    let bootstrap = BootstrapDocument(
      law: law, resamples: 4096, confidence: 0.9, seed: 1, method: "",
      intervals: [
        "alpha": .init(estimate: 0.4, low: 0.39, high: 0.41), "A": .init(estimate: 3355, low: 3e3, high: 4.2e13),
      ],
      inputs: .init(runs: Digest(of: runs)))
    return (fit, bootstrap)
  }

  @Test func rowsStandBesideThePublishedOnesInTheOrderOfTheLaw() throws {
    let table = try CoefficientTable(study: "lab", laws: [documents("supervised"), documents("distillation")])
    #expect(table.rows.map(\.name) == ["A", "alpha", "A", "alpha"])
    #expect(table.rows[3].published == PublishedCoefficients.distillation["alpha"])
    #expect(table.csv.contains("supervised,alpha,0.4,0.39,0.41,0.408,0.405,0.411\n"))
    #expect(table.markdown.contains("| supervised | A | 3355 (3000, 4.20e+13) | 3355 (3346, 3360) |"))
    #expect(table.latex.contains("distillation & $A'$ & $3355$ ($3000$, $4.20 \\times 10^{13}$)"))
  }

  @Test func intervalsOfAnotherFitAreRefused() {
    #expect(throws: StageError.self) {
      try CoefficientTable(study: "lab", laws: [documents("supervised", runs: "other")])
    }
  }

  @Test func thePublishedTableAgreesWithThePublishedLaws() throws {
    for (name, value) in SupervisedLaw.published.coefficients {
      #expect(PublishedCoefficients.supervised[name]?.estimate == value)
    }
    for (name, entry) in PublishedCoefficients.supervised.merging(PublishedCoefficients.distillation, uniquingKeysWith: { $1 })
    {
      #expect(entry.low <= entry.estimate && entry.estimate <= entry.high, "\(name)")
    }
    // The printed exponents follow from the printed alpha and beta, to their last digit.
    #expect(abs(SupervisedLaw.published.computeOptimalParameterExponent - 0.513) < 1.1e-3)
    #expect(abs(DistillationLaw.printed.computeOptimalParameterExponent - 0.664) < 1.1e-3)
  }
}
