/// What is asked of distillation laws beside their coefficients and losses, such as what to do with a budget: what a law
/// answers, and how well laws with another answer fit.
///
/// Estimation knows no plans. Whoever does says here what it needs to know of them.
public struct LawQuestion: Sendable {
  /// What is asked, in words.
  package let meaning: String
  /// The answers of the law that the question was made with, by name.
  package let nominal: [String: Double]
  /// What laws answer, by name, from their coefficients by printed names. The model may be any of the law.
  package let answers:
    @Sendable (_ model: DistillationModel) -> @Sendable (_ coefficients: [String: Double]) -> [String: Double]
  /// What is profiled.
  package let quantities: @Sendable (_ model: DistillationModel) -> [ProfiledQuantity<DistillationModel.Point>]
  /// The profiles of what follows from the profiled quantities.
  package let consequences: @Sendable (_ profiles: [Profile]) -> [Profile]

  package init(
    meaning: String, nominal: [String: Double],
    answers: @escaping @Sendable (DistillationModel) -> @Sendable ([String: Double]) -> [String: Double],
    quantities: @escaping @Sendable (DistillationModel) -> [ProfiledQuantity<DistillationModel.Point>],
    consequences: @escaping @Sendable ([Profile]) -> [Profile]
  ) {
    self.meaning = meaning
    self.nominal = nominal
    self.answers = answers
    self.quantities = quantities
    self.consequences = consequences
  }
}
