import Foundation
import Practice

extension PracticeFindings {
  /// The findings as a page of Markdown, beside what the paper found at its scale.
  public var markdown: String {
    var text = "# How to distil: study `\(study)`\n\n"
    text +=
      "Settings are compared within seeds: students of one seed share their starting values and their text. Every other setting is the plain one: distillation alone (λ = 1), temperature 1, forward divergence, the teacher's whole distribution. A setting is called worse only where the seeds tell it from the lowest at 5%, over all values of a row (Bonferroni).\n\n"
    text += section("Is λ flat above 0.5?", figure: 51, mixing, lambdaText)
    text += section("Is temperature 1 the best, or only the nearest point?", figure: 52, temperature, temperatureText)
    text += section("Is one learning rate right for every student?", figure: 53, learningRate, rateText)
    text += section("What does truncation cost?", figure: 54, top, truncationText)
    text += section("Which direction of the divergence?", figure: nil, direction, directionText)
    text += "## Are students calibrated towards what they are taught?\n\n\(calibrationText)\n\n"
    text += "## Do distilled and supervised models of one loss score alike?\n\n\(downstreamText)\n"
    return text
  }

  private func section(
    _ title: String, figure: Int?, _ experiment: Experiment?, _ body: (Experiment) -> String
  ) -> String {
    guard let experiment else { return "## \(title)\n\nNo runs yet.\n\n" }
    let place = figure.map { " Figure \($0)." } ?? ""
    return "## \(title)\n\n\(noiseSentence(experiment))\(place)\n\n\(body(experiment))\n\n"
  }

  private func noiseSentence(_ experiment: Experiment) -> String {
    let counts = experiment.series.flatMap { $0.settings.map(\.seeds) }
    let seeds = counts.min() == counts.max() ? "\(counts.min() ?? 0)" : "\(counts.min() ?? 0) to \(counts.max() ?? 0)"
    guard let noise = experiment.noise else {
      return "\(experiment.runs) runs, \(seeds) seed a point: without a second seed no difference is told from noise."
    }
    return
      "\(experiment.runs) runs, \(seeds) seeds a point. A difference within one seed varies by \(percent(noise.standardDeviation)) of the loss (\(noise.degreesOfFreedom) degrees of freedom)."
  }

  private func percent(_ share: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f%%", 100 * share) }

  private func signed(_ difference: PairedNoise.Difference?) -> String {
    guard let difference else { return "" }
    let value = String(format: "%+.2f%%", 100 * difference.mean)
    return difference.halfWidth.map { value + String(format: " ± %.2f", 100 * $0) } ?? value
  }

  private func size(_ value: Double) -> String { String(format: "%.0f", value) }

  /// A row a pair, a column a value: the difference of its loss to the plain setting's.
  private func table(_ experiment: Experiment, name: String, format: (Double) -> String) -> String {
    let values = Set(experiment.series.flatMap { $0.settings.map(\.value) }).sorted()
    var text =
      "| N_T | N_S | D_S | loss in the plain setting | \(values.map { "\(name) \(format($0))" }.joined(separator: " | ")) | lowest |\n"
    text += "| ---: | ---: | ---: | ---: |\(String(repeating: " ---: |", count: values.count)) --- |\n"
    for series in experiment.series {
      let cells = values.map { value -> String in
        guard let setting = series.settings.first(where: { $0.value == value }) else { return "" }
        return value == series.plainValue ? "0" : signed(setting.difference)
      }
      let plain = series.settings.first { $0.value == series.plainValue }
      let among = series.settings.filter { $0.isAmongLowest == true }.map { format($0.value) }
      let lowest = series.lowest.map { low -> String in
        let others = among.filter { $0 != format(low) }
        guard series.settings.contains(where: { $0.isAmongLowest != nil }) else { return "\(format(low)), not tested" }
        return others.isEmpty ? format(low) : "\(format(low)), not told from \(others.joined(separator: ", "))"
      }
      text +=
        "| \(series.teacherParameters.map(size) ?? "none") | \(size(series.studentParameters)) | \(size(series.studentTokens)) | \(plain.map { String(format: "%.4f", $0.loss) } ?? "") | \(cells.joined(separator: " | ")) | \(lowest ?? "") |\n"
    }
    return text
      + "\nDifferences of the loss to the plain setting's, within seeds\(experiment.noise == nil ? "" : ", with 90% intervals"). "
  }

  /// How many pairs have the plain value among those that are not told from the lowest.
  private func plainIsAmongLowest(_ experiment: Experiment) -> String {
    let judged = experiment.series.compactMap { series in
      series.settings.first { $0.value == series.plainValue }?.isAmongLowest
    }
    guard !judged.isEmpty else { return "" }
    return "The plain setting is the lowest, or not told from it, in \(judged.count { $0 }) of \(judged.count) pairs. "
  }

  private func lambdaText(_ experiment: Experiment) -> String {
    let spreads = experiment.series.compactMap { series -> Double? in
      let losses = series.settings.filter { $0.value >= 0.5 }.map(\.loss)
      guard losses.count > 2, let low = losses.min(), let high = losses.max() else { return nil }
      return high / low - 1
    }
    var text = table(experiment, name: "λ =") { String(format: "%g", $0) }
    text += plainIsAmongLowest(experiment)
    if let least = spreads.min(), let most = spreads.max() {
      text += "From λ = 0.5 to 1 the mean loss varies by \(percent(least)) to \(percent(most)), pair by pair. "
    }
    return text
      + "λ = 0 is supervised training on the same text. The paper finds the loss flat above 0.5, and small λ best for weak teachers alone."
  }

  private func temperatureText(_ experiment: Experiment) -> String {
    let neighbours = experiment.series.flatMap { series in
      series.settings.filter { (0.6...1.5).contains($0.value) && $0.value != series.plainValue }
        .compactMap { $0.difference }
    }
    let below = neighbours.filter { difference in difference.halfWidth.map { difference.mean + $0 < 0 } ?? false }.count
    let above = neighbours.filter { difference in difference.halfWidth.map { difference.mean - $0 > 0 } ?? false }.count
    var text = table(experiment, name: "τ =") { String(format: "%g", $0) } + plainIsAmongLowest(experiment)
    if experiment.noise != nil, !neighbours.isEmpty {
      text +=
        "Of \(neighbours.count) comparisons of 1 with its neighbours 0.71 and 1.41, the neighbour is worse beyond its interval in \(above), better in \(below). "
    }
    return text + "The paper finds 1 the best everywhere, on a grid whose nearest points are 0.5 and 2 and without seeds."
  }

  private func rateText(_ experiment: Experiment) -> String {
    let sets = experiment.series.map { series in Set(series.settings.filter { $0.isAmongLowest == true }.map(\.value)) }
    var text = table(experiment, name: "rate") { String(format: "%g", $0) } + plainIsAmongLowest(experiment)
    if experiment.noise != nil, let first = sets.first {
      let common = sets.dropFirst().reduce(first) { $0.intersection($1) }.sorted()
      text +=
        common.isEmpty
        ? "No rate is among the lowest for every pair. "
        : "Among the lowest for every pair: \(common.map { String(format: "%g", $0) }.joined(separator: ", ")). "
    }
    return text + "The paper finds 0.01 the best everywhere, as in supervised training."
  }

  private func truncationText(_ experiment: Experiment) -> String {
    var text = "The k most probable tokens, λ = 1:\n\n" + table(experiment, name: "k =") { String(format: "%g", $0) }
    if let mixedTop {
      text +=
        "\n\nThe same with λ = 0.7, against the whole distribution with λ = 0.7:\n\n"
        + table(mixedTop, name: "k =") { String(format: "%g", $0) }
    }
    if let nucleus {
      text +=
        "\n\nThe smallest set of tokens that reaches a probability p:\n\n"
        + table(nucleus, name: "p =") { String(format: "%g", $0) }
    }
    return text
      + "\n\nThe paper, whose vocabulary has 32k tokens where this one has \(size(experiment.series.map(\.plainValue).max() ?? 0)), loses 0.11 nats with k = 128, 0.13 with p = 0.9, and at most 0.01 with k = 128 and λ = 0.7."
  }

  private func directionText(_ experiment: Experiment) -> String {
    table(experiment, name: "") { $0 == 0 ? "forward" : "reverse" }
      + "See [table 7](table-07.md). The paper has 2.42 nats forward and 2.70 reverse (+11%), for one pair and without seeds."
  }

  private var calibrationText: String {
    guard let calibration else { return "No runs yet." }
    var text =
      "Expected calibration errors in %, with 90% intervals over blocks of the text; in brackets what counting alone gives. Bias is the mean outcome less the mean confidence, below zero where a model is too sure. Students of \(size(calibration.studentParameters)) parameters. Figures 42 to 50.\n\n"
    text +=
      "| N_T | D_S | taught | to data | bias | to the teacher's top token | bias | teacher's confidence | student's confidence |\n"
    text += "| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    for (what, rows) in [
      ("(teacher)", calibration.teachers), ("distribution", calibration.distribution), ("top-1", calibration.top),
    ] {
      for row in rows {
        func cell(_ name: String) -> String {
          row.errors[name].map {
            String(format: "%.2f (%.2f to %.2f) [%.2f]", 100 * $0.error, 100 * $0.low, 100 * $0.high, 100 * $0.floor)
          } ?? ""
        }
        func bias(_ name: String) -> String {
          row.errors[name].map { String(format: "%+.2f", 100 * $0.underconfidence) } ?? ""
        }
        text +=
          "| \(size(row.teacherParameters)) | \(row.studentTokens.map(size) ?? "") | \(what) | \(cell("data")) | \(bias("data")) | \(cell("teacherTop")) | \(bias("teacherTop")) | \(cell("teacherConfidence")) | \(cell("studentConfidence")) |\n"
      }
    }
    text += "\nThe other reading of equation 39, the teacher's probability of the student's token in the student's bins: "
    text += calibration.distribution.compactMap { row in
      row.errors["teacherProbability"].map { String(format: "%.2f", 100 * $0.error) }
    }.joined(separator: ", ")
    return text
      + " for the students of distributions, in their order.\n\nThe paper's teachers have 0.4 to 0.7%; its students of distributions are calibrated to data (0.1 to 0.6%) and underconfident to their teacher's token, its students of top-1 targets the reverse (38.7% falling to 21.6% to data)."
  }

  private var downstreamText: String {
    guard let first = downstream.first else { return "No runs yet." }
    var text =
      "\(first.distilled) distilled and \(first.supervised) supervised models; \(percent(first.overlap, 0)) of the distilled ones lie within the range of the supervised ones' losses. The score is regressed on the loss, its square and whether the model was distilled; 90% intervals resample teachers. [The tasks](../../docs/downstream.md), figure 35.\n\n"
    text +=
      "| task | chance | more for a distilled model of the same loss | less for 0.1 nats more |\n| --- | ---: | ---: | ---: |\n"
    func points(_ interval: Interval?) -> String {
      interval.map {
        String(format: "%+.2f points (%+.2f to %+.2f)", 100 * $0.estimate, 100 * $0.low, 100 * $0.high)
      } ?? "too few models"
    }
    for row in downstream {
      text += "| \(row.task) | \(percent(row.chance, 1)) | \(points(row.effect)) | \(points(row.slope)) |\n"
    }
    let judged = downstream.compactMap(\.effect)
    if !judged.isEmpty {
      text +=
        "\nA difference is seen in \(judged.count { $0.leavesOutZero }) of \(judged.count) tasks; about one in ten would show by chance. "
    }
    return text + "The paper finds that distilled and supervised models of one loss score alike."
  }
}
