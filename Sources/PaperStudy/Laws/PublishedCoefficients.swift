/// Table 6 of the paper: coefficients with their 90% percentile bootstrap intervals of 4096 resamples, by their
/// printed names; `a` and `b` are the compute-optimal exponents.
public enum PublishedCoefficients {
  /// A printed value and its interval.
  public struct Entry: Sendable, Hashable {
    public var estimate: Double
    public var low: Double
    public var high: Double

    init(_ estimate: Double, _ low: Double, _ high: Double) {
      self.estimate = estimate
      self.low = low
      self.high = high
    }
  }

  /// Fitted on 73 runs.
  public static let supervised: [String: Entry] = [
    "A": Entry(3355, 3346, 3360), "B": Entry(18186, 18157, 18236), "E": Entry(1.220, 1.190, 1.247),
    "alpha": Entry(0.408, 0.405, 0.411), "beta": Entry(0.431, 0.428, 0.433), "gamma": Entry(0.452, 0.442, 0.461),
    "a": Entry(0.513, 0.513, 0.513), "b": Entry(0.486, 0.486, 0.486),
  ]

  /// Fitted on 697 runs.
  public static let distillation: [String: Entry] = [
    "A": Entry(2243, 2227, 2255), "B": Entry(24181, 24084, 24266), "alpha": Entry(0.321, 0.319, 0.324),
    "beta": Entry(0.637, 0.634, 0.640), "gamma": Entry(0.764, 0.732, 0.788), "c0": Entry(2.549, 2.425, 2.615),
    "c1": Entry(522.6, 522.6, 522.6), "f1": Entry(0.090, 0.088, 0.093), "d1": Entry(1.315, 1.302, 1.327),
    "a": Entry(0.664, 0.662, 0.665), "b": Entry(0.335, 0.334, 0.337),
  ]
}
