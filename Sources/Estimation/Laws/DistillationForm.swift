import Foundation
import ScalingLaws

/// The distillation law, simpler laws inside it, and laws that contain it with one coefficient more, to see what its
/// terms are worth; and laws that are built another way.
public enum DistillationForm: String, Codable, Sendable, CaseIterable {
  /// Eq. 8.
  case full
  /// gamma' = 1: the sizes add to the excess over the teacher as in a Chinchilla law.
  case unitGamma
  /// Without the break, c1 = 0: what the sizes add to the teacher's loss is scaled by L_T^-c0 everywhere.
  case withoutBreak
  /// c0 = c1 = 0: the sizes add the same to any teacher's loss, and a better teacher is always better.
  case additive
  /// The excess over the teacher's loss also goes as (N_T / N_S)^nu: a large teacher and a small one of the same loss
  /// make different students. Eq. 8 is nu = 0.
  case teacherSize
  /// Past the break the student leaves its teacher behind: in place of L_T eq. 8 has
  ///
  ///     L_T (1 + (L_T / (d1 L~_S))^(1/f1))^(-kappa f1),  0 <= kappa <= 1,
  ///
  /// with the d1 and f1 of its break. Eq. 8 is kappa = 0. For a strong teacher it is L_T, so that a student of any size
  /// still ends at it; for a weak one it goes to L_T^(1 - kappa) (d1 L~_S)^kappa, with kappa = 1 to d1 L~_S whatever the
  /// teacher. It lets large students beat weak teachers, and never pass d1 L~_S by doing so; an infinite student beats
  /// every teacher that is worse than about d1 E, which no run can show.
  case beatingTeacher
  /// Not eq. 8 and without L~_S: the teacher's loss and a term of the student's own are joined, and a better teacher is
  /// always better (``FadingGapLaw`` with g = 0).
  case monotone
  /// The same with a capacity gap that fades with the student's tokens (``FadingGapLaw``).
  case fadingGap

  var hasBreak: Bool { self != .withoutBreak && self != .additive }
  var isExtension: Bool { self == .teacherSize || self == .beatingTeacher }
  /// Whether it is built like eq. 8, with a supervised law inside.
  var isOfEquation8: Bool { self != .monotone && self != .fadingGap }

  /// How many coefficients are fitted.
  public var coefficients: Int {
    switch self {
    case .full: 9
    case .unitGamma: 8
    case .withoutBreak: 6
    case .additive: 5
    case .teacherSize, .beatingTeacher: 10
    case .monotone: 6
    case .fadingGap: 8
    }
  }
}

/// A fitted form of the distillation law.
public struct RivalLaw: Sendable, Hashable {
  public let form: DistillationForm
  private let law: Law

  private enum Law: Hashable {
    /// With nu or kappa; zero in forms that have neither.
    case equation8(DistillationLaw, more: Double)
    case fadingGap(FadingGapLaw)
  }

  /// Nil where a coefficient is missing.
  public init?(form: DistillationForm, coefficients: [String: Double], supervised: SupervisedLaw) {
    self.form = form
    guard form.isOfEquation8 else {
      guard let law = FadingGapLaw(coefficients: coefficients) else { return nil }
      self.law = .fadingGap(law)
      return
    }
    guard let law = DistillationLaw(coefficients: coefficients, supervised: supervised),
      let more = form.isExtension ? coefficients[form == .teacherSize ? "nu" : "kappa"] : 0
    else { return nil }
    self.law = .equation8(law, more: more)
  }

  /// Predicted cross-entropy L_S in nats per token of the run's student.
  /// - Parameter run: of ``DistillationForm/teacherSize``, it has to know its teacher's size.
  public func loss(of run: DistillationObservation) -> Double {
    switch law {
    case .equation8(let law, let more): loss(of: run, law, more: more)
    case .fadingGap(let law):
      law.loss(studentParameters: run.studentParameters, studentTokens: run.studentTokens, teacherLoss: run.teacherLoss)
    }
  }

  private func loss(of run: DistillationObservation, _ law: DistillationLaw, more: Double) -> Double {
    let loss = law.loss(
      studentParameters: run.studentParameters, studentTokens: run.studentTokens, teacherLoss: run.teacherLoss)
    switch form {
    case .full, .unitGamma, .withoutBreak, .additive, .monotone, .fadingGap: return loss
    case .teacherSize:
      let ratio = (run.teacherParameters ?? .nan) / run.studentParameters
      return run.teacherLoss + (loss - run.teacherLoss) * pow(ratio, more)
    case .beatingTeacher:
      let capability = law.supervised.loss(parameters: run.studentParameters, tokens: run.studentTokens)
      let distance = log(run.teacherLoss / (law.d1 * capability)) / law.f1
      let breakTerm = law.f1 * (max(distance, 0) + log1p(exp(-abs(distance))))
      return loss + run.teacherLoss * expm1(-more * breakTerm)
    }
  }
}
