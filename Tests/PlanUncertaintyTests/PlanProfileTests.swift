import Allocation
import Estimation
import Foundation
import PaperStudy
import PlanUncertainty
import ScalingLaws
import SimulatedObservations
import Testing

/// Profiles of a distillation law and of a plan by it, worked out together.
@Suite struct PlanProfileTests {
  /// The profiles of 96 runs, which take a while.
  private static let whole = Result {
    try distillation(Simulation.distillation(count: 96, noise: 4e-3, seed: 87), points: 9, scouts: 8192)
  }

  private static func planner(_ law: DistillationLaw = .printed) throws -> Planner {
    try Planner(law: law, family: .paper, bounds: .paper)
  }

  private static func distillation(
    _ runs: [DistillationObservation], threads: Int = 2, points: Int, scouts: Int
  ) throws -> [Profile] {
    let fit = try fitDistillation(runs, supervised: .published, options: FitOptions(thinning: 2003))
    let student = DistillationObservation(
      studentParameters: 2e9, studentTokens: 4e10, teacherLoss: 2.2, studentLoss: 1)
    return try profilesDistillation(
      runs, supervised: .published, coefficients: fit.coefficients, losses: [("loss", student)],
      bestTeachers: [("best", student.choices(within: 1.2...3))],
      question: LawQuestion(
        try PlanQuestion(try planner(), scenario: .teacherInference, studentParameters: 2e9, compute: 1e21),
        supervised: .published),
      options: ProfileOptions(points: points, scouts: scouts, threads: threads))
  }

  @Test func profilesAreTheSameWithAnyNumberOfThreads() throws {
    let runs = Simulation.distillation(count: 40, noise: 4e-3, seed: 87)
    let profiles = try Self.distillation(runs, points: 1, scouts: 512)
    #expect(profiles == (try Self.distillation(runs, threads: 1, points: 1, scouts: 512)))
  }

  /// What a profile says of a value is of a law that has it, and what one search has met no other misses.
  @Test func profilesOfOneStudyAgree() throws {
    let profiles = try Self.whole.get()
    func value(_ name: String, _ coefficients: [String: Double]) -> Double? {
      if name == "a", let alpha = coefficients["alpha"], let beta = coefficients["beta"] { return beta / (alpha + beta) }
      if name == "loss" {
        return DistillationLaw(coefficients: coefficients, supervised: .published)?.loss(
          studentParameters: 2e9, studentTokens: 4e10, teacherLoss: 2.2)
      }
      if name == "plan: student loss" {
        return DistillationLaw(coefficients: coefficients, supervised: .published).flatMap {
          try? Self.planner($0).plan(.teacherInference, studentParameters: 2e9, compute: 1e21).studentLoss
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
    let profiles = try Self.whole.get()
    let byName = Dictionary(uniqueKeysWithValues: profiles.map { ($0.name, $0) })
    let crossover = try #require(byName["crossover compute"])
    var checked = 0
    for point in crossover.points where point.ratio < 4 && point.value != crossover.estimate {
      let law = try #require(DistillationLaw(coefficients: point.coefficients, supervised: .published))
      func loss(_ scenario: Scenario) throws -> Double {
        try Self.planner(law).plan(scenario, studentParameters: 2e9, compute: point.value).studentLoss
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
      try Self.planner(), scenario: .teacherInference, studentParameters: 2e9, compute: 1e21
    ).nominal
    for name in ["plan: student loss", "plan: teacher loss", "plan: student tokens", "plan: teacher parameters"] {
      let profile = try #require(byName[name])
      let truth = try #require(planned[name])
      #expect(profile.interval.lowerBound < profile.interval.upperBound && profile.interval.contains(profile.estimate))
      // Runs that are as many and as good leave no more open than a few times.
      #expect((0.2...5).contains(profile.estimate / truth), "\(name)")
    }
  }
}
