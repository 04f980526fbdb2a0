import Foundation
import ScalingLaws

/// A quantity of a transformer's shape (table 8).
public enum ShapeQuantity: Int, Sendable, Hashable, CaseIterable {
  case ffnMatrices, ffnRatio, groupSize, heads, keyHeads, vocabulary, context, width, ffnWidth, headWidth

  var plain: String {
    switch self {
    case .ffnMatrices: "n_ffn"
    case .ffnRatio: "rho_ffn"
    case .groupSize: "g_size"
    case .heads: "n_heads"
    case .keyHeads: "n_kv-heads"
    case .vocabulary: "n_vocab"
    case .context: "n_ctx"
    case .width: "d_model"
    case .ffnWidth: "d_ffn"
    case .headWidth: "d_head"
    }
  }

  var latex: String {
    let (symbol, index) = (plain.prefix { $0 != "_" }, plain.drop { $0 != "_" }.dropFirst())
    return "\(symbol == "rho" ? "\\rho" : symbol)_{\\text{\(index)}}"
  }

  func value(_ shape: ModelShape) -> Double {
    switch self {
    case .ffnMatrices: Double(shape.feedForwardMatrices)
    case .ffnRatio: Double(shape.feedForwardWidth) / Double(shape.width)
    case .groupSize: Double(shape.heads) / Double(shape.keyHeads)
    case .heads: Double(shape.heads)
    case .keyHeads: Double(shape.keyHeads)
    case .vocabulary: Double(shape.vocabulary)
    case .context: Double(shape.context)
    case .width: Double(shape.width)
    case .ffnWidth: Double(shape.feedForwardWidth)
    case .headWidth: Double(shape.headWidth)
    }
  }
}

/// A sum of products of a shape's quantities: what a component of a model has or costs.
public struct CountExpression: Sendable, Hashable {
  struct Term: Sendable, Hashable {
    var factor: Double
    var powers: [ShapeQuantity: Int]

    /// In how many sizes it grows; ratios are none.
    var degree: Int {
      powers.reduce(0) { [.ffnRatio, .groupSize].contains($1.key) ? $0 : $0 + $1.value }
    }
  }

  private(set) var terms: [Term]

  init(_ terms: [Term] = []) {
    self.terms = []
    for term in terms { add(term) }
  }

  /// `factor` times each of `quantities`.
  init(_ factor: Double, _ quantities: ShapeQuantity...) {
    terms = [Term(factor: factor, powers: Dictionary(quantities.map { ($0, 1) }, uniquingKeysWith: +))]
  }

  static func + (left: CountExpression, right: CountExpression) -> CountExpression {
    CountExpression(left.terms + right.terms)
  }

  private mutating func add(_ term: Term) {
    if let index = terms.firstIndex(where: { $0.powers == term.powers }) {
      terms[index].factor += term.factor
    } else {
      terms.append(term)
    }
  }

  public func value(_ shape: ModelShape) -> Double {
    terms.reduce(0) { sum, term in
      sum + term.powers.reduce(term.factor) { $0 * pow($1.key.value(shape), Double($1.value)) }
    }
  }

  /// With n_heads d_head = d_model, n_heads = g_size n_kv-heads and d_ffn = rho_ffn d_model (tables 10 and 12).
  package var inWidths: CountExpression {
    CountExpression(
      terms.map { term in
        var powers = term.powers
        func take(_ quantity: ShapeQuantity) {
          powers[quantity] = (powers[quantity] ?? 0) > 1 ? (powers[quantity] ?? 0) - 1 : nil
        }
        func give(_ quantity: ShapeQuantity, _ power: Int = 1) { powers[quantity, default: 0] += power }
        while powers[.heads] != nil, powers[.headWidth] != nil {
          take(.heads)
          take(.headWidth)
          give(.width)
        }
        while powers[.keyHeads] != nil, powers[.headWidth] != nil {
          take(.keyHeads)
          take(.headWidth)
          give(.width)
          give(.groupSize, -1)
        }
        while powers[.ffnWidth] != nil {
          take(.ffnWidth)
          give(.width)
          give(.ffnRatio)
        }
        return Term(factor: term.factor, powers: powers)
      })
  }

  var cell: FormattedTable.Cell {
    guard !terms.isEmpty else { return .words("—") }
    // What grows fastest with the model stands first.
    let terms = terms.enumerated().sorted { ($1.element.degree, $0.offset) < ($0.element.degree, $1.offset) }.map(\.element)
    return .formula(
      terms.map { product($0, times: " ", \.plain) { "\($0)^\($1)" } }.joined(separator: " + "),
      latex: terms.map { product($0, times: " ", \.latex) { "\($0)^{\($1)}" } }.joined(separator: " + "))
  }

  private func product(
    _ term: Term, times: String, _ name: (ShapeQuantity) -> String, _ power: (String, Int) -> String
  ) -> String {
    var factors = term.factor == 1 ? [] : [String(format: "%g", term.factor)]
    for quantity in ShapeQuantity.allCases {
      guard let exponent = term.powers[quantity], exponent != 0 else { continue }
      factors.append(exponent == 1 ? name(quantity) : power(name(quantity), exponent))
    }
    return factors.isEmpty ? "1" : factors.joined(separator: times)
  }
}
