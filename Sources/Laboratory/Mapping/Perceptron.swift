import Foundation
import Randomness

/// Sizes of a network with two hidden layers of one width.
package struct PerceptronShape: Hashable, Sendable {
  package let inputs: Int
  package let width: Int
  package let classes: Int

  package init(inputs: Int, width: Int, classes: Int) {
    self.inputs = inputs
    self.width = width
    self.classes = classes
  }

  /// Columns of the logits: classes, filled up to whole lanes with classes that are never likely.
  package var columns: Int { (classes + 7) & ~7 }

  /// Weights and biases, without those that only fill lanes.
  package var parameters: Int {
    (inputs + 1) * width + (width + 1) * width + (width + 1) * classes
  }

  /// FLOPs of training on a sample: 3 times 2 N, as in the laws.
  package var trainingFLOPs: Double { 6 * Double(parameters) }
}

/// A network with two hidden layers of rectified units, and its gradient, for a batch at a time.
///
/// All parameters lie in one buffer: each layer's matrix, inputs by outputs, then its biases.
package final class Perceptron {
  package static let batch = 512
  /// Bias of a class that only fills a lane.
  private static let never: Float = -1e4

  package let shape: PerceptronShape
  /// Numbers in a buffer of parameters, whole lanes of them.
  package let count: Int
  /// Rows of `columns` logits; ``backward(_:rows:parameters:gradient:)`` expects their gradient here.
  package let logits: FloatBuffer
  private let first: FloatBuffer
  private let second: FloatBuffer
  private let gradientBuffer: FloatBuffer
  private let ones: FloatBuffer

  private struct Layer {
    let inputs: Int
    let outputs: Int
    let matrix: Int
    var bias: Int { matrix + inputs * outputs }
    var end: Int { bias + outputs }
  }

  private let layers: [Layer]

  package init(_ shape: PerceptronShape) {
    self.shape = shape
    var layers = [Layer]()
    for (inputs, outputs) in [
      (shape.inputs, shape.width), (shape.width, shape.width), (shape.width, shape.columns),
    ] {
      layers.append(Layer(inputs: inputs, outputs: outputs, matrix: layers.last?.end ?? 0))
    }
    self.layers = layers
    count = (layers[2].end + 7) & ~7
    logits = FloatBuffer(count: Self.batch * shape.columns)
    first = FloatBuffer(count: Self.batch * shape.width)
    second = FloatBuffer(count: Self.batch * shape.width)
    gradientBuffer = FloatBuffer(count: Self.batch * shape.width)
    ones = FloatBuffer(count: Self.batch)
    ones.pointer.update(repeating: 1, count: Self.batch)
  }

  /// Starting values, uniform within 1 / root of the number of inputs for weights and biases alike, as PyTorch's
  /// linear layers have them. Each layer draws from streams of its own, from `stream` on.
  package func initialize(_ parameters: FloatBuffer, seed: UInt64, stream: UInt64) {
    for (index, layer) in layers.enumerated() {
      var generator = CounterGenerator(seed: seed, stream: stream + UInt64(index))
      let bound = 1 / Double(layer.inputs).squareRoot()
      let classes = index == 2 ? shape.classes : layer.outputs
      // The biases are the row after the matrix's last.
      for row in 0...layer.inputs {
        let target = parameters.pointer + layer.matrix + row * layer.outputs
        for column in 0..<classes { target[column] = Float((2 * generator.uniform() - 1) * bound) }
        let filler = row == layer.inputs ? Self.never : 0
        for column in classes..<layer.outputs { target[column] = filler }
      }
    }
  }

  /// The logits of `rows` inputs, at most a batch.
  package func forward(_ inputs: UnsafeMutablePointer<Float>, rows: Int, parameters: FloatBuffer) {
    apply(layers[0], to: inputs, into: first, rows: rows, parameters: parameters)
    rectify(first, count: rows * shape.width)
    apply(layers[1], to: first.pointer, into: second, rows: rows, parameters: parameters)
    rectify(second, count: rows * shape.width)
    apply(layers[2], to: second.pointer, into: logits, rows: rows, parameters: parameters)
  }

  /// The gradient by all parameters, after ``forward(_:rows:parameters:)`` on the same inputs and with the gradient
  /// by the logits in their place.
  package func backward(
    _ inputs: UnsafeMutablePointer<Float>, rows: Int, parameters: FloatBuffer, gradient: FloatBuffer
  ) {
    let hidden = rows * shape.width
    differentiate(layers[2], input: second.pointer, output: logits.pointer, rows: rows, into: gradient)
    MatrixProduct.inputGradient(
      logits.pointer, parameters.pointer + layers[2].matrix, into: gradientBuffer.pointer, rows: rows,
      inner: shape.width, columns: shape.columns)
    // The second layer's outputs are needed no more, and become their gradient.
    mask(second, by: gradientBuffer, count: hidden)
    differentiate(layers[1], input: first.pointer, output: second.pointer, rows: rows, into: gradient)
    MatrixProduct.inputGradient(
      second.pointer, parameters.pointer + layers[1].matrix, into: gradientBuffer.pointer, rows: rows,
      inner: shape.width, columns: shape.width)
    mask(first, by: gradientBuffer, count: hidden)
    differentiate(layers[0], input: inputs, output: first.pointer, rows: rows, into: gradient)
  }

  private func apply(
    _ layer: Layer, to input: UnsafeMutablePointer<Float>, into output: FloatBuffer, rows: Int,
    parameters: FloatBuffer
  ) {
    let bias = parameters.pointer + layer.bias
    for row in 0..<rows { (output.pointer + row * layer.outputs).update(from: bias, count: layer.outputs) }
    MatrixProduct.forward(
      input, parameters.pointer + layer.matrix, into: output.pointer, rows: rows, inner: layer.inputs,
      columns: layer.outputs, accumulating: true)
  }

  private func differentiate(
    _ layer: Layer, input: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Float>, rows: Int,
    into gradient: FloatBuffer
  ) {
    MatrixProduct.weightGradient(
      input, output, into: gradient.pointer + layer.matrix, rows: rows, inner: layer.inputs, columns: layer.outputs)
    MatrixProduct.weightGradient(
      ones.pointer, output, into: gradient.pointer + layer.bias, rows: rows, inner: 1, columns: layer.outputs)
  }

  private func rectify(_ values: FloatBuffer, count: Int) {
    for i in 0..<((count + 7) / 8) { values.lanes[i] = Lane.larger(values.lanes[i], .zero) }
  }

  /// Replaces rectified values by their gradients where they are not zero.
  private func mask(_ values: FloatBuffer, by gradient: FloatBuffer, count: Int) {
    for i in 0..<((count + 7) / 8) {
      let value = values.lanes[i]
      values.lanes[i] = gradient.lanes[i].replacing(with: Lane.zero, where: value .<= Lane.zero)
    }
  }
}
