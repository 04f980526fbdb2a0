import Estimation
import Findings
import Formats
import Foundation
import Randomness
import ScalingLaws
import Testing

/// Students of several teachers: within seeds, and how their losses go with their teachers'.
@Suite struct TeacherComparisonTests {
  private static let teacherLosses = [1.4, 1.5, 1.6, 1.7]

  /// - Parameter logLoss: log L_S by the teacher's place, from the strongest, and the seed.
  private func runs(
    seeds: Int, parameters: Double = 1e4, tokens: Double = 3e5, _ logLoss: (Int, Int) -> Double
  ) -> [RunRecord] {
    (0..<seeds).flatMap { seed in
      Self.teacherLosses.indices.map { teacher in
        RunRecord(
          run: "\(Int(parameters))-\(Int(tokens))-\(teacher)-\(seed)", kind: .distillation, origin: .measured, purpose: .law,
          sweep: "gap", parameters: parameters, tokens: tokens, compute: 6 * parameters * tokens,
          loss: 2 * exp(logLoss(teacher, seed)), seed: seed,
          distillation: .init(
            teacherRun: "t\(teacher)", teacherLoss: Self.teacherLosses[teacher], teacherParameters: 1e5, teacherTokens: 1e7))
      }
    }
  }

  @Test func aPairIsTestedByStudentsT() throws {
    // Differences of 1, 2 and 3 per cent: a mean of two standard errors times the root of three, two degrees of freedom.
    let made = runs(seeds: 3) { teacher, seed in
      0.03 * sin(Double(seed)) + (teacher == 0 ? 0.01 * Double(seed + 1) : 1e-4 * Double(teacher * seed))
    }.filter { $0.distillation?.teacherRun != "t2" && $0.distillation?.teacherRun != "t3" }
    let found = try #require(PairedTeachers(made.filter { $0.seed != nil }, edge: 1e6))
    let pair = try #require(found.pairs.first)
    #expect(found.pairs.count == 1 && pair.seeds == 3)
    #expect(abs(pair.difference.estimate - 0.0199) < 1e-9)
    let error = (0.0099 * 0.0099 / 3).squareRoot(), t = pair.difference.estimate / error
    // Student's t with two degrees of freedom is known in closed form; its upper 5% is at 2.920.
    #expect(abs(pair.probability - (1 - t / (2 + t * t).squareRoot())) < 1e-6)
    #expect(abs(pair.difference.high - pair.difference.estimate - 2.920 * error) < 1e-4)
    #expect(pair.detectable > 4.303 * error && !pair.isBeyondChance && !pair.showsGap)
  }

  @Test func whatASeedDoesToAllCancels() throws {
    var generator = CounterGenerator(seed: 4)
    func made(gap: Double) -> [RunRecord] {
      let shifts = (0..<5).map { _ in 0.02 * generator.normal() }
      return runs(seeds: 5) { teacher, seed in shifts[seed] + (teacher == 0 ? gap : 0) + 0.001 * generator.normal() }
    }
    let with = try #require(PairedTeachers(made(gap: 0.012), edge: 1e6))
    #expect(with.pairs.count == 3 && with.pairs.allSatisfy { $0.showsGap }, "\(with)")
    #expect(with.pairs.allSatisfy { $0.difference.low < 0.012 && 0.012 < $0.difference.high + 0.002 && $0.detectable < 0.006 })
    let without = try #require(PairedTeachers(made(gap: 0), edge: 1e6))
    #expect(!without.pairs.contains { $0.isBeyondChance }, "\(without)")
    // The other way round the strongest teacher is the better one: no gap.
    let better = try #require(PairedTeachers(made(gap: -0.03), edge: 1e6))
    #expect(better.pairs.allSatisfy { $0.isBeyondChance && !$0.showsGap })
    // Over seeds the same differences drown: their scatter is twenty times that within seeds.
    #expect(PairedTeachers(made(gap: 0.01).filter { $0.seed == 1 }, edge: 1e6) == nil)
  }

  @Test func manyPairsWithoutAGapShowAboutAsManyAsChanceWould() throws {
    var generator = CounterGenerator(seed: 11)
    let made = (0..<40).flatMap { place in
      runs(seeds: 5, parameters: 1e4 + Double(place), tokens: place < 20 ? 3e5 : 3e6) { _, _ in 0.01 * generator.normal() }
    }
    let found = try #require(PairedTeachers(made, edge: 1e6))
    #expect(found.pairs.count == 120)
    let own = found.pairs.filter(\.showsGapByItself).count
    #expect((0...10).contains(own), "\(own) of 120, where 3 are expected")
    #expect(found.pairs.filter { $0.isBeyondChance }.count <= 1)
  }

  // MARK: Slopes

  private static let law = DistillationLaw(
    parameterCoefficient: 30, tokenCoefficient: 150, alpha: 0.35, beta: 0.4, gamma: 0.8, c0: 2, c1: 20, f1: 0.1,
    d1: 0.95,
    supervised: SupervisedLaw(
      irreducibleLoss: 0.9, parameterCoefficient: 30, tokenCoefficient: 150, alpha: 0.35, beta: 0.4, gamma: 0.8))

  /// Students whose losses go with their teachers' by a power.
  private func powers(_ power: (Double) -> Double, noise: Double) -> [RunRecord] {
    var generator = CounterGenerator(seed: 3)
    return [(1e4, 1e6), (2e4, 3e6), (5e4, 2e6)].flatMap { n, d in
      let alone = Self.law.supervised.loss(parameters: n, tokens: d)
      return (0..<6).flatMap { teacher in
        (0..<3).map { seed in
          let teacherLoss = alone * (0.6 + 0.06 * Double(teacher))
          return RunRecord(
            run: "\(Int(n))-\(teacher)-\(seed)", kind: .distillation, origin: .measured, purpose: .law, sweep: "s",
            parameters: n, tokens: d, compute: 6 * n * d,
            loss: alone * exp(power(n) * log(teacherLoss / alone) + noise * generator.normal()), seed: seed,
            distillation: .init(
              teacherRun: "\(Int(n))-t\(teacher)", teacherLoss: teacherLoss, teacherParameters: 1e5, teacherTokens: 1e7))
        }
      }
    }
  }

  @Test func theSlopeInTheRunsIsTheOneThatWasPutIn() throws {
    let noise = 0.002
    let found = TeacherSlopes(powers({ $0 > 1.5e4 ? 0.08 : -0.05 }, noise: noise), law: Self.law) { _ in noise }
    #expect(found.rows.count == 3)
    for row in found.rows {
      let truth = row.parameters > 1.5e4 ? 0.08 : -0.05
      #expect(row.teachers == 6 && row.runs == 18)
      #expect(abs(row.slope - truth) < 4 * row.standardError && row.standardError < 0.01, "\(row)")
      // The teacher that is best in the runs is the strongest where the slope is positive, else the weakest.
      let alone = Self.law.supervised.loss(parameters: row.parameters, tokens: row.tokens)
      let losses = (0..<6).map { (0.6 + 0.06 * Double($0)) * alone }
      #expect(abs(row.bestInRuns - (truth > 0 ? losses[0] : losses[5])) < 1e-9 || row.standardError > abs(truth) / 4)
    }
  }

  @Test func aLawThatTurnsUpAloneIsFound() throws {
    let noise = 0.002
    // Where this law turns: at its own best teacher the slope is 0, for stronger ones it is negative.
    let rising = TeacherSlopes(powers({ _ in 0.08 }, noise: noise), law: Self.law) { _ in noise }
    for row in rising.rows {
      #expect(row.turnsUpAlone == (row.lawSlope < 0 && abs(row.deviations) > 3), "\(row)")
    }
    #expect(rising.rows.contains { $0.turnsUpAlone }, "\(rising)")
    // Runs of the law itself: the slopes are its own.
    var generator = CounterGenerator(seed: 8)
    let own = powers({ _ in 0 }, noise: 0).map { run in
      var run = run
      run.loss = Self.law.prediction(of: run) * exp(noise * generator.normal())
      return run
    }
    let same = TeacherSlopes(own, law: Self.law) { _ in noise }
    #expect(same.rows.count == 3 && same.rows.allSatisfy { abs($0.deviations) < 3.5 && !$0.turnsUpAlone }, "\(same)")
    // Without noise nothing can be said, and weak teachers do not count.
    #expect(TeacherSlopes(own, law: Self.law) { _ in nil }.rows.isEmpty)
    let weak = own.map { run in
      var run = run
      run.distillation?.teacherLoss *= 1.7
      return run
    }
    #expect(TeacherSlopes(weak, law: Self.law) { _ in noise }.rows.isEmpty)
  }
}
