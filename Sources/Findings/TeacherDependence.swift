import Formats
import Foundation
import ScalingLaws

/// Whether a teacher's size and tokens say anything of its student beyond the teacher's loss.
///
/// The residuals of the law, log L_S observed - predicted, are regressed on log N_T and log D_T beside log L_T,
/// its square, log N_S and log D_S. The intervals resample teachers, since students of one teacher share what
/// is peculiar to it.
public struct TeacherDependence: Codable, Hashable, Sendable {
  public var runs: Int
  public var teachers: Int
  /// Per cent of the student's loss for a teacher e times as large, and for one trained on e times as much.
  public var teacherParameters: Interval
  public var teacherTokens: Interval
  /// Share of the residuals' variance that N_T and D_T explain beyond the other regressors.
  public var explainedShare: Double
  public var resamples: Int
  public var confidence: Double

  /// Nil where the runs cannot tell the teachers' size and tokens from their loss.
  package init?(_ runs: [RunRecord], law: DistillationLaw, resamples: Int = 2000) {
    // The regressors in question first, so that the reduced regression is the full one without its first two.
    let rows = runs.map { run -> [Double] in
      let teacher = run.distillation
      let loss = log(teacher?.teacherLoss ?? .nan)
      return [
        log(teacher?.teacherParameters ?? .nan), log(teacher?.teacherTokens ?? .nan), 1, loss, loss * loss,
        log(run.parameters), log(run.tokens),
      ]
    }
    let residuals = runs.map { log($0.loss / law.prediction(of: $0)) }
    let resampling = TeacherResampling(runs, resamples: resamples)
    let effects = resampling.intervals { places in
      LinearRegression(places.map { rows[$0] }, places.map { residuals[$0] })?.coefficients.prefix(2).map { 100 * $0 }
    }
    guard let effects, let full = LinearRegression(rows, residuals),
      let reduced = LinearRegression(rows.map { Array($0.dropFirst(2)) }, residuals), reduced.residualSquares > 0
    else { return nil }
    self.runs = runs.count
    teachers = resampling.count
    (teacherParameters, teacherTokens) = (effects[0], effects[1])
    explainedShare = 1 - full.residualSquares / reduced.residualSquares
    self.resamples = resamples
    confidence = TeacherResampling.confidence
  }
}
