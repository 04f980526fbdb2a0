import Artifacts
import ScalingLaws

/// The supervised law's errors on a study's runs, against the target.
public struct SupervisedVerification: ResultDocument, Hashable, Sendable {
  public static let meaning = "a verification, as distill-verify writes it"

  /// One claim that can fail.
  public struct Check: Codable, Hashable, Sendable {
    public var name: String
    public var errors: ErrorSummary
    /// Largest mean absolute relative error that passes; nil where the row is only for comparison.
    public var target: Double?

    /// A check over no runs shows nothing, so it does not pass.
    public var passes: Bool { target.map { errors.runs > 0 && errors.meanAbsolute < $0 } ?? true }
  }

  public struct Outlier: Codable, Hashable, Sendable {
    public var run: String
    public var sweep: String
    public var parameters: Double
    public var tokens: Double
    public var loss: Double
    public var relativeError: Double
  }

  public var study: String
  public var data: DataSummary
  public var checks: [Check]
  /// Errors of the law fitted on all runs, sweep by sweep.
  public var sweeps: [Check]
  public var noiseFloor: NoiseFloor?
  /// The runs that the law fitted on all misses most.
  public var worst: [Outlier]

  public var passes: Bool { checks.allSatisfy(\.passes) }

  /// - Parameters:
  ///   - records: the study's runs; only supervised ones made for the law count.
  ///   - all: the supervised law fitted on all of them.
  ///   - weak: the law fitted on those with a loss of at least `threshold`.
  ///   - chinchilla: the law with gamma = 1 fitted on all, for comparison.
  public init(
    study: String, records: [RunRecord], all: SupervisedLaw, weak: SupervisedLaw, threshold: Double,
    chinchilla: SupervisedLaw?, target: Double
  ) {
    self.study = study
    let runs = records.filter { $0.kind == .supervised && $0.purpose == .law }
    data = DataSummary(runs)
    noiseFloor = NoiseFloor(runs)
    func check(
      _ name: String, _ law: SupervisedLaw, target: Double?, where isIncluded: (RunRecord) -> Bool = { _ in true }
    ) -> Check {
      Check(
        name: name, errors: ErrorSummary(runs.filter(isIncluded).map(law.relativeError(of:))), target: target)
    }
    checks = [
      check("fitted on all runs, on all runs", all, target: target),
      check("fitted on the weaker runs, on those", weak, target: nil) { $0.loss >= threshold },
      check("fitted on the weaker runs, on the stronger", weak, target: target) { $0.loss < threshold },
    ]
    if let chinchilla {
      checks.append(check("Chinchilla (gamma = 1) on all runs", chinchilla, target: nil))
    }
    sweeps = Set(runs.map(\.sweep)).sorted().map { sweep in
      check(sweep, all, target: nil) { $0.sweep == sweep }
    }
    worst = runs.map { record in
      Outlier(
        run: record.run, sweep: record.sweep, parameters: record.parameters, tokens: record.tokens,
        loss: record.loss, relativeError: all.relativeError(of: record))
    }
    .sorted { (abs($0.relativeError), $1.run) > (abs($1.relativeError), $0.run) }
    .prefix(5).map { $0 }
  }
}

/// What runs a verification or a figure is about.
public struct DataSummary: Codable, Hashable, Sendable {
  public struct Range: Codable, Hashable, Sendable {
    public var low: Double
    public var high: Double
  }

  public var measuredRuns: Int
  public var reconstructedRuns: Int
  public var parameters: Range
  public var tokens: Range
  public var loss: Range

  public init(_ records: [RunRecord]) {
    func range(_ values: [Double]) -> Range { Range(low: values.min() ?? 0, high: values.max() ?? 0) }
    measuredRuns = records.count { $0.origin == .measured }
    reconstructedRuns = records.count - measuredRuns
    parameters = range(records.map(\.parameters))
    tokens = range(records.map(\.tokens))
    loss = range(records.map(\.loss))
  }
}
