import ScalingLaws

/// Tables 9 to 12: what each component of a transformer has in parameters and costs in forward FLOPs a token, as four
/// papers count it.
public struct ComponentTables: Sendable {
  /// Who counts, in the order of the tables' columns.
  static let authors = [
    (name: "kaplan", heading: "Kaplan et al. 2020"), (name: "hoffmann", heading: "Hoffmann et al. 2022"),
    (name: "narayanan", heading: "Narayanan et al. 2021"), (name: "busbridge", heading: "Busbridge et al. 2025"),
  ]

  /// A component with one expression for each of ``authors``.
  package struct Component: Sendable {
    var name: String
    /// Whether every layer has it.
    var isInLayer: Bool
    package var counts: [CountExpression]

    init(_ name: String, isInLayer: Bool = true, _ counts: CountExpression...) {
      self.name = name
      self.isInLayer = isInLayer
      self.counts = counts
    }
  }

  public var study: String
  public var shapes: [ModelShape]

  /// - Parameter shapes: the study's models.
  public init(study: String, shapes: [ModelShape]) {
    self.study = study
    self.shapes = shapes
  }

  public var tables: [FormattedTable] {
    [
      table(9, "parameters by component", Self.parameters, isInWidths: false),
      table(10, "parameters by component, in widths", Self.parameters, isInWidths: true),
      table(11, "forward FLOPs a token by component", Self.operations, isInWidths: false),
      table(12, "forward FLOPs a token by component, in widths", Self.operations, isInWidths: true),
    ]
  }

  // MARK: The four counts

  private typealias E = CountExpression
  private static let none = CountExpression()

  /// Table 9. Sums of a layer's parts stand behind them, as the paper has them.
  package static let parameters: [Component] = {
    let embedding = E(1, .vocabulary, .width) + E(1, .context, .width)
    let attention = [
      Component("PreNorm", none, none, E(2, .width), E(1, .width)),
      Component("QKNorm", none, none, none, E(2, .headWidth)),
      Component(
        "QKV", E(3, .heads, .width, .headWidth), E(3, .heads, .width, .headWidth),
        E(3, .heads, .width, .headWidth) + E(3, .heads, .headWidth),
        E(1, .heads, .width, .headWidth) + E(2, .keyHeads, .width, .headWidth)),
      Component(
        "Project", E(1, .heads, .headWidth, .width), E(1, .heads, .headWidth, .width),
        E(1, .heads, .headWidth, .width) + E(1, .width), E(1, .heads, .headWidth, .width)),
    ]
    let feedForward = [
      Component("PreNorm", none, none, E(2, .width), E(1, .width)),
      Component(
        "MLP", E(2, .width, .ffnWidth), E(2, .width, .ffnWidth),
        E(2, .width, .ffnWidth) + E(1, .ffnWidth) + E(1, .width), E(1, .ffnMatrices, .width, .ffnWidth)),
    ]
    return [Component("Embedding", isInLayer: false, embedding, embedding, embedding, E(1, .vocabulary, .width))]
      + layers(attention, feedForward) + [
        Component("OutputNorm", isInLayer: false, none, none, none, E(1, .width)),
        Component("Final logits", isInLayer: false, none, none, none, none),
      ]
  }()

  /// Table 11. Kaplan's logits and values are those of the paper's total for Kaplan: see the table's note.
  package static let operations: [Component] = {
    let projections = E(6, .heads, .width, .headWidth)
    let project = E(2, .heads, .headWidth, .width)
    let full = E(2, .heads, .context, .headWidth), causal = E(1, .heads, .context, .headWidth)
    let mlp = E(4, .width, .ffnWidth), logits = E(2, .vocabulary, .width)
    let attention = [
      Component(
        "QKV", projections, projections, projections,
        E(2, .heads, .width, .headWidth) + E(4, .keyHeads, .width, .headWidth)),
      Component("Logits", causal, full, full, causal),
      Component("Softmax", none, E(3, .heads, .context), none, E(2.5, .heads, .context)),
      Component("Values", causal, full, full, causal),
      Component("Project", project, project, project, project),
    ]
    let feedForward = [Component("MLP", mlp, mlp, mlp, E(2, .ffnMatrices, .width, .ffnWidth))]
    return [Component("Embedding", isInLayer: false, E(4, .width), logits, none, E(2, .width))]
      + layers(attention, feedForward)
      + [Component("Final logits", isInLayer: false, logits, logits, logits, logits)]
  }()

  private static func layers(_ attention: [Component], _ feedForward: [Component]) -> [Component] {
    [(name: "Attention", parts: attention), (name: "Feed-forward", parts: feedForward)].flatMap { name, parts in
      let parts = parts.map { part in
        var part = part
        part.name = "\(name): \(part.name)"
        return part
      }
      guard parts.count > 1 else { return parts }
      var total = Component("\(name): total")
      total.counts = authors.indices.map { author in parts.reduce(CountExpression()) { $0 + $1.counts[author] } }
      return parts + [total]
    }
  }

  /// The whole model by the count of one of ``authors``.
  package static func total(_ components: [Component], author: Int, of shape: ModelShape) -> Double {
    components.filter { !$0.name.hasSuffix(": total") }.reduce(0) { sum, component in
      sum + component.counts[author].value(shape) * (component.isInLayer ? Double(shape.layers) : 1)
    }
  }

  // MARK: Tables

  private func table(
    _ number: Int, _ title: String, _ components: [Component], isInWidths: Bool
  ) -> FormattedTable {
    var rows = components.map { component in
      [FormattedTable.Cell.words(component.name)]
        + component.counts.map { (isInWidths ? $0.inWidths : $0).cell }
    }
    for shape in shapes {
      rows.append(
        [.words("\(shape.name), all layers")]
          + Self.authors.indices.map { .large(Self.total(components, author: $0, of: shape), digits: 4) })
    }
    var notes = [
      "Parts of attention and of the feed-forward unit are of one layer; the last rows are whole models of the study "
        + "`\(study)`, with n_layers layers. A dash: not counted."
    ]
    if isInWidths {
      notes.append("With n_heads d_head = d_model, n_heads = g_size n_kv-heads and d_ffn = rho_ffn d_model.")
    }
    if number > 10 {
      notes.append(
        "Kaplan and the paper count attention causally, half of the scores of the others. The paper prints Kaplan's "
          + "logits and values as 2 n_heads n_ctx d_head each; its total for Kaplan, 2 n_heads d_head (4 d_model + n_ctx), "
          + "holds half of that, which stands here.")
    }
    return FormattedTable(
      number: number, title: "\(title), study `\(study)`", notes: notes,
      columns: [.init("component", "component")]
        + Self.authors.map { .init($0.name, $0.heading) },
      rows: rows)
  }
}
