import Formats
import Foundation
import ScalingLaws
import Statistics

/// How far log L of runs varies from seed to seed, as a function of the run: the noise of short trainings is not that of
/// long ones, and students of weak teachers hardly vary at all.
///
/// It is a ``NoiseCurve``, estimated from configurations that were trained from several seeds by restricted likelihood: the sum over configurations of
/// -(n - 1) log sigma - S / (2 sigma^2), where S is the sum of squares of log L about the configuration's mean. A mean of its
/// own takes one degree of freedom from each, as the restricted likelihood of a linear model has it (Patterson and Thompson
/// 1971).
public struct NoiseModel: Codable, Hashable, Sendable {
  /// b0, b1 and, for distillations, b2; fewer where the repeats do not show more.
  public var coefficients: [Double]
  /// Their covariance, from the expected information.
  public var covariance: [[Double]]
  /// Configurations with more than one seed, their runs, and the degrees of freedom they leave.
  public var configurations: Int
  public var runs: Int
  public var degreesOfFreedom: Int
  /// Chance of differences between configurations as large as these if all had one noise, by the likelihood ratio; nil
  /// where the model is one number.
  public var chanceOfOneNoise: Double?

  /// Degrees of freedom that each coefficient asks for at least.
  private static let leastFreedom = 8

  /// - Parameters:
  ///   - records: of one kind; those made for the law and baselines count.
  ///   - strength: L_T / L~_S of a distillation; nil where it is not known.
  /// - Returns: nil where no configuration was trained from more than one seed.
  public init?(_ records: [RunRecord], strength: (RunRecord) -> Double?) {
    let seeded = records.filter { ($0.purpose == .law || $0.purpose == .baseline) && $0.seed != nil }.sorted { $0.run < $1.run }
    let cells = Configuration.cells(seeded).filter { Set($0.map(\.seed)).count > 1 }
    let repeats = cells.compactMap { cell -> Repeats? in
      let logs = cell.map { log($0.loss) }
      guard let center = mean(logs) else { return nil }
      let squares = logs.reduce(0) { $0 + ($1 - center) * ($1 - center) }
      guard squares > 0 else { return nil }
      return Repeats(
        terms: Self.terms(cell[0], strength: strength(cell[0])), squares: squares, freedom: Double(cell.count - 1))
    }
    guard !repeats.isEmpty else { return nil }
    configurations = repeats.count
    degreesOfFreedom = Int(repeats.reduce(0) { $0 + $1.freedom })
    runs = degreesOfFreedom + configurations
    let most = max(1, min(repeats[0].terms.count, degreesOfFreedom / Self.leastFreedom))
    guard let one = Self.fit(repeats, terms: 1) else { return nil }
    // A term that hardly varies over the repeats, or that the sums run away along, is left out.
    let best = (2...3).reduce(one) { best, count in
      guard count <= most, let fit = Self.fit(repeats, terms: count) else { return best }
      return fit
    }
    coefficients = best.coefficients
    covariance = best.covariance
    let freedom = best.coefficients.count - 1
    chanceOfOneNoise =
      freedom == 0
      ? nil : 1 - ChiSquare.probability(upTo: max(0, 2 * (best.logLikelihood - one.logLikelihood)), freedom: Double(freedom))
  }

  private struct Repeats {
    var terms: [Double]
    var squares: Double
    var freedom: Double
  }

  private static func terms(_ record: RunRecord, strength: Double?) -> [Double] {
    NoiseCurve.terms(tokens: record.tokens, strength: record.kind == .distillation ? strength : nil)
  }

  private struct Estimate {
    var coefficients: [Double]
    var covariance: [[Double]]
    var logLikelihood: Double
  }

  /// Fisher's scoring of the restricted likelihood; nil where it does not settle.
  private static func fit(_ repeats: [Repeats], terms count: Int) -> Estimate? {
    var b = [Double](repeating: 0, count: count)
    let freedom = repeats.reduce(0) { $0 + $1.freedom }
    b[0] = 0.5 * log(repeats.reduce(0) { $0 + $1.squares } / freedom)
    func logLikelihood(_ b: [Double]) -> Double {
      repeats.reduce(0) { sum, cell in
        let logSigma = zip(b, cell.terms).reduce(0) { $0 + $1.0 * $1.1 }
        return sum - cell.freedom * logSigma - 0.5 * cell.squares * exp(-2 * logSigma)
      }
    }
    var information = Cholesky(size: count), current = logLikelihood(b)
    for _ in 0..<200 {
      var score = [Double](repeating: 0, count: count)
      information = Cholesky(size: count)
      for cell in repeats {
        let logSigma = zip(b, cell.terms).reduce(0) { $0 + $1.0 * $1.1 }
        let pull = cell.squares * exp(-2 * logSigma) - cell.freedom
        for row in 0..<count {
          score[row] += pull * cell.terms[row]
          for column in 0...row { information[row, column] += 2 * cell.freedom * cell.terms[row] * cell.terms[column] }
        }
      }
      guard information.factorise(leastPivot: 1e-9) else { return nil }
      var step = score
      information.solve(&step)
      // Halved until the likelihood rises: scoring alone may overshoot.
      var scale = 1.0, next = b, value = -Double.infinity
      while scale > 1e-6 {
        next = zip(b, step).map { $0 + scale * $1 }
        value = logLikelihood(next)
        if value >= current { break }
        scale /= 2
      }
      let moved = zip(next, b).map { abs($0 - $1) }.max() ?? 0
      (b, current) = (next, value)
      if moved < 1e-12 { break }
    }
    guard b.allSatisfy(\.isFinite), current.isFinite else { return nil }
    let covariance = (0..<count).map { row -> [Double] in
      var unit = [Double](repeating: 0, count: count)
      unit[row] = 1
      information.solve(&unit)
      return unit
    }
    return Estimate(coefficients: b, covariance: covariance, logLikelihood: current)
  }

  // MARK: Noise of a run

  /// The model's curve alone.
  public var curve: NoiseCurve { NoiseCurve(coefficients: coefficients) }

  /// Standard deviation of log L of a run from seed to seed.
  public func standardDeviation(of record: RunRecord, strength: Double?) -> Double {
    curve.standardDeviation(tokens: record.tokens, strength: record.kind == .distillation ? strength : nil)
  }

  /// Intervals of runs' standard deviations with a confidence of 90%, by Student's distribution.
  public func intervals(of records: [RunRecord], strength: (RunRecord) -> Double?) -> [ClosedRange<Double>] {
    let freedom = max(1, degreesOfFreedom - coefficients.count)
    let critical = StudentT.critical(level: 0.05, freedom: freedom)
    return records.map { record in
      let terms = padded(Self.terms(record, strength: strength(record)))
      var variance = 0.0
      for (row, x) in zip(covariance, terms) { variance += x * zip(row, terms).reduce(0) { $0 + $1.0 * $1.1 } }
      let middle = log(standardDeviation(of: record, strength: strength(record)))
      let half = critical * max(0, variance).squareRoot()
      return exp(middle - half)...exp(middle + half)
    }
  }

  /// As many terms as there are coefficients: a run whose teacher's strength is not known is taken as under a strong one.
  private func padded(_ terms: [Double]) -> [Double] {
    terms + [Double](repeating: 0, count: max(0, coefficients.count - terms.count))
  }

  /// Mean absolute error that the noise leaves a perfect law with, over some runs.
  public func floor(_ records: [RunRecord], strength: (RunRecord) -> Double?) -> Double {
    let deviations = records.map { standardDeviation(of: $0, strength: strength($0)) }
    return (mean(deviations) ?? .nan) * (2 / Double.pi).squareRoot()
  }
}
