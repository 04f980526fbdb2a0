/// What the paper's table 3 says of where the compute of the optimum goes, for some students and budgets.
public struct PrintedComputeUse: Sendable {
  /// Whether its students are the smallest, up to 3B, or the largest, from 10B.
  public let isSmall: Bool
  /// FLOPs: up to 1e21, or from 1e25.
  public let budgets: ClosedRange<Double>
  /// In our words.
  public let words: String

  public static let table = [
    PrintedComputeUse(isSmall: true, budgets: 1e20...1e21, words: "mostly teacher pretraining"),
    PrintedComputeUse(
      isSmall: true, budgets: 1e25...1e26,
      words: "student training and logits alike, much less teacher pretraining"),
    PrintedComputeUse(isSmall: false, budgets: 1e20...1e21, words: "mostly student training"),
    PrintedComputeUse(
      isSmall: false, budgets: 1e25...1e26, words: "student training, logits and teacher pretraining alike"),
  ]
}
