import Artifacts

/// A model of the paper's family, a row of its table 13.
public struct PaperModel: Sendable, Hashable {
  /// As the paper names it: `546M`.
  public let name: String
  /// Non-embedding parameters N, to the digits that the table prints.
  public let parameters: Double
  public let layers: Int
  public let feedForwardWidth: Int

  /// The aspect ratio is 128 throughout.
  public var width: Int { 128 * layers }

  /// As a run's log holds it. The table has no heads; those of the family have 128 components.
  var record: RunRecord.Model {
    RunRecord.Model(
      layers: layers, width: width, feedForwardWidth: feedForwardWidth, heads: layers, context: 4096,
      vocabulary: 32168)
  }

  /// The 33 models, from 8 layers to 40.
  ///
  /// One row does not follow from its own columns: a 10B model of 37 layers with the feed-forward width
  /// 12672 has 9.98 billion weights, where N is printed as 10.05 billion. N is what the laws are fitted to,
  /// so it stands.
  public static let table: [PaperModel] = rows.enumerated().map { index, row in
    PaperModel(
      name: row.name, parameters: row.millions * 1e6, layers: 8 + index, feedForwardWidth: row.feedForwardWidth)
  }

  private static let rows: [(name: String, millions: Double, feedForwardWidth: Int)] = [
    ("103M", 102.8, 2816), ("143M", 143.4, 3072), ("198M", 198.3, 3456), ("266M", 265.7, 3840),
    ("340M", 339.8, 4096), ("435M", 434.8, 4480), ("546M", 546, 4864), ("664M", 663.6, 5120),
    ("810M", 809.6, 5504), ("975M", 975.5, 5888), ("1.15B", 1147, 6144), ("1.35B", 1355, 6528),
    ("1.59B", 1586, 6912), ("1.82B", 1821, 7168), ("2.1B", 2102, 7552), ("2.41B", 2410, 7936),
    ("2.72B", 2718, 8192), ("3.08B", 3082, 8576), ("3.48B", 3478, 8960), ("3.87B", 3870, 9216),
    ("4.33B", 4329, 9600), ("4.82B", 4823, 9984), ("5.31B", 5309, 10240), ("5.87B", 5873, 10624),
    ("6.48B", 6476, 11008), ("7.07B", 7066, 11264), ("7.75B", 7747, 11648), ("8.47B", 8470, 12032),
    ("9.17B", 9173, 12288), ("10B", 10050, 12672), ("10.8B", 10840, 13056), ("11.7B", 11660, 13312),
    ("12.6B", 12610, 13696),
  ]

  /// The models of these names, in the table's order.
  static func named(_ names: String) -> [PaperModel] {
    let wanted = Set(names.split(separator: " "))
    return table.filter { wanted.contains(Substring($0.name)) }
  }
}
