import Formats

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
