import Formats
import Estimation
import Foundation
import Runs
import ScalingLaws
import Verification

/// The distillation law against simpler and richer ones, and ones built another way: how well each predicts runs that it has
/// not seen, and what its coefficients are worth.
public struct ModelComparison: ResultDocument, Hashable, Sendable {
  public static let meaning = "a comparison of laws, as distill-compare writes it"

  /// What a form is judged on. Each is fitted without the runs that it is judged on.
  public enum Trial: String, Codable, Hashable, Sendable, CaseIterable {
    /// The students of teachers, and configurations of students, that are held out in turn, one part after the other.
    case heldOutTeachers, heldOutStudents
    /// The third of the teachers with the least losses, the third of the runs with the least losses, and the third of the
    /// runs that are longest: the fit has the rest.
    case strongerTeachers, strongerStudents, longest
  }

  /// Mean |predicted / observed - 1| on runs that were not fitted.
  public struct Judgement: Codable, Hashable, Sendable {
    public var runs: Int
    public var error: Double
    /// What that is more than eq. 8's on the same runs, with its interval over resampled teachers; nil for eq. 8.
    public var difference: Interval?
    /// What it is more than that of the form with the least error here; nil for that form.
    public var behindBest: Interval?
  }

  /// A form fitted to one half of the teachers and judged on the other.
  public struct Half: Codable, Hashable, Sendable {
    /// Akaike's criterion on the half that was fitted.
    public var informationCriterion: Double
    public var judgement: Judgement
  }

  /// A form of the law, fitted to all runs and judged on runs that it was not fitted to.
  public struct Rival: Codable, Hashable, Sendable {
    public var form: DistillationForm
    /// How many coefficients are fitted, and what they are in the fit to all runs.
    public var coefficients: Int
    public var fitted: [String: Double]
    /// Mean |predicted / observed - 1| on the runs fitted.
    public var error: Double
    /// The same on runs of teachers that were held out, over all folds.
    public var heldOutError: Double
    /// What that is more than eq. 8's on the same runs, with its interval over resampled teachers; nil for eq. 8.
    public var heldOutDifference: Interval?
    /// Akaike's criterion under Laplace's distribution of errors, which Huber's function with a small delta
    /// amounts to; smaller is better.
    public var informationCriterion: Double
    /// Whether it leaves more unexplained than the noise, on all runs; nil where the noise is not known.
    public var lackOfFit: LackOfFit?
    /// By ``Trial``; one that the runs do not allow is not there.
    public var trials: [String: Judgement]
    /// Fitted to one half of the teachers, and to the other; empty where a half is too small.
    public var halves: [Half]

    public func judgement(_ trial: Trial) -> Judgement? { trials[trial.rawValue] }
  }

  public var study: String
  public var data: DataSummary
  public var rivals: [Rival]
  public var folds: Int
  /// One start in so many of a form's grid was tried on all runs, for forms about as rich as eq. 8; see
  /// ``partThinning(_:)`` for parts of the runs.
  public var thinning: Int
  /// Forms that the runs cannot be fitted with, and why.
  public var leftOut: [String: String]
  public var inputs: FitDocument.Inputs

  /// - Parameters:
  ///   - records: the study's runs; distillations made for the law count, and baselines for the noise.
  ///   - fit: eq. 8, fitted to them.
  ///   - threads: threads of the fits; the comparison does not depend on it.
  /// - Throws: ``StageError`` where there are too few runs or teachers to ask.
  public init(
    study: String, records: [RunRecord], fit: FitDocument, folds: Int = 5, thinning: Int = 31, threads: Int? = nil
  ) throws(StageError) {
    let runs = records.filter { $0.purpose == .law && $0.kind == .distillation }.sorted { $0.run < $1.run }
    let trials = try LawTrials(
      runs, supervised: try DistillationLaw(fit).supervised, folds: folds, thinning: thinning, delta: fit.delta,
      threads: threads)
    self.study = study
    data = DataSummary(runs)
    self.folds = folds
    self.thinning = thinning
    inputs = fit.inputs
    leftOut = [:]
    var results: [LawTrials.Result] = []
    for form in DistillationForm.allCases {
      do {
        results.append(try trials.result(form, equation8: fit.coefficients))
      } catch {
        guard form != .full else { throw StageError("the distillations cannot be fitted: \(error)") }
        leftOut[form.rawValue] = "\(error)"
      }
    }
    let noise = RunNoise(records, runs: runs, strength: try DistillationLaw(fit).teacherStrength(of:))
    let judge = LawJudge(results, resampling: TeacherResampling(runs))
    rivals = results.map { result in
      let heldOut = judge.judgement(of: result) { $0.errors[.heldOutTeachers] }
      return Rival(
        form: result.form, coefficients: result.form.coefficients, fitted: result.fitted, error: result.error,
        heldOutError: heldOut?.error ?? .nan, heldOutDifference: heldOut?.difference,
        informationCriterion: result.informationCriterion, lackOfFit: noise.lackOfFit(of: result, runs),
        trials: Dictionary(
          uniqueKeysWithValues: Trial.allCases.compactMap { trial in
            judge.judgement(of: result) { $0.errors[trial] }.map { (trial.rawValue, $0) }
          }),
        halves: result.halves.indices.compactMap { half in
          judge.judgement(of: result) { half < $0.halves.count ? $0.halves[half].errors : nil }.map {
            Half(informationCriterion: result.halves[half].informationCriterion, judgement: $0)
          }
        })
    }
  }
}

/// What is known of the runs' noise.
private enum RunNoise {
  case drawn(Double)
  case estimated(NoiseModel, strength: (RunRecord) -> Double?)
  case unknown

  init(_ records: [RunRecord], runs: [RunRecord], strength: @escaping (RunRecord) -> Double?) {
    if let noise = RunRecord.drawnNoise(runs) {
      self = .drawn(noise)
    } else if let model = NoiseModel(records.filter { $0.kind == .distillation }, strength: strength) {
      self = .estimated(model, strength: strength)
    } else {
      self = .unknown
    }
  }

  func lackOfFit(of result: LawTrials.Result, _ runs: [RunRecord]) -> LackOfFit? {
    let predictions = Dictionary(zip(runs.map(\.run), result.predictions)) { first, _ in first }
    let predict = { (run: RunRecord) in predictions[run.run] ?? .nan }
    let coefficients = Double(result.form.coefficients)
    switch self {
    case .drawn(let noise): return LackOfFit(runs, coefficients: coefficients, predict: predict, drawn: noise)
    case .estimated(let model, let strength):
      return LackOfFit(runs, coefficients: coefficients, predict: predict) {
        model.standardDeviation(of: $0, strength: strength($0))
      }
    case .unknown: return nil
    }
  }
}

/// Forms' errors beside each other, with intervals over resampled teachers.
private struct LawJudge {
  private let results: [LawTrials.Result]
  private let resampling: TeacherResampling

  init(_ results: [LawTrials.Result], resampling: TeacherResampling) {
    (self.results, self.resampling) = (results, resampling)
  }

  /// - Parameter errors: a form's, one a run; nil for runs that are not judged, and where it was not judged at all.
  func judgement(
    of result: LawTrials.Result, _ errors: (LawTrials.Result) -> [Double?]?
  ) -> ModelComparison.Judgement? {
    func mean(_ values: [Double?]) -> Double {
      let present = values.compactMap { $0 }
      return present.reduce(0, +) / Double(present.count)
    }
    guard let own = errors(result) else { return nil }
    func more(than other: LawTrials.Result?) -> Interval? {
      guard let other, other.form != result.form, let errors = errors(other) else { return nil }
      return resampling.mean(zip(own, errors).map { own, other in own.flatMap { own in other.map { own - $0 } } })
    }
    let best = results.compactMap { result in errors(result).map { (result, mean($0)) } }.min { $0.1 < $1.1 }
    return ModelComparison.Judgement(
      runs: own.count { $0 != nil }, error: mean(own), difference: more(than: results.first { $0.form == .full }),
      behindBest: more(than: best?.0))
  }
}
