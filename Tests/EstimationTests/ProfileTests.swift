import Estimation
import Foundation
import PaperStudy
import Randomness
import ScalingLaws
import SimulatedObservations
import Testing

@Suite struct ProfileTests {
  private let law = SupervisedLaw.published
  private let simple = SupervisedLaw(
    irreducibleLoss: 1.5, parameterCoefficient: 400, tokenCoefficient: 410, alpha: 0.34, beta: 0.28, gamma: 1)

  private func chinchilla(_ runs: [SupervisedObservation], threads: Int = 2, points: Int = 0) throws -> [String: Profile] {
    let fit = try fitChinchilla(runs, options: FitOptions(threads: 2))
    let profiles = try profilesSupervised(
      runs, fixedGamma: true, coefficients: fit.coefficients, losses: [("loss", 1e9, 2e10)],
      options: ProfileOptions(points: points, threads: threads))
    return Dictionary(uniqueKeysWithValues: profiles.map { ($0.name, $0) })
  }

  @Test func anIntervalEndsWhereTheRatioReachesItsLimit() throws {
    let runs = Simulation.supervised(simple, count: 60, noise: 5e-3, seed: 81)
    let profiles = try chinchilla(runs, points: 7)
    #expect(profiles.keys.sorted() == ["A", "B", "E", "a", "alpha", "beta", "loss"])
    for profile in profiles.values {
      #expect(profile.points.map(\.value) == profile.points.map(\.value).sorted())
      #expect(profile.points.contains { $0.ratio < 1e-3 })
      let ends = [
        (profile.interval.lowerBound, profile.lowIsOpen), (profile.interval.upperBound, profile.highIsOpen),
      ]
      for (bound, isOpen) in ends where !isOpen {
        let nearest = try #require(profile.points.min { abs($0.value - bound) < abs($1.value - bound) })
        #expect(abs(nearest.ratio / 2.7055 - 1) < 0.2, "\(profile.name)")
      }
      #expect(profile.interval.contains(profile.estimate) && profile.points.count > 7)
    }
    #expect(try chinchilla(runs, threads: 1, points: 7) == profiles)
  }

  /// Against a search of its own with the quantity in its place by construction, and Huber's function written out.
  @Test func theRatioIsThatOfTheBestLawWithTheValue() throws {
    let runs = Simulation.supervised(simple, count: 40, noise: 5e-3, seed: 82)
    let profile = try #require(try chinchilla(runs, points: 5)["E"])
    func residuals(_ x: [Double], _ e: Double) -> [Double] {
      runs.map { run in
        let size = exp(x[0] - x[2] * log(run.parameters / 1e9))
        let tokens = exp(x[1] - x[3] * log(run.tokens / 2e10))
        return log((e + size + tokens) / run.loss)
      }
    }
    let start = [log(400 / pow(1e9, 0.34)), log(410 / pow(2e10, 0.28)), 0.34, 0.28, 1.5]
    func best(_ delta: Double, at e: Double?) -> Double {
      nelderMead(e == nil ? start : Array(start.prefix(4)), scale: [0.2, 0.2, 0.05, 0.05, 0.1], restarts: 4) { x in
        huberSum(residuals(x, e ?? x[4]), delta: delta)
      }
    }
    // Which delta it was does not matter much to ratios of ratios.
    let delta = 1.345 * 5e-3
    let least = best(delta, at: nil)
    let far = profile.points.filter { $0.ratio > 1 && $0.ratio < 4 }
    #expect(far.count > 1)
    let excesses = far.map { best(delta, at: $0.value) - least }
    for (point, excess) in zip(far, excesses) {
      let expected = excess / excesses[0] * far[0].ratio
      #expect(abs(point.ratio / expected - 1) < 0.2, "\(point.value): \(point.ratio), \(expected)")
    }
  }

  @Test func whatRunsLeaveOpenHasNoEnd() throws {
    // All of one size: nothing is known of alpha, and nothing at all of A apart from it.
    let runs = Simulation.supervised(count: 40, noise: 3e-3, seed: 83).map { run in
      let tokens = run.tokens
      return SupervisedObservation(
        parameters: 1e9, tokens: tokens,
        loss: law.loss(parameters: 1e9, tokens: tokens) * run.loss
          / law.loss(parameters: run.parameters, tokens: tokens))
    }
    let alpha = try #require(try chinchilla(runs)["alpha"])
    #expect(alpha.lowIsOpen)
  }

  @Test func posteriorSamplesHoldTheTruthAndScatterAsTheirRunsDo() throws {
    func width(_ noise: Double) throws -> (width: Double, holds: Bool) {
      let runs = Simulation.supervised(count: 70, noise: noise, seed: 84)
      let fit = try fitSupervised(runs, options: FitOptions(threads: 2))
      let laws = try likelySupervisedLaws(
        runs, fixedGamma: false, coefficients: fit.coefficients,
        options: LikelihoodOptions(samples: 1024, steps: 1000, confidence: 0.99)
      ) { ["loss": SupervisedLaw(coefficients: $0)?.loss(parameters: 1e9, tokens: 2e10) ?? .nan] }
      #expect(laws.samples["loss"]?.count == 1024)
      let range = try #require(laws.intervals()["loss"])
      return (range.upperBound - range.lowerBound, range.contains(law.loss(parameters: 1e9, tokens: 2e10)))
    }
    let (fine, coarse) = (try width(2e-3), try width(8e-3))
    #expect(fine.holds && coarse.holds)
    #expect((2.5...6).contains(coarse.width / fine.width), "\(fine), \(coarse)")
  }

  /// Eight students of a teacher that share what is peculiar to it tell less than eight.
  @Test func sharedNoiseWidensWhatIsLikely() throws {
    let random = CounterRandom(seed: 85, stream: 0)
    let runs = Simulation.distillation(count: 96, noise: 1e-3, seed: 85).enumerated().map { index, run in
      var run = run
      let teacher = index / 8
      run.teacher = "t\(teacher)"
      run.studentLoss *= exp(0.01 * Simulation.normal(random, teacher))
      return run
    }
    let fit = try fitDistillation(runs, supervised: .published, options: FitOptions(thinning: 2003))
    func laws(_ units: Resampling, threads: Int = 2) throws -> Bootstrap {
      try likelyDistillationLaws(
        runs, supervised: .published, coefficients: fit.coefficients,
        options: LikelihoodOptions(samples: 512, steps: 400, units: units, threads: threads)
      ) { coefficients in
        [
          "loss": DistillationLaw(coefficients: coefficients, supervised: .published)?.loss(
            studentParameters: 1e9, studentTokens: 2e10, teacherLoss: 2.4) ?? .nan
        ]
      }
    }
    let (apart, together) = (try laws(.runs), try laws(.teachers))
    func width(_ laws: Bootstrap) throws -> Double {
      let range = try #require(laws.intervals()["loss"])
      return range.upperBound - range.lowerBound
    }
    #expect(try width(together) > 1.4 * width(apart))
    #expect(try laws(.teachers, threads: 1) == together)
  }
}
