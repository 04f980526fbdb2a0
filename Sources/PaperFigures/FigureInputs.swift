import Artifacts
import Plotting
import ScalingLaws
import Verification

/// What figures are made from: runs, and the results of the stages before. A figure says by
/// ``require(_:_:)`` what it cannot do without.
public struct FigureInputs: Sendable {
  /// The study's name, which sets the sizes and budgets of figures that follow from the laws alone.
  public var study: String
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
  /// How much worse the laws fit with a coefficient held at a value.
  public var supervisedProfiles: ProfileDocument?
  public var distillationProfiles: ProfileDocument?
  /// The compute-optimal plans of the study's law, and what it takes to reach a loss.
  public var optima: OptimaTable?
  public var reach: ReachTable?
  /// Which B' the labels of the paper's figures follow.
  public var figureLaw: FigureLawDocument?

  public init(
    study: String = "lab", records: [RunRecord], supervisedFit: FitDocument? = nil, extrapolationFit: FitDocument? = nil,
    supervisedBootstrap: BootstrapDocument? = nil, distillationFit: FitDocument? = nil,
    distillationExtrapolationFit: FitDocument? = nil, supervisedProfiles: ProfileDocument? = nil,
    distillationProfiles: ProfileDocument? = nil, optima: OptimaTable? = nil, reach: ReachTable? = nil,
    figureLaw: FigureLawDocument? = nil
  ) {
    self.study = study
    self.records = records
    self.supervisedFit = supervisedFit
    self.extrapolationFit = extrapolationFit
    self.supervisedBootstrap = supervisedBootstrap
    self.distillationFit = distillationFit
    self.distillationExtrapolationFit = distillationExtrapolationFit
    self.supervisedProfiles = supervisedProfiles
    self.distillationProfiles = distillationProfiles
    self.optima = optima
    self.reach = reach
    self.figureLaw = figureLaw
  }

  /// The laws that figures without runs follow from, the distillation law on top of its supervised one: the
  /// paper's own in its study, with B' as its figures have it, in others those fitted to the study's runs.
  func law() throws(StageError) -> DistillationLaw {
    study == "paper" ? .figures : try DistillationLaw(try require(distillationFit, "fit-distillation.json"))
  }

  /// Says where the coefficients come from.
  var lawSentence: RichText {
    guard study != "paper" else {
      return RichText("From the published coefficients, with B′ = 2418100 as the paper's figures have it.")
    }
    return RichText(
      "From the laws fitted to \(distillationFit?.runs ?? 0) \(Phrase.origins(distillations)) distillation runs.")
  }

  /// Supervised runs made for the law, in the order of their names.
  public var lawRuns: [RunRecord] {
    records.filter { $0.purpose == .law && $0.kind == .supervised }.sorted { $0.run < $1.run }
  }

  /// Supervised runs made to be compared with students, in the order of their names.
  public var baselines: [RunRecord] {
    records.filter { $0.purpose == .baseline && $0.kind == .supervised }.sorted { $0.run < $1.run }
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
