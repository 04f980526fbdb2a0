import Formats
import CapacityTheory
import Foundation
import Randomness
import SimulatedMapping
import Testing

@Suite struct ArmTestTests {
  private let chance = Chance(trials: 4, inside: 5, level: 0.05 / 6, simulations: 20_000)

  /// Losses of seven teachers in four trials: the trials' own shifts, noise, and what is given.
  private func losses(_ excess: [Double], seed: UInt64, noise: Double = 0.02) -> [[Double]] {
    var generator = CounterGenerator(seed: seed, stream: 7)
    let trials = (0..<4).map { _ in generator.normal() }
    return excess.map { excess in trials.map { 1 + $0 + excess + noise * generator.normal() } }
  }

  private func test(_ losses: [[Double]], strongest: Bool = true) -> ArmTest {
    ArmTest(losses: losses, teachers: [1, 2, 3, 4, 5, 6, 7], strongest: strongest, chance: chance)
  }

  /// Of 2,000 series, those whose strongest teacher is found worse at a level.
  private func found(_ excess: [Double], level: Double) -> Int {
    (1...2000 as ClosedRange<UInt64>).count { test(losses(excess, seed: $0)).probability < level }
  }

  /// Alike all, and alike only some: what is found is what the level says, and three standard deviations.
  @Test(arguments: [[0, 0, 0, 0, 0, 0, 0], [1, 1, 0, 0, 1, 1, 0], [1, 1, 1, 0, 1, 1, 0], [1, 0.02, 0.01, 0, 0, 0.01, 0]])
  func noBetterTeacherShowsARiseNoMoreOftenThanTheLevelSays(excess: [Double]) {
    #expect(found(excess, level: 0.05) < 130)
    #expect(found(excess, level: 0.01) < 34)
  }

  /// What makes the simulation necessary, and the cross-fitting before it.
  @Test func simplerTestsOfAlikeTeachersShowARiseTooOften() {
    var (student, hindsight) = (0, 0)
    for seed in 1...2000 as ClosedRange<UInt64> {
      let losses = losses([Double](repeating: 0, count: 7), seed: seed)
      let differences = test(losses).differences
      let mean = differences.reduce(0, +) / 4
      let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3
      if mean / (variance / 4).squareRoot() > 2.353363 { student += 1 }
      let means = losses.map { $0.reduce(0, +) / 4 }
      if means[6] > means[1..<6].min() ?? 0 { hindsight += 1 }
    }
    #expect(student > 130 && hindsight > 1500, "\(student) \(hindsight)")
  }

  @Test func aStrongestTeacherThatIsTheBestShowsNone() {
    #expect(found((0..<7).map { -0.05 * Double($0) }, level: 0.05) == 0)
  }

  @Test func aRiseThatIsDetectableIsFoundAsOftenAsThatSays() throws {
    // The best teacher inside stands out, so that it is chosen always; the noise of a difference's mean is 0.02 / √2.
    let rise = chance.detectableErrors * 0.02 / 2.0.squareRoot()
    let found = found([2, 2, 1, 0, 1, 1, rise], level: 0.05 / 6)
    #expect((1520...1680).contains(found), "\(found)")
    let test = test(losses([2, 2, 1, 0, 1, 1, rise], seed: 1))
    #expect(test.end == 7 && test.chosen == [4, 4, 4, 4] && abs(test.rise - rise) < 0.05)
    #expect(test.detectable > rise / 4 && test.detectable < 4 * rise)
    let weakest = self.test(losses([0.3, 0.1, 0.02, 0, 0.05, 0.1, 0.2], seed: 1), strongest: false)
    #expect(weakest.end == 1 && abs(weakest.rise - 0.3) < 0.05 && weakest.probability < 0.01)
  }

  /// What a trial is compared with must not depend on the trial.
  @Test func aTrialHasNoSayInWhatItIsComparedWith() {
    var losses = losses([0.3, 0.1, 0, 0.1, 0.2, 0.3, 0.4], seed: 2)
    let before = test(losses)
    losses[5][0] -= 5
    let after = test(losses)
    #expect(after.chosen[0] == before.chosen[0] && after.differences[0] == before.differences[0])
    #expect(after.chosen[1] == 6)
  }

  @Test func holmCorrectsTheLeastMost() {
    let adjusted = Holm.adjusted([0.04, 0.01, 0.03])
    for (found, expected) in zip(adjusted, [0.06, 0.03, 0.06]) { #expect(abs(found - expected) < 1e-12) }
    #expect(Holm.adjusted([0.9, 0.8]) == [1, 1] && Holm.adjusted([]) == [])
  }
}

@Suite struct CapacityGapNoteTests {
  private func verdicts(_ note: CapacityGapNote, _ sweep: MappingSeries.Sweep) -> [CapacityGapNote.Verdict] {
    note.sweeps.filter { $0.sweep == sweep }.flatMap { $0.students.map(\.verdict) }
  }

  @Test func aUShapeIsSeenWhereItIsAndNowhereElse() throws {
    let records = SimulatedMapping().records
    let note = try CapacityGapNote(study: "test", records: records, seeds: 10)
    for sweep in MappingSeries.Sweep.allCases {
      let found = verdicts(note, sweep)
      #expect(found.count == 3 && found[1] == .uShape && found[2] == .falls && found[0] != .uShape, "\(found)")
    }
    #expect(note.sweeps.allSatisfy { $0.missing.isEmpty && $0.trials == [1, 2, 3, 4] && $0.origins == [.reconstructed] })
    #expect(note.sweeps[0].students[1].supervisedLoss != nil && note.sweeps[1].students[1].supervisedLoss != nil)
    // Without supervised runs there is nothing to compare with, and no loss of zero.
    let taught = try CapacityGapNote(study: "test", records: records.filter { $0.kind == .distillation }, seeds: 2)
    let students = taught.sweeps.flatMap(\.students)
    #expect(!students.isEmpty && students.allSatisfy { $0.supervisedLoss == nil && $0.supervisedAccuracy == nil })
    #expect(note.kernelRegression.seeds == 10 && note.kernelRegression.students.count == 6)
    // The order of the records must not matter.
    let reversed = try CapacityGapNote(study: "test", records: records.reversed(), seeds: 10)
    #expect(try reversed.json() == note.json() && reversed.markdown == note.markdown)
  }

  /// One study in twenty may show a rise by chance, and one a fall.
  @Test func studentsThatDoNotDependOnTheirTeachersSeldomShowAnything() throws {
    var flat = SimulatedMapping()
    (flat.fall, flat.rise) = ([:], [:])
    var shown = 0
    for seed in 1...60 as ClosedRange<UInt64> {
      flat.seed = seed
      let note = try CapacityGapNote(study: "test", records: flat.records, seeds: 1, simulations: 2000)
      let verdicts = note.sweeps.flatMap { $0.students.map(\.verdict) }
      #expect(verdicts.count == 6 && !verdicts.contains(.uShape))
      if verdicts.contains(where: { $0 != .neither }) { shown += 1 }
    }
    // 10% of 60, and three standard deviations.
    #expect(shown <= 12, "\(shown)")
  }

  @Test func theNoteSaysWhatThePaperShowsAndWhatIsMissing() throws {
    var records = SimulatedMapping().records
    records.removeAll { $0.sweep == "teacher-steps" && $0.seed == 4 && $0.kind == .distillation }
    records.removeAll { $0.sweep == "teacher-steps" && $0.mapping?.width == 362 }
    records.removeAll { $0.mapping?.width == 256 && $0.distillation?.teacherWidth == 362 && $0.seed == 2 }
    let note = try CapacityGapNote(study: "test", records: records, seeds: 5)
    let text = note.markdown
    #expect(text.contains("| 256 |") && text.contains("a U shape") && text.contains("too small to learn"))
    #expect(text.contains("student 256 of teacher 362, trial 2"))
    #expect(text.contains("student 362 of teacher 16384, trial 1, 2, 3, 4"))
    #expect(text.contains("student 128 of teacher 64, trial 4;") && text.contains("reconstructed students"))
    #expect(!text.contains("measured") && !text.contains("nan"))
    let student = note.sweeps[0].students[1]
    #expect(student.completeTrials == [1, 3, 4] && student.strongest?.differences.count == 3)
    // Before the paper's strongest teacher has taught, students are judged up to the strongest that has, and it says so.
    records.removeAll { $0.distillation?.teacherWidth == 1024 && $0.seed != 1 }
    let unfinished = try CapacityGapNote(study: "test", records: records, seeds: 5)
    #expect(unfinished.sweeps[0].students.allSatisfy { $0.strongest?.end == 724 && $0.completeTrials.count >= 3 })
    #expect(unfinished.markdown.contains(", up to 724 |"))
    #expect(unfinished.markdown.contains("student 128 of teacher 1024, trial 2, 3, 4"))
    var few = SimulatedMapping()
    few.trials = 1...2
    let untested = try CapacityGapNote(study: "test", records: few.records, seeds: 5)
    #expect(verdicts(untested, .teacherWidth).allSatisfy { $0 == .untested })
    #expect(untested.markdown.contains("2 complete trials are too few to test"))
  }

  @Test func drawsThatWereTriedHaveARowEach() throws {
    var draws = SimulatedMapping()
    draws.trials = 1...1
    draws.easyFraction = 0.2
    let note = try CapacityGapNote(
      study: "test", records: SimulatedMapping().records + draws.records(sweep: "draws"), seeds: 5)
    #expect(note.draws.count == 3 && note.draws.allSatisfy { $0.draw.easyFraction == 0.2 && $0.student.strongest == nil })
    #expect(note.markdown.contains("| n = 8, 20% easy | 256 | 1 |") && note.markdown.contains("untested"))
  }

  @Test func aSweepWithSeveralDrawsIsRefused() throws {
    var other = SimulatedMapping()
    other.easyFraction = 0.2
    let error = #expect(throws: StageError.self) {
      try CapacityGapNote(study: "test", records: SimulatedMapping().records + other.records, seeds: 1)
    }
    #expect(error?.description.contains("several ways") == true)
  }
}
