/// The mean of some numbers, summed in their order; nil of none.
package func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

/// The half, between neighbours by proportion; nil of none.
package func median(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : percentile(values.sorted(), 0.5)
}

/// The quarter, the half and the three quarters of some numbers, between neighbours by proportion; nil of none.
package func quartiles(_ values: [Double]) -> (low: Double, median: Double, high: Double)? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  return (percentile(sorted, 0.25), percentile(sorted, 0.5), percentile(sorted, 0.75))
}

/// The value below which `share` of the sorted values lie, by linear interpolation between order statistics.
/// - Precondition: there is a value.
package func percentile(_ sorted: [Double], _ share: Double) -> Double {
  let place = share * Double(sorted.count - 1)
  let low = sorted[Int(place.rounded(.down))]
  let high = sorted[Int(place.rounded(.up))]
  // Two infinite neighbours have no difference.
  return low == high ? low : low + (place - place.rounded(.down)) * (high - low)
}
