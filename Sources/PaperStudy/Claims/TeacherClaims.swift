import Foundation
import ScalingLaws

/// The paper's claims about the best teacher for given tokens or a given budget (appendix D.3).
struct TeacherClaims {
  let law: DistillationLaw

  func claims() -> [LawClaim] {
    [moreTokens, largeStudentMoreTokens, weakTeachersOnLittleCompute, strongTeachersOnMuchCompute]
  }

  private func best(_ student: Double, _ tokens: Double) -> Double {
    law.bestTeacherLoss(
      studentParameters: student, studentTokens: tokens, in: law.supervised.irreducibleLoss...4)
  }

  /// L_T* of figure 15, from 250B to 16T tokens, four places to a doubling.
  private func byTokens(_ student: Double) -> [Double] {
    (0...24).map { best(student, 250e9 * pow(2, Double($0) / 4)) }
  }

  private var moreTokens: LawClaim {
    let students = [1e9, 3e9, 10e9]
    let curves = students.map(byTokens)
    let list = zip(students, curves).map { student, curve in
      String(format: "\(abbreviated(student)) %.3f to %.3f", curve.first ?? .nan, curve.last ?? .nan)
    }.joined(separator: ", ")
    return LawClaim(
      place: "D.3, fig. 15",
      claim: "For a fixed student size the best teacher's loss falls slightly with the student's tokens.",
      finding: "L_T* from 250B to 16T tokens: \(list).",
      isSupported: curves.allSatisfy {
        Wording.neverRises($0, by: Wording.match) && ($0.first ?? 0) > ($0.last ?? .infinity)
      })
  }

  private var largeStudentMoreTokens: LawClaim {
    let curve = byTokens(30e9)
    let first = curve.first ?? .nan
    let later = curve.dropFirst()
    return LawClaim(
      place: "D.3, fig. 15",
      claim: "For a student of 30B the best teacher's loss falls at first with the student's tokens, and then saturates.",
      finding: String(
        format: "L_T* is %.3f at 250B tokens, %.3f at 1T and %.3f at 16T.", first, curve[8], later.last ?? .nan),
      isSupported: (later.prefix(8).min() ?? .infinity) < first - Wording.match && curve[8] <= first)
  }

  /// L_T*(N_T) of figure 16, where the budget pays for the logits of a teacher of 1B and of 1T parameters.
  private func byTeacher(_ student: Double, compute: Double) -> (small: Double, large: Double) {
    func loss(_ teacher: Double) -> Double {
      let family = ModelFamily.paper
      let price = 3 * family.forwardFLOPs(parameters: student) + family.forwardFLOPs(parameters: teacher)
      return best(student, compute / price)
    }
    return (loss(1e9), loss(1e12))
  }

  private static let students = [1e9, 3e9, 10e9, 30e9]

  private var weakTeachersOnLittleCompute: LawClaim {
    let pairs = Self.students.map { byTeacher($0, compute: 1e21) }
    let list = zip(Self.students, pairs).map { student, pair in
      String(format: "\(abbreviated(student)) %.2f and %.2f", pair.small, pair.large)
    }.joined(separator: ", ")
    return LawClaim(
      place: "D.3, fig. 16",
      claim: "With little compute a large weak teacher is better than a large strong one, since its logits leave few tokens.",
      finding: "L_T* at 1e21 FLOPs with a teacher of 1B and of 1T parameters: \(list).",
      isSupported: pairs.allSatisfy { $0.large > $0.small + Wording.match })
  }

  private var strongTeachersOnMuchCompute: LawClaim {
    let (low, high) = (1e21, 1e24)
    let pairs = Self.students.map {
      (byTeacher($0, compute: low).large, byTeacher($0, compute: high).large)
    }
    let list = zip(Self.students, pairs).map { student, pair in
      String(format: "\(abbreviated(student)) %.2f and %.2f", pair.0, pair.1)
    }.joined(separator: ", ")
    return LawClaim(
      place: "D.3, fig. 16", claim: "With enough compute a stronger teacher can be used, for all student sizes.",
      finding: "L_T* with a teacher of 1T parameters at 1e21 and at 1e24 FLOPs: \(list).",
      isSupported: pairs.allSatisfy { $0.1 < $0.0 - Wording.match })
  }
}
