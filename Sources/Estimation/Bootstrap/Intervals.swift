import Statistics

/// How an interval is read off the resamples.
public enum IntervalKind: String, Codable, Sendable, CaseIterable {
  /// Between the resamples' own percentiles.
  case percentile
  /// Between percentiles that are moved by what the resamples are off the estimate in the median (Efron 1981).
  case biasCorrected
}

/// The interval of a coefficient.
/// - Parameters:
///   - samples: its values in the resamples; may be infinite.
///   - estimate: its value in the fit.
///   - confidence: nominal coverage, between 0 and 1.
package func interval(
  _ kind: IntervalKind, of samples: [Double], estimate: Double, confidence: Double
) -> ClosedRange<Double> {
  let sorted = samples.sorted()
  let tail = (1 - confidence) / 2
  var shares = (low: tail, high: 1 - tail)
  if kind == .biasCorrected {
    // With ties counted half, and never beyond what so many resamples can tell.
    let below = Double(sorted.count { $0 < estimate }) + 0.5 * Double(sorted.count { $0 == estimate })
    let count = Double(sorted.count)
    let shift = 2 * Normal.quantile(min(max(below, 0.5), count - 0.5) / count)
    shares = (Normal.share(below: shift + Normal.quantile(tail)), Normal.share(below: shift + Normal.quantile(1 - tail)))
  }
  return finite(percentile(sorted, shares.low))...finite(percentile(sorted, shares.high))
}

private func finite(_ value: Double) -> Double { min(value, .greatestFiniteMagnitude) }
