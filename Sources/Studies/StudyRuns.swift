import Formats
import Foundation
import PaperStudy
import ScalingLaws

/// A study's runs, and what follows from their own numbers: the family of models, and which sweeps they make up.
public struct StudyRuns: Sendable {
  public let study: Study
  /// Every run, in the order of their names.
  public let records: [RunRecord]
  /// Supervised runs made for the law.
  public let supervised: [RunRecord]
  /// Distillations made for the law.
  public let distillations: [RunRecord]
  /// What was left out of the study's runs and why, a sentence each.
  public let leftOut: [String]
  private let roles: [SweepRole: [RunRecord]]

  public init(_ study: Study, records: [RunRecord], leftOut: [String] = []) {
    self.study = study
    self.leftOut = leftOut
    self.records = records.sorted { $0.run < $1.run }
    supervised = self.records.filter { $0.purpose == .law && $0.kind == .supervised }
    distillations = self.records.filter { $0.purpose == .law && $0.kind == .distillation }
    let guess = RoleGuess(self.records, family: Self.family(study, self.records))
    guard let names = study.description.sweeps else {
      (roles, teacherBudgets) = (guess.roles, guess.teacherBudgets)
      return
    }
    var roles = [SweepRole: [RunRecord]]()
    for record in self.records {
      if let role = names[record.sweep] { roles[role, default: []].append(record) }
    }
    // A table names no budgets: those of profiles are read off the runs.
    for role in [SweepRole.isoFLOP, .studentProfiles] {
      let found = Dictionary((guess.roles[role] ?? []).map { ($0.run, $0.budget) }, uniquingKeysWith: { first, _ in first })
      roles[role] = roles[role]?.map { run in
        var run = run
        run.budget = run.budget ?? found[run.run] ?? nil
        return run
      }
    }
    self.roles = roles
    let named = Dictionary(
      supervised.compactMap { run in run.budget.map { (run.run, $0) } }, uniquingKeysWith: { first, _ in first })
    teacherBudgets = named.isEmpty ? guess.teacherBudgets : named
  }

  /// The runs of a role, in the order of their names; none where the study has none. Runs of IsoFLOP profiles have
  /// their nominal `budget`.
  public func runs(_ role: SweepRole) -> [RunRecord] { roles[role] ?? [] }

  /// Nominal compute of the IsoFLOP profile that a teacher belongs to, by the teacher's run.
  public let teacherBudgets: [String: Double]

  /// Whether roles were read off the runs' numbers, and not named in `study.json`.
  public var areRolesGuessed: Bool { study.description.sweeps == nil }

  /// What the losses of the study are measured in.
  public var lossUnit: LossUnit { (supervised.first ?? distillations.first)?.lossUnit ?? .natsPerToken }

  /// Constants of F(N); nil where neither `study.json` nor the runs say which models they are. Compute is then 6ND.
  public var knownFamily: ModelFamily? { Self.knownFamily(study, records) }

  /// Constants of F(N), those of 6ND where nothing is known of the models.
  public var family: ModelFamily { Self.family(study, records) }

  private static func family(_ study: Study, _ records: [RunRecord]) -> ModelFamily {
    knownFamily(study, records) ?? .parametersAlone
  }

  private static func knownFamily(_ study: Study, _ records: [RunRecord]) -> ModelFamily? {
    if let family = study.description.family {
      return ModelFamily(
        aspectRatio: family.aspectRatio, weightsPerSquaredWidth: family.weightsPerSquaredWidth ?? 12,
        context: family.context, vocabulary: family.vocabulary)
    }
    if study.description.paper != nil { return .paper }
    return ModelFamily(modelsOf: records.filter { $0.purpose != .mapping })
  }
}

extension ModelFamily {
  /// The family that runs were trained in: the context and the vocabulary that all have, and the geometric mean of
  /// their width over layers. Nil where a run does not record its model, or where these differ.
  public init?(modelsOf records: [RunRecord]) {
    var ratios = [Double](), contexts = Set<Int>(), vocabularies = Set<Int>()
    for record in records {
      guard let model = record.model, model.layers > 0, model.width > 0 else { return nil }
      ratios.append(Double(model.width) / Double(model.layers))
      contexts.insert(model.context)
      vocabularies.insert(model.vocabulary)
    }
    guard let context = contexts.first, contexts.count == 1, let vocabulary = vocabularies.first, vocabularies.count == 1,
      let first = ratios.first
    else { return nil }
    let isOne = ratios.allSatisfy { $0 == first }
    let ratio = isOne ? first : exp(ratios.sorted().reduce(0) { $0 + log($1) } / Double(ratios.count))
    self.init(aspectRatio: ratio, context: Double(context), vocabulary: Double(vocabulary))
  }
}
