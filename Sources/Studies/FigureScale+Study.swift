import Allocation
import Formats
import Foundation
import PaperStudy
import ScalingLaws

extension FigureScale {
  /// The scale of a study's figures: the paper's for its own study, else what follows from the runs, with the `axes` of
  /// study.json in its place. Nil where a study has no distillations and does not name every axis.
  public init?(_ runs: StudyRuns) {
    let description = runs.study.description
    let printed = description.paper == nil ? [:] : PaperFigures.axes
    let axes = printed.merging((description.axes ?? [:]).mapValues(\.values)) { _, own in own }
    let namesAll = Self.names.isSubset(of: axes.keys)
    guard let scale = namesAll ? FigureScale(unset: runs.family) : FigureScale(following: runs) else { return nil }
    self = scale
    for (name, values) in axes { set(name, values) }
  }

  private static var names: Set<String> {
    Set(ranges.keys).union(numbersByName.keys).union(lists.keys)
  }

  /// With no axis set.
  private init(unset family: ModelFamily) {
    let none = 1.0...2
    self.init(
      family: family, teachers: [], teacherRatio: 1, students: [], studentRatio: 1, parameters: none, tokens: none,
      compute: none, teacherLosses: none, contourLosses: none, studentAxis: none, tokenPanels: [], studentPanels: [],
      tokenAxis: none, budgetPanels: [], teacherAxis: none, budgetContoursPerNat: 1, endlessAxis: none,
      endlessLosses: none, markedStudents: [], markedTokens: none, markedTokenTicks: [], markedTeacherLosses: none,
      markedStudentLosses: none)
  }

  /// What of `axes` makes no sense.
  static func problem(with axes: [String: StudyDescription.Numbers]) -> String? {
    for (name, numbers) in axes.sorted(by: { $0.key < $1.key }) {
      let values = numbers.values
      guard values.allSatisfy({ $0 > 0 && $0.isFinite }) else { return "`axes.\(name)` should have positive numbers" }
      if ranges[name] != nil {
        guard values.count == 2, values[0] < values[1] else { return "`axes.\(name)` should be the two ends of an axis" }
      } else if numbersByName[name] != nil {
        guard values.count == 1 else { return "`axes.\(name)` should be a number" }
      } else if lists[name] == nil {
        let known = names.sorted()
        return "`axes.\(name)` is no axis; expected \(known.joined(separator: ", "))"
      }
    }
    return nil
  }

  private mutating func set(_ name: String, _ values: [Double]) {
    if let range = Self.ranges[name], values.count == 2, values[0] < values[1] {
      self[keyPath: range] = values[0]...values[1]
    } else if let number = Self.numbersByName[name], let value = values.first {
      self[keyPath: number] = value
    } else if let list = Self.lists[name] {
      self[keyPath: list] = values
    }
  }

  private static var ranges: [String: WritableKeyPath<FigureScale, ClosedRange<Double>>] {
    [
      "parameters": \.parameters, "tokens": \.tokens, "compute": \.compute, "teacherLosses": \.teacherLosses,
      "contourLosses": \.contourLosses, "studentAxis": \.studentAxis, "tokenAxis": \.tokenAxis,
      "teacherAxis": \.teacherAxis, "endlessAxis": \.endlessAxis, "endlessLosses": \.endlessLosses,
      "markedTokens": \.markedTokens, "markedTeacherLosses": \.markedTeacherLosses,
      "markedStudentLosses": \.markedStudentLosses,
    ]
  }

  private static var numbersByName: [String: WritableKeyPath<FigureScale, Double>] {
    [
      "teacherRatio": \.teacherRatio, "studentRatio": \.studentRatio, "budgetContoursPerNat": \.budgetContoursPerNat,
    ]
  }

  private static var lists: [String: WritableKeyPath<FigureScale, [Double]>] {
    [
      "teachers": \.teachers, "students": \.students, "tokenPanels": \.tokenPanels, "studentPanels": \.studentPanels,
      "budgetPanels": \.budgetPanels, "markedStudents": \.markedStudents, "markedTokenTicks": \.markedTokenTicks,
    ]
  }

  /// What follows from the runs alone; nil without distillations.
  private init?(following runs: StudyRuns) {
    let students = runs.distillations
    guard let parameters = Round.range(students.map(\.parameters)), let tokens = Round.range(students.map(\.tokens)),
      let teacherLosses = Round.range(students.compactMap { $0.distillation?.teacherLoss }),
      let losses = Round.range(students.map(\.loss))
    else { return nil }
    let family = runs.family
    let sizes = (runs.supervised + students).map(\.parameters) + students.compactMap { $0.distillation?.teacherParameters }
    let allSizes = Round.range(sizes) ?? parameters
    let compute = Round.range(students.map { family.trainingFLOPs(parameters: $0.parameters, tokens: $0.tokens) }) ?? 1...10
    let planned = PlanningScale(runs)?.studentParameters ?? []
    let profiled = runs.runs(.studentProfiles), taught = runs.runs(.teacherProfiles)
    func ratios(_ values: [Double]) -> Double { values.isEmpty ? 20 : values.sorted()[values.count / 2] }
    let teacherSizes = (profiled.isEmpty ? students : profiled).compactMap { $0.distillation?.teacherParameters }
    let knownRatios = students.compactMap { run in
      run.distillation?.teacherParameters.flatMap { size in run.distillation?.teacherTokens.map { $0 / size } }
    }
    let wider = allSizes.lowerBound...allSizes.upperBound * 4
    let lowestLoss = min(teacherLosses.lowerBound, losses.lowerBound)
    let highest = max(losses.upperBound, teacherLosses.upperBound)
    self.init(
      family: family, teachers: Round.spread(teacherSizes, count: 6), teacherRatio: ratios(knownRatios),
      students: Round.spread((taught.isEmpty ? students : taught).map(\.parameters), count: 4),
      studentRatio: ratios(students.map { $0.tokens / $0.parameters }),
      parameters: allSizes.lowerBound / 1.25...allSizes.upperBound * 1.25,
      tokens: tokens.lowerBound / 1.5...tokens.upperBound * 8,
      compute: Round.decades(compute.lowerBound / 1.5...compute.upperBound * 8),
      teacherLosses: lowestLoss * 0.75...teacherLosses.upperBound * 1.05,
      contourLosses: lowestLoss * 0.6...(family.uninformedLoss.isFinite ? family.uninformedLoss : 2 * highest),
      studentAxis: wider,
      tokenPanels: Round.geometric(tokens.lowerBound * 3...tokens.upperBound * 2, count: 4),
      studentPanels: [1, 3, 4, 6].compactMap { $0 < planned.count ? planned[$0] : nil },
      tokenAxis: tokens.lowerBound * 1.5...tokens.upperBound * 6,
      budgetPanels: Round.geometric(compute.lowerBound * 3...compute.upperBound * 2, count: 4), teacherAxis: wider,
      budgetContoursPerNat: Round.contoursPerNat(highest - lowestLoss), endlessAxis: wider,
      endlessLosses: lowestLoss * 0.75...max(highest * 0.9, lowestLoss), markedStudents: [],
      markedTokens: tokens.lowerBound < tokens.upperBound ? tokens : tokens.lowerBound / 2...tokens.upperBound * 2,
      markedTokenTicks: Round.nice(tokens, steps: [1, 2, 5]),
      markedTeacherLosses: Round.padded(teacherLosses), markedStudentLosses: Round.padded(losses))
  }
}
