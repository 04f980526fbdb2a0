import Estimation
import Foundation
import Randomness
import ScalingLaws
import SimulatedObservations
import Testing

/// Runs that are not independent, and runs that do not belong.
@Suite struct TrainingTests {
  private static let law = SupervisedLaw(
    irreducibleLoss: 1.69, parameterCoefficient: 406.4, tokenCoefficient: 410.7, alpha: 0.34, beta: 0.28)

  /// Twelve checkpoints of each training, which share most of their noise.
  private func checkpoints(_ trainings: Int = 9) -> [SupervisedObservation] {
    let random = CounterRandom(seed: 31, stream: 1)
    return (0..<trainings).flatMap { training in
      let n = 1e8 * exp(log(50) * (Double(training) + 0.5) / Double(trainings))
      let own = 0.01 * Simulation.normal(random, training)
      return (1...12).map { step in
        let d = 200 * n * Double(step) / 12
        let noise = own + 0.001 * Simulation.normal(random, 100 + 12 * training + step)
        return SupervisedObservation(
          parameters: n, tokens: d, loss: Self.law.loss(parameters: n, tokens: d) * exp(noise), training: "t\(training)")
      }
    }
  }

  @Test func intervalsByTrainingAreWider() throws {
    let runs = checkpoints()
    #expect(Resampling.automatic(runs) == .trainings)
    let fit = try fitChinchilla(runs)
    #expect(
      fit.warnings.contains(
        "108 runs are checkpoints of 9 trainings: they are not independent; intervals are made by training"))
    func width(_ range: ClosedRange<Double>?) throws -> Double {
      let range = try #require(range)
      return range.upperBound - range.lowerBound
    }
    func profile(_ units: Resampling) throws -> Double {
      let profiles = try profilesSupervised(
        runs, fixedGamma: true, coefficients: fit.coefficients, losses: [("loss", 1e9, 1e11)],
        options: ProfileOptions(units: units, scouts: 4096))
      return try width(profiles.first { $0.name == "loss" }?.interval)
    }
    #expect(try profile(.trainings) > 2 * profile(.runs))
    func loss(_ coefficients: [String: Double]) -> [String: Double] {
      ["loss": SupervisedLaw(coefficients: coefficients)?.loss(parameters: 1e9, tokens: 1e11) ?? .nan]
    }
    func refits(_ units: Resampling) throws -> Double {
      let bootstrap = try bootstrapSupervised(
        runs, fixedGamma: true, coefficients: fit.coefficients, options: BootstrapOptions(resamples: 200, resampling: units),
        derived: loss)
      return try width(bootstrap.intervals()["loss"])
    }
    #expect(try refits(.trainings) > 2 * refits(.runs))
    func drawn(_ units: Resampling) throws -> Double {
      let laws = try likelySupervisedLaws(
        runs, fixedGamma: true, coefficients: fit.coefficients,
        options: LikelihoodOptions(samples: 1024, steps: 1000, units: units), derived: loss)
      return try width(laws.intervals()["loss"])
    }
    #expect(try drawn(.trainings) > 2 * drawn(.runs))
  }

  @Test func runsOfTheirOwnAreTrainingsOfTheirOwn() throws {
    var runs = checkpoints(4)
    for index in runs.indices where index >= 24 { runs[index].training = nil }
    #expect(Resampling.automatic(runs) == .trainings)
    #expect(dependenceWarnings(runs).first?.hasPrefix("24 of 48 runs are checkpoints of 2 trainings") == true)
    for index in runs.indices { runs[index].training = "\(index)" }
    #expect(Resampling.automatic(runs) == .runs && dependenceWarnings(runs).isEmpty)
    let one = runs.map { SupervisedObservation(parameters: $0.parameters, tokens: $0.tokens, loss: $0.loss, training: "one") }
    for bad in [one, one.map { SupervisedObservation(parameters: $0.parameters, tokens: $0.tokens, loss: $0.loss) }] {
      #expect(throws: EstimationError.self) {
        try bootstrapSupervised(
          bad, fixedGamma: true, coefficients: Self.law.coefficients,
          options: BootstrapOptions(resamples: 2, resampling: .trainings))
      }
    }
  }

  @Test func badlyTunedRunsAreWarnedOf() {
    let places = Simulation.supervised(Self.law, count: 6, noise: 0, seed: 32)
    func repeated(_ spread: Double) -> [SupervisedObservation] {
      places.flatMap { run in
        (0..<8).map { index in
          SupervisedObservation(
            parameters: run.parameters, tokens: run.tokens, loss: run.loss * (1 + spread * Double(index) / 7))
        }
      }
    }
    #expect(dependenceWarnings(repeated(0.3)).first?.contains("48 runs share their N and D with others, at 6 places") == true)
    #expect(dependenceWarnings(repeated(0.02)).isEmpty)
    #expect(dependenceWarnings(repeated(0.3), isOneSided: true).isEmpty)
  }

  @Test func outliersAreFound() throws {
    var runs = Simulation.supervised(Self.law, count: 24, noise: 4e-3, seed: 33)
    func outliers() throws -> (LawFit, Outliers) {
      let fit = try fitChinchilla(runs)
      return (fit, try outliersSupervised(runs, fixedGamma: true, coefficients: fit.coefficients))
    }
    let clean = try outliers()
    #expect(clean.1.runs.isEmpty && clean.1.without == nil)
    #expect((6...7).contains(clean.1.limit))
    runs[3].loss *= 1.2
    runs[9].loss *= 0.8
    let (fit, found) = try outliers()
    #expect(found.runs.map(\.place).sorted() == [3, 9])
    #expect(found.runs.allSatisfy { abs(abs($0.relativeError) - 0.2) < 0.03 })
    let without = try #require(found.without)
    let law = try #require(SupervisedLaw(coefficients: without))
    // What is left is fitted as well as by a search of its own.
    var rest = runs
    rest.remove(at: 9)
    rest.remove(at: 3)
    #expect(objective(law, rest) < 1.001 * (try fitChinchilla(rest).objective))
    #expect(fit.coefficients["alpha"] != without["alpha"])
    // Noise with heavy tails has none: Laplace's, of 400 runs.
    let random = CounterRandom(seed: 34, stream: 3)
    runs = Simulation.supervised(Self.law, count: 400, noise: 0, seed: 35).enumerated().map { index, run in
      var run = run
      let u = random.uniform(at: UInt64(index)) - 0.5
      run.loss *= exp(-0.004 * (u < 0 ? -1 : 1) * log(1 - 2 * abs(u)))
      return run
    }
    #expect(try outliers().1.runs.isEmpty)
  }
}
