import Formats
import Estimation
import ScalingLaws
import Verification

/// What a study's distillations say on the questions of the paper, each answer with its number.
public struct Findings: ResultDocument, Hashable, Sendable {
  public static let meaning = "findings, as distill-findings writes them"

  public var study: String
  public var data: DataSummary
  /// Relative standard deviation of distillations that differ by their seed alone; where none were repeated, that
  /// of the supervised runs.
  public var noise: Double?
  public var noiseIsOfDistillations: Bool
  /// The noise of distillations as a function of the run, by which students are told apart.
  public var noiseModel: NoiseModel?
  /// Nil where the teachers' sizes cannot be told from their losses.
  public var teacherDependence: TeacherDependence?
  public var capacityGap: CapacityGap
  public var beatenTeachers: BeatenTeachers
  public var againstSupervised: AgainstSupervised
  public var sharedTeachers: SharedTeachers

  /// - Parameters:
  ///   - records: the study's runs; those made for the law count.
  ///   - fit: the distillation law fitted to them.
  ///   - threads: threads of the fits; the findings do not depend on it.
  /// - Throws: ``StageError`` where there are too few runs to ask.
  public init(
    study: String, records: [RunRecord], fit: FitDocument, family: ModelFamily, threads: Int? = nil
  ) throws(StageError) {
    let law = try DistillationLaw(fit)
    let forLaw = records.filter { $0.purpose == .law || $0.purpose == .baseline }.sorted { $0.run < $1.run }
    let runs = forLaw.filter { $0.kind == .distillation }
    let supervised = forLaw.filter { $0.kind == .supervised }
    let own = NoiseFloor(runs)
    self.study = study
    data = DataSummary(runs)
    noise = own?.standardDeviation ?? NoiseFloor(supervised)?.standardDeviation
    noiseIsOfDistillations = own != nil
    let ofStudents = NoiseModel(runs, strength: law.teacherStrength(of:)), alone = NoiseModel(supervised) { _ in nil }
    noiseModel = ofStudents
    func noiseOf(_ run: RunRecord) -> Double? {
      let model = run.kind == .distillation ? ofStudents ?? alone : alone ?? ofStudents
      return model?.standardDeviation(of: run, strength: law.teacherStrength(of: run))
    }
    teacherDependence = TeacherDependence(runs, law: law)
    do {
      capacityGap = try CapacityGap(runs, fit: fit, law: law, noise: noiseOf, threads: threads)
    } catch {
      throw StageError("the distillations cannot be fitted: \(error)")
    }
    beatenTeachers = BeatenTeachers(runs, law: law, noise: noiseOf)
    againstSupervised = AgainstSupervised(runs, supervised: supervised, law: law, noise: noiseOf)
    sharedTeachers = SharedTeachers(runs, family: family)
  }
}
