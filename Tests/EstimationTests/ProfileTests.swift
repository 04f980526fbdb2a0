import Allocation
import Estimation
import Foundation
import PaperStudy
import Randomness
import ScalingLaws
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

  private func planner(_ law: DistillationLaw = .printed) throws -> Planner {
    try Planner(law: law, family: .paper, bounds: .paper)
  }

  private func distillation(_ runs: [DistillationObservation], threads: Int = 2, points: Int = 0) throws -> [Profile] {
    let fit = try fitDistillation(runs, supervised: .published, options: FitOptions(thinning: 2003))
    let student = DistillationObservation(
      studentParameters: 2e9, studentTokens: 4e10, teacherLoss: 2.2, studentLoss: 1)
    return try profilesDistillation(
      runs, supervised: .published, coefficients: fit.coefficients, losses: [("loss", student)],
      bestTeachers: [("best", student.choices(within: 1.2...3))],
      plan: try PlanQuestion(try planner(), scenario: .teacherInference, studentParameters: 2e9, compute: 1e21),
      options: ProfileOptions(points: points, scouts: 8192, threads: threads))
  }

  /// What a profile says of a value is of a law that has it, and what one search has met no other misses.
  @Test func profilesOfOneStudyAgree() throws {
    let runs = Simulation.distillation(count: 96, noise: 4e-3, seed: 87)
    let profiles = try distillation(runs, points: 9)
    #expect(profiles == (try distillation(runs, threads: 1, points: 9)))
    func value(_ name: String, _ coefficients: [String: Double]) -> Double? {
      if name == "a", let alpha = coefficients["alpha"], let beta = coefficients["beta"] { return beta / (alpha + beta) }
      if name == "loss" {
        return DistillationLaw(coefficients: coefficients, supervised: .published)?.loss(
          studentParameters: 2e9, studentTokens: 4e10, teacherLoss: 2.2)
      }
      if name == "plan: student loss" {
        return DistillationLaw(coefficients: coefficients, supervised: .published).flatMap {
          try? planner($0).plan(.teacherInference, studentParameters: 2e9, compute: 1e21).studentLoss
        }
      }
      return coefficients[name]
    }
    var checked = 0
    // Of stationary points and of budgets there is more to say than a value.
    let others = ["best", "plan: teacher loss", "plan: student tokens", "plan: teacher parameters", "crossover compute"]
    for profile in profiles where !others.contains(profile.name) {
      for point in profile.points {
        let own = try #require(value(profile.name, point.coefficients))
        // The best of a plan's teachers is found on a grid.
        let slack = profile.name == "plan: student loss" ? 1e-5 : 1e-6
        #expect(abs(own - point.value) <= slack * (1 + abs(point.value)), "\(profile.name)")
        guard point.ratio < 2.4 else { continue }
        for other in profiles where !others.contains(other.name) {
          let there = try #require(value(other.name, point.coefficients))
          let (low, high) = (other.interval.lowerBound, other.interval.upperBound)
          // Ends are found to two percent of their distance.
          let slack = 0.04 * (high - low) + 1e-9
          #expect(other.lowIsOpen || there >= low - slack, "\(profile.name) \(point.value) has \(other.name) \(there) < \(low)")
          #expect(
            other.highIsOpen || there <= high + slack, "\(profile.name) \(point.value) has \(other.name) \(there) > \(high)")
          checked += 1
        }
      }
    }
    #expect(checked > 500)
    // The law with L_T* at a value is stationary there.
    let best = try #require(profiles.first { $0.name == "best" })
    for point in best.points where point.ratio < 2 && point.value != best.estimate {
      let law = try #require(DistillationLaw(coefficients: point.coefficients, supervised: .published))
      let around = [0.998, 1, 1.002].map { share in
        law.loss(studentParameters: 2e9, studentTokens: 4e10, teacherLoss: share * point.value)
      }
      #expect(abs(around[2] - around[0]) < 0.2 * (around[0] + around[2] - 2 * around[1]) + 1e-9, "\(point.value)")
    }
  }

  /// At a crossover the best student of the budget is as good as one without a teacher; what hangs on a plan's teacher
  /// has the profile of its loss.
  @Test func profilesOfAPlanAreOfLawsThatHaveIt() throws {
    let profiles = try distillation(Simulation.distillation(count: 96, noise: 4e-3, seed: 87), points: 5)
    let byName = Dictionary(uniqueKeysWithValues: profiles.map { ($0.name, $0) })
    let crossover = try #require(byName["crossover compute"])
    var checked = 0
    for point in crossover.points where point.ratio < 4 && point.value != crossover.estimate {
      let law = try #require(DistillationLaw(coefficients: point.coefficients, supervised: .published))
      func loss(_ scenario: Scenario) throws -> Double {
        try planner(law).plan(scenario, studentParameters: 2e9, compute: point.value).studentLoss
      }
      #expect(abs(try loss(.teacherInference) / loss(.supervised) - 1) < 1e-5, "\(point.value)")
      checked += 1
    }
    #expect(checked > 4)
    let teacher = try #require(byName["plan: teacher loss"]), tokens = try #require(byName["plan: student tokens"])
    let size = try #require(byName["plan: teacher parameters"])
    #expect(tokens.points.count == teacher.points.count && tokens.points.map(\.ratio) == teacher.points.map(\.ratio))
    #expect(size.points.map(\.ratio) == teacher.points.reversed().map(\.ratio))
    #expect(tokens.lowIsOpen == teacher.lowIsOpen && size.highIsOpen == teacher.lowIsOpen)
    let planned = try PlanQuestion(
      try planner(), scenario: .teacherInference, studentParameters: 2e9, compute: 1e21
    ).nominal
    for name in ["plan: student loss", "plan: teacher loss", "plan: student tokens", "plan: teacher parameters"] {
      let profile = try #require(byName[name])
      let truth = try #require(planned[name])
      #expect(profile.interval.lowerBound < profile.interval.upperBound && profile.interval.contains(profile.estimate))
      // Runs that are as many and as good leave no more open than a few times.
      #expect((0.2...5).contains(profile.estimate / truth), "\(name)")
    }
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
