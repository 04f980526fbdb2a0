import Formats
import Foundation
import Studies
import Testing

/// Which sweeps runs make up, by their own numbers and by their names.
@Suite struct RoleTests {
  private func runs(_ records: [RunRecord], _ description: StudyDescription = StudyDescription()) -> StudyRuns {
    StudyRuns(SimpleRuns.study(description), records: records)
  }

  @Test func profilesAreFoundByTheirComputeAlthoughStepsAreWhole() throws {
    let sizes = [1e8, 2e8, 4e8, 8e8]
    var records = [RunRecord]()
    for budget in [1e19, 1e20] {
      for (index, size) in sizes.enumerated() {
        // Two per cent off, as whole steps leave it.
        let tokens: Double = budget / (6 * size) * (1 + 0.01 * (Double(index) - 1.5))
        records.append(SimpleRuns.supervised("\(budget)-\(size)", parameters: size, tokens: tokens))
      }
    }
    let found = runs(records)
    #expect(found.runs(.isoFLOP).count == 8)
    #expect(Set(found.runs(.isoFLOP).compactMap(\.budget)) == [1e19, 1e20])
    #expect(found.runs(.fixedRatio).isEmpty && found.runs(.long).isEmpty)
  }

  @Test func seriesOfTheSameRatioAndOfTheSameTokensAreFound() {
    let sizes = [1e8, 2e8, 4e8]
    let ratio = sizes.map { SimpleRuns.supervised("ratio \($0)", parameters: $0, tokens: 20 * $0) }
    let long = sizes.map { SimpleRuns.supervised("long \($0)", parameters: $0, tokens: 3e11) }
    let found = runs(ratio + long)
    #expect(found.runs(.fixedRatio).map(\.run) == ratio.map(\.run).sorted())
    #expect(found.runs(.long).map(\.run) == long.map(\.run).sorted())
    #expect(found.runs(.isoFLOP).isEmpty)
  }

  @Test func twoSizesAreNoSeriesAndNoNumbersNoSweep() {
    let two = [1e8, 2e8].map { SimpleRuns.supervised("\($0)", parameters: $0, tokens: 20 * $0) }
    let scattered = (1...9).map { index in
      SimpleRuns.supervised("\(index)", parameters: 1e8 * pow(1.37, Double(index)), tokens: 1e9 * pow(2.11, Double(index)))
    }
    for records in [two, scattered] {
      for role in SweepRole.allCases { #expect(runs(records).runs(role).isEmpty, "\(role)") }
    }
  }

  @Test func studentsAreFoundByTheirTeachers() throws {
    let teachers = [(5e8, 1e10), (1e9, 2e10), (2e9, 4e10)]
    let profiles = teachers.flatMap { teacher in
      [1e8, 2e8, 4e8].map { size in
        SimpleRuns.student("\(teacher)\(size)", parameters: size, tokens: 1e19 / (6 * size), teacher: teacher)
      }
    }
    let found = runs(profiles)
    #expect(found.runs(.studentProfiles).count == 9)
    #expect(found.runs(.teacherProfiles).isEmpty)
    // Teachers along a profile of their own compute.
    let alike = [5e8, 1e9, 2e9].map { size in
      SimpleRuns.student("\(size)", parameters: 1e8, tokens: 2e9, teacher: (size, 6e19 / (6 * size)))
    }
    #expect(runs(alike).runs(.teacherProfiles).count == 3)
    #expect(Set(runs(alike).teacherBudgets.values) == [6e19])
    let unknown = [5e8, 1e9, 2e9].map { size in
      SimpleRuns.student("\(size)", parameters: 1e8, tokens: 2e9, teacher: (size, 6e19 / (6 * size)), knowsTeacher: false)
    }
    #expect(runs(unknown).runs(.teacherProfiles).isEmpty && !runs(unknown).offers(.teacherSizes))
    let lengths = teachers.flatMap { teacher in
      [2e9, 8e9].map { SimpleRuns.student("\(teacher)\($0)", parameters: 1e8, tokens: $0, teacher: teacher) }
    }
    #expect(runs(lengths).runs(.capacityGap).count == 6)
  }

  @Test func namesInTheStudyComeBeforeNumbers() {
    var records = [1e8, 2e8, 4e8].map { SimpleRuns.supervised("\($0)", parameters: $0, tokens: 20 * $0) }
    for index in records.indices { records[index].sweep = "small" }
    var description = StudyDescription()
    description.sweeps = ["small": .long]
    let found = runs(records, description)
    #expect(found.runs(.long).count == 3 && found.runs(.fixedRatio).isEmpty && !found.areRolesGuessed)
  }

  @Test func profilesThatAreNamedHaveBudgetsThoughATableHasNone() {
    var records = [1e8, 2e8, 4e8].map { SimpleRuns.supervised("\($0)", parameters: $0, tokens: 1e19 / (6 * $0)) }
    for index in records.indices { records[index].sweep = "curve" }
    var description = StudyDescription()
    description.sweeps = ["curve": .isoFLOP]
    #expect(runs(records, description).runs(.isoFLOP).map(\.budget) == [1e19, 1e19, 1e19])
  }

  /// The roles that the lab's and the paper's study.json name are those that the numbers show.
  @Test(arguments: ["lab", "paper"]) func theRepositorysNamesAreWhatItsNumbersShow(name: String) throws {
    let named = try Repository.runs(name)
    var study = named.study
    study.description.sweeps = nil
    let guessed = StudyRuns(study, records: named.records)
    for role in [SweepRole.isoFLOP, .studentProfiles, .teacherProfiles, .capacityGap] {
      let missed = Set(named.runs(role).map(\.run)).subtracting(guessed.runs(role).map(\.run))
      #expect(
        Double(missed.count) <= 0.1 * Double(named.runs(role).count), "\(role): \(missed.count) of \(named.runs(role).count)")
      #expect(!guessed.runs(role).isEmpty)
    }
  }
}
