import Formats
import Estimation
import Foundation
import Randomness
import Runs
import ScalingLaws
import Statistics
import Verification

/// The distillation law against simpler and richer ones: how well each predicts students of teachers that it has not
/// seen, and what its coefficients are worth.
public struct ModelComparison: ResultDocument, Hashable, Sendable {
  public static let meaning = "a comparison of laws, as distill-compare writes it"

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
  }

  public var study: String
  public var data: DataSummary
  public var rivals: [Rival]
  public var folds: Int
  /// One start in so many of a form's grid was tried in a fold, and on all runs, too, for forms about as rich as eq. 8.
  public var thinning: Int
  /// Forms that the runs cannot be fitted with, and why.
  public var leftOut: [String: String]
  public var inputs: FitDocument.Inputs

  /// - Parameters:
  ///   - records: the study's runs; distillations made for the law count.
  ///   - fit: eq. 8, fitted to them.
  ///   - threads: threads of the fits; the comparison does not depend on it.
  /// - Throws: ``StageError`` where there are too few runs or teachers to ask.
  public init(
    study: String, records: [RunRecord], fit: FitDocument, folds: Int = 5, thinning: Int = 31, threads: Int? = nil
  ) throws(StageError) {
    let runs = records.filter { $0.purpose == .law && $0.kind == .distillation }.sorted { $0.run < $1.run }
    let observations = runs.compactMap(DistillationObservation.init)
    let parts = try Folds(observations, count: folds)
    let fitting = Fitting(
      supervised: try DistillationLaw(fit).supervised, delta: fit.delta, thinning: thinning, threads: threads)
    let resampling = TeacherResampling(runs)
    self.study = study
    data = DataSummary(runs)
    self.folds = folds
    self.thinning = thinning
    inputs = fit.inputs
    leftOut = [:]
    rivals = []
    var starts: [[String: Double]] = []
    var errorsOfLaw: [Double] = []
    for form in DistillationForm.allCases {
      do {
        let whole = form == .full ? fit.coefficients : try fitting.fit(form, observations, from: fit.coefficients, of: nil)
        let errors = try fitting.errors(of: whole, form, observations)
        var heldOut = Array(repeating: Double.nan, count: runs.count)
        for fold in 0..<folds {
          let (kept, held) = parts.split(fold)
          let part = try fitting.fit(
            form, kept.map { observations[$0] }, from: form == .full ? nil : starts[fold], of: thinning)
          if form == .full { starts.append(part) }
          let errors = try fitting.errors(of: part, form, held.map { observations[$0] })
          for (place, error) in zip(held, errors) { heldOut[place] = error }
        }
        if form == .full { errorsOfLaw = heldOut }
        let more = zip(heldOut, errorsOfLaw).map { $0 - $1 }
        rivals.append(
          Rival(
            form: form, coefficients: form.coefficients, fitted: whole, error: mean(errors) ?? .nan,
            heldOutError: mean(heldOut) ?? .nan,
            heldOutDifference: form == .full ? nil : resampling.mean(more),
            informationCriterion: fitting.criterion(of: whole, form, observations)))
      } catch {
        guard form != .full else { throw StageError("the distillations cannot be fitted: \(error)") }
        leftOut[form.rawValue] = "\(error)"
      }
    }
  }

  /// Folds of teachers: a held-out run's teacher is new to the law.
  private struct Folds {
    private let foldOf: [Int]

    init(_ observations: [DistillationObservation], count: Int) throws(StageError) {
      let teachers = Set(observations.map { $0.teacher ?? "" }).sorted()
      guard teachers.count >= count else {
        throw StageError("needs distillations from at least \(count) teachers, has them from \(teachers.count)")
      }
      let dealt = permutation(of: teachers.count, seed: 1)
      let folds = Dictionary(uniqueKeysWithValues: dealt.enumerated().map { (teachers[$1], $0 % count) })
      foldOf = observations.map { folds[$0.teacher ?? ""] ?? 0 }
    }

    /// The places of the runs that are fitted, and of those that are held out.
    func split(_ fold: Int) -> (kept: [Int], held: [Int]) {
      (foldOf.indices.filter { foldOf[$0] != fold }, foldOf.indices.filter { foldOf[$0] == fold })
    }
  }

  /// How forms are fitted and judged.
  private struct Fitting {
    let supervised: SupervisedLaw
    let delta: Double
    let thinning: Int
    let threads: Int?

    /// - Parameter thinning: nil for the whole grid where that is small.
    func fit(
      _ form: DistillationForm, _ observations: [DistillationObservation], from start: [String: Double]?,
      of thinning: Int?
    ) throws(EstimationError) -> [String: Double] {
      let isSmall = form.coefficients < DistillationForm.unitGamma.coefficients
      let options = FitOptions(delta: delta, threads: threads, thinning: thinning ?? (isSmall ? 1 : self.thinning))
      return try fitDistillation(observations, supervised: supervised, form: form, from: start, options: options)
        .coefficients
    }

    private func ratios(
      _ coefficients: [String: Double], _ form: DistillationForm, _ observations: [DistillationObservation]
    ) -> [Double]? {
      guard let law = RivalLaw(form: form, coefficients: coefficients, supervised: supervised) else { return nil }
      return observations.map { law.loss(of: $0) / $0.studentLoss }
    }

    /// |predicted / observed - 1| of every run.
    func errors(
      of coefficients: [String: Double], _ form: DistillationForm, _ observations: [DistillationObservation]
    ) throws(StageError) -> [Double] {
      guard let ratios = ratios(coefficients, form, observations) else {
        throw StageError("the fit lacks a coefficient of its law")
      }
      return ratios.map { abs($0 - 1) }
    }

    func criterion(
      of coefficients: [String: Double], _ form: DistillationForm, _ observations: [DistillationObservation]
    ) -> Double {
      let errors = (ratios(coefficients, form, observations) ?? []).map { abs(log($0)) }
      return 2 * Double(form.coefficients + 1) + 2 * Double(errors.count) * (log(2 * (mean(errors) ?? .nan)) + 1)
    }
  }
}

extension ModelComparison {
  /// The comparison as a page of Markdown.
  public var markdown: String {
    func percent(_ value: Double) -> String { String(format: "%.3f%%", 100 * value) }
    var text = "# Forms of the distillation law: study `\(study)`\n\n\(data.sentence(of: "distillation"))\n\n"
    text +=
      "Held-out runs are those of teachers that the fit has not seen (\(folds) folds); the difference is what a form misses them by more than eq. 8, with 90% intervals over resampled teachers, and Akaike's criterion is less eq. 8's: below zero is better than eq. 8.\n\n"
    text +=
      "| form | coefficients | error | held-out error | difference | Akaike's criterion |\n| --- | ---: | ---: | ---: | ---: | ---: |\n"
    let base = rivals.first { $0.form == .full }?.informationCriterion ?? 0
    for rival in rivals {
      let difference = rival.heldOutDifference.map {
        String(format: "%+.3f%% (%+.3f%% to %+.3f%%)", 100 * $0.estimate, 100 * $0.low, 100 * $0.high)
      }
      text += String(
        format: "| %@ | %d | %@ | %@ | %@ | %+.1f |\n", Self.name(rival.form), rival.coefficients,
        percent(rival.error), percent(rival.heldOutError), difference ?? "", rival.informationCriterion - base)
    }
    for rival in rivals {
      for (name, meaning) in [("nu", "nu, of the teacher's size"), ("kappa", "kappa, of students that beat their teachers")] {
        if let value = rival.fitted[name] { text += String(format: "\nOn all runs %@, is %.4g.\n", meaning, value) }
      }
    }
    for (form, reason) in leftOut.sorted(by: { $0.key < $1.key }) { text += "\n`\(form)` is left out: \(reason).\n" }
    text += """

      - gamma' = 1: the sizes add A'/N_S^alpha' + B'/D_S^beta' to the excess over the teacher's loss, without an outer power.
      - The teacher's size: the excess L_S - L_T also goes as (N_T / N_S)^nu.
      - Students beat teachers: the first L_T of eq. 8 becomes L_T (1 + (L_T / (d1 L~_S))^(1/f1))^(-kappa f1), with kappa \
      between 0 and 1. A strong teacher is matched as before; the student of a weak one gets below it, towards d1 L~_S, what \
      it would nearly reach by itself.
      - In a fold, and on all runs for the forms of eight coefficients and more, one start in \(thinning) of the grid is \
      tried; those of ten also start at eq. 8's own fit.

      """
    return text
  }

  private static func name(_ form: DistillationForm) -> String {
    switch form {
    case .full: "eq. 8"
    case .unitGamma: "gamma' = 1"
    case .withoutBreak: "without the break (c1 = 0)"
    case .additive: "L_T + size terms (c0 = c1 = 0)"
    case .teacherSize: "eq. 8 and the teacher's size"
    case .beatingTeacher: "eq. 8, students beat weak teachers"
    }
  }
}
