import Foundation
import Laboratory
import Randomness
import Testing

@Suite struct TransformerTests {
  static let shape = TransformerShape(layers: 2, width: 16, feedForwardWidth: 24, context: 16, vocabulary: 16)

  /// The whole model's gradient, block by block, from parameters that are off their starting values, so
  /// that no gradient vanishes.
  @Test func everyGradientAgreesWithFiniteDifferences() {
    let model = Transformer(Self.shape, sequences: 2)
    let parameters = randomBuffer(model.layout.count, stream: 9, scale: 0.3)
    for block in model.layout.blocks where block.role == .gain {
      for i in 0..<block.count { parameters.pointer[block.offset + i] += 1 }
    }
    var generator = CounterGenerator(seed: 4)
    let tokens = (0..<model.rows).map { _ in UInt8.random(in: 0..<16, using: &generator) }
    let targets = (0..<model.rows).map { _ in UInt8.random(in: 0..<16, using: &generator) }
    let losses = FloatBuffer(count: model.rows)
    let loss: () -> Double = {
      model.forward(tokens, parameters: parameters)
      NextTokenLoss.losses(
        model.logits.lanes, targets: targets, rows: model.rows, width: 2, into: losses.pointer)
      return (0..<model.rows).reduce(0) { $0 + Double(losses.pointer[$1]) } / Double(model.rows)
    }
    model.forward(tokens, parameters: parameters)
    _ = NextTokenLoss.gradient(
      model.logits.lanes, targets: targets, rows: model.rows, width: 2, weight: 1 / Float(model.rows), zLoss: 0)
    let gradients = FloatBuffer(count: model.layout.count)
    model.backward(tokens, parameters: parameters, gradients: gradients)
    for block in model.layout.blocks {
      expectGradient(
        gradients.pointer + block.offset, of: parameters.pointer + block.offset, count: block.count,
        tolerance: 1e-2, block.name, loss: loss)
    }
  }

  @Test func noTokenSeesItsFuture() {
    let model = Transformer(Self.shape, sequences: 1)
    let parameters = randomBuffer(model.layout.count, stream: 9, scale: 0.3)
    var tokens = [UInt8](repeating: 3, count: 16)
    model.forward(tokens, parameters: parameters)
    let before = (0..<16 * 16).map { model.logits.pointer[$0] }
    tokens[9] = 5
    model.forward(tokens, parameters: parameters)
    let after = (0..<16 * 16).map { model.logits.pointer[$0] }
    #expect(before[..<(9 * 16)] == after[..<(9 * 16)])
    #expect(before[(9 * 16)...] != after[(9 * 16)...])
  }

  @Test(arguments: 2...11) func parametersFollowTheFamily(layers: Int) {
    let shape = TransformerShape(layers: layers)
    let layout = ParameterLayout(shape)
    let weights = layout.blocks.filter { $0.role == .matrix && $0.name != "output" }
    #expect(weights.reduce(0) { $0 + $1.count } == shape.nonEmbeddingParameters)
    // omega = 12 but for the rounding of the feed-forward width.
    let ideal = 12 * Double(layers * shape.width * shape.width)
    #expect(Double(shape.nonEmbeddingParameters) >= ideal)
    #expect(Double(shape.nonEmbeddingParameters) < ideal * 1.09)
  }
}
