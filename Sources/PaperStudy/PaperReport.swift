import Formats
import Foundation
import ScalingLaws

extension [LawRecovery] {
  /// A section of the report.
  package var markdown: String {
    let parts = map { recovery in
      var text = "### The \(recovery.law) law\n\n"
      text += "| coefficient | drawn from | fitted | ratio | standard error |\n| --- | ---: | ---: | ---: | ---: |\n"
      text += recovery.rows.map(markdownRow).joined()
      text += "\n| check | value | limit | |\n| --- | ---: | ---: | --- |\n"
      text += recovery.checkRows.map(markdownRow).joined()
      return text
    }
    return "## Recovery of the coefficients\n\n\(Self.explanation)\n\n" + parts.joined(separator: "\n")
  }

  /// What is printed.
  package var table: String {
    map { recovery in
      "Recovery of the \(recovery.law) law\n"
        + aligned([["", "drawn from", "fitted", "ratio", "standard error"]] + recovery.rows)
        + aligned([["check", "value", "limit", ""]] + recovery.checkRows)
    }.joined(separator: "\n")
  }

  private static let explanation =
    "The runs were drawn from the paper's laws, so a fit should find these again, as far as the noise lets it. "
    + "Very different coefficients give nearly the same losses, so that single ratios say little: what is judged is the "
    + "losses that the fit and the law that was drawn from give the runs, which should differ by less than half the noise on average, "
    + "and the exponents a and b, to four standard errors. The standard error is that of a fit by least absolute errors to "
    + "runs at these sizes with this noise; exponents whose own is above 0.05 are not determined, and not judged."
}

extension LawRecovery {
  fileprivate var rows: [[String]] {
    coefficients.map { coefficient in
      let error = coefficient.standardError.map { String(format: "%.2g", $0) } ?? "not determined"
      return [
        coefficient.name, String(format: "%.5g", coefficient.published), String(format: "%.5g", coefficient.fitted),
        String(format: "%.3f", coefficient.ratio), error,
      ]
    }
  }

  fileprivate var checkRows: [[String]] {
    checks.map { check in
      let isShare = !check.name.contains("exponents")
      func text(_ value: Double) -> String {
        isShare ? String(format: "%.3f%%", 100 * value) : String(format: "%.4f", value)
      }
      return [
        check.name, text(check.value), check.limit.map { "< " + text($0) } ?? "not determined",
        check.limit == nil ? "" : check.passes ? "pass" : "FAIL",
      ]
    }
  }
}

extension [Claim] {
  /// A section of the report.
  package var markdown: String {
    var text =
      "## The paper's claims\n\n\(summary) A claim that neither law supports is a finding about the paper's numbers, not "
    text += "a failure; those that follow from the form of the law fail where the code does not show them. Which law drew "
    text += "the paper's figures: [figure-law.md](figure-law.md).\n\n\(Wording.markdown)\n\n"
    let (printed, figures) = (DistillationLaw.printed.tokenCoefficient, DistillationLaw.figures.tokenCoefficient)
    text += String(
      format: "| where | the paper says | as printed (B' = %.0f) | | as its figures have it (B' = %.0f) | |\n", printed, figures
    )
    text += "| --- | --- | --- | --- | --- | --- |\n"
    for claim in self {
      text += markdownRow([
        claim.place, claim.claim, claim.printed.text, claim.verdict(claim.printed), claim.figures.text,
        claim.verdict(claim.figures),
      ])
    }
    return text
  }

  /// What is printed.
  package var table: String {
    ([summary]
      + flatMap { claim in
        ["\(claim.claim) (\(claim.place))"]
          + PaperLaw.allCases.map { law in
            let finding = claim.finding(law)
            return "  \(law.rawValue): \(claim.verdict(finding)): \(finding.text)"
          }
      }).joined(separator: "\n") + "\n"
  }

  private var summary: String {
    "Of \(count) claims, \(self.count(where: \.printed.isSupported)) are supported by the coefficients as printed, and "
      + "\(self.count(where: \.figures.isSupported)) with B' as the paper's figures have it."
  }
}

extension Claim {
  fileprivate func verdict(_ finding: Finding) -> String {
    finding.isSupported ? "supported" : isTarget ? "FAIL" : "not supported"
  }
}
