import Estimation
import Formats
import Foundation
import ScalingLaws
import Statistics

/// Where the law turns up, and whether the students do: how L_S goes with L_T among the teachers that help.
///
/// Of every configuration, d log L_S / d log L_T over the stronger teachers, by least squares weighted by each run's noise,
/// once in the runs and once in what the law says of the same runs. Above zero, a stronger teacher makes a better student;
/// below zero, a worse one.
public struct TeacherSlopes: Codable, Hashable, Sendable {
  public struct Row: Codable, Hashable, Sendable {
    /// Of the student.
    public var parameters: Double
    public var tokens: Double
    /// Teachers and runs that the slopes are over.
    public var teachers: Int
    public var runs: Int
    /// d log L_S / d log L_T in the runs, its standard error by the runs' noise, and the law's.
    public var slope: Double
    public var standardError: Double
    public var lawSlope: Double
    /// The law's L_T* among all of the study's teachers, with its profile interval; an end that the runs leave open is nil.
    public var bestByLaw: Double?
    public var low: Double?
    public var high: Double?
    /// L_T of the teacher whose students have the least mean loss.
    public var bestInRuns: Double

    /// How far the law's slope is from the runs', in standard errors.
    public var deviations: Double { (lawSlope - slope) / standardError }
    /// Whether the law turns up where the students do not: by the law a stronger teacher makes a worse student, by the runs
    /// it does not, and the two are apart.
    public var turnsUpAlone: Bool {
      lawSlope < 0 && slope > -2 * standardError && abs(deviations) > TeacherSlopes.limit
    }
    /// The reverse: by the law a stronger teacher makes a better student, by the runs it does not, and the two are apart.
    public var missesTurn: Bool {
      lawSlope > 0 && slope < 2 * standardError && abs(deviations) > TeacherSlopes.limit
    }
    /// Whether the teacher that is best in the runs lies outside the interval of the law's L_T*.
    public var bestIsOutside: Bool {
      guard bestByLaw != nil else { return false }
      return bestInRuns < low ?? 0 || bestInRuns > high ?? .infinity
    }
  }

  public var rows: [Row]
  /// Confidence of the intervals of L_T*.
  public var confidence: Double?

  /// Teachers with L_T below this share of L~_S: those that a student gains from.
  static let helpful = 0.95
  /// Teachers that a slope needs.
  static let leastTeachers = 4
  /// Standard errors beyond which two slopes are apart.
  static let limit = 3.0

  /// - Parameter noise: standard deviation of log L of a run.
  package init(_ runs: [RunRecord], law: DistillationLaw, noise: (RunRecord) -> Double?) {
    let groups = Dictionary(grouping: runs, by: Student.init).sorted { $0.key < $1.key }
    rows = groups.compactMap { student, runs in
      Self.row(student, runs.sorted { $0.run < $1.run }, law: law, noise: noise)
    }
  }

  private static func row(
    _ student: Student, _ runs: [RunRecord], law: DistillationLaw, noise: (RunRecord) -> Double?
  ) -> Row? {
    let strong = runs.filter { law.teacherStrength(of: $0) ?? .infinity < helpful }
    let deviations = strong.compactMap(noise)
    let teachers = Set(strong.compactMap(\.distillation?.teacherRun)).count
    guard teachers >= leastTeachers, deviations.count == strong.count, deviations.allSatisfy({ $0 > 0 }) else { return nil }
    let weights = deviations.map { 1 / ($0 * $0) }
    let x = strong.map { log($0.distillation?.teacherLoss ?? .nan) }
    let total = weights.reduce(0, +)
    let middle = zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 } / total
    let spread = zip(weights, x).reduce(0) { $0 + $1.0 * ($1.1 - middle) * ($1.1 - middle) }
    guard spread > 0, spread.isFinite else { return nil }
    func slope(_ y: [Double]) -> Double {
      zip(zip(weights, x), y).reduce(0) { $0 + $1.0.0 * ($1.0.1 - middle) * $1.1 } / spread
    }
    let means = Dictionary(grouping: runs) { $0.distillation?.teacherRun ?? "" }.values.compactMap { group in
      mean(group.map(\.loss).sorted()).map { (loss: $0, teacher: group.compactMap(\.distillation?.teacherLoss).min() ?? .nan) }
    }
    guard let best = means.min(by: { ($0.loss, $0.teacher) < ($1.loss, $1.teacher) }) else { return nil }
    return Row(
      parameters: student.parameters, tokens: student.tokens, teachers: teachers, runs: strong.count,
      slope: slope(strong.map { log($0.loss) }), standardError: 1 / spread.squareRoot(),
      lawSlope: slope(strong.map { log(law.prediction(of: $0)) }), bestInRuns: best.teacher)
  }

  /// Adds the law's best teachers among the losses of the runs' teachers, with the intervals of their profiles.
  mutating func profile(
    _ runs: [RunRecord], fit: FitDocument, law: DistillationLaw, threads: Int?
  ) throws(EstimationError) {
    let observations = fit.weighted(runs.compactMap(DistillationObservation.init), supervised: law.supervised)
    let losses = observations.map(\.teacherLoss)
    guard !rows.isEmpty, let least = losses.min(), let most = losses.max(), most > least else { return }
    let options = ProfileOptions(units: .automatic(observations), scouts: 4096, threads: threads)
    let asked = rows.indices.map { index in
      (
        name: "best \(index)",
        choices: TeacherChoices(
          studentParameters: rows[index].parameters, studentTokens: rows[index].tokens, teacherLosses: least...most)
      )
    }
    let profiles = try profilesDistillation(
      observations, supervised: law.supervised, coefficients: fit.coefficients, bestTeachers: asked, options: options)
    confidence = options.confidence
    for index in rows.indices {
      rows[index].bestByLaw = law.bestTeacherLoss(
        studentParameters: rows[index].parameters, studentTokens: rows[index].tokens, in: least...most)
      guard let profile = profiles.first(where: { $0.name == "best \(index)" }) else { continue }
      rows[index].low = profile.lowIsOpen ? nil : profile.interval.lowerBound
      rows[index].high = profile.highIsOpen ? nil : profile.interval.upperBound
    }
  }
}

extension TeacherSlopes {
  var markdown: String {
    guard !rows.isEmpty else {
      return "No configuration has \(Self.leastTeachers) teachers that help, or the noise of its runs is not known.\n"
    }
    let apart = rows.filter { abs($0.deviations) > Self.limit }, alone = rows.filter(\.turnsUpAlone)
    var text =
      "d log L_S / d log L_T over the teachers with L_T below \(Self.helpful) L~_S, the ones that help, in the runs and in the law at the same runs; above zero a stronger teacher makes a better student. Standard errors are by the runs' noise, as if students of one seed were independent, which makes them too large.\n\n"
    text += String(
      format: "Of %d configurations, the law's slope is beyond %g standard errors from the runs' in %d, where %.1f would be "
        + "expected by chance if the law were true.",
      rows.count, Self.limit, apart.count, 2 * Normal.share(below: -Self.limit) * Double(rows.count))
    if let worst = alone.max(by: { abs($0.deviations) < abs($1.deviations) }) {
      text += String(
        format: " In %d of these the law turns up where the students do not; the clearest is N_S = %.0f on %.0f tokens: "
          + "%+.3f +- %.3f in the runs, %+.3f in the law, %.1f standard errors apart.",
        alone.count, worst.parameters, worst.tokens, worst.slope, worst.standardError, worst.lawSlope, abs(worst.deviations))
      let outside = alone.count(where: \.bestIsOutside)
      if outside > 0 {
        text += " The best teacher of the runs lies outside the interval of the law's L_T* in \(outside) of them."
      }
    } else {
      text += " Nowhere does the law turn up where the students do not."
    }
    let missed = rows.filter(\.missesTurn)
    if let longest = missed.map(\.tokens).max() {
      text += String(
        format: " In %d it is the other way round, all on %.0f tokens or fewer: by the law a stronger teacher helps, in the "
          + "runs it does not.",
        missed.count, longest)
    }
    text += "\n\n| N_S | D_S | teachers | runs | slope in the runs | in the law | apart | law's L_T* (\(level)) "
    text += "| best L_T in the runs | |\n"
    text += "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
    for row in rows {
      let verdict =
        row.turnsUpAlone
        ? "the law turns up alone"
        : row.missesTurn ? "the law misses the turn" : abs(row.deviations) > Self.limit ? "apart" : ""
      let best = row.bestByLaw.map { best in
        String(
          format: "%.3f (%@ to %@)", best, row.low.map { String(format: "%.3f", $0) } ?? "open",
          row.high.map { String(format: "%.3f", $0) } ?? "open")
      }
      text += String(
        format: "| %.0f | %.0f | %d | %d | %+.3f +- %.3f | %+.3f | %.1f s.e. | %@ | %.4f | %@ |\n", row.parameters, row.tokens,
        row.teachers, row.runs, row.slope, row.standardError, row.lawSlope, row.deviations, best ?? "", row.bestInRuns, verdict)
    }
    return text
      + "\nL_T* is looked for among the losses of the study's teachers; its interval is a profile of the likelihood and is open where no law in that range is refuted.\n"
  }

  private var level: String { confidence.map { String(format: "%g%% profile", 100 * $0) } ?? "no interval" }
}
