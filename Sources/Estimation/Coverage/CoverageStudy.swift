import Foundation
import ScalingLaws

/// Whether intervals keep their promise: studies are drawn from a known law, each is fitted and given intervals in
/// every way, and it is counted how often the intervals hold the truth.
public protocol CoverageStudy: Sendable {
  /// The ways that are tried, in the order of ``CoverageOutcome/intervals``.
  var procedures: [CoverageProcedure] { get }
  /// What intervals are made for, in the order of a report.
  var quantities: [CoverageQuantity] { get }
  /// Draws, fits and bootstraps one study.
  /// - Throws: ``EstimationError`` where it cannot be fitted.
  func outcome(_ study: Int) throws(EstimationError) -> CoverageOutcome
}

/// How every study of a coverage study is treated.
public struct CoverageOptions: Sendable {
  /// The ways to make intervals that are tried.
  public var methods: Set<CoverageProcedure.Method>
  /// Of every bootstrap.
  public var resamples: Int
  /// Nominal coverage.
  public var confidence: Double
  /// One start in so many of the paper's grid is tried in a fit, beside the truth and its neighbours.
  public var thinning: Int
  public var seed: UInt64
  public var threads: Int?

  public init(
    methods: Set<CoverageProcedure.Method> = Set(CoverageProcedure.Method.allCases), resamples: Int = 200,
    confidence: Double = 0.9, thinning: Int = 1999, seed: UInt64 = 1, threads: Int? = nil
  ) {
    self.methods = methods
    self.resamples = resamples
    self.confidence = confidence
    self.thinning = thinning
    self.seed = seed
    self.threads = threads
  }

  /// Of the resampling in a study.
  func seed(of study: Int) -> UInt64 { seed &+ 1 &+ UInt64(study) }

  func bootstrap(_ study: Int, _ resampling: Resampling) -> BootstrapOptions {
    BootstrapOptions(
      resamples: resamples, confidence: confidence, seed: seed(of: study), resampling: resampling, starts: .exchange,
      threads: threads)
  }

  func likelihood(_ study: Int, _ units: Resampling) -> LikelihoodOptions {
    LikelihoodOptions(
      samples: 2048, steps: 2000, confidence: confidence, seed: seed(of: study), units: units, threads: threads)
  }

  func profile(_ study: Int, _ units: Resampling) -> ProfileOptions {
    ProfileOptions(confidence: confidence, units: units, seed: seed(of: study), threads: threads)
  }

  /// Profiles as they are asked for, and wider ones: half and a fifth as many of these are to miss.
  var profileConfidences: [Double] { [confidence, 0.5 + 0.5 * confidence, 1 - 0.2 * (1 - confidence)] }

  /// The best fit from the truth, its neighbours and a few starts of the grid: cheap, and, starting at the truth or close
  /// to what is to be found, no worse than a search that finds it.
  @inline(__always)
  private func fit<Model: SearchedModel>(_ truth: FittedModel<Model>) -> [String: Double] {
    let model = truth.model
    let starts = [truth.point] + truth.neighbours + model.grid.thinned(thinning)
    let plan = Model.search(threads: threads ?? availableProcessors).quick
    let objective = HuberObjective(model, delta: 1e-4)
    let outcome = plan.run(objective, from: starts, known: [truth.point])
    return model.coefficients(at: plan.printable(objective, outcome.finalists).point)
  }

  /// Fits a study, and makes intervals for it in every way that is tried.
  /// - Parameters:
  ///   - truth: the law that the study was drawn from, or that fits the one it was drawn from: fits start there.
  ///   - units: what bootstraps take to be independent, each in turn; the other methods take the last.
  ///   - derived: quantities that follow from coefficients, by name.
  ///   - fitted: the study's runs with coefficients of their law.
  ///   - profiles: of a fit, by confidence.
  @inline(__always)
  func outcome<Model: SearchedModel>(
    _ study: Int, truth: [String: Double], units: [Resampling], derived: ([String: Double]) -> [String: Double],
    fitted: ([String: Double], Resampling) throws(EstimationError) -> FittedModel<Model>,
    profiles: (FittedModel<Model>, ProfileOptions) -> [[Profile]]
  ) throws(EstimationError) -> CoverageOutcome {
    let coefficients = fit(try fitted(truth, .runs))
    var bootstraps: [Bootstraps] = []
    for units in units where methods.contains(.bootstrap) {
      bootstraps.append(Bootstraps(try fitted(coefficients, units), bootstrap(study, units), derived: derived))
    }
    let units = units.last ?? .runs
    let best = try fitted(coefficients, units)
    return CoverageOutcome(
      study: study, estimates: extended(coefficients, derived), bootstraps: bootstraps,
      likely: methods.contains(.likelihood) ? likelyLaws(best, likelihood(study, units), derived: derived) : nil,
      profiles: methods.contains(.profile) ? profiles(best, profile(study, units)) : [])
  }
}

/// A way to make intervals.
public struct CoverageProcedure: Sendable, Hashable, Codable {
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// Between percentiles of refits to resamples.
    case bootstrap
    /// Between percentiles of laws drawn by their likelihood.
    case likelihood
    /// Where the likelihood ratio of the profile stays below its limit.
    case profile
  }

  public var method: Method
  /// What is taken to be independent of one another.
  public var units: Resampling
  /// Of bootstraps.
  public var starts: RefitStarts?
  public var kind: IntervalKind?
  /// Of profiles: the confidence that the limit is for, where it is another than what is tried.
  public var nominal: Double?

  /// - Parameters:
  ///   - options: the methods that are tried.
  ///   - bootstraps: what bootstraps take to be independent, each in turn.
  ///   - others: what the other methods do.
  static func all(
    _ options: CoverageOptions, bootstraps: [Resampling], others: Resampling
  ) -> [CoverageProcedure] {
    let bootstraps = bootstraps.flatMap { units in
      RefitStarts.allCases.flatMap { starts in
        IntervalKind.allCases.map { kind in
          CoverageProcedure(method: .bootstrap, units: units, starts: starts, kind: kind)
        }
      }
    }
    let profiles = options.profileConfidences.map { confidence in
      CoverageProcedure(
        method: .profile, units: others, nominal: confidence == options.confidence ? nil : confidence)
    }
    return (bootstraps + [CoverageProcedure(method: .likelihood, units: others)] + profiles)
      .filter { options.methods.contains($0.method) }
  }
}

/// A number that intervals are made for.
public struct CoverageQuantity: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// A loss predicted among the runs, a loss predicted beyond them, another number to act on, a coefficient.
    case interpolation, extrapolation, decision, coefficient
  }

  public var name: String
  public var kind: Kind
  public var truth: Double
  /// What the name stands for, where that is not known.
  public var meaning: String?

  /// A law's coefficients, in the order of their names.
  static func coefficients(_ values: [String: Double], named names: [String]) -> [CoverageQuantity] {
    names.map { CoverageQuantity(name: $0, kind: .coefficient, truth: values[$0] ?? .nan) }
  }
}

/// The intervals of one study.
public struct CoverageOutcome: Sendable, Hashable, Codable {
  public struct Bounds: Sendable, Hashable, Codable {
    public var low, high: Double

    init(_ range: ClosedRange<Double>) {
      (low, high) = (range.lowerBound, range.upperBound)
    }

    init(_ profile: Profile) {
      low = profile.lowIsOpen ? -.greatestFiniteMagnitude : profile.interval.lowerBound
      high = profile.highIsOpen ? .greatestFiniteMagnitude : profile.interval.upperBound
    }
  }

  public var study: Int
  public var estimates: [String: Double]
  /// By procedure, and by quantity.
  public var intervals: [[String: Bounds]]

  /// - Parameters:
  ///   - bootstraps: by what is taken to be independent.
  ///   - likely: nil where the method is not tried.
  ///   - profiles: by confidence.
  init(study: Int, estimates: [String: Double], bootstraps: [Bootstraps], likely: Bootstrap?, profiles: [[Profile]]) {
    self.study = study
    self.estimates = estimates
    intervals = bootstraps.flatMap { all in
      [all.optimum, all.wide, all.chosen].flatMap { bootstrap in
        IntervalKind.allCases.map { bootstrap.intervals($0).mapValues(Bounds.init) }
      }
    }
    if let likely { intervals.append(likely.intervals().mapValues(Bounds.init)) }
    intervals += profiles.map { Dictionary(uniqueKeysWithValues: $0.map { ($0.name, Bounds($0)) }) }
  }
}

/// The value in the middle of the sorted ones.
func middle<Element, Value: Comparable>(_ elements: [Element], _ value: (Element) -> Value) -> Value {
  elements.map(value).sorted()[elements.count / 2]
}
