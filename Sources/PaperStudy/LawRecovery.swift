import Formats
import Foundation
import ScalingLaws
import Statistics

/// How well a fit found the law that its runs were drawn from.
///
/// Coefficients lie on a ridge: quite different sets of them give nearly the same losses. What is judged is
/// therefore the losses that the fit predicts, and the exponents a and b where the noise leaves them
/// determined; the coefficients stand beside them with the error that the noise explains.
public struct LawRecovery: Codable, Hashable, Sendable {
  public struct Coefficient: Codable, Hashable, Sendable {
    public var name: String
    public var published: Double
    public var fitted: Double
    /// Of a fit to these runs at this noise; nil where they do not determine it.
    public var standardError: Double?

    public var ratio: Double { fitted / published }
  }

  /// One claim that can fail.
  public struct Check: Codable, Hashable, Sendable {
    public var name: String
    public var value: Double
    /// The largest value that passes; nil where the runs do not determine it, so that it is not judged.
    public var limit: Double?

    public var passes: Bool { limit.map { value <= $0 } ?? true }
  }

  public var law: String
  /// Standard deviation of log L that the runs were drawn with.
  public var noise: Double
  public var coefficients: [Coefficient]
  public var checks: [Check]

  public var passes: Bool { checks.allSatisfy(\.passes) }

  /// The exponent a is judged only where its standard error is below this.
  private static let determined = 0.05

  /// Coefficients whose logarithms the gradients of the laws are by.
  private static let logarithmic: Set = ["E", "A", "B", "d1"]

  /// - Parameters:
  ///   - names: of the coefficients, in the order of the gradients.
  ///   - gradients: of log L, by run.
  ///   - differences: of the losses that the laws predict, relative.
  private init(
    law: String, noise: Double, names: [String], published: [String: Double],
    fitted: [String: Double], gradients: [[Double]], differences: [Double]
  ) {
    self.law = law
    self.noise = noise
    let information = Information(gradients)
    coefficients = names.enumerated().map { index, name in
      let value = published[name] ?? .nan
      let scale = Self.logarithmic.contains(name) ? value : 1
      let gradient = names.indices.map { $0 == index ? scale : 0 }
      return Coefficient(
        name: name, published: value, fitted: fitted[name] ?? .nan,
        standardError: information.standardError(of: gradient, noise: noise))
    }
    let mean = differences.reduce(0) { $0 + abs($1) } / Double(max(1, differences.count))
    checks = [
      Check(name: "mean difference of predicted losses", value: mean, limit: noise / 2),
      Check(name: "largest difference of predicted losses", value: differences.map(abs).max() ?? .infinity, limit: 0.01),
    ]
    // a = beta / (alpha + beta), and b = 1 - a.
    func exponent(_ values: [String: Double]) -> Double {
      (values["beta"] ?? .nan) / ((values["alpha"] ?? .nan) + (values["beta"] ?? .nan))
    }
    let (alpha, beta) = (published["alpha"] ?? .nan, published["beta"] ?? .nan)
    let square = (alpha + beta) * (alpha + beta)
    let gradient = names.map { $0 == "alpha" ? -beta / square : $0 == "beta" ? alpha / square : 0 }
    let standardError = information.standardError(of: gradient, noise: noise)
    let (printed, found) = (exponent(published), exponent(fitted))
    coefficients += [
      Coefficient(name: "a", published: printed, fitted: found, standardError: standardError),
      Coefficient(name: "b", published: 1 - printed, fitted: 1 - found, standardError: standardError),
    ]
    checks.append(
      Check(
        name: "difference of the exponents a and b", value: abs(found - printed),
        limit: standardError.flatMap { $0 < Self.determined ? 4 * $0 : nil }))
  }

  /// - Parameter runs: the supervised runs that `fitted` was fitted to.
  public init(_ fitted: SupervisedLaw, published: SupervisedLaw, runs: [RunRecord], noise: Double) {
    self.init(
      law: "supervised", noise: noise, names: SupervisedLaw.coefficientNames,
      published: published.coefficients, fitted: fitted.coefficients,
      gradients: runs.map { run in
        let g = published.logLossGradient(logParameters: log(run.parameters), logTokens: log(run.tokens))
        return [
          g.logIrreducibleLoss, g.logParameterCoefficient, g.logTokenCoefficient, g.alpha, g.beta, g.gamma,
        ]
      },
      differences: runs.map { fitted.prediction(of: $0) / published.prediction(of: $0) - 1 })
  }

  /// - Parameter runs: the distillations that `fitted` was fitted to.
  public init(_ fitted: DistillationLaw, published: DistillationLaw, runs: [RunRecord], noise: Double) {
    self.init(
      law: "distillation", noise: noise, names: DistillationLaw.coefficientNames,
      published: published.coefficients, fitted: fitted.coefficients,
      gradients: runs.map { run in
        let g = published.logLossGradient(
          logParameters: log(run.parameters), logTokens: log(run.tokens),
          logTeacherLoss: log(run.distillation?.teacherLoss ?? .nan),
          logCapability: log(published.supervised.prediction(of: run)))
        return [
          g.logParameterCoefficient, g.logTokenCoefficient, g.alpha, g.beta, g.gamma, g.c0, g.c1, g.f1, g.logD1,
        ]
      },
      differences: runs.map { fitted.prediction(of: $0) / published.prediction(of: $0) - 1 })
  }
}
