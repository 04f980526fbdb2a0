import Foundation
import Randomness
import ScalingLaws
import Statistics

/// How IsoFLOP profiles are read.
public struct IsoFLOPOptions: Sendable, Hashable {
  /// Runs whose 6 N D differ by less than this, relatively, are of one budget, where no budgets are given.
  public var tolerance: Double
  public var resamples: Int
  /// Nominal coverage of the intervals, between 0 and 1.
  public var confidence: Double
  public var seed: UInt64

  /// Different sizes that a profile needs: one more than a parabola has coefficients.
  public static let leastSizes = 4

  public init(tolerance: Double = 0.1, resamples: Int = 4096, confidence: Double = 0.9, seed: UInt64 = 1) {
    self.tolerance = tolerance
    self.resamples = resamples
    self.confidence = confidence
    self.seed = seed
  }
}

/// The runs of one budget, and the minimum of the parabola through their losses.
public struct IsoFLOPProfile: Sendable, Hashable {
  /// The budget in FLOPs: as given, or the geometric mean of 6 N D.
  public var compute: Double
  public var runs: Int
  /// The size, the tokens and the loss at the minimum; nil where there is none inside.
  public var parameters, tokens, loss: Double?
  /// Root mean square of the runs' relative distances from the parabola.
  public var error: Double
  /// Why there is no minimum, in words; nil where there is one.
  public var problem: String?
}

/// Approach 2 of Hoffmann et al. 2022 (section 3.2): minima of parabolas in log N through IsoFLOP profiles, and power laws
/// of compute through these.
public struct IsoFLOPFit: Sendable, Hashable {
  /// value = coefficient · C^exponent.
  public struct PowerLaw: Sendable, Hashable {
    public var exponent: Double
    public var coefficient: Double
    /// Of the exponent.
    public var interval: ClosedRange<Double>
  }

  /// In ascending order of compute.
  public var profiles: [IsoFLOPProfile]
  /// N_opt = G C^a and D_opt = H C^b.
  public var parameters, tokens: PowerLaw
  /// Resamples that give a power law.
  public var resamples: Int
}

/// Fits power laws of the compute-optimal size and tokens to IsoFLOP profiles.
///
/// Intervals are percentiles over resamples of every profile's residuals from its parabola, scaled by √(n / (n - 3)) for
/// what the parabola takes from them; sizes and budgets stay as designed. A profile that loses its minimum in a resample is
/// left out of it.
/// - Parameter budgets: of each run, in FLOPs; runs without one are grouped by equal 6 N D.
/// - Throws: ``EstimationError`` where fewer than two profiles have a minimum inside, or a number is not positive.
public func fitIsoFLOP(
  _ observations: [SupervisedObservation], budgets: [Double?] = [], options: IsoFLOPOptions = IsoFLOPOptions()
) throws(EstimationError) -> IsoFLOPFit {
  try validate(observations, coefficients: 1, delta: 1)
  let groups = profileGroups(observations, budgets: budgets, tolerance: options.tolerance)
  guard !groups.isEmpty else {
    throw EstimationError(
      "no budget has runs of \(IsoFLOPOptions.leastSizes) sizes: an IsoFLOP profile is of runs that differ in N and share 6 N D"
    )
  }
  let parabolas = groups.map(Parabola.init)
  guard let laws = powerLaws(parabolas) else {
    let found = parabolas.count { $0.minimum != nil }
    throw EstimationError("\(found) of \(groups.count) IsoFLOP profiles have a minimum inside; two are needed for an exponent")
  }
  var samples: (parameters: [Double], tokens: [Double]) = ([], [])
  for resample in 0..<options.resamples {
    let random = CounterRandom(seed: options.seed, stream: UInt64(resample))
    var draw: UInt64 = 0
    let drawn = parabolas.map { parabola in
      let spread = (Double(parabola.residuals.count) / Double(max(1, parabola.residuals.count - 3))).squareRoot()
      let losses = parabola.fitted.map { fitted -> Double in
        defer { draw += 1 }
        return fitted + spread * parabola.residuals[random.integer(below: parabola.residuals.count, at: draw)]
      }
      return Parabola(parabola.group, losses: losses)
    }
    guard let laws = powerLaws(drawn) else { continue }
    samples.parameters.append(laws.parameters.exponent)
    samples.tokens.append(laws.tokens.exponent)
  }
  func power(_ law: (exponent: Double, coefficient: Double), _ values: [Double]) -> IsoFLOPFit.PowerLaw {
    .init(
      exponent: law.exponent, coefficient: law.coefficient,
      interval: values.isEmpty
        ? -.infinity ... .infinity
        : interval(.percentile, of: values, estimate: law.exponent, confidence: options.confidence))
  }
  return IsoFLOPFit(
    profiles: parabolas.map(\.profile), parameters: power(laws.parameters, samples.parameters),
    tokens: power(laws.tokens, samples.tokens), resamples: samples.parameters.count)
}

/// The runs of a budget.
private struct ProfileGroup {
  var compute: Double
  var runs: [SupervisedObservation]

  var sizes: Int { Set(runs.map(\.parameters)).count }
}

/// The runs of each budget that has enough sizes, in ascending order of compute.
private func profileGroups(
  _ runs: [SupervisedObservation], budgets: [Double?], tolerance: Double
) -> [ProfileGroup] {
  var given: [Double: [SupervisedObservation]] = [:]
  var others: [SupervisedObservation] = []
  for (index, run) in runs.enumerated() {
    if index < budgets.count, let budget = budgets[index] {
      given[budget, default: []].append(run)
    } else {
      others.append(run)
    }
  }
  var groups = given.map { ProfileGroup(compute: $0.key, runs: $0.value) }
  func compute(_ run: SupervisedObservation) -> Double { 6 * run.parameters * run.tokens }
  let ordered = others.indices.sorted { (compute(others[$0]), $0) < (compute(others[$1]), $1) }.map { others[$0] }
  var open: [SupervisedObservation] = []
  func close() {
    guard !open.isEmpty else { return }
    groups.append(ProfileGroup(compute: exp(mean(open.map { log(compute($0)) }) ?? 0), runs: open))
    open = []
  }
  for run in ordered {
    if let first = open.first, compute(run) > compute(first) * (1 + tolerance) { close() }
    open.append(run)
  }
  close()
  return groups.filter { $0.sizes >= IsoFLOPOptions.leastSizes }
    .sorted { ($0.compute, $0.runs.count) < ($1.compute, $1.runs.count) }
}

/// The least-squares parabola of the loss in log N through a profile.
private struct Parabola {
  let group: ProfileGroup
  let fitted, residuals: [Double]
  /// log N and the loss at the minimum; nil where there is none among the sizes.
  let minimum: (logParameters: Double, loss: Double)?
  private let isConvex: Bool
  private let end: String

  init(_ group: ProfileGroup) { self.init(group, losses: group.runs.map(\.loss)) }

  init(_ group: ProfileGroup, losses: [Double]) {
    self.group = group
    let logs = group.runs.map { log($0.parameters) }
    let middle = mean(logs) ?? 0
    let x = logs.map { $0 - middle }
    func sum(_ power: Int, _ values: [Double]? = nil) -> Double {
      x.indices.reduce(0) { $0 + pow(x[$1], Double(power)) * (values?[$1] ?? 1) }
    }
    var cholesky = Cholesky(size: 3)
    for row in 0..<3 {
      for column in 0...row { cholesky[row, column] = sum(row + column) }
    }
    var solution = (0..<3).map { sum($0, losses) }
    _ = cholesky.factorise(leastPivot: 1e-12, vanished: .leavesOut)
    cholesky.solve(&solution)
    let c = solution
    fitted = x.map { c[0] + c[1] * $0 + c[2] * $0 * $0 }
    residuals = zip(losses, fitted).map { $0 - $1 }
    isConvex = c[2] > 0
    let place = -c[1] / (2 * c[2])
    let (low, high) = (x.min() ?? 0, x.max() ?? 0)
    end = place < low ? "smallest" : "largest"
    minimum = isConvex && place > low && place < high ? (middle + place, c[0] + 0.5 * c[1] * place) : nil
  }

  /// The tokens that go with a size at this budget: the runs' mean of N D over it.
  private func tokens(_ logParameters: Double) -> Double {
    exp((mean(group.runs.map { log($0.parameters) + log($0.tokens) }) ?? 0) - logParameters)
  }

  /// log C, log N_opt and log D_opt.
  var point: (compute: Double, parameters: Double, tokens: Double)? {
    minimum.map { (log(group.compute), $0.logParameters, log(tokens($0.logParameters))) }
  }

  var profile: IsoFLOPProfile {
    let squares = zip(residuals, fitted).map { ($0 / $1) * ($0 / $1) }
    return IsoFLOPProfile(
      compute: group.compute, runs: group.runs.count, parameters: minimum.map { exp($0.logParameters) },
      tokens: minimum.map { tokens($0.logParameters) }, loss: minimum?.loss,
      error: (mean(squares) ?? 0).squareRoot(),
      problem: minimum != nil
        ? nil
        : isConvex ? "its minimum lies beyond its \(end) size" : "the parabola through it opens downwards")
  }
}

/// Lines through the minima in logs; nil where fewer than two budgets have one.
private func powerLaws(
  _ parabolas: [Parabola]
) -> (parameters: (exponent: Double, coefficient: Double), tokens: (exponent: Double, coefficient: Double))? {
  let points = parabolas.compactMap(\.point)
  let middle = mean(points.map(\.compute)) ?? 0
  let spread = points.reduce(0) { $0 + ($1.compute - middle) * ($1.compute - middle) }
  guard points.count > 1, spread > 1e-6 else { return nil }
  func line(_ value: ((compute: Double, parameters: Double, tokens: Double)) -> Double) -> (Double, Double) {
    let height = mean(points.map(value)) ?? 0
    let slope = points.reduce(0) { $0 + ($1.compute - middle) * (value($1) - height) } / spread
    return (slope, exp(height - slope * middle))
  }
  return (line { $0.parameters }, line { $0.tokens })
}
