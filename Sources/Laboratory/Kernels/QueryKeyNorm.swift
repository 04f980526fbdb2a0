import Foundation

/// Normalises each head's query and key to unit root mean square, applies a gain and turns them by the
/// rotary angle of their position (Su et al. 2021). Head vectors have eight components: one lane.
package struct QueryKeyNorm {
  /// Queries leave multiplied by this, so that attention's 2^(q . k) is e^(q . k / sqrt(8)).
  package static let queryScale: Float = log2e / Float(8).squareRoot()
  /// Wavelengths from 6 to 200 tokens, the span of the context. With the usual 10,000, half of a head's few
  /// components would hardly turn: they match text at any distance, and the skill to copy with them sets in late
  /// and suddenly, so that the loss falls in a step.
  package static let rotaryBase = 100.0

  /// Cosines of the rotary angles, a lane a position.
  private let cosines: [Lane]
  /// Sines with the sign of the rotation: minus in the first half of the lane.
  private let sines: [Lane]

  package init(context: Int) {
    var cosines = [Lane](), sines = [Lane]()
    for position in 0..<context {
      var cosine = Lane.zero, sine = Lane.zero
      for pair in 0..<4 {
        let angle = Double(position) * pow(Self.rotaryBase, -Double(pair) / 4)
        cosine[pair] = Float(cos(angle))
        cosine[pair + 4] = cosine[pair]
        sine[pair] = -Float(sin(angle))
        sine[pair + 4] = -sine[pair]
      }
      cosines.append(cosine)
      sines.append(sine)
    }
    self.cosines = cosines
    self.sines = sines
  }

  @inline(__always)
  private static func swapHalves(_ x: Lane) -> Lane {
    Lane(lowHalf: x.highHalf, highHalf: x.lowHalf)
  }

  /// Normalised and turned copies of `heads` vectors a row, `rows` rows of consecutive positions.
  /// - Parameters:
  ///   - x: the vectors, `stride` lanes a row.
  ///   - gain: the gain, shared by all heads.
  ///   - scale: what the result is multiplied by.
  ///   - y: where the result goes, `heads` lanes a row.
  package func forward(
    _ x: UnsafeMutablePointer<Lane>, stride: Int, gain: Lane, scale: Float,
    into y: UnsafeMutablePointer<Lane>, rows: Int, heads: Int
  ) {
    let gain = gain * scale
    cosines.withUnsafeBufferPointer { cosines in
      sines.withUnsafeBufferPointer { sines in
        for row in 0..<rows {
          let position = row % cosines.count
          for head in 0..<heads {
            let value = x[row * stride + head]
            let r = 1 / ((value * value).total / 8 + RootMeanSquareNorm.epsilon).squareRoot()
            let normal = value * r * gain
            y[row * heads + head] = (normal * cosines[position])
              .addingProduct(Self.swapHalves(normal), sines[position])
          }
        }
      }
    }
  }

  /// The gradient by x, written to `dx`, given dy; adds the gradient by the gain to `gainGradient`.
  package func backward(
    _ dy: UnsafeMutablePointer<Lane>, x: UnsafeMutablePointer<Lane>, stride: Int, gain: Lane,
    scale: Float, into dx: UnsafeMutablePointer<Lane>, gainGradient: inout Lane, rows: Int, heads: Int
  ) {
    var total = Lane.zero
    cosines.withUnsafeBufferPointer { cosines in
      sines.withUnsafeBufferPointer { sines in
        for row in 0..<rows {
          let position = row % cosines.count
          for head in 0..<heads {
            let value = x[row * stride + head]
            let r = 1 / ((value * value).total / 8 + RootMeanSquareNorm.epsilon).squareRoot()
            let turned = dy[row * heads + head]
            // The transpose of a rotation is the rotation back.
            let back = ((turned * cosines[position]) - Self.swapHalves(turned) * sines[position]) * scale
            let normal = value * r
            total.addProduct(back, normal)
            let inner = back * gain
            dx[row * stride + head] = (inner - normal * ((inner * normal).total / 8)) * r
          }
        }
      }
    }
    gainGradient += total
  }
}
