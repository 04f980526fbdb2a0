import Artifacts
import Estimation
import Foundation
import Randomness
import ScalingLaws
import Verification

/// Whether a teacher's size and tokens say anything of its student beyond the teacher's loss.
///
/// The residuals of the law, log L_S observed - predicted, are regressed on log N_T and log D_T beside log L_T,
/// its square, log N_S and log D_S. The intervals resample teachers, since students of one teacher share what
/// is peculiar to it.
public struct TeacherDependence: Codable, Hashable, Sendable {
  /// A coefficient with its interval: per cent of the student's loss for a teacher e times as large.
  public struct Effect: Codable, Hashable, Sendable {
    public var estimate: Double
    public var low: Double
    public var high: Double

    /// Whether the interval leaves out zero.
    public var isSeen: Bool { low > 0 || high < 0 }
  }

  public var runs: Int
  public var teachers: Int
  public var teacherParameters: Effect
  public var teacherTokens: Effect
  /// Share of the residuals' variance that N_T and D_T explain beyond the other regressors.
  public var explainedShare: Double
  public var resamples: Int
  public var confidence: Double

  /// Nil where the runs cannot tell the teachers' size and tokens from their loss.
  package init?(_ runs: [RunRecord], law: DistillationLaw, resamples: Int = 2000, confidence: Double = 0.9, seed: UInt64 = 1) {
    let groups = Dictionary(grouping: runs) { $0.distillation?.teacherRun ?? "" }.sorted { $0.key < $1.key }
    struct Observation {
      var row: [Double]
      var residual: Double
    }
    let byTeacher = groups.map { group in
      group.value.sorted { $0.run < $1.run }.compactMap { run -> Observation? in
        guard let teacher = run.distillation else { return nil }
        let loss = log(teacher.teacherLoss)
        return Observation(
          row: [
            log(teacher.teacherParameters), log(teacher.teacherTokens), 1, loss, loss * loss, log(run.parameters),
            log(run.tokens),
          ],
          residual: log(run.loss / law.prediction(of: run)))
      }
    }
    func fit(_ sample: [Observation]) -> LinearRegression? {
      LinearRegression(sample.map(\.row), sample.map(\.residual))
    }
    let all = byTeacher.flatMap { $0 }
    guard let full = fit(all),
      let reduced = LinearRegression(all.map { Array($0.row.dropFirst(2)) }, all.map(\.residual)),
      reduced.residualSquares > 0
    else { return nil }
    let draws = (0..<resamples).compactMap { resample -> LinearRegression? in
      let random = CounterRandom(seed: seed, stream: UInt64(resample))
      return fit(
        byTeacher.indices.flatMap { byTeacher[random.integer(below: byTeacher.count, at: UInt64($0))] })
    }
    guard draws.count > resamples / 2 else { return nil }
    func effect(_ index: Int) -> Effect {
      let sorted = draws.map { 100 * $0.coefficients[index] }.sorted()
      let tail = (1 - confidence) / 2
      return Effect(
        estimate: 100 * full.coefficients[index], low: percentile(sorted, tail), high: percentile(sorted, 1 - tail))
    }
    self.runs = all.count
    teachers = groups.count
    teacherParameters = effect(0)
    teacherTokens = effect(1)
    explainedShare = 1 - full.residualSquares / reduced.residualSquares
    self.resamples = draws.count
    self.confidence = confidence
  }
}
