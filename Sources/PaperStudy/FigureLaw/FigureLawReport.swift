import Formats
import Foundation
import ScalingLaws

extension FigureLawDocument {
  /// The study as a page of Markdown.
  public var markdown: String {
    [introduction, labelSection, failureSection, evidenceSection, unexplainedSection].joined(separator: "\n")
  }

  private func coefficient(_ trial: Trial) -> String { String(format: "%.0f", trial.tokenCoefficient) }

  /// "0.513 + 0.486", as table 6 prints the exponents a and b of a law.
  private func exponents(_ law: [String: PublishedCoefficients.Entry]) -> String {
    ["a", "b"].compactMap { law[$0].map { String(format: "%.3f", $0.estimate) } }.joined(separator: " + ")
  }

  private var introduction: String {
    """
    # The law behind the paper's figures

    Table 6 of the paper prints B' = \(coefficient(printed)). Its figures follow \(coefficient(figures)). With the printed one \(agreeing(printed)) of the \
    \(labels) contour labels of figures \(groups.map(\.name).joined(separator: ", ")) come out as they are in the paper, with a \
    hundred times as much \(agreeing(figures)), all other coefficients as printed.

    Why a hundred: table 6 cuts its numbers and does not round them (a + b is \
    \(exponents(PublishedCoefficients.supervised)) and \(exponents(PublishedCoefficients.distillation)), where it is 1), to what \
    looks like five characters (18186, 522.6, 1.220, 0.090), and only a coefficient of seven digits would lose two of them \
    so. **This is an inference. No erratum that we know of says it**, and what speaks against it is below.

    In this project the law with B' = \(coefficient(printed)) is called `printed`, the one with \(coefficient(figures)) `figures`. Everything on this page is \
    worked out by `distill-law-test` from the two laws and from what can be read off the paper's figures \
    (`data/paper-figures.json`).

    """
  }

  private func agreeing(_ trial: Trial) -> Int { labels - trial.total }

  private var labelSection: String {
    var text = """
      ## The labels

      The test counts. A contour's level is written on each of its pieces that is long enough for the text. So the \
      pieces of the law's contours are counted that are wider or higher than a share of the panel, on the paper's axes and at \
      its levels, and set against how often the paper has each level. The share is not known; each law gets, for each \
      group of figures, the one with which it does best, which favours no law. A label too many and a label too few \
      both count. Figures 19, 21, 24 and 27 show plans; these are the global optima. Numbers are labels that disagree.

      | law |
      """
    text += groups.map { " \($0.name) (\($0.labels)) |" }.joined() + " all \(labels) |\n"
    text += "| --- |" + String(repeating: " ---: |", count: groups.count + 1) + "\n"
    for trial in [printed, figures] { text += line(trial) }
    text += "\nBy B', from 1e4 to 1e7, everything else as printed (figure `figure-law`):\n\n| B' |"
    text += groups.map { " \($0.name) |" }.joined() + " all |\n"
    text += "| ---: |" + String(repeating: " ---: |", count: groups.count + 1) + "\n"
    for trial in curve {
      text += String(format: "| %.3g |", trial.tokenCoefficient) + cells(trial) + "\n"
    }
    if let best = curve.min(by: { $0.total < $1.total }) {
      let close = curve.filter { $0.total <= 2 * best.total }.map(\.tokenCoefficient)
      text += String(
        format: "\nThe least are %d, at %.3g; at most twice as many from %.3g to %.3g.\n", best.total,
        best.tokenCoefficient, close.min() ?? .nan, close.max() ?? .nan)
    }
    return text
  }

  private func cells(_ trial: Trial) -> String {
    trial.disagreements.map { " \($0) |" }.joined() + " \(trial.total) |"
  }

  private func line(_ trial: Trial) -> String { "| \(trial.name) |" + cells(trial) + "\n" }

  private var failureSection: String {
    var text = """
      ## Could it have failed?

      The test would not have agreed with just any law: other changes of the printed law do not mend it, and changes of \
      the law that agrees break it.

      | law |
      """
    text += groups.map { " \($0.name) |" }.joined() + " all |\n"
    text += "| --- |" + String(repeating: " ---: |", count: groups.count + 1) + "\n"
    for trial in alternatives { text += line(trial) }
    return text
  }

  private func table(_ rows: [Evidence]) -> String {
    "| where | the paper | B' = \(coefficient(printed)) | B' = \(coefficient(figures)) |\n| --- | --- | --- | --- |\n"
      + rows.map { "| \($0.what) | \($0.paper) | \($0.printed) | \($0.figures) |\n" }.joined()
  }

  private var evidenceSection: String {
    """
    ## The evidence beside it

    Claims are those of [verification.md](verification.md) whose verdict differs between the two laws. The measured \
    value of table 7 speaks for the printed law, if its student saw 20 tokens per parameter; the paper does not say how \
    many it saw.

    \(table(evidence))
    """
  }

  private var unexplainedSection: String {
    """
    ## What neither law explains

    What the paper says or shows and neither law supports, among it the sentence of D.3 on 30B, the falling teacher's \
    share of D.4.5 and the large students that beat supervised training with little compute. The text of D.5 names \
    pretraining and inference where its numbers are those of teacher inference. The tops of the colour bars may be \
    clipped.

    \(table(unexplained))
    """
  }
}
