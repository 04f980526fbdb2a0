import Artifacts
import Plotting
import ScalingLaws

/// What figures are made from: runs, and the results of the stages before. A figure says by
/// ``require(_:_:)`` what it cannot do without.
public struct FigureInputs: Sendable {
  public var records: [RunRecord]
  /// Fitted on all runs.
  public var supervisedFit: FitDocument?
  /// Fitted on the weaker runs alone.
  public var extrapolationFit: FitDocument?
  public var supervisedBootstrap: BootstrapDocument?
  /// The distillation law, fitted on all distillations.
  public var distillationFit: FitDocument?
  /// Fitted on the weaker students alone.
  public var distillationExtrapolationFit: FitDocument?

  public init(
    records: [RunRecord], supervisedFit: FitDocument? = nil, extrapolationFit: FitDocument? = nil,
    supervisedBootstrap: BootstrapDocument? = nil, distillationFit: FitDocument? = nil,
    distillationExtrapolationFit: FitDocument? = nil
  ) {
    self.records = records
    self.supervisedFit = supervisedFit
    self.extrapolationFit = extrapolationFit
    self.supervisedBootstrap = supervisedBootstrap
    self.distillationFit = distillationFit
    self.distillationExtrapolationFit = distillationExtrapolationFit
  }

  /// Supervised runs made for the law, in the order of their names.
  public var lawRuns: [RunRecord] {
    records.filter { $0.purpose == .law && $0.kind == .supervised }.sorted { $0.run < $1.run }
  }

  /// Distillations made for the law, in the order of their names.
  public var distillations: [RunRecord] {
    records.filter { $0.purpose == .law && $0.kind == .distillation }.sorted { $0.run < $1.run }
  }

  func require<Value>(_ value: Value?, _ what: String) throws(StageError) -> Value {
    guard let value else { throw StageError("needs \(what)") }
    return value
  }
}

/// Figures report a plot that cannot be made as any other failure of a stage.
func asStageError<Value>(_ body: () throws(PlotError) -> Value) throws(StageError) -> Value {
  do { return try body() } catch { throw StageError(error.description) }
}
