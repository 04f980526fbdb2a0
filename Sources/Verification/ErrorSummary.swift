/// Relative errors (predicted - observed) / observed of a law over some runs.
public struct ErrorSummary: Codable, Hashable, Sendable {
  public var runs: Int
  public var meanAbsolute: Double
  public var largestAbsolute: Double
  /// Mean with its sign: above zero where the law predicts too much.
  public var mean: Double

  public init(_ errors: [Double]) {
    runs = errors.count
    let count = Double(max(1, errors.count))
    meanAbsolute = errors.reduce(0) { $0 + abs($1) } / count
    largestAbsolute = errors.reduce(0) { max($0, abs($1)) }
    mean = errors.reduce(0, +) / count
  }
}
