import Foundation
import Randomness

/// Where each parameter of a transformer lies in one flat buffer, and how it starts and learns.
///
/// Matrices are row-major, inputs by outputs.
package struct ParameterLayout: Sendable {
  /// How a block scales with the width under muP, and whether it decays.
  package enum Role: Sendable {
    /// Rows looked up by token: a constant learning rate.
    case embedding
    /// A matrix whose number of inputs grows with the width: its learning rate goes down with the width.
    case matrix
    /// A norm's gain: a constant learning rate, no decay.
    case gain
  }

  package struct Block: Sendable {
    package let name: String
    package let offset: Int
    package let count: Int
    package let role: Role
    /// Standard deviation at the start; gains start at one instead.
    package let deviation: Double
  }

  package struct Layer: Sendable {
    package let attentionGain: Block
    package let queryKeyValue: Block
    package let queryGain: Block
    package let keyGain: Block
    package let attentionOutput: Block
    package let feedForwardGain: Block
    package let gateUp: Block
    package let down: Block
  }

  package let embedding: Block
  package let layers: [Layer]
  package let finalGain: Block
  package let output: Block
  package let blocks: [Block]
  package let count: Int

  package init(_ shape: TransformerShape) {
    var blocks = [Block]()
    var offset = 0
    func block(_ name: String, _ count: Int, _ role: Role, deviation: Double = 0) -> Block {
      let block = Block(name: name, offset: offset, count: count, role: role, deviation: deviation)
      offset += count
      blocks.append(block)
      return block
    }
    func gain(_ name: String, _ count: Int) -> Block { block(name, count, .gain) }
    func matrix(_ name: String, _ inputs: Int, _ outputs: Int, scale: Double = 1) -> Block {
      block(name, inputs * outputs, .matrix, deviation: scale / Double(inputs).squareRoot())
    }
    let width = shape.width
    let head = TransformerShape.headWidth
    embedding = block("embedding", shape.vocabulary * width, .embedding, deviation: 1)
    // What is added to the residual stream shrinks with the number of additions.
    let residual = 1 / Double(2 * shape.layers).squareRoot()
    layers = (0..<shape.layers).map { layer in
      Layer(
        attentionGain: gain("\(layer).attentionGain", width),
        queryKeyValue: matrix("\(layer).queryKeyValue", width, 3 * width),
        queryGain: gain("\(layer).queryGain", head),
        keyGain: gain("\(layer).keyGain", head),
        attentionOutput: matrix("\(layer).attentionOutput", width, width, scale: residual),
        feedForwardGain: gain("\(layer).feedForwardGain", width),
        gateUp: matrix("\(layer).gateUp", width, 2 * shape.feedForwardWidth),
        down: matrix("\(layer).down", shape.feedForwardWidth, width, scale: residual))
    }
    finalGain = gain("finalGain", width)
    // The output matrix starts at zero: every token is equally likely at first.
    output = matrix("output", width, shape.vocabulary, scale: 0)
    self.blocks = blocks
    count = offset
  }

  /// Fills `parameters` with their starting values; each block has a random stream of its own.
  package func initialize(_ parameters: FloatBuffer, seed: UInt64) {
    for (index, block) in blocks.enumerated() {
      let target = parameters.pointer + block.offset
      switch block.role {
      case .gain:
        target.update(repeating: 1, count: block.count)
      case .embedding, .matrix:
        var generator = CounterGenerator(seed: seed, stream: UInt64(1 + index))
        for i in 0..<block.count { target[i] = Float(generator.normal() * block.deviation) }
      }
    }
  }
}
