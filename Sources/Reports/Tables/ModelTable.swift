import PaperStudy
import ScalingLaws

/// Table 13: a study's models, their forward FLOPs a token by counted multiplications, and how far the formulas that
/// know N alone are from them.
public struct ModelTable: Sendable, Hashable {
  public struct Row: Sendable, Hashable {
    public var shape: ModelShape
    public var count: ModelCount
    /// 2N.
    public var twiceParameters: Double
    /// Eq. 69 with the model's own omega.
    public var approximation: Double
    /// F(N), eq. 69 with the family's omega, as every law and plan here has it.
    public var familyFLOPs: Double
    public var printed: PrintedModel?

    /// Relative errors against the counted FLOPs.
    public func error(_ value: Double) -> Double { value / count.forwardFLOPs - 1 }
  }

  public var study: String
  public var rows: [Row]

  public init(study: String, shapes: [ModelShape]) {
    self.study = study
    let printed = Dictionary(PrintedModel.table.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    rows = shapes.map { shape in
      let count = ModelCount(shape), parameters = Double(count.nonEmbeddingParameters)
      let ratio = Double(shape.width) / Double(shape.layers)
      func flops(_ omega: Double) -> Double {
        ModelFamily(
          aspectRatio: ratio, weightsPerSquaredWidth: omega, context: Double(shape.context),
          vocabulary: Double(shape.vocabulary)
        ).forwardFLOPs(parameters: parameters)
      }
      return Row(
        shape: shape, count: count, twiceParameters: 2 * parameters, approximation: flops(shape.omega),
        familyFLOPs: flops(12), printed: printed[shape.name])
    }
  }

  public var table: FormattedTable {
    let hasPrinted = rows.contains { $0.printed != nil }
    var columns: [FormattedTable.Column] = [
      .init("model", "model"),
      .init("parameters", "N", latex: "$N$", isNumber: true),
      .init("totalParameters", "N total", latex: "$N_{\\text{total}}$", isNumber: true),
      .init("layers", "layers", latex: "$n_{\\text{layers}}$", isNumber: true),
      .init("width", "width", latex: "$d_{\\text{model}}$", isNumber: true),
      .init("feedForwardWidth", "feed-forward width", latex: "$d_{\\text{ff}}$", isNumber: true),
      .init("forwardFLOPs", "C_fwd counted", latex: "$C_{\\text{fwd}}$ counted", isNumber: true),
      .init("twiceParameters", "2N", latex: "$2N$", isNumber: true),
      .init("twiceParametersError", "error", isNumber: true),
      .init("approximation", "eq. 69", latex: "eq.~69", isNumber: true),
      .init("approximationError", "error", isNumber: true),
      .init("familyFLOPs", "F(N)", latex: "$F(N)$", isNumber: true),
      .init("familyFLOPsError", "error", isNumber: true),
    ]
    if hasPrinted { columns.append(.init("printedForwardFLOPs", "C_fwd printed", isNumber: true)) }
    return FormattedTable(
      number: 13, title: "the models, study `\(study)`", notes: notes, columns: columns,
      rows: rows.map { row in
        func error(_ value: Double) -> FormattedTable.Cell { .share(row.error(value), decimals: 2) }
        let shape = row.shape
        var cells: [FormattedTable.Cell] = [
          .words(shape.name), .large(Double(row.count.nonEmbeddingParameters), digits: 4),
          .large(Double(row.count.totalParameters), digits: 4), .words("\(shape.layers)"), .words("\(shape.width)"),
          .words("\(shape.feedForwardWidth)"), .large(row.count.forwardFLOPs, digits: 4),
          .large(row.twiceParameters, digits: 4), error(row.twiceParameters),
          .large(row.approximation, digits: 4), error(row.approximation), .large(row.familyFLOPs, digits: 4),
          error(row.familyFLOPs),
        ]
        if hasPrinted { cells.append(row.printed.map { .large(1e9 * $0.forwardFLOPs, digits: 4) } ?? .empty) }
        return cells
      })
  }

  private var notes: [String] {
    var notes = [
      "C_fwd is counted by going through the layers' matrix products, causal attention position by position: two FLOPs "
        + "a multiplication, five a score for the softmax, and 2 d_model for the embedding. Errors are against it.",
      "Eq. 69 has the omega of the model's own, rounded feed-forward width; F(N), which all laws and plans here use, has "
        + "omega = 12 throughout.",
    ]
    if rows.contains(where: { $0.printed != nil }) {
      notes.append(
        "The paper's totals and FLOPs follow from a vocabulary of 32768, which stands here, and not from the 32168 of its "
          + "text, which F(N) has elsewhere in this study. The paper prints a feed-forward width of 12672 for the 10B model; "
          + "its N needs 12800. The printed C_fwd holds the softmax of about 16 heads at every size; with heads of 128 "
          + "components there are d_model / 128.")
    }
    return notes
  }
}
