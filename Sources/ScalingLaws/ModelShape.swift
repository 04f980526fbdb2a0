/// The shape of a transformer, from which its parameters and multiplications are counted.
public struct ModelShape: Sendable, Hashable {
  public var name: String
  public var layers: Int
  public var width: Int
  public var feedForwardWidth: Int
  /// Matrices of a feed-forward unit: three where it is gated.
  public var feedForwardMatrices = 3
  public var headWidth: Int
  /// Heads of queries, and of keys and values.
  public var heads: Int
  public var keyHeads: Int
  public var context: Int
  public var vocabulary: Int
  /// Whether one matrix embeds tokens and makes the logits.
  public var sharesEmbedding: Bool
  /// Whether N counts the gains of the norms, as the paper's does and the lab's does not.
  public var countsGains: Bool

  public init(
    name: String, layers: Int, width: Int, feedForwardWidth: Int, headWidth: Int, context: Int, vocabulary: Int,
    sharesEmbedding: Bool, countsGains: Bool
  ) {
    self.name = name
    self.layers = layers
    self.width = width
    self.feedForwardWidth = feedForwardWidth
    self.headWidth = headWidth
    heads = width / headWidth
    keyHeads = heads
    self.context = context
    self.vocabulary = vocabulary
    self.sharesEmbedding = sharesEmbedding
    self.countsGains = countsGains
  }

  /// omega = 2 + 2/g + n_ffn rho_ffn (eq. 61), by this model's own feed-forward width.
  package var omega: Double {
    2 + 2 * Double(keyHeads) / Double(heads) + Double(feedForwardMatrices * feedForwardWidth) / Double(width)
  }
}

/// Weights and multiplications of a model, found by going through its layers matrix by matrix. It knows no formula.
public struct ModelCount: Sendable, Hashable {
  /// Weights of the layers' matrices.
  public private(set) var matrixWeights = 0
  /// Gains of the norms.
  public private(set) var gains = 0
  /// Weights of the embedding, and of the matrix of the logits where it is another.
  public private(set) var embeddingWeights = 0
  /// Multiplications in matrix products of a forward pass over a whole context.
  public private(set) var multiplications = 0
  /// Pairs of a query and a key that it may see, in all heads of all layers, over a whole context.
  public private(set) var scores = 0

  private let shape: ModelShape

  public init(_ shape: ModelShape) {
    self.shape = shape
    gains += shape.width
    embeddingWeights = (shape.sharesEmbedding ? 1 : 2) * shape.vocabulary * shape.width
    for _ in 0..<shape.layers {
      gains += 2 * shape.width + 2 * shape.headWidth
      for _ in 0..<shape.heads { apply(from: shape.width, to: shape.headWidth) }
      for _ in 0..<2 * shape.keyHeads { apply(from: shape.width, to: shape.headWidth) }
      for _ in 0..<shape.heads { attend() }
      apply(from: shape.heads * shape.headWidth, to: shape.width)
      for matrix in 0..<shape.feedForwardMatrices {
        let isLast = matrix == shape.feedForwardMatrices - 1
        apply(
          from: isLast ? shape.feedForwardWidth : shape.width, to: isLast ? shape.width : shape.feedForwardWidth)
      }
    }
    // The logits; their matrix is counted with the embedding.
    multiplications += shape.context * shape.width * shape.vocabulary
  }

  /// A matrix at every position.
  private mutating func apply(from inputs: Int, to outputs: Int) {
    matrixWeights += inputs * outputs
    multiplications += shape.context * inputs * outputs
  }

  /// A head of causal attention: the query at position t meets the keys and values of positions 1 to t.
  private mutating func attend() {
    for position in 1...shape.context {
      scores += position
      multiplications += 2 * position * shape.headWidth
    }
  }

  /// N as the study counts it.
  public var nonEmbeddingParameters: Int { matrixWeights + (shape.countsGains ? gains : 0) }
  public var totalParameters: Int { matrixWeights + gains + embeddingWeights }

  /// Forward FLOPs a token of the matrix products, two for a multiplication with its addition: what F(N) stands for.
  public var productFLOPs: Double { 2 * Double(multiplications) / Double(shape.context) }

  /// With five FLOPs a score for the softmax, which is 2.5 n_heads n_ctx a layer, and 2 d_model for the embedding, as the totals of tables 11 and 12 have.
  public var forwardFLOPs: Double {
    productFLOPs + 5 * Double(scores) / Double(shape.context) + 2 * Double(shape.width)
  }
}
