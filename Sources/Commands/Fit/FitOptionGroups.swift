import ArgumentParser
import CommandSupport
import Estimation
import Formats
import Foundation
import ScalingLaws

/// What a run costs that the law misses.
enum LossFunction: String, CaseIterable, ExpressibleByArgument {
  case huber
  case oneSided = "one-sided"
}

/// `--fix`, `--tie`, `--loss-function` and `--upper-weight`.
struct LawOptions: ParsableArguments {
  @Option(
    help: "A coefficient's value, as alpha=0.5, that the fit leaves as it is; may be given several times (not distillation).")
  var fix: [String] = []

  @Option(help: "Two coefficients that have one value: alpha,beta or A,B; may be given several times (not distillation).")
  var tie: [String] = []

  @Option(
    help: """
      What a run costs that the law misses: Huber's function, or one-sided, where a run above the law counts \
      --upper-weight of one below it, for runs of which many are badly tuned.
      """)
  var lossFunction: LossFunction = .huber

  @Option(
    help: "How much a run above the law counts with --loss-function one-sided, as a share of one below it.", transform: number)
  var upperWeight: Double?

  func validate() throws {
    if let upperWeight {
      guard lossFunction == .oneSided else { throw ValidationError("--upper-weight goes with --loss-function one-sided") }
      guard upperWeight > 0, upperWeight <= 1 else {
        throw ValidationError("--upper-weight must lie above 0 and be at most 1")
      }
    }
    _ = try restrictions()
  }

  /// How much a run above the law counts. By default a tenth: the law is then the quantile of a run in eleven.
  var effectiveUpperWeight: Double { lossFunction == .oneSided ? upperWeight ?? 0.1 : 1 }

  var isEmpty: Bool { fix.isEmpty && tie.isEmpty && lossFunction == .huber }

  /// - Throws: `ValidationError` where one is not of the form that it should have.
  func restrictions() throws -> Restrictions {
    var fixed: [String: Double] = [:]
    for text in fix {
      let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, let value = decimalNumber(parts[1]) else {
        throw ValidationError("--fix should be a coefficient and its value, as alpha=0.5, not \(text)")
      }
      guard fixed.updateValue(value, forKey: parts[0]) == nil else {
        throw ValidationError("--fix gives \(parts[0]) twice")
      }
    }
    let tied = try tie.map { text in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, parts[0] != parts[1] else {
        throw ValidationError("--tie should be two coefficients, as alpha,beta, not \(text)")
      }
      return parts
    }
    return Restrictions(fixed: fixed, tied: tied)
  }
}
