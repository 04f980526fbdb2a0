import Allocation
import Formats
import Foundation
import ScalingLaws

/// The paper's claims that a law decides, at the sizes and lengths of the study's runs, and in its compute-optimal
/// plans; no loss of a run enters. To add one, write a function and name it in ``lawClaims()``.
public struct PaperClaims {
  let law: DistillationLaw
  /// Distillations, for their sizes, lengths and teachers.
  let runs: [RunRecord]

  public init(law: DistillationLaw, records: [RunRecord]) {
    self.law = law
    runs = records.filter { $0.kind == .distillation && $0.purpose == .law }
  }

  /// Every claim under both readings of the paper's law.
  /// - Throws: ``StageError`` where a law cannot be planned with.
  public static func claims(records: [RunRecord]) throws(StageError) -> [Claim] {
    zip(
      try PaperClaims(law: .printed, records: records).lawClaims(),
      try PaperClaims(law: .figures, records: records).lawClaims()
    ).map { Claim(printed: $0, figures: $1) }
  }

  /// The claims under this law.
  /// - Throws: ``StageError`` where it cannot be planned with.
  public func lawClaims() throws(StageError) -> [LawClaim] {
    let ofLaw = [
      studentsWithoutLimits, hopelessTeachers, infiniteData, printedExponents, capacityGap, uShapes, beatenTeachers,
      smallStudent, largeStudent, tokenTerm, profileMinima,
    ]
    let teachers = TeacherClaims(law: law).claims()
    do throws(AllocationError) {
      return ofLaw + teachers + (try PlanningClaims(law: law).claims())
    } catch {
      throw StageError(error.description)
    }
  }

  // MARK: Limits

  private var studentsWithoutLimits: LawClaim {
    let distance = (13...50).map { step in
      let teacherLoss = Double(step) / 10
      return abs(
        law.loss(studentParameters: .infinity, studentTokens: .infinity, teacherLoss: teacherLoss) / teacherLoss - 1)
    }.reduce(0, max)
    return LawClaim(
      place: "4.3", claim: "A student without limits models any teacher: L_S → L_T as N_S, D_S → ∞.",
      finding: String(format: "L_S / L_T differs from 1 by at most %.1e for L_T from 1.3 to 5.", distance),
      isSupported: distance < 1e-12, isTarget: true)
  }

  private var hopelessTeachers: LawClaim {
    let losses = [5.0, 10, 100, 1000]
    let distance = runs.flatMap { run in
      losses.map { law.loss(studentParameters: run.parameters, studentTokens: run.tokens, teacherLoss: $0) / $0 - 1 }
    }.reduce(0) { max($0, abs($1)) }
    return LawClaim(
      place: "4.3", claim: "A random teacher makes random students, however capable: L_S → L_T as L_T → ∞.",
      finding: String(
        format: "L_S / L_T differs from 1 by at most %.1e for the runs' students at L_T = 5 and beyond.", distance),
      isSupported: distance < 1e-12, isTarget: true)
  }

  private var infiniteData: LawClaim {
    let sizes = (0...60).map { 1e8 * pow(1000, Double($0) / 60) }
    let differences = sizes.map { size in
      let alone = law.supervised.loss(parameters: size, tokens: .infinity)
      let teacherLoss = law.bestTeacherLoss(studentParameters: size, studentTokens: .infinity, in: 0.5...5.5)
      return law.loss(studentParameters: size, studentTokens: .infinity, teacherLoss: teacherLoss) / alone - 1
    }
    let worst = differences.indices.max { abs(differences[$0]) < abs(differences[$1]) } ?? 0
    return LawClaim(
      place: "E.6, fig. 40",
      claim: "With endless data and the best teacher, a student ends where supervised training does: "
        + "L_S(N, ∞, L_T*) agrees with L(N, ∞) from 100M to 100B, to under 1%.",
      finding: String(
        format: "They differ by at most %.2f%% (at \(abbreviated(sizes[worst]))), by %+.2f%% at 100M and %+.2f%% at 100B.",
        100 * abs(differences[worst]), 100 * (differences.first ?? .nan), 100 * (differences.last ?? .nan)),
      isSupported: abs(differences[worst]) < 0.01)
  }

  // MARK: Coefficients

  private var printedExponents: LawClaim {
    let values = [
      (law.supervised.computeOptimalParameterExponent, 0.513), (law.supervised.computeOptimalTokenExponent, 0.486),
      (law.computeOptimalParameterExponent, 0.664), (law.computeOptimalTokenExponent, 0.335),
    ]
    let list = values.map { String(format: "%.4f (%.3f)", $0.0, $0.1) }.joined(separator: ", ")
    return LawClaim(
      place: "table 6", claim: "a, b, a' and b' are 0.513, 0.486, 0.664 and 0.335.",
      finding: "beta / (alpha + beta) and alpha / (alpha + beta) give \(list), with the printed value in brackets.",
      isSupported: values.allSatisfy { abs($0.0 - $0.1) < 0.001 })
  }

  private var tokenTerm: LawClaim {
    let shares = runs.map { run in
      let size = law.parameterCoefficient * pow(run.parameters, -law.alpha)
      let tokens = law.tokenCoefficient * pow(run.tokens, -law.beta)
      return tokens / (size + tokens)
    }.sorted()
    let (median, largest) = (shares.isEmpty ? .nan : shares[shares.count / 2], shares.last ?? .nan)
    return LawClaim(
      place: "E.4",
      claim: "Students along IsoFLOP profiles determine alpha', beta', gamma', A' and B' reliably.",
      finding: String(
        format: "B' / D_S^beta' is %.2f%% of its sum with A' / N_S^alpha' in the median run and %.1f%% at most%@.",
        100 * median, 100 * largest,
        median > 0.1 ? "" : ": tokens act through L~_S, and beta', B' and a' are not determined by such runs"),
      isSupported: median > 0.1)
  }

  // MARK: Students and their teachers

  private func teacherLoss(_ run: RunRecord) -> Double {
    law.supervised.loss(
      parameters: run.distillation?.teacherParameters ?? .nan, tokens: run.distillation?.teacherTokens ?? .nan)
  }

  private func studentLoss(_ run: RunRecord) -> Double {
    law.loss(studentParameters: run.parameters, studentTokens: run.tokens, teacherLoss: teacherLoss(run))
  }

  private var capacityGap: LawClaim {
    let runs = runs.filter { $0.sweep == "protocol-3" }
    let sizes = Set(runs.map(\.parameters)).sorted().prefix(2)
    let ratio = runs.map { $0.tokens / $0.parameters }.max() ?? .nan
    let gaps = sizes.compactMap { size -> (best: Double, strongest: Double, nats: Double)? in
      let students = runs.filter { $0.parameters == size && $0.tokens / $0.parameters > 0.99 * ratio }
      guard let best = students.min(by: { studentLoss($0) < studentLoss($1) }),
        let strongest = students.min(by: { teacherLoss($0) < teacherLoss($1) })
      else { return nil }
      return (
        best.distillation?.teacherParameters ?? .nan, strongest.distillation?.teacherParameters ?? .nan,
        studentLoss(strongest) - studentLoss(best)
      )
    }
    let list = zip(sizes, gaps).map { size, gap in
      String(
        format: "for a \(abbreviated(size)) student the best teacher has \(abbreviated(gap.best)), and the strongest "
          + "(\(abbreviated(gap.strongest))) makes it %.3f nats worse", gap.nats)
    }.joined(separator: "; ")
    return LawClaim(
      place: "4.2, fig. 4", claim: "Past an optimum, a better teacher makes a worse student.",
      finding: String(format: "At M_S = %.0f, ", ratio) + list + ".",
      isSupported: !gaps.isEmpty && gaps.allSatisfy { $0.nats > 0 })
  }

  /// The students of protocol 3 of the two smallest sizes, by M_S: how much worse the strongest teacher's is than the
  /// best teacher's.
  private var uShapes: LawClaim {
    let runs = runs.filter { $0.sweep == "protocol-3" }
    let sizes = Set(runs.map(\.parameters)).sorted().prefix(2)
    var rises = [Double](), lengths = 0
    for size in sizes {
      for (_, students) in Dictionary(grouping: runs.filter { $0.parameters == size }, by: \.tokens).sorted(by: {
        $0.key < $1.key
      }) {
        let losses = students.sorted { teacherLoss($0) > teacherLoss($1) }.map(studentLoss)
        guard let first = losses.first, let last = losses.last, let least = losses.min() else { continue }
        lengths += 1
        rises.append(min(last - least, first - least))
      }
    }
    let shaped = rises.count { $0 > Wording.match }
    return LawClaim(
      place: "4.2, fig. 4",
      claim: "The loss of the smallest students, \(sizes.map(abbreviated).joined(separator: " and ")), falls and rises "
        + "again with the teacher's size, at every M_S.",
      finding: String(
        format: "In %d of %d cases it falls and rises again by more than %.2f nats; past the best teacher it rises by %.3f "
          + "to %.3f.", shaped, lengths, Wording.match, rises.min() ?? .nan, rises.max() ?? .nan),
      isSupported: lengths > 0 && shaped == lengths)
  }

  /// IsoFLOP profiles of students from the six teachers of protocol 1, by the law.
  private var profileMinima: LawClaim {
    let teachers = Set(runs.filter { $0.sweep == "protocol-1" }.map(teacherLoss)).sorted()
    var minima = [Double](), inside = 0
    let sizes = (0...400).map { 143e6 * pow(7.75e9 / 143e6, Double($0) / 400) }
    for loss in teachers {
      for compute in [3e19, 1e20, 3e20, 1e21] {
        let losses = sizes.map { size in
          law.loss(
            studentParameters: size, studentTokens: ModelFamily.paper.tokens(compute: compute, parameters: size),
            teacherLoss: loss)
        }
        let least = losses.indices.min { losses[$0] < losses[$1] } ?? 0
        minima.append(sizes[least])
        if least > 0, least < sizes.count - 1 { inside += 1 }
      }
    }
    return LawClaim(
      place: "E.5, fig. 39a", claim: "Each of the 24 IsoFLOP profiles of students has its minimum within the sizes tried.",
      finding: "\(inside) of \(minima.count) have it between 143M and 7.75B parameters, from "
        + "\(abbreviated(minima.min() ?? .nan)) to \(abbreviated(minima.max() ?? .nan)).",
      isSupported: inside == minima.count && inside > 0)
  }

  private var beatenTeachers: LawClaim {
    let excesses = runs.map { studentLoss($0) - teacherLoss($0) }
    return LawClaim(
      place: "E.7, figs. 2, 3 and 41", claim: "Large students of weak teachers can end below their teacher's loss.",
      finding: String(
        format: "The law's second term is positive: %d of %d students are below their teachers. No coefficients can "
          + "show it.", excesses.count { $0 < 0 }, excesses.count),
      isSupported: excesses.contains { $0 < 0 })
  }

  /// Students of protocol 2 of one size that beat supervised training of the same length.
  private func beatingSupervised(
    _ size: (Set<Double>) -> Double?
  ) -> (size: Double, beating: [RunRecord], all: [RunRecord]) {
    let runs = runs.filter { $0.sweep == "protocol-2" }
    let size = size(Set(runs.map(\.parameters))) ?? .nan
    let students = runs.filter { $0.parameters == size }
    return (size, students.filter { studentLoss($0) < law.supervised.prediction(of: $0) }, students)
  }

  private var smallStudent: LawClaim {
    let (size, beating, all) = beatingSupervised { $0.min() }
    return LawClaim(
      place: "E.4, fig. 38b",
      claim: "The 198M student beats its supervised baseline with every teacher of the IsoFLOP profiles.",
      finding: "The \(abbreviated(size)) student does with \(beating.count) of \(all.count) teachers.",
      isSupported: !all.isEmpty && beating.count == all.count)
  }

  private var largeStudent: LawClaim {
    let (size, beating, all) = beatingSupervised { $0.max() }
    func computes(_ runs: [RunRecord]) -> [Double] {
      runs.map { run in
        ModelFamily.paper.trainingFLOPs(
          parameters: run.distillation?.teacherParameters ?? .nan, tokens: run.distillation?.teacherTokens ?? .nan)
      }
    }
    // A teacher of 1e21 FLOPs, to the rounding of its tokens.
    let weaker = computes(beating).count { $0 < 0.9e21 }
    return LawClaim(
      place: "E.4, fig. 38b", claim: "The 1.82B student beats its supervised baseline only with teachers of 1e21 FLOPs.",
      finding: "The \(abbreviated(size)) student does with \(beating.count - weaker) of "
        + "\(computes(all).count { $0 >= 0.9e21 }) teachers of 1e21 FLOPs and with \(weaker) of "
        + "\(computes(all).count { $0 < 0.9e21 }) weaker ones.",
      isSupported: weaker == 0 && !beating.isEmpty)
  }
}
