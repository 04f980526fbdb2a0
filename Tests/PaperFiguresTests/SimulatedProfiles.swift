import Artifacts
import Foundation

/// Profiles as parabolas about a fit: some on the scale of logarithms, some that leave an end open.
enum SimulatedProfiles {
  static let limit = 2.7055

  static func document(_ law: String, of fit: FitDocument) -> ProfileDocument {
    var estimates = fit.coefficients
    if let alpha = estimates["alpha"], let beta = estimates["beta"] { estimates["a"] = beta / (alpha + beta) }
    return ProfileDocument(
      law: law, confidence: 0.9, limit: limit, independent: "runs", method: "simulated",
      profiles: estimates.sorted { $0.key < $1.key }.map { profile($0.key, $0.value) },
      inputs: FitDocument.Inputs(runs: Digest(of: "")))
  }

  /// The ratio is (log(value / estimate) / 0.1)²; for beta it stays at a fourth of that below the estimate, and of
  /// f1 it never reaches the limit.
  private static func profile(_ name: String, _ estimate: Double) -> ProfileDocument.Profile {
    let shares = (-40...40).map { Double($0) / 10 }
    func ratio(_ share: Double) -> Double {
      switch name {
      case "f1": 0.01 * share * share
      case "beta" where share < 0: 0.1 * share * share
      default: share * share
      }
    }
    // A stray point far out, as searches leave them.
    let stray = ProfileDocument.Point(value: estimate * 1e6, ratio: 1e4)
    let width = limit.squareRoot() * 0.1
    return ProfileDocument.Profile(
      name: name, estimate: estimate, low: ["beta", "f1"].contains(name) ? nil : estimate * exp(-width),
      high: name == "f1" ? nil : estimate * exp(width),
      points: shares.map { .init(value: estimate * exp(0.1 * $0), ratio: ratio($0)) } + [stray])
  }
}
