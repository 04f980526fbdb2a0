import Foundation

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
    let shift = 2 * normalQuantile(min(max(below, 0.5), count - 0.5) / count)
    shares = (normalShare(shift + normalQuantile(tail)), normalShare(shift + normalQuantile(1 - tail)))
  }
  return finite(percentile(sorted, shares.low))...finite(percentile(sorted, shares.high))
}

private func finite(_ value: Double) -> Double { min(value, .greatestFiniteMagnitude) }

/// The value below which `share` of the sorted values lie, by linear interpolation between order statistics.
package func percentile(_ sorted: [Double], _ share: Double) -> Double {
  let place = share * Double(sorted.count - 1)
  let low = sorted[Int(place.rounded(.down))]
  let high = sorted[Int(place.rounded(.up))]
  return low == high ? low : low + (place - place.rounded(.down)) * (high - low)
}

/// Share of the standard normal distribution below `x`.
package func normalShare(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

/// The inverse of ``normalShare(_:)`` within nine standard deviations, by bisection.
package func normalQuantile(_ share: Double) -> Double {
  var (low, high) = (-9.0, 9.0)
  for _ in 0..<60 {
    let middle = 0.5 * (low + high)
    if normalShare(middle) < share { low = middle } else { high = middle }
  }
  return 0.5 * (low + high)
}
