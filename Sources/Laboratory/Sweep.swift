import Artifacts
import Foundation

/// A list of runs to be trained, as a sweep file describes it.
///
/// A sweep file is a JSON object; each of its groups stands for every combination of its lists:
///
///     {"sweep": "isoFLOP", "purpose": "law",
///      "groups": [{"layers": [2, 3, 4], "budgets": [3e11]},
///                 {"layers": [4, 5], "tokensPerParameter": [20], "seeds": [1, 2]}]}
public struct Sweep: Sendable {
  public let name: String
  public let purpose: RunRecord.Purpose
  public let runs: [PlannedRun]

  /// One run of a sweep, before it is trained.
  public struct PlannedRun: Sendable {
    public let configuration: TrainingConfiguration
    /// Nominal compute of the IsoFLOP profile that it belongs to.
    public let budget: Double?

    public init(configuration: TrainingConfiguration, budget: Double? = nil) {
      self.configuration = configuration
      self.budget = budget
    }
  }

  public init(name: String, purpose: RunRecord.Purpose, runs: [PlannedRun]) {
    self.name = name
    self.purpose = purpose
    self.runs = runs
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
  }

  /// Reads a sweep file and plans its runs on a corpus.
  /// - Throws: ``StageError`` that names the file and what it lacks.
  public init(path: String, corpus: Digest) throws(StageError) {
    let data = try readFile(path)
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: data)
    } catch let DecodingError.keyNotFound(key, _) {
      throw StageError("is not a sweep: the key `\(key.stringValue)` is missing", file: path)
    } catch let DecodingError.typeMismatch(_, context), let DecodingError.dataCorrupted(context) {
      let place = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw StageError("is not a sweep: \(place.isEmpty ? "" : "`\(place)`: ")\(context.debugDescription)", file: path)
    } catch {
      throw StageError("is not a sweep: \(error)", file: path)
    }
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

extension Sweep.Group {
  fileprivate func runs(corpus: Digest) throws(StageError) -> [Sweep.PlannedRun] {
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
    return Sweep.PlannedRun(configuration: configuration, budget: budget)
  }
}
