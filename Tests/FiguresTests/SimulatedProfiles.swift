import Formats
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
  /// f1 it never reaches the limit. That of c1 goes flat above the estimate for orders of magnitude, where it jumps.
  private static func profile(_ name: String, _ estimate: Double) -> ProfileDocument.Profile {
    let shares = (-40...40).map { Double($0) / 10 }
    func ratio(_ share: Double) -> Double {
      switch name {
      case "f1": 0.01 * share * share
      case "beta" where share < 0: 0.1 * share * share
      case "c1" where share > 0: min(share * share, 2)
      default: share * share
      }
    }
    // A stray point far out, as searches leave them.
    let stray = ProfileDocument.Point(value: estimate * 1e6, ratio: 1e4)
    let ridge = (1...30).map {
      ProfileDocument.Point(value: estimate * exp(0.4 * Double($0 + 1)), ratio: $0 < 30 ? 2 : 2.1)
    }
    let cliff = ProfileDocument.Point(value: estimate * exp(12.5), ratio: 5)
    let width = limit.squareRoot() * 0.1
    return ProfileDocument.Profile(
      name: name, estimate: estimate, low: ["beta", "f1"].contains(name) ? nil : estimate * exp(-width),
      high: ["c1", "f1"].contains(name) ? nil : estimate * exp(width),
      points: shares.map { .init(value: estimate * exp(0.1 * $0), ratio: ratio($0)) }
        + (name == "c1" ? ridge + [cliff] : []) + [stray])
  }
}
