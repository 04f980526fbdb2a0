import Foundation

extension CapacityGapNote {
  /// The note as a page of Markdown, beside what the paper shows.
  public var markdown: String {
    var parts = [
      "# The capacity gap in small: study `\(study)`", "## Kernel regression (figure 10, appendix C.1)", kernelText,
      "## The Mapping Problem (figures 11 and 12, appendix C.2)",
    ]
    parts += sweeps.isEmpty ? ["None of the runs is of a sweep for figure 11 or 12."] : sweeps.map(text) + [methodText]
    if !draws.isEmpty { parts += ["## How it depends on the draw of inputs", drawsText] }
    return parts.map { $0.trimmingCharacters(in: .newlines) }.joined(separator: "\n\n") + "\n"
  }

  private var kernelText: String {
    let kernel = kernelRegression
    var text = String(
      format:
        "A target of %d coefficients drawn uniformly from [-1, 1], a teacher of capacity m and norm at most %g, students of capacity n and norm at most %g, all in closed form; %d draws of the target. Counted over all m:\n\n",
      kernel.functions, kernel.teacherBound, kernel.studentBound, kernel.seeds)
    text +=
      "| n | error does not rise up to m = n | does not fall from there on | worse from m = \(kernel.functions) than from the best | unchanged up to m (least, median, most) | n (T / D)² | error from the largest over the best, median |\n"
    text += "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    for row in kernel.students {
      text += String(
        format: "| %d | %d | %d | %d | %d, %d, %d | %.0f | %.4f |\n", row.student, row.fallingBefore, row.risingAfter,
        row.worseFromLargest, row.leastHarmless, row.medianHarmless, row.mostHarmless, row.expectedHarmless,
        row.medianRise)
    }
    text += """

      The first two counts have to be all draws: it is a theorem. Past m = n the student stays exactly as it is while its \
      own bound decides what it is, that is while the teacher's norm over the student's n functions, \
      sqrt(A_n) min(1, T / sqrt(A_m)) with A_n the sum of the first n squared coefficients, is above D (or while the teacher's \
      bound does not bind, sqrt(A_m) <= T); from there on its error rises. The paper's proof has this condition the other way \
      round in words. For many functions the rise begins at m = n (T / D)², so that a student of more than (D / T)² of all \
      functions sees nothing of it.

      """
    return text
  }

  private func text(of sweep: Sweep) -> String {
    let of = sweep.sweep == .teacherWidth ? "width" : "training steps"
    let origins = sweep.origins.map(\.rawValue).joined(separator: " and ")
    var text = "### Figure \(sweep.sweep.figure): teachers by their \(of)\n\n"
    text += "\(sweep.runs) \(origins) students in \(sweep.trials.count) trials. \(sweep.draw.sentence)\n\n"
    text += "Mean cross-entropy in nats per label, and accuracy, of students over the trials:\n\n"
    text +=
      "| student's width | weakest teacher | best | strongest | strongest teacher itself | on labels | U shape? | the paper |\n"
    text += "| ---: | --- | --- | --- | --- | --- | --- | --- |\n"
    for student in sweep.students {
      let teacher = student.teachers.last.map { Self.number($0.teacherLoss, $0.teacherAccuracy) } ?? ""
      let supervised = student.supervisedLoss.map { Self.number($0, student.supervisedAccuracy) } ?? ""
      text +=
        "| \(student.studentWidth) | \(Self.cell(student.teachers.first)) | \(Self.cell(student.best)) | \(Self.cell(student.teachers.last)) | \(teacher) | \(supervised) | \(Self.words(student, sweep.sweep)) | \(Self.paper(student.studentWidth)) |\n"
    }
    text += "\n| student's width | end | against | rise (nats) | by trial | p | p, Holm | detectable |\n"
    text += "| ---: | --- | --- | ---: | --- | ---: | ---: | ---: |\n"
    for student in sweep.students {
      for (test, adjusted, name) in [
        (student.weakest, student.weakestAdjusted, "weakest"), (student.strongest, student.strongestAdjusted, "strongest"),
      ] {
        text += "| \(student.studentWidth) | \(name)\(test.map { ", \($0.end)" } ?? "") | "
        guard let test else {
          text += "\(student.completeTrials.count) complete trials are too few to test | | | | | |\n"
          continue
        }
        let chosen = Set(test.chosen).sorted().map(String.init).joined(separator: ", ")
        let trials = test.differences.map { String(format: "%+.4f", $0) }.joined(separator: ", ")
        text += String(
          format: "%@ | %+.4f | %@ | %.2g | %@ | %.4f |\n", chosen, test.rise, trials, test.probability,
          adjusted.map { String(format: "%.2g", $0) } ?? "", test.detectable)
      }
    }
    text += "\n" + partsText(sweep)
    if !sweep.missing.isEmpty {
      text += "\nMissing: "
      text += sweep.missing.map { gap in
        let trials = gap.trials.map(String.init).joined(separator: ", ")
        return "student \(gap.studentWidth) of teacher \(gap.teacher), trial \(trials)"
      }.joined(separator: "; ")
      text += ".\n"
    }
    return text
  }

  /// Where the loss from the strongest teacher comes from.
  private func partsText(_ sweep: Sweep) -> String {
    func parts(_ teacher: Teacher?) -> String? {
      guard let teacher, let easy = teacher.easyLoss, let ones = teacher.onesLoss, let twos = teacher.twosLoss else {
        return nil
      }
      return String(format: "%d | %.4f | %.4f | %.4f |", teacher.setting, easy, twos, ones)
    }
    let rows = sweep.students.compactMap { student -> String? in
      guard let best = parts(student.best), let last = parts(student.teachers.last) else { return nil }
      return "| \(student.studentWidth) | \(best) \(last)\n"
    }
    guard !rows.isEmpty else { return "" }
    return "Mean cross-entropy of students by what is asked about, a 0 (easy), a 2 or a 1:\n\n"
      + "| student's width | best teacher | 0 | 2 | 1 | strongest | 0 | 2 | 1 |\n"
      + "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n" + rows.joined()
  }

  private var methodText: String {
    """
    U shape: the students of the weakest and of the strongest teacher are both worse than those of teachers between them. \
    Each trial is compared with the inside teacher that is best in the mean of the other trials, so that the best of many does \
    not win by luck. The ratio t of the mean difference to its standard error is judged by what it is where no inside teacher is \
    better than the end: in simulations of this procedure with normal noise (trials that choose for one another make t larger \
    than Student's), over the worst number of teachers that are as good. Each end's tests are corrected for the number of \
    students in both figures (Holm, 5%). With four trials a test of the signs alone cannot give less than 1/16, so that a test \
    which takes differences for normal is what four trials allow. Detectable: the rise that would be found with a chance of \
    \(Int(100 * Chance.power))% at Holm's strictest level, were the trials to differ as they do; a smaller one may be there unseen. How inputs are drawn was \
    chosen after other ways were tried (docs/mapping-problem.md), so that the student with a U would be the paper's: the tests \
    speak of this draw, not of how common a U is.
    """
  }

  private var drawsText: String {
    var text =
      "Exploratory: students over teacher widths under other draws, mean cross-entropy over the trials. The strongest teacher here is the widest of the sweep. That another is better in the mean of a few trials may be luck; p is as above, for three trials and more, and not corrected for the number of rows.\n\n"
    text += "| draw | student's width | trials | weakest teacher | best | strongest | on labels | p of the rise |\n"
    text += "| --- | ---: | ---: | --- | --- | --- | --- | ---: |\n"
    for row in draws {
      let student = row.student
      let supervised = student.supervisedLoss.map { Self.number($0, student.supervisedAccuracy) } ?? ""
      let p = student.strongest.map { String(format: "%.2g", $0.probability) } ?? "untested"
      text +=
        "| \(row.draw.shortName) | \(student.studentWidth) | \(student.completeTrials.count) | \(Self.cell(student.teachers.first)) | \(Self.cell(student.best)) | \(Self.cell(student.teachers.last)) | \(supervised) | \(p) |\n"
    }
    return text
  }

  /// The teacher, and the loss and accuracy of its students.
  private static func cell(_ teacher: Teacher?) -> String {
    teacher.map { "\($0.setting): \(number($0.loss, $0.accuracy))" } ?? ""
  }

  private static func number(_ loss: Double, _ accuracy: Double?) -> String {
    String(format: "%.4f", loss) + (accuracy.map { String(format: " (%.1f%%)", 100 * $0) } ?? "")
  }

  private static func words(_ student: Student, _ sweep: MappingSeries.Sweep) -> String {
    let words =
      switch student.verdict {
      case .uShape: "yes"
      case .falls: "no rise is seen"
      case .rises: "rises, and no fall is seen"
      case .neither: "neither fall nor rise is seen"
      case .untested: "too few trials"
      }
    guard let last = student.strongest?.end, last != sweep.ends.last else { return words }
    return words + ", up to \(last)"
  }

  /// What the paper's figures show of a student.
  private static func paper(_ studentWidth: Int) -> String {
    switch studentWidth {
    case 128: "too small to learn"
    case 256: "a U shape"
    case 362: "learns to match its teacher"
    default: "not in the paper"
    }
  }
}

extension MappingSeries.Draw {
  /// How inputs were drawn, in a sentence.
  public var sentence: String {
    String(
      format:
        "Inputs: contexts of %d values in 0, 1 and 2; %.3g%% of the questions are about a 0, the others about a value that occurs twice.",
      places, 100 * easyFraction)
  }

  var shortName: String { String(format: "n = %d, %.3g%% easy", places, 100 * easyFraction) }
}
