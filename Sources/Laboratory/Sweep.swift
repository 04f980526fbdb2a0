import Formats
import Foundation

/// A list of runs to be trained, as a sweep file describes it.
///
/// A sweep file is a JSON object; each of its groups stands for every combination of its lists:
///
///     {"sweep": "isoFLOP", "purpose": "law",
///      "groups": [{"layers": [2, 3, 4], "budgets": [3e11]},
///                 {"layers": [4, 5], "tokensPerParameter": [20], "seeds": [1, 2]},
///                 {"layers": [3], "tokens": [1e6],
///                  "teachers": [{"layers": [6, 7], "tokensPerParameter": [20]}]}]}
///
/// A group with teachers is one of distillations, on the student split unless it names another. A group may also
/// say what is measured of its finished runs beside the loss (`"evaluate": ["calibration", "downstream"]`), and
/// that their parameters are kept (`"keepWeights": true`).
public struct Sweep: Sendable {
  public let name: String
  public let purpose: RunRecord.Purpose
  public let runs: [PlannedRun]

  /// One run of a sweep, before it is trained.
  public struct PlannedRun: Sendable {
    public let configuration: TrainingConfiguration
    /// Nominal compute of the IsoFLOP profile that it belongs to.
    public let budget: Double?
    /// The run that it learns from, where it is a distillation.
    public let teacher: TrainingConfiguration?
    /// What its log line has beside its loss.
    public var extras: RunExtras

    public init(
      configuration: TrainingConfiguration, budget: Double? = nil, teacher: TrainingConfiguration? = nil,
      extras: RunExtras = RunExtras()
    ) {
      self.configuration = configuration
      self.budget = budget
      self.teacher = teacher
      self.extras = extras
    }
  }

  public init(name: String, purpose: RunRecord.Purpose, runs: [PlannedRun]) {
    self.name = name
    self.purpose = purpose
    self.runs = runs
  }

  /// Refuses a group with more combinations than anyone trains.
  /// - Parameter counts: how long each of its lists is.
  static func checkNumberOfRuns(_ counts: Int...) throws(StageError) {
    let runs = counts.reduce(1.0) { $0 * Double($1) }
    guard runs <= 100_000 else { throw StageError(String(format: "has %.0f runs; expected at most 100000", runs)) }
  }

  /// The sweep with some of its runs alone.
  public func filtered(_ isIncluded: (TrainingConfiguration) -> Bool) -> Sweep {
    Sweep(name: name, purpose: purpose, runs: runs.filter { isIncluded($0.configuration) })
  }

  fileprivate struct File: Decodable {
    var sweep: String
    var purpose: RunRecord.Purpose
    var groups: [Group]
  }

  fileprivate struct Group: Decodable {
    var layers: [Int]
    var budgets: [Double]?
    var tokensPerParameter: [Double]?
    var tokens: [Double]?
    var learningRates: [Double]?
    var seeds: [Int]?
    var split: CorpusSplit?
    /// Supervised runs; every run of the group is made once for each of them.
    var teachers: [Group]?
    var objective: Objective?
    /// Several objectives; every run of the group is made once with each.
    var objectives: [Objective]?
    var evaluate: [RunExtras.Measurement]?
    var keepWeights: Bool?
  }

  /// A distillation objective of which a file names only what differs from the plain one.
  fileprivate struct Objective: Decodable {
    var mixing: Double?
    var temperature: Double?
    var direction: DistillationObjective.Direction?
    var top: Int?
    var nucleus: Double?

    func objective() throws(StageError) -> DistillationObjective {
      var objective = DistillationObjective()
      if let mixing { objective.mixing = mixing }
      if let temperature { objective.temperature = temperature }
      if let direction { objective.direction = direction }
      switch (top, nucleus) {
      case (nil, nil): break
      case (let top?, nil): objective.truncation = .top(top)
      case (nil, let nucleus?): objective.truncation = .nucleus(nucleus)
      default: throw StageError("an objective has `top` or `nucleus`, not both")
      }
      guard (0...1).contains(objective.mixing), objective.temperature > 0, (top ?? 1) > 0,
        (0...1).contains(nucleus ?? 1)
      else {
        throw StageError(
          "an objective's `mixing` and `nucleus` lie between 0 and 1, its `temperature` and `top` above 0")
      }
      return objective
    }
  }

  /// Reads a sweep file and plans its runs on a corpus.
  /// - Throws: ``StageError`` that names the file and what it lacks.
  public init(path: String, corpus: Digest) throws(StageError) {
    let file = try decodeSweep(File.self, path: path)
    name = file.sweep
    purpose = file.purpose
    var runs = [PlannedRun]()
    for (index, group) in file.groups.enumerated() {
      do {
        runs += try group.runs(corpus: corpus)
      } catch {
        throw StageError("group \(index + 1): \(error.message)", file: path)
      }
    }
    self.runs = runs
    guard Set(runs.map(\.configuration.name)).count == runs.count else {
      throw StageError("two of its runs are the same", file: path)
    }
  }
}

/// Reads a sweep file.
/// - Throws: ``StageError`` that names the file and what it lacks.
func decodeSweep<File: Decodable>(_ type: File.Type, path: String) throws(StageError) -> File {
  let data = try readFile(path)
  do {
    return try JSONDecoder().decode(type, from: data)
  } catch let DecodingError.keyNotFound(key, _) {
    throw StageError("is not a sweep: the key `\(key.stringValue)` is missing", file: path)
  } catch let DecodingError.typeMismatch(_, context), let DecodingError.dataCorrupted(context) {
    let place = context.codingPath.map(\.stringValue).joined(separator: ".")
    throw StageError("is not a sweep: \(place.isEmpty ? "" : "`\(place)`: ")\(context.debugDescription)", file: path)
  } catch {
    throw StageError("is not a sweep: \(error)", file: path)
  }
}

extension Sweep.Group {
  fileprivate func runs(corpus: Digest) throws(StageError) -> [Sweep.PlannedRun] {
    guard let teachers else {
      guard objective == nil, objectives == nil else { throw StageError("`objective` needs `teachers`") }
      return try supervisedRuns(corpus: corpus)
    }
    guard objective == nil || objectives == nil else {
      throw StageError("a group has `objective` or `objectives`, not both")
    }
    let objectives = try (self.objectives ?? [objective ?? .init()]).map { objective throws(StageError) in
      try objective.objective()
    }
    let students = try supervisedRuns(corpus: corpus)
    var runs = [Sweep.PlannedRun]()
    for group in teachers {
      guard group.teachers == nil else { throw StageError("a teacher cannot have teachers") }
      let taught = try group.supervisedRuns(corpus: corpus)
      try Sweep.checkNumberOfRuns(taught.count, objectives.count, students.count)
      for teacher in taught {
        var teaching = Teaching(teacher: teacher.configuration.name)
        for objective in objectives {
          teaching.objective = objective
          for student in students {
            var configuration = student.configuration
            configuration.teaching = teaching
            configuration.split = split ?? .student
            runs.append(
              .init(
                configuration: configuration, budget: student.budget, teacher: teacher.configuration,
                extras: student.extras))
          }
        }
      }
    }
    return runs
  }

  private func supervisedRuns(corpus: Digest) throws(StageError) -> [Sweep.PlannedRun] {
    let sizes = (budgets ?? []).count + (tokensPerParameter ?? []).count + (tokens ?? []).count
    try Sweep.checkNumberOfRuns(layers.count, sizes, seeds?.count ?? 1, learningRates?.count ?? 1)
    var runs = [Sweep.PlannedRun]()
    for layers in layers {
      guard (1...64).contains(layers) else {
        throw StageError("layers must lie between 1 and 64, not be \(layers)")
      }
      let shape = TransformerShape(layers: layers)
      for (tokens, budget) in try amounts(for: shape) {
        guard tokens.isFinite, tokens > 0 else {
          throw StageError("budgets and tokens must be positive")
        }
        for seed in seeds ?? [1] {
          for rate in learningRates?.map(Optional.some) ?? [nil] {
            guard (1e-9...1e3).contains(rate ?? 1) else {
              throw StageError("learning rates must lie between 1e-9 and 1000, not be \(rate ?? 0)")
            }
            runs.append(
              planned(shape, tokens: tokens, budget: budget, seed: seed, rate: rate, corpus: corpus))
          }
        }
      }
    }
    return runs
  }

  /// Tokens, and the budget where they follow from one.
  private func amounts(for shape: TransformerShape) throws(StageError) -> [(Double, Double?)] {
    let parameters = Double(shape.nonEmbeddingParameters)
    switch (budgets, tokensPerParameter, tokens) {
    case (let budgets?, nil, nil):
      return budgets.map { (shape.family.tokens(compute: $0, parameters: parameters), $0) }
    case (nil, let ratios?, nil):
      return ratios.map { ($0 * parameters, nil) }
    case (nil, nil, let tokens?):
      return tokens.map { ($0, nil) }
    default:
      throw StageError("needs exactly one of `budgets`, `tokensPerParameter` and `tokens`")
    }
  }

  private func planned(
    _ shape: TransformerShape, tokens: Double, budget: Double?, seed: Int, rate: Double?, corpus: Digest
  ) -> Sweep.PlannedRun {
    var configuration = TrainingConfiguration(shape: shape, tokens: tokens, corpus: corpus)
    configuration.seed = seed
    if let rate { configuration.peakLearningRate = rate }
    if let split { configuration.split = split }
    let extras = RunExtras(measurements: Set(evaluate ?? []), keepsWeights: keepWeights ?? false)
    return Sweep.PlannedRun(configuration: configuration, budget: budget, extras: extras)
  }
}
