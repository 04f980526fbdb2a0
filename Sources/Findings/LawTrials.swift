import Formats
import Estimation
import Foundation
import Randomness
import Runs
import ScalingLaws
import Statistics

/// Fits of forms of the law to all runs and to parts of them, and their errors on the runs left out.
struct LawTrials {
  /// What came of one form.
  struct Result {
    var form: DistillationForm
    var fitted: [String: Double]
    /// Losses that the fit to all runs gives them.
    var predictions: [Double]
    var error: Double
    var informationCriterion: Double
    /// |predicted / observed - 1| of the runs that were left out, one a run; nil for runs that never were.
    var errors: [ModelComparison.Trial: [Double?]] = [:]
    /// By the half that was fitted: the criterion there, and the errors on the other.
    var halves: [(informationCriterion: Double, errors: [Double?])] = []
  }

  private let observations: [DistillationObservation]
  private let supervised: SupervisedLaw
  private let thinning: Int
  private let delta: Double
  private let threads: Int?
  /// The places of the runs that are left out in turn.
  private let held: [ModelComparison.Trial: [[Int]]]
  private let halves: [[Int]]

  /// - Throws: ``StageError`` where there are fewer teachers than folds.
  init(
    _ runs: [RunRecord], supervised: SupervisedLaw, folds: Int, thinning: Int, delta: Double, threads: Int?
  ) throws(StageError) {
    observations = runs.compactMap(DistillationObservation.init)
    (self.supervised, self.thinning, self.delta, self.threads) = (supervised, thinning, delta, threads)
    let losses = Dictionary(observations.map { ($0.teacher ?? "", $0.teacherLoss) }) { min($0, $1) }
    let teachers = losses.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    guard teachers.count >= folds else {
      throw StageError("needs distillations from at least \(folds) teachers, has them from \(teachers.count)")
    }
    let observations = observations
    func places(_ isIn: (DistillationObservation) -> Bool) -> [Int] { observations.indices.filter { isIn(observations[$0]) } }
    func dealt<Key: Hashable>(_ keys: [Key], _ key: (DistillationObservation) -> Key) -> [[Int]] {
      let order = permutation(of: keys.count, seed: 1)
      let folded = Dictionary(uniqueKeysWithValues: order.enumerated().map { (keys[$1], $0 % folds) })
      return (0..<folds).map { fold in places { folded[key($0)] == fold } }
    }
    let students = Set(runs.map(Student.init)).sorted()
    let strong = Set(teachers.prefix(teachers.count / 3))
    let weakest = observations.map(\.studentLoss).sorted()[observations.count / 3]
    let longest = observations.map(\.studentTokens).sorted()[2 * observations.count / 3]
    held = [
      .heldOutTeachers: dealt(teachers.sorted()) { $0.teacher ?? "" },
      .heldOutStudents: dealt(students) { Student(parameters: $0.studentParameters, tokens: $0.studentTokens) },
      .strongerTeachers: [places { strong.contains($0.teacher ?? "") }],
      .strongerStudents: [places { $0.studentLoss < weakest }],
      .longest: [places { $0.studentTokens >= longest }],
    ]
    // In turn by their losses, so that both halves have strong and weak ones.
    halves = (0..<2).map { half in
      let own = Set(teachers.enumerated().filter { $0.offset % 2 == half }.map(\.element))
      return places { own.contains($0.teacher ?? "") }
    }
  }

  /// - Parameter equation8: eq. 8's fit to all runs.
  func result(_ form: DistillationForm, equation8: [String: Double]) throws -> Result {
    let whole =
      form == .full
      ? equation8
      : try fit(form, observations, from: equation8, FitOptions(delta: delta, threads: threads, thinning: wholeThinning(form)))
    let predictions = try predictions(whole, form, observations)
    let errors = zip(predictions, observations).map { abs($0 / $1.studentLoss - 1) }
    var result = Result(
      form: form, fitted: whole, predictions: predictions, error: mean(errors) ?? .nan,
      informationCriterion: criterion(predictions, observations, form))
    for (trial, parts) in held.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      result.errors[trial] = try? heldOut(parts, form, from: whole)
    }
    result.halves = (try? halves.indices.map { try half($0, form, from: whole) }) ?? []
    return result
  }

  /// The errors of runs that are left out part by part.
  private func heldOut(
    _ parts: [[Int]], _ form: DistillationForm, from start: [String: Double]
  ) throws -> [Double?] {
    var errors = [Double?](repeating: nil, count: observations.count)
    for part in parts where !part.isEmpty {
      let left = Set(part)
      let kept = observations.indices.filter { !left.contains($0) }
      let fitted = try fit(form, kept.map { observations[$0] }, from: start, partOptions(form))
      try note(part, fitted, form, in: &errors)
    }
    return errors
  }

  /// Fitted to one half, judged on the other.
  private func half(
    _ half: Int, _ form: DistillationForm, from start: [String: Double]
  ) throws -> (informationCriterion: Double, errors: [Double?]) {
    let own = halves[half].map { observations[$0] }
    let fitted = try fit(form, own, from: start, partOptions(form))
    var errors = [Double?](repeating: nil, count: observations.count)
    try note(halves[1 - half], fitted, form, in: &errors)
    return (criterion(try predictions(fitted, form, own), own, form), errors)
  }

  private func note(
    _ places: [Int], _ fitted: [String: Double], _ form: DistillationForm, in errors: inout [Double?]
  ) throws {
    let predictions = try predictions(fitted, form, places.map { observations[$0] })
    for (place, loss) in zip(places, predictions) { errors[place] = abs(loss / observations[place].studentLoss - 1) }
  }

  // MARK: Fits

  private func fit(
    _ form: DistillationForm, _ observations: [DistillationObservation], from start: [String: Double], _ options: FitOptions
  ) throws(EstimationError) -> [String: Double] {
    try fitDistillation(observations, supervised: supervised, form: form, from: start, options: options).coefficients
  }

  private func wholeThinning(_ form: DistillationForm) -> Int { form.hasSmallGrid ? 1 : thinning }

  /// From the fit to all runs, and few starts beside.
  private func partOptions(_ form: DistillationForm) -> FitOptions {
    FitOptions(
      delta: delta, threads: threads, thinning: form.hasSmallGrid ? thinning : ModelComparison.partThinning(thinning),
      isQuick: true)
  }

  private func predictions(
    _ coefficients: [String: Double], _ form: DistillationForm, _ observations: [DistillationObservation]
  ) throws(StageError) -> [Double] {
    guard let law = RivalLaw(form: form, coefficients: coefficients, supervised: supervised) else {
      throw StageError("the fit lacks a coefficient of its law")
    }
    return observations.map(law.loss)
  }

  private func criterion(
    _ predictions: [Double], _ observations: [DistillationObservation], _ form: DistillationForm
  ) -> Double {
    let errors = zip(predictions, observations).map { abs(log($0 / $1.studentLoss)) }
    return 2 * Double(form.coefficients + 1) + 2 * Double(errors.count) * (log(2 * (mean(errors) ?? .nan)) + 1)
  }
}

extension DistillationForm {
  /// Whether its grid of starts is one of thousands, not of hundreds of thousands.
  fileprivate var hasSmallGrid: Bool { [.withoutBreak, .additive, .monotone, .fadingGap].contains(self) }
}

extension ModelComparison {
  /// One start in so many is tried on parts of the runs, beside the fit to all, for forms about as rich as eq. 8.
  static func partThinning(_ thinning: Int) -> Int { 61 * thinning }
}
