import Formats

/// A model of the paper's family, a row of its table 13.
///
/// N follows from the shape: attention and gated feed-forward weights, and the gains of the norms, which the
/// paper counts. It agrees with the printed N to its four digits.
public struct PaperModel: Sendable, Hashable {
  /// As the paper names it: `546M`.
  public let name: String
  public let layers: Int
  public let feedForwardWidth: Int

  /// The aspect ratio is 128 throughout.
  public var width: Int { 128 * layers }

  /// Non-embedding parameters N. Heads have 128 components, as many as each layer's gains of queries and of
  /// keys.
  public var parameters: Double {
    let layer = width * (4 * width + 3 * feedForwardWidth) + 2 * width + 2 * 128
    return Double(layers * layer + width)
  }

  /// As a run's log holds it.
  var record: RunRecord.Model {
    RunRecord.Model(
      layers: layers, width: width, feedForwardWidth: feedForwardWidth, heads: layers, context: 4096,
      vocabulary: 32168)
  }

  /// The 33 models, from 8 layers to 40.
  public static let table: [PaperModel] = rows.enumerated().map { index, row in
    PaperModel(name: row.name, layers: 8 + index, feedForwardWidth: row.feedForwardWidth)
  }

  // The table prints 12672 for the 10B model; its N, 10.05 billion, needs 12800.
  private static let rows: [(name: String, feedForwardWidth: Int)] = [
    ("103M", 2816), ("143M", 3072), ("198M", 3456), ("266M", 3840), ("340M", 4096), ("435M", 4480),
    ("546M", 4864), ("664M", 5120), ("810M", 5504), ("975M", 5888), ("1.15B", 6144), ("1.35B", 6528),
    ("1.59B", 6912), ("1.82B", 7168), ("2.1B", 7552), ("2.41B", 7936), ("2.72B", 8192), ("3.08B", 8576),
    ("3.48B", 8960), ("3.87B", 9216), ("4.33B", 9600), ("4.82B", 9984), ("5.31B", 10240), ("5.87B", 10624),
    ("6.48B", 11008), ("7.07B", 11264), ("7.75B", 11648), ("8.47B", 12032), ("9.17B", 12288), ("10B", 12800),
    ("10.8B", 13056), ("11.7B", 13312), ("12.6B", 13696),
  ]

  /// The models of these names, in the table's order.
  static func named(_ names: String) -> [PaperModel] {
    let wanted = Set(names.split(separator: " "))
    return table.filter { wanted.contains(Substring($0.name)) }
  }
}
