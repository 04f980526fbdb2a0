import ScalingLaws

/// The shape of a member of the laboratory's family of transformers.
///
/// All members have the aspect ratio width / layers = 8, heads of eight components (as many heads as
/// layers), and a gated feed-forward unit of about 8/3 of the width.
public struct TransformerShape: Codable, Hashable, Sendable {
  public var layers: Int
  public var width: Int
  public var feedForwardWidth: Int
  /// Tokens a sequence.
  public var context: Int
  public var vocabulary: Int

  /// Components of a head's queries, keys and values: one vector register.
  public static let headWidth = 8

  public init(layers: Int, width: Int, feedForwardWidth: Int, context: Int, vocabulary: Int) {
    self.layers = layers
    self.width = width
    self.feedForwardWidth = feedForwardWidth
    self.context = context
    self.vocabulary = vocabulary
  }

  /// The member with `layers` layers: width 8 `layers`, a feed-forward width of 8/3 of that, rounded up to a
  /// multiple of 8.
  public init(layers: Int) {
    let width = 8 * layers
    self.init(
      layers: layers, width: width, feedForwardWidth: (width * 8 / 3 + 7) / 8 * 8,
      context: Self.familyContext, vocabulary: Self.familyVocabulary)
  }

  public static let familyContext = 128
  public static let familyVocabulary = 128

  public var heads: Int { width / Self.headWidth }

  /// Weights N of the layers' matrices: what the laws call non-embedding parameters. Embeddings, the output
  /// matrix and the gains of the norms are not in it, as in the paper's omega.
  public var nonEmbeddingParameters: Int {
    layers * (4 * width * width + 3 * width * feedForwardWidth)
  }

  /// The constants of F(N) for this family.
  public var family: ModelFamily {
    ModelFamily(
      aspectRatio: Double(width) / Double(layers), context: Double(context),
      vocabulary: Double(vocabulary))
  }
}
