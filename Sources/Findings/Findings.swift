import Formats
import Estimation
import ScalingLaws
import Statistics
import Verification

/// What a study's distillations say on the questions of the paper, each answer with its number.
public struct Findings: ResultDocument, Hashable, Sendable {
  public static let meaning = "findings, as distill-findings writes them"

  public var study: String
  public var data: DataSummary
  /// The noise as a function of the run, by which students are told apart: of distillations, or where none were repeated, of
  /// the supervised runs.
  public var noiseModel: NoiseModel?
  public var noiseIsOfDistillations: Bool
  /// Median standard deviation of log L_S from seed to seed of short and of long trainings, and where they part.
  public var shortNoise: Double?
  public var longNoise: Double?
  public var shortTokens: Double?
  /// Nil where the teachers' sizes cannot be told from their losses.
  public var teacherDependence: TeacherDependence?
  public var capacityGap: CapacityGap
  /// Strongest teachers against others within seeds; nil where no students of two teachers were trained from several seeds.
  public var pairedTeachers: PairedTeachers?
  /// Where the law turns up, and whether the students do.
  public var teacherSlopes: TeacherSlopes
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
    self.study = study
    data = DataSummary(runs)
    let ofStudents = NoiseModel(runs, strength: law.teacherStrength(of:)), alone = NoiseModel(supervised) { _ in nil }
    noiseModel = ofStudents ?? alone
    noiseIsOfDistillations = ofStudents != nil
    func noiseOf(_ run: RunRecord) -> Double? {
      let model = run.kind == .distillation ? ofStudents ?? alone : alone ?? ofStudents
      return model?.standardDeviation(of: run, strength: law.teacherStrength(of: run))
    }
    shortTokens = NoiseRange.shortTokens(of: runs)
    if let edge = shortTokens {
      shortNoise = median(runs.filter { $0.tokens < edge }.compactMap(noiseOf))
      longNoise = median(runs.filter { $0.tokens >= edge }.compactMap(noiseOf))
    }
    teacherDependence = TeacherDependence(runs, law: law)
    pairedTeachers = shortTokens.flatMap { PairedTeachers(runs, edge: $0) }
    do {
      capacityGap = try CapacityGap(runs, fit: fit, law: law, noise: noiseOf, threads: threads)
      var slopes = TeacherSlopes(runs, law: law, noise: noiseOf)
      try slopes.profile(runs, fit: fit, law: law, threads: threads)
      teacherSlopes = slopes
    } catch {
      throw StageError("the distillations cannot be fitted: \(error)")
    }
    beatenTeachers = BeatenTeachers(runs, law: law, noise: noiseOf)
    againstSupervised = AgainstSupervised(runs, supervised: supervised, law: law, noise: noiseOf)
    sharedTeachers = SharedTeachers(runs, family: family)
  }
}
