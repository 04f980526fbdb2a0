import Formats
import Foundation
import PaperStudy

extension Verification {
  /// The verification as a page of Markdown.
  public var markdown: String {
    var parts = ["# Verification: study `\(study)`\n"] + laws.map(\.markdown)
    if let recovery { parts.append(recovery.markdown) }
    if let claims { parts.append(claims.markdown) }
    return parts.joined(separator: "\n")
  }

  /// The tables that `distill-verify` prints.
  public var table: String {
    (laws.map(\.table) + [recovery?.table, claims?.table].compactMap { $0 }).joined(separator: "\n")
  }
}

extension LawVerification {
  fileprivate var markdown: String {
    var text = "## The \(law) law\n\n\(sentence)\n\n"
    text += "| law and runs | runs | mean error | largest | bias | target | |\n"
    text += "| --- | ---: | ---: | ---: | ---: | ---: | --- |\n"
    text += checks.map { markdownRow(row($0)) }.joined()
    text += "\nErrors are |predicted - observed| / observed; the bias keeps the sign.\n"
    if let capability { text += "\n\(capability.sentence)\n" }
    if let noiseSentence { text += "\n\(noiseSentence)\n" }
    if let noiseModel, let noiseRanges { text += "\n" + noiseModel.markdown(noiseRanges, cells: noiseCells ?? []) }
    if let yardsticks, let least = yardsticks.first, least.errors.runs > 0 {
      text += "\n### What simpler predictors reach\n\n"
      text += "Fitted to the weaker runs, as the law was, and asked about the stronger ones. Variables are log N, log D"
      text += law == RunRecord.Kind.distillation.rawValue ? " and log L_T.\n\n" : ".\n\n"
      text += "| predictor | runs | mean error | largest | bias |\n| --- | ---: | ---: | ---: | ---: |\n"
      text += yardsticks.map { markdownRow(Array(row($0).prefix(5))) }.joined()
    }
    text += "\n### Sweep by sweep, law fitted on all runs\n\n"
    text += "| sweep | runs | mean error | largest | bias |\n| --- | ---: | ---: | ---: | ---: |\n"
    text += sweeps.map { markdownRow(Array(row($0).prefix(5))) }.joined()
    text += "\n### By tokens, law fitted on all runs\n\n"
    text += "| D | runs | mean error | largest | bias |\n| --- | ---: | ---: | ---: | ---: |\n"
    text += lengths.map { markdownRow(Array(row($0).prefix(5))) }.joined()
    text += "\n### Runs missed most\n\n"
    text += "| run | sweep | N | D | teacher's loss | loss | error |\n"
    text += "| --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
    for outlier in worst {
      let teacher = outlier.teacherLoss.map { String(format: "%.4f", $0) } ?? ""
      text += markdownRow([
        outlier.run, outlier.sweep, String(format: "%.0f", outlier.parameters), String(format: "%.0f", outlier.tokens),
        teacher, String(format: "%.4f", outlier.loss), String(format: "%+.2f%%", 100 * outlier.relativeError),
      ])
    }
    return text
  }

  fileprivate var table: String {
    let header = ["law and runs", "runs", "mean", "largest", "bias", "target", ""]
    let rows = [header] + checks.map(row)
    var text = sentence + "\n" + aligned(rows) + (noiseSentence.map { $0 + "\n" } ?? "")
    if let noiseRanges { text += aligned([NoiseRange.header] + noiseRanges.map(\.row)) }
    return text
  }

  private func row(_ check: Check) -> [String] {
    [
      check.name, "\(check.errors.runs)", String(format: "%.3f%%", 100 * check.errors.meanAbsolute),
      String(format: "%.2f%%", 100 * check.errors.largestAbsolute),
      String(format: "%+.3f%%", 100 * check.errors.mean),
      check.target.map { String(format: "< %g%%", 100 * $0) } ?? "",
      check.target == nil ? "" : check.passes ? "pass" : "FAIL",
    ]
  }

  private var sentence: String { data.sentence(of: law) }

  /// The noise where it is one number; nil where it is a model, which has a section of its own.
  private var noiseSentence: String? {
    if let drawnNoise {
      return String(
        format: "Noise floor: the losses were drawn with a relative standard deviation of %.3f%%; the law itself "
          + "would show a mean error of %.3f%%.", 100 * drawnNoise, 100 * drawnNoise * (2 / Double.pi).squareRoot())
    }
    return noiseModel == nil ? "No configuration was trained from more than one seed, so the noise is not known." : nil
  }
}

extension LawVerification.Capability {
  fileprivate var sentence: String {
    let law = "The law fitted on the weaker runs takes L~_S from"
    if isPublished { return law + " the paper's published law, which saw none of these runs." }
    guard let minimumLoss else {
      return law + " a supervised law of all supervised runs, the strong ones, too: it is no extrapolation in full."
    }
    return law
      + String(format: " the supervised law of the weaker supervised runs, those with a loss of at least %.3f.", minimumLoss)
      + " Neither law has seen the stronger runs of its kind."
  }
}

extension DataSummary {
  /// The data in a sentence: how many runs, measured or reconstructed, and their ranges.
  /// - Parameter kind: `supervised` or `distillation`.
  public func sentence(of kind: String) -> String {
    let kinds = [(measuredRuns, "measured"), (reconstructedRuns, "reconstructed")].filter { $0.0 > 0 }
    let counts = kinds.map { "\($0.0) \($0.1)" }.joined(separator: " and ")
    return String(
      format: "%@ %@ runs, N = %.3g to %.3g, D = %.3g to %.3g tokens, loss %.3f to %.3f nats per token.",
      counts.isEmpty ? "0" : counts, kind, parameters.low, parameters.high, tokens.low, tokens.high, loss.low,
      loss.high)
  }
}
