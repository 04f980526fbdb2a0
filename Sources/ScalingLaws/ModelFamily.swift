import Foundation

/// A family of transformers of one shape, known by three constants, and the cost of running them.
///
/// With d = model width and n = layers, every member has the aspect ratio d / n = rho and
/// N = n d² omega = d³ omega / rho non-embedding parameters (appendix H.3).
public struct ModelFamily: Sendable, Hashable {
  /// Width over layers, rho.
  public let aspectRatio: Double
  /// Weights of one layer in units of d²: 2 + 2/g + (feed-forward matrices)(feed-forward ratio), omega.
  public let weightsPerSquaredWidth: Double
  /// Context length in tokens.
  public let context: Double
  /// Vocabulary size.
  public let vocabulary: Double

  public init(
    aspectRatio: Double, weightsPerSquaredWidth: Double = 12, context: Double, vocabulary: Double
  ) {
    self.aspectRatio = aspectRatio
    self.weightsPerSquaredWidth = weightsPerSquaredWidth
    self.context = context
    self.vocabulary = vocabulary
  }

  /// The loss in nats per token of a model that knows nothing, the logarithm of its vocabulary. Infinite where the
  /// vocabulary is not known: then no loss is too great.
  public var uninformedLoss: Double { vocabulary > 1 ? log(vocabulary) : .infinity }

  /// F(N) = 2N: models of which nothing but N is known, so that training costs 6ND.
  public static let parametersAlone = ModelFamily(aspectRatio: 1, context: 0, vocabulary: 0)

  /// Forward FLOPs per token F(N) of a member with `parameters` = N non-embedding parameters:
  /// F(N) = 2N (1 + sigma1 context / N^(1/3) + sigma2 vocabulary / N^(2/3)) (appendix H).
  public func forwardFLOPs(parameters: Double) -> Double {
    let (context, vocabulary) = overheads(parameters: parameters)
    return 2 * parameters * (1 + context + vocabulary)
  }

  /// d log F / d log N, from 1/3, where the vocabulary's matrix is all that costs, to 1.
  public func forwardFLOPsExponent(parameters: Double) -> Double {
    let (context, vocabulary) = overheads(parameters: parameters)
    return (1 + context * 2 / 3 + vocabulary / 3) / (1 + context + vocabulary)
  }

  /// What the context and the vocabulary cost in units of 2N.
  private func overheads(parameters: Double) -> (context: Double, vocabulary: Double) {
    let sigma1 = cbrt(1 / (aspectRatio * weightsPerSquaredWidth * weightsPerSquaredWidth))
    let sigma2 = cbrt(aspectRatio / weightsPerSquaredWidth)
    let root = cbrt(parameters)
    return (sigma1 * context / root, sigma2 * vocabulary / (root * root))
  }

  /// Forward FLOPs per token of a model of this context and vocabulary whose shape is known:
  /// 2N + 2 context layers width + 2 vocabulary width, of which F(N) is the approximation by N alone.
  public func forwardFLOPs(parameters: Double, layers: Double, width: Double) -> Double {
    2 * (parameters + context * layers * width + vocabulary * width)
  }

  /// Training FLOPs 3 F(N) D: a backward pass costs twice a forward one.
  public func trainingFLOPs(parameters: Double, tokens: Double) -> Double {
    3 * forwardFLOPs(parameters: parameters) * tokens
  }

  /// Tokens D that `compute` FLOPs train a model with `parameters` on.
  public func tokens(compute: Double, parameters: Double) -> Double {
    compute / (3 * forwardFLOPs(parameters: parameters))
  }
}
