import Foundation
import Verification

extension Findings {
  /// The findings as a page of Markdown, beside what the paper found at its scale.
  public var markdown: String {
    var text = "# Findings: study `\(study)`\n\n\(data.sentence(of: "distillation"))\n\n"
    text += noiseSentence + "\n\n"
    text += "## Does the student depend on its teacher through the teacher's loss alone?\n\n\(dependenceText)\n\n"
    text += "## Is there a capacity gap?\n\n\(gapText)\n\n"
    text += "## Where does the law turn up, and do the students?\n\n\(teacherSlopes.markdown)\n"
    text += "## Do students beat weak teachers?\n\n\(beatenText)\n\n"
    text += "## Where does distillation beat supervised training on as many tokens?\n\n\(supervisedText)\n\n"
    text += "## What does sharing a teacher save?\n\n\(sharingText)\n"
    return text
  }

  private func percent(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f%%", 100 * value) }

  private var noiseSentence: String {
    guard noiseModel != nil, let edge = shortTokens.map(NoiseRange.shortTokensText) else {
      return "No configuration was repeated, so differences are not told from noise."
    }
    let of = noiseIsOfDistillations ? "" : "; by the supervised runs, for no distillation was repeated"
    let parts = [
      shortNoise.map { "by \(percent($0)) below \(edge) tokens" }, longNoise.map { "by \(percent($0)) from \(edge) tokens on" },
    ].compactMap { $0 }.joined(separator: " and ")
    return
      "Students that differ by their seed alone differ \(parts) (median standard deviation\(of)). The noise is not one number: below, every run is judged by the noise of its own length and teacher ([verification.md](verification.md))."
  }

  private var dependenceText: String {
    guard let found = teacherDependence else {
      return "The runs cannot tell: their teachers' sizes go with their losses."
    }
    func line(_ name: String, _ effect: Interval) -> String {
      String(
        format: "| %@ | %+.3f%% | %+.3f%% to %+.3f%% | %@ |\n", name, effect.estimate, effect.low, effect.high,
        effect.leavesOutZero ? "seen" : "not seen")
    }
    let seen = found.teacherParameters.leavesOutZero || found.teacherTokens.leavesOutZero
    var text =
      "Residuals of the law, regressed on log N_T and log D_T beside log L_T, its square, log N_S and log D_S; \(found.runs) runs of \(found.teachers) teachers, 90% intervals from \(found.resamples) resamples of teachers. Figure 3.\n\n"
    text += "| for a teacher e times as large | student's loss | interval | |\n| --- | ---: | ---: | --- |\n"
    text += line("N_T", found.teacherParameters) + line("D_T", found.teacherTokens)
    text +=
      "\nTogether they explain \(percent(found.explainedShare, 1)) of the residuals' variance. Here: \(seen ? "a teacher's loss is not all that shows" : "nothing beyond the teacher's loss is seen"). The paper finds that L_T is enough (its figure 3b).\n"
    return text
  }

  private var gapText: String {
    var text = "What the law's turn is worth beside simpler and richer laws: [model-comparison.md](model-comparison.md).\n\n"
    if let pairedTeachers { text += "### Within seeds\n\n\(pairedTeachers.markdown)\n### Over all teachers\n\n" }
    text += "Students of one configuration over their teachers (figures 4 and 37), most of them from one seed each:\n\n"
    text +=
      "| N_S | D_S | teachers | best L_S | from L_T | L_S of the strongest | its L_T | difference | by luck | law's L_T* (90%) |\n"
    text += "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    for row in capacityGap.students {
      let gap = row.gap.map { String(format: "%.1f s.d.", $0) } ?? ""
      let luck = row.probability.map { String(format: "%.2g", $0) } ?? ""
      let best = row.predictedBestTeacherLoss.map { best in
        String(format: "%.3f (%.3f to %.3f)", best, row.low ?? .nan, row.high ?? .nan)
      }
      text += String(
        format: "| %.0f | %.0f | %d | %.4f | %.4f | %.4f | %.4f | %@ | %@ | %@ |\n", row.parameters, row.tokens,
        row.teachers, row.bestLoss, row.bestTeacherLoss, row.lossFromStrongest, row.strongestTeacherLoss, gap, luck, best ?? "")
    }
    text +=
      "\nThe difference is in standard deviations of the seeds' noise; by luck: the chance of such a difference if all these teachers were equally good, since the best of many is good by luck, too. L_T* is looked for among the losses of the study's teachers, its interval is over resampled teachers. Of \(capacityGap.students.count) configurations, \(capacityGap.gapsSeen) did worse with the strongest teacher than with another beyond luck (Holm's procedure at 5% over all).\(pairedTeachers == nil ? "" : " Where there are several seeds, the differences within seeds are the sharper test.") The paper sees the gap in small students of its largest teachers (its figure 4).\n"
    return text
  }

  /// Rows of runs by L_T / L~_S.
  private func table(_ bins: [RatioBin], of what: String) -> String {
    func span(_ interval: Interval) -> String {
      String(format: "%+.2f%% (%+.2f%% to %+.2f%%)", 100 * interval.estimate, 100 * interval.low, 100 * interval.high)
    }
    var text = "| L_T / L~_S | runs | \(what) | law's error |\n| --- | ---: | ---: | ---: |\n"
    for bin in bins {
      let range =
        switch (bin.low, bin.high) {
        case (let low?, let high?): String(format: "%g to %g", low, high)
        case (nil, let high?): String(format: "below %g", high)
        case (let low?, nil): String(format: "%g and above", low)
        case (nil, nil): "any"
        }
      text += "| \(range) | \(bin.runs) | \(span(bin.mean)) | \(span(bin.lawError)) |\n"
    }
    return text
  }

  private static let intervals = "Intervals are 90%, from 2,000 resamples of teachers."

  private var beatenText: String {
    let found = beatenTeachers
    var text =
      "\(found.beaten) of \(found.runs) students beat their teacher by more than two standard deviations of the seeds' noise"
    if let ratio = found.leastRatio {
      text +=
        ", by \(percent(found.largestMargin)) at most; the best of those teachers had L_T / L~_S = \(String(format: "%.3f", ratio))"
    }
    text += ". Over all students, and not only those picked by their outcome (figure 41):\n\n"
    text += table(found.margins, of: "log(L_T / L_S)")
    text +=
      "\nPositive margins: the students are better than their teachers. The law cannot go below L_T; its error there is log(predicted / observed). \(Self.intervals) The paper saw students of weak teachers beat them, too, and does not say by how much its law misses them (its figure 41).\n"
    return text
  }

  private var supervisedText: String {
    let found = againstSupervised
    guard !found.rows.isEmpty else { return "No student has a supervised baseline." }
    var text = "By how good the teacher is beside the student trained supervised (here L~_S is measured; figures 3 and 41):\n\n"
    text += table(found.gains, of: "log(supervised / distilled)") + "\n"
    if let breakEven = found.breakEven {
      text += String(
        format:
          "Distillation stops to help where L_T is %.3f of the supervised loss (%.3f to %.3f; median over configurations).",
        breakEven.estimate, breakEven.low, breakEven.high)
      if let predicted = found.predictedBreakEven { text += String(format: " The law puts it at %.3f.", predicted) }
      text += " \(Self.intervals)\n\n"
    }
    text += "Better and worse: by more than two standard deviations of the difference.\n\n"
    text +=
      "| N_S | D_S | supervised | its runs | students | better | worse | best gain |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    for row in found.rows {
      text += String(
        format: "| %.0f | %.0f | %.4f | %d | %d | %d | %d | %@ |\n", row.parameters, row.tokens, row.supervisedLoss,
        row.supervisedRuns, row.teachers, row.better, row.worse, percent(row.bestGain))
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
