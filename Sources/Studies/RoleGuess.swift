import Formats
import Foundation
import ScalingLaws

/// Which sweeps runs make up, read off their own numbers. A run may be part of several.
struct RoleGuess {
  private(set) var roles: [SweepRole: [RunRecord]] = [:]
  /// Nominal compute of the profile that a teacher belongs to, by the teacher's run.
  private(set) var teacherBudgets: [String: Double] = [:]
  private let family: ModelFamily

  /// Sizes that a profile or series needs.
  private static let leastSizes = 3
  /// How far values of a group may lie apart, in natural logarithms: whole steps of training leave them a little off.
  private static let sameCompute = 0.06, sameTokens = 0.02, sameRatio = 0.06, sameSize = 0.01

  init(_ records: [RunRecord], family: ModelFamily) {
    self.family = family
    let law = records.filter { $0.purpose == .law }
    supervised(law.filter { $0.kind == .supervised })
    let students = law.filter { $0.kind == .distillation }
    studentProfiles(students)
    teacherProfiles(students)
    capacityGap(students)
    practice(records)
    mapping(records.filter { $0.purpose == .mapping })
    roles = roles.filter { !$0.value.isEmpty }.mapValues { $0.sorted { $0.run < $1.run } }
  }

  private mutating func supervised(_ runs: [RunRecord]) {
    roles[.isoFLOP] = profiles(runs, by: \.parameters)
    let left = runs.filter { run in !(roles[.isoFLOP] ?? []).contains { $0.run == run.run } }
    roles[.fixedRatio] = Self.groups(left, within: Self.sameRatio) { $0.tokens / $0.parameters }
      .filter { Self.sizes($0) >= Self.leastSizes }.flatMap(\.self)
    roles[.long] = Self.groups(left, within: Self.sameTokens, by: \.tokens)
      .filter { Self.sizes($0) >= Self.leastSizes }.flatMap(\.self)
  }

  /// Groups of the same compute with enough sizes, each run with the group's nominal budget. Compute is the budget that
  /// a run names, else 3F(N)D or 6ND, whichever makes more groups.
  private func profiles(_ runs: [RunRecord], by size: (RunRecord) -> Double) -> [RunRecord] {
    func grouped(_ compute: (RunRecord) -> Double) -> [[RunRecord]] {
      Self.groups(runs, within: Self.sameCompute, by: compute).filter { group in
        Self.distinct(group.map(size), within: Self.sameSize) >= Self.leastSizes
      }
    }
    let named = runs.allSatisfy { $0.budget != nil }
    let counted: [(RunRecord) -> Double] =
      named
      ? [{ $0.budget ?? 0 }]
      : [{ [family] in family.trainingFLOPs(parameters: $0.parameters, tokens: $0.tokens) }, { 6 * $0.parameters * $0.tokens }]
    let readings = counted.map { compute in (compute: compute, groups: grouped(compute)) }
    guard let best = readings.max(by: { $0.groups.joined().count < $1.groups.joined().count }) else { return [] }
    return best.groups.flatMap { group in
      let logs = group.map { log(best.compute($0)) }
      let budget = Self.rounded(exp(logs.reduce(0, +) / Double(logs.count)))
      return group.map { run in
        var run = run
        run.budget = run.budget ?? budget
        return run
      }
    }
  }

  private mutating func studentProfiles(_ students: [RunRecord]) {
    roles[.studentProfiles] = students.grouped(by: Self.teacher).flatMap { profiles($0, by: \.parameters) }
  }

  /// Students of one size and length, whose teachers lie along profiles of their own compute.
  private mutating func teacherProfiles(_ students: [RunRecord]) {
    let known = students.filter { $0.distillation?.teacherParameters != nil && $0.distillation?.teacherTokens != nil }
    let fixed = Self.groups(known, within: Self.sameSize, by: \.parameters)
      .flatMap { Self.groups($0, within: Self.sameTokens, by: \.tokens) }
    let profiles = fixed.flatMap { Self.groups($0, within: Self.sameCompute, by: teacherCompute) }.filter { profile in
      Self.distinct(profile.compactMap { $0.distillation?.teacherParameters }, within: Self.sameSize) >= Self.leastSizes
    }
    roles[.teacherProfiles] = profiles.flatMap(\.self)
    // A teacher of several students has one profile: compute is compared over all of them.
    for profile in Self.groups(profiles.flatMap(\.self), within: Self.sameCompute, by: teacherCompute) {
      let budget = Self.rounded(exp(profile.map { log(teacherCompute($0)) }.reduce(0, +) / Double(profile.count)))
      for run in profile { teacherBudgets[Self.teacher(run)] = budget }
    }
  }

  private func teacherCompute(_ run: RunRecord) -> Double {
    guard let teacher = run.distillation, let parameters = teacher.teacherParameters, let tokens = teacher.teacherTokens
    else { return 0 }
    return family.trainingFLOPs(parameters: parameters, tokens: tokens)
  }

  /// Students of one size from three or more teachers of known size, at two or more lengths.
  private mutating func capacityGap(_ students: [RunRecord]) {
    let known = students.filter { $0.distillation?.teacherParameters != nil && $0.distillation?.teacherTokens != nil }
    roles[.capacityGap] = Self.groups(known, within: Self.sameSize, by: \.parameters).filter { group in
      Set(group.map(Self.teacher)).count >= Self.leastSizes
        && Self.distinct(group.map(\.tokens), within: Self.sameTokens) >= 2
    }.flatMap(\.self)
  }

  private mutating func practice(_ records: [RunRecord]) {
    let students = records.filter { $0.kind == .distillation && $0.purpose != .mapping }
    func varied<Value: Hashable>(_ runs: [RunRecord], _ value: (RunRecord) -> Value?) -> [RunRecord] {
      Set(runs.compactMap(value)).count > 1 ? runs.filter { value($0) != nil } : []
    }
    roles[.mixing] = varied(students) { $0.distillation?.mixing }
    roles[.temperature] = varied(students) { $0.distillation?.temperature }
    roles[.truncation] = varied(students) { $0.distillation?.truncation }
    roles[.divergenceDirection] = varied(students) { $0.distillation?.direction }
    roles[.calibration] = students.filter { $0.calibration != nil }
    let tuned = records.filter { $0.purpose == .tuning }
    roles[.learningRate] = varied(tuned.filter { $0.kind == .supervised }) { $0.recipe?.peakLearningRate }
    roles[.distillationLearningRate] = varied(tuned.filter { $0.kind == .distillation }) { $0.recipe?.peakLearningRate }
  }

  private mutating func mapping(_ records: [RunRecord]) {
    let students = records.filter { $0.kind == .distillation }
    if Set(students.compactMap { $0.distillation?.teacherWidth }).count > 1 { roles[.teacherWidth] = records }
    if Set(students.compactMap { $0.distillation?.teacherSteps }).count > 1 { roles[.teacherSteps] = records }
  }

  // MARK: Groups of like numbers

  private static func teacher(_ run: RunRecord) -> String { run.distillation?.teacherRun ?? "" }

  private static func sizes(_ runs: [RunRecord]) -> Int { distinct(runs.map(\.parameters), within: sameSize) }

  /// How many values there are, of which those within a distance in logarithms count as one.
  private static func distinct(_ values: [Double], within distance: Double) -> Int {
    var count = 0, last = -Double.infinity
    for value in values.map({ log($0) }).sorted() where value - last > distance { (count, last) = (count + 1, value) }
    return count
  }

  /// Runs whose values lie within a distance in logarithms of their group's least, by rising value.
  private static func groups(
    _ runs: [RunRecord], within distance: Double, by value: (RunRecord) -> Double
  ) -> [[RunRecord]] {
    var groups = [[RunRecord]](), least = -Double.infinity
    for (logarithm, run) in runs.map({ (log(value($0)), $0) }).sorted(by: { ($0.0, $0.1.run) < ($1.0, $1.1.run) }) {
      if groups.isEmpty || logarithm - least > distance {
        groups.append([run])
        least = logarithm
      } else {
        groups[groups.count - 1].append(run)
      }
    }
    return groups
  }

  /// To two digits: a nominal budget.
  private static func rounded(_ compute: Double) -> Double {
    guard compute > 0, compute.isFinite else { return compute }
    return Double(String(format: "%.1e", compute)) ?? compute
  }
}

extension Array {
  /// Elements by key, in the order in which keys come first.
  func grouped<Key: Hashable>(by key: (Element) -> Key) -> [[Element]] {
    var places = [Key: Int](), groups = [[Element]]()
    for element in self {
      let key = key(element)
      if let place = places[key] {
        groups[place].append(element)
      } else {
        places[key] = groups.count
        groups.append([element])
      }
    }
    return groups
  }
}
