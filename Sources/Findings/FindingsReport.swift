import Foundation

extension Findings {
  /// The findings as a page of Markdown, beside what the paper found at its scale.
  public var markdown: String {
    var text = "# Findings: study `\(study)`\n\n\(data.sentence(of: "distillation"))\n\n"
    text += noiseSentence + "\n\n"
    text += "## Does the student depend on its teacher through the teacher's loss alone?\n\n\(dependenceText)\n\n"
    text += "## Is there a capacity gap?\n\n\(gapText)\n\n"
    text += "## Do students beat weak teachers?\n\n\(beatenText)\n\n"
    text += "## Where does distillation beat supervised training on as many tokens?\n\n\(supervisedText)\n\n"
    text += "## What does sharing a teacher save?\n\n\(sharingText)\n"
    return text
  }

  private func percent(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f%%", 100 * value) }

  private var noiseSentence: String {
    guard let noise else { return "No configuration was repeated, so differences are not told from noise." }
    let of = noiseIsOfDistillations ? "distillations" : "supervised runs (no distillation was repeated)"
    return "Runs that differ by their seed alone differ by \(percent(noise)) (standard deviation, \(of))."
  }

  private var dependenceText: String {
    guard let found = teacherDependence else {
      return "The runs cannot tell: their teachers' sizes go with their losses."
    }
    func line(_ name: String, _ effect: TeacherDependence.Effect) -> String {
      String(
        format: "| %@ | %+.3f%% | %+.3f%% to %+.3f%% | %@ |\n", name, effect.estimate, effect.low, effect.high,
        effect.isSeen ? "seen" : "not seen")
    }
    let seen = found.teacherParameters.isSeen || found.teacherTokens.isSeen
    var text =
      "Residuals of the law, regressed on log N_T and log D_T beside log L_T, its square, log N_S and log D_S; \(found.runs) runs of \(found.teachers) teachers, 90% intervals from \(found.resamples) resamples of teachers. Figure 3.\n\n"
    text += "| for a teacher e times as large | student's loss | interval | |\n| --- | ---: | ---: | --- |\n"
    text += line("N_T", found.teacherParameters) + line("D_T", found.teacherTokens)
    text +=
      "\nTogether they explain \(percent(found.explainedShare, 1)) of the residuals' variance. Here: \(seen ? "a teacher's loss is not all that shows" : "nothing beyond the teacher's loss is seen"). The paper finds that L_T is enough (its figure 3b).\n"
    return text
  }

  private var gapText: String {
    var text = "Forms of the law; held-out runs are those of teachers that the fit has not seen (\(capacityGap.folds) folds).\n\n"
    text += "| form | coefficients | error | held-out error | Akaike's criterion |\n| --- | ---: | ---: | ---: | ---: |\n"
    let least = capacityGap.rivals.map(\.informationCriterion).min() ?? 0
    let names = ["full": "eq. 8", "withoutTurn": "without the turn (c1 = 0)", "additive": "L_T + size terms (c0 = c1 = 0)"]
    for rival in capacityGap.rivals {
      text += String(
        format: "| %@ | %d | %@ | %@ | %+.1f |\n", names[rival.form] ?? rival.form, rival.coefficients,
        percent(rival.error, 3), percent(rival.heldOutError, 3), rival.informationCriterion - least)
    }
    text += "\nStudents of one configuration over their teachers (figures 4 and 37):\n\n"
    text +=
      "| N_S | D_S | teachers | best L_S | from L_T | L_S of the strongest | its L_T | difference | law's L_T* (90%) |\n"
    text += "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    for row in capacityGap.students {
      let gap = row.gap.map { String(format: "%.1f s.d.", $0) } ?? ""
      let best = row.predictedBestTeacherLoss.map { best in
        String(format: "%.3f (%.3f to %.3f)", best, row.low ?? .nan, row.high ?? .nan)
      }
      text += String(
        format: "| %.0f | %.0f | %d | %.4f | %.4f | %.4f | %.4f | %@ | %@ |\n", row.parameters, row.tokens,
        row.teachers, row.bestLoss, row.bestTeacherLoss, row.lossFromStrongest, row.strongestTeacherLoss, gap, best ?? "")
    }
    text +=
      "\nL_T* is looked for among the losses of the study's teachers. Of \(capacityGap.students.count) configurations, \(capacityGap.gapsSeen) did worse with the strongest teacher than with another by more than two standard deviations. The paper sees the gap in small students of its largest teachers (its figure 4).\n"
    return text
  }

  private var beatenText: String {
    let found = beatenTeachers
    guard found.beaten > 0 else {
      return "Of \(found.runs) students none beats its teacher by more than two standard deviations of the seeds' noise. The paper saw a few do so (its figure 41)."
    }
    let ratio = found.leastRatio.map { String(format: "%.3f", $0) } ?? ""
    return
      "\(found.beaten) of \(found.runs) students beat their teacher by more than two standard deviations of the seeds' noise: by \(percent(found.meanMargin)) in the mean and by \(percent(found.largestMargin)) at most. Their teachers are weak: L_T / L~_S is at least \(ratio). The law cannot go below L_T: it is too high on these runs by \(percent(found.lawBias)) in the mean. The paper saw students of weak teachers do so, too (its figure 41)."
  }

  private var supervisedText: String {
    guard !againstSupervised.rows.isEmpty else { return "No student has a supervised baseline." }
    var text = "Better and worse: by more than two standard deviations. Figures 3 and 41.\n\n"
    text +=
      "| N_S | D_S | supervised | students | better | worse | best gain | weakest teacher that helps |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    for row in againstSupervised.rows {
      text += String(
        format: "| %.0f | %.0f | %.4f | %d | %d | %d | %@ | %@ |\n", row.parameters, row.tokens, row.supervisedLoss,
        row.teachers, row.better, row.worse, percent(row.bestGain),
        row.weakestUsefulTeacherLoss.map { String(format: "%.4f", $0) } ?? "none")
    }
    text +=
      "\nThe paper finds that distillation wins at equal tokens only below a number of student tokens that grows with the student, and that supervised training always wins in the end (its figures 6 and 8).\n"
    return text
  }

  private var sharingText: String {
    let shared = sharedTeachers
    return String(
      format:
        "The students' own training took %.2e FLOPs. Their teachers' passes took %.2e, where a pass for each student would have taken %.2e: %@ of all work was saved.",
      shared.studentCompute, shared.sharedCompute, shared.separateCompute,
      percent(1 - (shared.studentCompute + shared.sharedCompute) / (shared.studentCompute + shared.separateCompute), 1))
  }
}
