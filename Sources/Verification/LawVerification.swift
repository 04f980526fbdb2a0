import Formats
import Foundation
import PaperStudy
import ScalingLaws

/// The errors of a law's fits on a study's runs, against the target.
public struct LawVerification: Codable, Hashable, Sendable {
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
    public var teacherLoss: Double?
    public var loss: Double
    public var relativeError: Double
  }

  /// `supervised` or `distillation`.
  public var law: String
  public var data: DataSummary
  public var checks: [Check]
  /// Errors of the law fitted on all runs, sweep by sweep.
  public var sweeps: [Check]
  /// The same by the runs' tokens: a law that misses short runs shows here.
  public var lengths: [Check]
  /// The noise as a function of the run; nil where no configuration was trained from more than one seed.
  public var noiseModel: NoiseModel?
  /// The scatter of repeats, pooled over short runs, long ones, and those of weak teachers.
  public var noiseCells: [NoiseCell]?
  /// The law's errors beside the noise, for all runs, short ones and long ones.
  public var noiseRanges: [NoiseRange]?
  /// Standard deviation of log L that all of the runs were drawn with; nil unless all are reconstructed.
  public var drawnNoise: Double?
  /// Simple predictors fitted to the weaker runs, on the stronger, beside the law; nil where the law was not asked to.
  public var yardsticks: [Check]?
  /// What gave L~_S to the distillation law fitted on the weaker runs; nil where there is none, or of another law.
  public var capability: Capability?
  /// The runs that the law fitted on all misses most.
  public var worst: [Outlier]

  /// The supervised law under a distillation law that is asked about runs that it has not seen.
  public struct Capability: Codable, Hashable, Sendable {
    /// The least loss of the supervised runs that it was fitted to; nil where it saw the strong ones, too.
    public var minimumLoss: Double?
    /// The paper's published law, which saw none of the study's runs.
    public var isPublished: Bool

    public init(minimumLoss: Double?, isPublished: Bool) {
      (self.minimumLoss, self.isPublished) = (minimumLoss, isPublished)
    }

    /// Whether nothing of the stronger runs went into it.
    public var isBlind: Bool { minimumLoss != nil || isPublished }
  }

  public var passes: Bool { checks.allSatisfy(\.passes) }

  /// Predicted loss of a run.
  public typealias Prediction = (RunRecord) -> Double

  /// - Parameters:
  ///   - kind: which runs the law is about; of those, the ones made for the law count.
  ///   - all: the law fitted on all of them.
  ///   - weak: the law fitted on those with a loss of at least a threshold; nil where they were too few for a fit.
  ///   - rivals: other laws fitted on all, for comparison.
  ///   - competitors: other laws, fitted to the runs they are given, for the yardsticks.
  ///   - strength: L_T / L~_S of a distillation, which its noise depends on.
  public init(
    kind: RunRecord.Kind, records: [RunRecord], all: Prediction, weak: (predict: Prediction, threshold: Double)?,
    rivals: [(name: String, predict: Prediction)] = [], target: Double,
    strength: (RunRecord) -> Double? = { _ in nil },
    competitors: ([RunRecord]) -> [(name: String, predict: Prediction)] = { _ in [] }
  ) {
    let runs = records.filter { $0.kind == kind && $0.purpose == .law }
    func error(_ predict: Prediction, _ record: RunRecord) -> Double { predict(record) / record.loss - 1 }
    let baselines = records.filter { $0.kind == kind && $0.purpose == .baseline }
    func check(_ name: String, _ predict: Prediction, target: Double?, on runs: [RunRecord]) -> Check {
      Check(name: name, errors: ErrorSummary(runs.map { error(predict, $0) }), target: target)
    }
    law = kind.rawValue
    data = DataSummary(runs)
    drawnNoise = RunRecord.drawnNoise(runs)
    noiseModel = drawnNoise == nil ? NoiseModel(runs + baselines, strength: strength) : nil
    if noiseModel != nil, let edge = NoiseRange.shortTokens(of: runs) {
      noiseCells = NoiseCell.cells(runs + baselines, edge: edge, strength: strength)
    }
    noiseRanges = noiseModel.map { noise in
      NoiseRange.ranges(of: runs, predict: all, coefficients: kind == .supervised ? 6 : 9, noise: noise, strength: strength)
    }
    checks = [check("fitted on all runs, on all runs", all, target: target, on: runs)]
    if let weak {
      let (weaker, stronger) = (runs.filter { $0.loss >= weak.threshold }, runs.filter { $0.loss < weak.threshold })
      checks.append(check("fitted on the weaker runs, on those", weak.predict, target: nil, on: weaker))
      checks.append(check("fitted on the weaker runs, on the stronger", weak.predict, target: target, on: stronger))
      yardsticks =
        [check("the law", weak.predict, target: nil, on: stronger)]
        + (Yardsticks.fitted(to: weaker) + competitors(weaker)).map { check($0.name, $0.predict, target: nil, on: stronger) }
        .sorted { $0.errors.meanAbsolute < $1.errors.meanAbsolute }
    }
    if !baselines.isEmpty {
      checks.append(check("fitted on all runs, on baselines that were not", all, target: target, on: baselines))
      if let weak {
        checks.append(
          check(
            "fitted on the weaker runs, on stronger baselines", weak.predict, target: nil,
            on: baselines.filter { $0.loss < weak.threshold }))
      }
    }
    checks += rivals.map { check("\($0.name) on all runs", $0.predict, target: nil, on: runs) }
    let known = runs + baselines
    sweeps = Set(known.map(\.sweep)).sorted().map { sweep in
      check(sweep, all, target: nil, on: known.filter { $0.sweep == sweep })
    }
    lengths = Self.lengths(of: known).map { range in
      check(
        String(format: "%.2g to %.2g tokens", range.lowerBound, range.upperBound), all, target: nil,
        on: known.filter { range.contains($0.tokens) })
    }
    worst = runs.map { record in
      Outlier(
        run: record.run, sweep: record.sweep, parameters: record.parameters, tokens: record.tokens,
        teacherLoss: record.distillation?.teacherLoss, loss: record.loss, relativeError: error(all, record))
    }
    .sorted { (abs($0.relativeError), $1.run) > (abs($1.relativeError), $0.run) }
    .prefix(5).map { $0 }
  }
}

extension LawVerification {
  /// Ranges of tokens, a factor of two or more each and at most eight, that hold all runs.
  private static func lengths(of runs: [RunRecord]) -> [Range<Double>] {
    guard let low = runs.map(\.tokens).min(), let high = runs.map(\.tokens).max(), high > low else { return [] }
    let count = min(8, max(1, Int(log2(high / low))))
    let edges = (0...count).map { low * pow(high / low * (1 + 1e-9), Double($0) / Double(count)) }
    return zip(edges, edges.dropFirst()).map { $0..<$1 }.filter { range in runs.contains { range.contains($0.tokens) } }
  }
}

/// Every law of a study, verified.
public struct Verification: ResultDocument, Hashable, Sendable {
  public static let meaning = "a verification, as distill-verify writes it"

  public var study: String
  public var laws: [LawVerification]
  /// Where the runs were drawn from the published laws: how well the fits found them again.
  public var recovery: [LawRecovery]?
  /// In the paper study: the paper's claims under its law as printed and as its figures have it.
  public var claims: [Claim]?

  public var passes: Bool {
    laws.allSatisfy(\.passes) && (recovery ?? []).allSatisfy(\.passes) && (claims ?? []).allSatisfy(\.passes)
  }

  public init(
    study: String, laws: [LawVerification], recovery: [LawRecovery]? = nil, claims: [Claim]? = nil
  ) {
    self.study = study
    self.laws = laws
    self.recovery = recovery
    self.claims = claims
  }
}

extension RunRecord {
  /// The noise that all of `records` were drawn with; nil where one was not, or they differ.
  public static func drawnNoise(_ records: [RunRecord]) -> Double? {
    guard let noise = records.first?.reconstruction?.noise,
      records.allSatisfy({ $0.reconstruction?.noise == noise })
    else { return nil }
    return noise
  }
}
