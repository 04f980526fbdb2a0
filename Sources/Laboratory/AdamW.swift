import Foundation

/// AdamW with decoupled weight decay (Loshchilov and Hutter 2019) and gradient clipping.
package final class AdamW {
  struct Recipe {
    var beta1: Double
    var beta2: Double
    var epsilon: Double
    /// Decoupled weight decay a step at the peak of the schedule.
    var weightDecay: Double
    /// The gradient is scaled down to this norm where it is longer.
    var gradientNorm: Double
  }

  /// Parameters that learn alike; both numbers are multiples of a lane.
  struct Block {
    var offset: Int
    var count: Int
    var peakLearningRate: Double
    var decays: Bool
  }

  let blocks: [Block]
  let firstMoment: FloatBuffer
  let secondMoment: FloatBuffer
  private let recipe: Recipe

  /// - Parameter count: parameters in all.
  init(_ blocks: [Block], count: Int, recipe: Recipe) {
    self.blocks = blocks
    self.recipe = recipe
    firstMoment = FloatBuffer(count: count)
    secondMoment = FloatBuffer(count: count)
  }

  /// The laboratory's simple muP: a matrix learns at the peak rate times base width / width, embeddings and
  /// gains at the peak rate.
  convenience init(_ layout: ParameterLayout, configuration c: TrainingConfiguration) {
    let blocks = layout.blocks.map { block in
      let scale = block.role == .matrix ? Double(c.baseWidth) / Double(c.shape.width) : 1
      return Block(
        offset: block.offset, count: block.count, peakLearningRate: c.peakLearningRate * scale,
        decays: block.role != .gain)
    }
    self.init(
      blocks, count: layout.count,
      recipe: Recipe(
        beta1: c.beta1, beta2: c.beta2, epsilon: c.epsilon, weightDecay: c.weightDecay,
        gradientNorm: c.gradientNorm))
  }

  /// Adds up the shards' gradients in order, into the first.
  /// - Returns: the norm of the sum.
  static func combine(_ gradients: [FloatBuffer]) -> Double {
    let target = gradients[0].lanes
    let count = gradients[0].count / 8
    for other in gradients.dropFirst() {
      let source = other.lanes
      for i in 0..<count { target[i] += source[i] }
    }
    var squares = 0.0
    for start in stride(from: 0, to: count, by: 1024) {
      var sum = Lane.zero
      for i in start..<min(count, start + 1024) { sum.addProduct(target[i], target[i]) }
      squares += Double(sum.total)
    }
    return squares.squareRoot()
  }

  /// One step, counted from zero, down the gradient.
  /// - Parameter schedule: share of the peak learning rate.
  func update(_ parameters: FloatBuffer, gradient: FloatBuffer, norm: Double, step: Int, schedule: Double) {
    let c = recipe
    let clip = Float(norm > c.gradientNorm ? c.gradientNorm / norm : 1)
    let beta1 = Lane(repeating: Float(c.beta1)), beta2 = Lane(repeating: Float(c.beta2))
    let fresh1 = Lane(repeating: Float(1 - c.beta1) * clip)
    let fresh2 = Lane(repeating: Float(1 - c.beta2) * clip * clip)
    let correction1 = 1 - pow(c.beta1, Double(step + 1))
    let correction2 = Lane(repeating: Float(1 / (1 - pow(c.beta2, Double(step + 1)))))
    let epsilon = Float(c.epsilon)
    for block in blocks {
      let rate = Lane(repeating: Float(-block.peakLearningRate * schedule / correction1))
      let keep = block.decays ? Float(1 - c.weightDecay * schedule) : Float(1)
      let p = (parameters.pointer + block.offset).lanes
      let g = (gradient.pointer + block.offset).lanes
      let m = (firstMoment.pointer + block.offset).lanes
      let v = (secondMoment.pointer + block.offset).lanes
      for i in 0..<(block.count / 8) {
        let m1 = (g[i] * fresh1).addingProduct(m[i], beta1)
        let v1 = (g[i] * g[i] * fresh2).addingProduct(v[i], beta2)
        m[i] = m1
        v[i] = v1
        let root = squareRoot(v1 * correction2) + epsilon
        p[i] = (p[i] * keep).addingProduct(m1 / root, rate)
      }
    }
  }

  /// Square roots to within a few ulp, by three Newton steps towards the reciprocal root; the library's
  /// function goes number by number.
  @inline(__always)
  private func squareRoot(_ x: Lane) -> Lane {
    let positive = x + Float(1e-36)
    let bits = unsafeBitCast(positive, to: SIMD8<Int32>.self)
    var y = unsafeBitCast(SIMD8<Int32>(repeating: 0x5F37_59DF) &- (bits &>> 1), to: Lane.self)
    let half = positive * 0.5
    for _ in 0..<3 {
      y *= Lane(repeating: 1.5) - half * y * y
    }
    return x * y
  }
}
