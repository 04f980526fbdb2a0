import Estimation
import Foundation
import Verification

extension ModelComparison {
  /// The comparison as a page of Markdown.
  public var markdown: String {
    var text = "# Forms of the distillation law: study `\(study)`\n\n\(data.sentence(of: "distillation"))\n\n"
    text +=
      "No form is judged on runs that it was fitted to, but for the column *error*. Differences are what a form misses runs by more than eq. 8, in percent of the loss, with 90% intervals over resampled teachers; Akaike's criterion is less eq. 8's. Below zero is better than eq. 8. A form is called better or worse only where the interval leaves out zero.\n\n"
    text += fits + trialTable + halfTable + reading + notes
    return text
  }

  private var fits: String {
    var text = "## Fitted to all runs\n\n"
    text +=
      "| form | coefficients | error | held-out error | difference | Akaike's criterion | lack of fit | chance |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    let base = rivals.first { $0.form == .full }?.informationCriterion ?? 0
    for rival in rivals {
      text += String(
        format: "| %@ | %d | %@ | %@ | %@ | %+.1f | %@ | %@ |\n", Self.name(rival.form), rival.coefficients,
        percent(rival.error), percent(rival.heldOutError), rival.heldOutDifference.map(Self.difference) ?? "",
        rival.informationCriterion - base, rival.lackOfFit.map { String(format: "F = %.2f", $0.ratio) } ?? "",
        rival.lackOfFit.map { chance($0.probability) } ?? "")
    }
    text +=
      "\nLack of fit is how far a form is from the runs, against their noise: a true law has F of about 1, and the chance is "
    text += "that of an F as large for a true law."
    if let fit = rivals.compactMap(\.lackOfFit).first {
      text +=
        fit.freedomBelow == 0
        ? " The noise is that which the losses were drawn with.\n"
        : " The noise of a run is that of the verification, estimated from repeated seeds.\n"
    } else {
      text += " These runs do not show their noise.\n"
    }
    for (form, name, meaning) in Self.telling {
      if let value = rivals.first(where: { $0.form == form })?.fitted[name] {
        text += String(format: "\nOn all runs %@, is %.4g.\n", meaning, value)
      }
    }
    for (form, reason) in leftOut.sorted(by: { $0.key < $1.key }) { text += "\n`\(form)` is left out: \(reason).\n" }
    return text + "\n"
  }

  private var trialTable: String {
    let trials = Trial.allCases.filter { trial in rivals.contains { $0.judgement(trial) != nil } }
    var text = "## On runs that were not fitted\n\n"
    text += "| form | " + trials.map(Self.title).joined(separator: " | ") + " |\n| --- |"
    text += trials.map { _ in " ---: |" }.joined() + "\n"
    for rival in rivals {
      let cells = trials.map { trial in
        rival.judgement(trial).map { judgement in
          percent(judgement.error) + (judgement.difference.map { ", " + Self.difference($0) } ?? "")
        } ?? ""
      }
      text += "| \(Self.name(rival.form)) | " + cells.joined(separator: " | ") + " |\n"
    }
    text += "\n"
    for trial in trials {
      let judged = rivals.compactMap { rival in rival.judgement(trial).map { (form: rival.form, judgement: $0) } }
      guard let best = judged.min(by: { $0.judgement.error < $1.judgement.error }) else { continue }
      let level = judged.filter { $0.form != best.form && $0.judgement.behindBest?.leavesOutZero == false }
      text += "- \(Self.title(trial)), \(best.judgement.runs) runs: the least error is that of \(Self.name(best.form)); "
      text +=
        level.isEmpty
        ? "all others are worse.\n" : "not told from it: " + level.map { Self.name($0.form) }.joined(separator: ", ") + ".\n"
    }
    return text + "\n"
  }

  private var halfTable: String {
    guard rivals.contains(where: { $0.halves.count == 2 }) else { return "" }
    var text = "## Chosen on one half of the teachers, judged on the other\n\n"
    text +=
      "| form | Akaike's criterion on the first half | error on the second | on the second half | error on the first |\n| --- | ---: | ---: | ---: | ---: |\n"
    let base = rivals.first { $0.form == .full }?.halves.map(\.informationCriterion) ?? []
    for rival in rivals where rival.halves.count == 2 && base.count == 2 {
      let cells = zip(rival.halves, base).map { half, base in
        String(format: "%+.1f | ", half.informationCriterion - base) + percent(half.judgement.error)
          + (half.judgement.difference.map { ", " + Self.difference($0) } ?? "")
      }
      text += "| \(Self.name(rival.form)) | " + cells.joined(separator: " | ") + " |\n"
    }
    text += "\n"
    for (half, place) in ["first", "second"].enumerated() {
      guard let chosen = choice(half) else { continue }
      let judgement = chosen.halves[half].judgement
      text +=
        "- Akaike's criterion on the \(place) half chooses \(Self.name(chosen.form)). On the other half it misses the runs by "
      text += percent(judgement.error)
      if let difference = judgement.difference {
        text += ", " + (difference.high < 0 ? "less than" : difference.low > 0 ? "more than" : "not told from") + " eq. 8"
      }
      text +=
        judgement.behindBest.map { $0.leavesOutZero ? "; another form is better there.\n" : "; none is better there.\n" }
        ?? "; none is better there.\n"
    }
    return text + "\n"
  }

  /// The form with the least criterion on a half of the teachers.
  func choice(_ half: Int) -> Rival? {
    rivals.filter { $0.halves.count == 2 }.min {
      $0.halves[half].informationCriterion < $1.halves[half].informationCriterion
    }
  }

  // MARK: Which law to use

  /// Whether a form is better or worse than eq. 8, beyond the intervals.
  private struct Verdict {
    var better: [Trial] = [], worse: [Trial] = [], level: [Trial] = []
    var isBetterOnHalves: Bool

    init(_ rival: Rival) {
      isBetterOnHalves =
        rival.halves.count == 2 && rival.halves.allSatisfy { ($0.judgement.difference?.high ?? .infinity) < 0 }
      for trial in Trial.allCases {
        guard let difference = rival.judgement(trial)?.difference else { continue }
        if difference.high < 0 {
          better.append(trial)
        } else if difference.low > 0 {
          worse.append(trial)
        } else {
          level.append(trial)
        }
      }
    }

    /// Better on new teachers and new students, however they are dealt, and worse nowhere.
    var isPreferable: Bool {
      isBetterOnHalves && worse.isEmpty && better.contains(.heldOutTeachers) && better.contains(.heldOutStudents)
    }
  }

  private var reading: String {
    let title = "## Which law to use\n\n"
    if data.reconstructedRuns > 0 {
      return title
        + "These runs are drawn from eq. 8: it is true of them, and they are no evidence for it. What another form misses here "
        + "is what it costs to take it where eq. 8 is true.\n\n"
    }
    let base = rivals.first { $0.form == .full }?.informationCriterion ?? 0
    let lesser = rivals.filter { $0.informationCriterion < base }.sorted { $0.informationCriterion < $1.informationCriterion }
    let verdicts = lesser.map { (rival: $0, verdict: Verdict($0)) }
    let preferable = verdicts.filter(\.verdict.isPreferable)
    var text = title
    if let (rival, verdict) = preferable.first {
      text += advice(rival, verdict)
    } else {
      text += "No form misses both new teachers' students and new students by less than eq. 8 beyond the intervals, on either "
      text += "half of the teachers too, without being worse elsewhere: use eq. 8.\n"
    }
    for (rival, verdict) in verdicts where rival.form != preferable.first?.rival.form {
      text += "\n\(capitalised(Self.name(rival.form))) has a lesser criterion than eq. 8, too. "
      text +=
        [("Better", verdict.better), ("Worse", verdict.worse), ("Not told from it", verdict.level)]
        .filter { !$0.1.isEmpty }.map { "\($0.0): \(list($0.1))." }.joined(separator: " ") + "\n"
    }
    let misfits = rivals.compactMap(\.lackOfFit)
    if !misfits.isEmpty, misfits.allSatisfy({ $0.probability < 0.05 }) {
      text +=
        "\nNo form is true of these runs: each leaves more than their noise (lack of fit, all chances below 5%). Intervals of "
      text += "any of them are those of a law that is nearly right.\n"
    }
    return text + "\n"
  }

  /// What a form is to be used for that is better than eq. 8 somewhere, and worse nowhere.
  private func advice(_ rival: Rival, _ verdict: Verdict) -> String {
    var text = "\(capitalised(Self.name(rival.form))), with \(rival.coefficients) coefficients against "
    text += "\(DistillationForm.full.coefficients), misses runs that it has not seen by less than eq. 8, beyond the intervals, "
    text += verdict.level.isEmpty ? "in every column" : "in these columns: \(list(verdict.better))"
    text += ", and on either half of the teachers."
    if !verdict.level.isEmpty { text += " In these the two cannot be told apart: \(list(verdict.level))." }
    text += " It is worse nowhere.\n\n- For losses of students like these, of new teachers too, use it"
    text += Self.option(rival.form).map { " (`distill-fit --law \($0)`)" } ?? ""
    text += ".\n- To compare with the paper, use eq. 8.\n- For plans and figures, which are made from eq. 8, "
    text +=
      verdict.level.isEmpty
      ? "doubt those where the two laws give different losses.\n"
      : "nothing here prefers another law: they ask for students that are better or longer than the runs', or for budgets that "
        + "are larger. Doubt those where the two laws give different losses.\n"
    return text
  }

  private func list(_ trials: [Trial]) -> String { trials.map(Self.title).joined(separator: ", ") }

  private var notes: String {
    """
    - gamma' = 1: the sizes add A'/N_S^alpha' + B'/D_S^beta' to the excess over the teacher's loss, without an outer power.
    - The teacher's size: the excess L_S - L_T also goes as (N_T / N_S)^nu.
    - Students beat teachers: the first L_T of eq. 8 becomes L_T (1 + (L_T / (d1 L~_S))^(1/f1))^(-kappa f1), with kappa \
    between 0 and 1. A strong teacher is matched as before; the student of a weak one gets below it, towards d1 L~_S, what \
    it would nearly reach by itself.
    - Monotone: L_S^q = L_T^q + S^q with S = (A'/N_S^alpha' + B'/D_S^beta')^gamma'. There is no L~_S in it, and a better teacher \
    always makes a better student.
    - A gap that fades: with M the loss of the monotone law, L_S = M (M / L_T)^phi, phi = g / D_S^kappa. The best teacher of a \
    student has the loss S phi^(1/q).
    - Held-out teachers and students (all runs of a size and a number of tokens): \(folds) parts, each left out once. Stronger \
    teachers: the third with the least losses is left out. Stronger students: the third of the runs with the least losses. \
    Longest: the third of the runs with the most tokens. Halves: the teachers in turn by their losses.
    - On all runs, one start in \(thinning) of the grid is tried for the forms of eight coefficients and more that are like eq. \
    8, which also start at eq. 8's own fit, and every start for the others. On parts of the runs the search starts from the fit to all and from a few starts of \
    the grid.

    """
  }

  private static let telling: [(form: DistillationForm, name: String, meaning: String)] = [
    (.teacherSize, "nu", "nu, of the teacher's size"),
    (.beatingTeacher, "kappa", "kappa, of students that beat their teachers"),
    (.monotone, "q", "q of the monotone law"),
    (.fadingGap, "kappa", "kappa, how fast the gap fades with D_S"),
  ]

  static func name(_ form: DistillationForm) -> String {
    switch form {
    case .full: "eq. 8"
    case .unitGamma: "gamma' = 1"
    case .withoutBreak: "without the break (c1 = 0)"
    case .additive: "L_T + size terms (c0 = c1 = 0)"
    case .teacherSize: "eq. 8 and the teacher's size"
    case .beatingTeacher: "eq. 8, students beat weak teachers"
    case .monotone: "monotone"
    case .fadingGap: "monotone and a gap that fades"
    }
  }

  /// What distill-fit calls it, where it fits it.
  private static func option(_ form: DistillationForm) -> String? {
    switch form {
    case .full: "distillation"
    case .monotone: "monotone"
    case .fadingGap: "fading-gap"
    default: nil
    }
  }

  private static func title(_ trial: Trial) -> String {
    switch trial {
    case .heldOutTeachers: "held-out teachers"
    case .heldOutStudents: "held-out students"
    case .strongerTeachers: "stronger teachers"
    case .strongerStudents: "stronger students"
    case .longest: "longest"
    }
  }

  private static func difference(_ interval: Interval) -> String {
    String(format: "%+.3f%% (%+.3f%% to %+.3f%%)", 100 * interval.estimate, 100 * interval.low, 100 * interval.high)
  }
}

private func percent(_ value: Double) -> String { String(format: "%.3f%%", 100 * value) }

private func chance(_ value: Double) -> String { value < 1e-15 ? "< 1e-15" : String(format: "%.2g", value) }

private func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
