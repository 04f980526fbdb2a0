import Estimation
import Foundation
import PaperStudy
import ScalingLaws
import SimulatedObservations
import Testing

/// What coverage studies draw.
@Suite struct CoverageDrawTests {
  private static let runs = Simulation.distillation(count: 48, noise: 0, seed: 90).enumerated().map { index, run in
    var run = run
    run.teacher = "t\(index % 12)"
    return run
  }
  private static let other = FadingGapLaw(
    parameterCoefficient: 3000, tokenCoefficient: 4e4, alpha: 0.4, beta: 0.45, gamma: 0.9, sharpness: 4)

  private func design(
    _ other: FadingGapLaw?, noise: [Double], teacherNoise: Double = 0
  ) -> DistillationCoverage.Design {
    .init(law: .printed, other: other, runs: Self.runs, noise: noise, teacherNoise: teacherNoise)
  }

  /// log of a drawn loss over the law's, by run and study.
  private func errors(_ design: DistillationCoverage.Design, studies: Int, seed: UInt64 = 3) -> [[Double]] {
    (0..<studies).map { study in
      zip(design.draw(study, seed: seed), design.runs).map { log($0.studentLoss / design.loss(of: $1)) }
    }
  }

  @Test(arguments: [nil, other]) func lossesAreTheTruthsWithTheNoiseOfTheirRun(other: FadingGapLaw?) {
    let exact = design(other, noise: Self.runs.map { _ in 0 })
    for (drawn, run) in zip(exact.draw(0, seed: 1), Self.runs) {
      let (n, d, t) = (run.studentParameters, run.studentTokens, run.teacherLoss)
      let expected =
        other?.loss(studentParameters: n, studentTokens: d, teacherLoss: t)
        ?? DistillationLaw.printed.loss(studentParameters: n, studentTokens: d, teacherLoss: t)
      #expect(abs(drawn.studentLoss / expected - 1) < 1e-12)
      #expect(drawn.teacherLoss == t && drawn.teacher == run.teacher && drawn.studentTokens == d)
    }
    // Every run has its own noise: the last eight times that of the first.
    let noise = Self.runs.indices.map { 1e-3 * pow(8, Double($0) / Double(Self.runs.count - 1)) }
    let drawn = errors(design(other, noise: noise), studies: 400)
    for place in [0, 20, 47] {
      let squares = drawn.reduce(0) { $0 + $1[place] * $1[place] } / Double(drawn.count)
      #expect(abs(squares.squareRoot() / noise[place] - 1) < 0.15)
    }
    #expect(drawn[0] != drawn[1])
  }

  @Test func studentsOfATeacherShareItsNoise() {
    let drawn = errors(design(nil, noise: Self.runs.map { _ in 0 }, teacherNoise: 0.01), studies: 3)
    for errors in drawn {
      for (place, run) in Self.runs.enumerated() {
        let first = Self.runs.firstIndex { $0.teacher == run.teacher }!
        #expect(abs(errors[place] - errors[first]) < 1e-12 && errors[place] != 0)
      }
      #expect(abs(errors[0] - errors[1]) > 1e-6)
    }
  }

  /// What has a true value is asked, and its truth is that of the law that is drawn from.
  @Test func quantitiesAreThoseOfTheTruth() throws {
    let noise = Self.runs.map { _ in 0.004 }
    let own = try DistillationCoverage(design(nil, noise: noise), options: CoverageOptions())
    let other = try DistillationCoverage(design(Self.other, noise: noise), options: CoverageOptions())
    #expect(own.quantities.contains { $0.kind == .coefficient } && !other.quantities.contains { $0.kind == .coefficient })
    func truth(_ name: String, _ study: DistillationCoverage) throws -> Double {
      try #require(study.quantities.first { $0.name == name }).truth
    }
    let typical = DistillationCoverage.Design.typicalStudent(Self.runs)
    let loss = Self.other.loss(
      studentParameters: typical.studentParameters, studentTokens: typical.studentTokens, teacherLoss: typical.teacherLoss)
    #expect(try truth("loss: typical", other) == loss)
    #expect(try truth("loss: typical", own) != loss)
    // A better teacher is always better under the monotone law, as far as it is looked for.
    #expect(try truth("best teacher loss", other) == bestTeacherRange(Self.runs).lowerBound)
    var fading = Self.other
    (fading.gap, fading.fading) = (1, 0)
    let gap = try DistillationCoverage(design(fading, noise: noise), options: CoverageOptions())
    let best = try truth("best teacher loss", gap)
    #expect(best > bestTeacherRange(Self.runs).lowerBound)
    func student(_ t: Double) -> Double {
      fading.loss(studentParameters: typical.studentParameters, studentTokens: typical.studentTokens, teacherLoss: t)
    }
    #expect(student(best) < student(0.99 * best) && student(best) < student(1.01 * best))
  }

  /// Eq. 8 is fitted to losses of another law, from a law that is not true.
  @Test func aStudyOfAnotherLawIsFitted() throws {
    let options = CoverageOptions(methods: [.likelihood], thinning: 30011)
    let study = try DistillationCoverage(design(Self.other, noise: Self.runs.map { _ in 0.002 }), options: options)
    let outcome = try study.outcome(0)
    let truth = try #require(study.quantities.first { $0.name == "loss: typical" }).truth
    let estimate = try #require(outcome.estimates["loss: typical"])
    #expect(abs(estimate / truth - 1) < 0.02)
    #expect(outcome.intervals.count == 1 && outcome.intervals[0]["loss: typical"] != nil)
  }
}
