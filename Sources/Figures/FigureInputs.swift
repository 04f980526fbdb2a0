import Formats
import PaperStudy
import Plotting
import ScalingLaws
import Studies
import Verification

/// What figures are made from: a study's runs, and the results of the stages before. A figure says by its `needs` what it
/// cannot do without.
public struct FigureInputs: Sendable {
  /// The study, its runs, and which sweeps they make up.
  public var runs: StudyRuns
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
    _ runs: StudyRuns, supervisedFit: FitDocument? = nil, extrapolationFit: FitDocument? = nil,
    supervisedBootstrap: BootstrapDocument? = nil, distillationFit: FitDocument? = nil,
    distillationExtrapolationFit: FitDocument? = nil, supervisedProfiles: ProfileDocument? = nil,
    distillationProfiles: ProfileDocument? = nil, optima: OptimaTable? = nil, reach: ReachTable? = nil,
    figureLaw: FigureLawDocument? = nil
  ) {
    self.runs = runs
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

  public var study: Study { runs.study }
  var records: [RunRecord] { runs.records }

  /// The laws that figures without runs follow from, the distillation law on top of its supervised one: the paper's own in
  /// its study, in others those fitted to the study's runs.
  func law() throws(StageError) -> DistillationLaw {
    if let paper = study.paperLaw { return paper.law }
    return try DistillationLaw(try require(distillationFit, .result(.distillationFit)))
  }

  /// Says where the coefficients come from.
  var lawSentence: RichText {
    if let paper = study.paperLaw { return RichText(paper.sentence) }
    let fitted = "From the laws fitted to \(distillationFit?.runs ?? 0) \(Phrase.origins(distillations)) distillation runs."
    guard runs.borrowsSupervisedLaw else { return RichText(fitted) }
    return RichText(fitted + " The study has no supervised law: ") + .tilde("L") + .subscript("S")
      + " is that of the published one."
  }

  /// Supervised runs made for the law, in the order of their names.
  public var lawRuns: [RunRecord] {
    runs.supervised
  }

  /// Supervised runs made to be compared with students, in the order of their names.
  public var baselines: [RunRecord] {
    records.filter { $0.purpose == .baseline && $0.kind == .supervised }.sorted { $0.run < $1.run }
  }

  /// Distillations made for the law, in the order of their names.
  public var distillations: [RunRecord] {
    runs.distillations
  }

  /// Distillations made for the law in sweeps of a role; none where the study has none.
  func distillations(_ role: SweepRole) -> [RunRecord] {
    runs.runs(role).filter { $0.purpose == .law && $0.kind == .distillation }
  }

  /// - Throws: ``StageError`` where the study's figures have no scale.
  func scale() throws(StageError) -> FigureScale { try require(FigureScale(runs), .distillations) }

  func require<Value>(_ value: Value?, _ input: Input) throws(StageError) -> Value {
    guard let value else { throw StageError("needs \(input.words)") }
    return value
  }
}

/// Whether two sizes are one that is written to three digits in one place and in full in another.
func isSameSize(_ a: Double, _ b: Double) -> Bool { abs(a / b - 1) < 0.01 }

/// Figures report a plot that cannot be made as any other failure of a stage.
func asStageError<Value>(_ body: () throws(PlotError) -> Value) throws(StageError) -> Value {
  do { return try body() } catch { throw StageError(error.description) }
}
