import Foundation

/// The supervised loss -log softmax(z)_x, with a Z-loss (log sum exp z)² that keeps the logits small
/// (eq. 4 and 51).
package enum NextTokenLoss {
  /// Turns logits into their gradients in place.
  /// - Parameters:
  ///   - logits: `rows` x `width` lanes; afterwards, the gradient of weight * (loss + zLoss * Z).
  ///   - targets: the token to be predicted, one a row.
  ///   - weight: what each row counts, one over the tokens of the batch.
  ///   - zLoss: weight of the Z-loss.
  /// - Returns: the sum of the next-token losses over the rows, without the Z-loss, in nats.
  package static func gradient(
    _ logits: UnsafeMutablePointer<Lane>, targets: UnsafePointer<UInt8>, rows: Int, width: Int,
    weight: Float, zLoss: Float
  ) -> Double {
    var sum = 0.0
    for row in 0..<rows {
      let z = logits + row * width
      let numbers = z.numbers
      let target = Int(targets[row])
      let atTarget = numbers[target]
      let (largest, total) = exponentiate(z, width: width)
      let logSum = largest + log(total)
      sum += Double(logSum - atTarget)
      let scale = Lane(repeating: weight * (1 + 2 * zLoss * logSum) / total)
      for i in 0..<width { z[i] *= scale }
      numbers[target] -= weight
    }
    return sum
  }

  /// The next-token loss of each row, in nats; destroys the logits.
  package static func losses(
    _ logits: UnsafeMutablePointer<Lane>, targets: UnsafePointer<UInt8>, rows: Int, width: Int,
    into losses: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let z = logits + row * width
      let atTarget = z.numbers[Int(targets[row])]
      let (largest, total) = exponentiate(z, width: width)
      losses[row] = largest + log(total) - atTarget
    }
  }

  /// Replaces a row z by exp(z - max z).
  /// - Returns: max z and the sum of the row.
  @inline(__always)
  static func exponentiate(_ z: UnsafeMutablePointer<Lane>, width: Int) -> (Float, Float) {
    var maxima = z[0]
    for i in 1..<width { maxima = Lane.larger(maxima, z[i]) }
    let largest = maxima.largest
    var total = Lane.zero
    for i in 0..<width {
      z[i] = exp(z[i] - largest)
      total += z[i]
    }
    return (largest, total.total)
  }
}
