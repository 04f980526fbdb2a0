import Estimation
import Formats
import Foundation

/// Approach 2 of Hoffmann et al. 2022, as `distill-fit --law isoflop` writes it.
struct IsoFLOPDocument: ResultDocument {
  static let meaning = "exponents from IsoFLOP profiles, as distill-fit --law isoflop writes them"

  struct Profile: Codable {
    /// In FLOPs.
    var compute: Double
    var runs: Int
    /// At the minimum; nil where there is none inside.
    var parameters, tokens, loss: Double?
    var error: Double
    var problem: String?
  }

  /// coefficient · C^exponent, with the interval of the exponent.
  struct PowerLaw: Codable {
    var exponent, coefficient, low, high: Double
  }

  var law = "isoflop"
  var runs: Int
  var tolerance, confidence: Double
  var resamples: Int
  var profiles: [Profile]
  /// N_opt and D_opt.
  var parameters, tokens: PowerLaw
  /// The same exponents of the Chinchilla law fitted to the same runs; nil where they do not determine it.
  var chinchilla: [String: Double]?
  var inputs: FitDocument.Inputs

  init(
    _ fit: IsoFLOPFit, options: IsoFLOPOptions, chinchilla: [String: Double]?, runs: Int, inputs: FitDocument.Inputs
  ) {
    self.runs = runs
    (tolerance, confidence, resamples) = (options.tolerance, options.confidence, fit.resamples)
    profiles = fit.profiles.map {
      Profile(
        compute: $0.compute, runs: $0.runs, parameters: $0.parameters, tokens: $0.tokens, loss: $0.loss, error: $0.error,
        problem: $0.problem)
    }
    func power(_ law: IsoFLOPFit.PowerLaw) -> PowerLaw {
      PowerLaw(
        exponent: law.exponent, coefficient: law.coefficient, low: law.interval.lowerBound, high: law.interval.upperBound)
    }
    (parameters, tokens) = (power(fit.parameters), power(fit.tokens))
    self.chinchilla = chinchilla
    self.inputs = inputs
  }

  /// For people to read.
  var table: String {
    func cell(_ text: String) -> String { String(repeating: " ", count: max(1, 11 - text.count)) + text }
    func short(_ value: Double?) -> String { value.map { String(format: "%.4g", $0) } ?? "-" }
    var lines = [
      "IsoFLOP profiles of \(runs) runs (approach 2 of Hoffmann et al. 2022)",
      ["C", "runs", "N_opt", "D_opt", "D/N", "loss", "error"].map(cell).joined(),
    ]
    for profile in profiles {
      let ratio = profile.parameters.flatMap { size in profile.tokens.map { $0 / size } }
      let cells = [
        short(profile.compute), "\(profile.runs)", short(profile.parameters), short(profile.tokens), short(ratio),
        short(profile.loss), String(format: "%.2f%%", 100 * profile.error),
      ]
      lines.append(cells.map(cell).joined() + (profile.problem.map { "  no minimum inside: \($0)" } ?? ""))
    }
    for (name, law, what) in [("a", parameters, "N_opt"), ("b", tokens, "D_opt")] {
      let other = chinchilla?[name].map { String(format: "; the Chinchilla law of all runs has %.4f", $0) } ?? ""
      lines.append(
        String(
          format: "%@ = %.4f, %g%% interval %.4f to %.4f (%@ = %.4g C^%@)%@", name, law.exponent, 100 * confidence, law.low,
          law.high, what, law.coefficient, name, other))
    }
    let left = profiles.count { $0.problem != nil }
    if left > 0 { lines.append("\(left) of \(profiles.count) profiles have no minimum inside and are left out") }
    return lines.joined(separator: "\n")
  }
}
