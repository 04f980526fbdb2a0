/// Root-mean-square normalisation: y = x r g with r = 1 / sqrt(mean(x²) + epsilon), for each row.
package enum RootMeanSquareNorm {
  package static let epsilon: Float = 1e-6

  /// - Parameters:
  ///   - x: `rows` x 8 `width` numbers.
  ///   - gain: g, 8 `width` numbers.
  ///   - y: where the result goes, shaped like x.
  ///   - reciprocal: where r goes, a number a row.
  ///   - width: lanes a row.
  package static func forward(
    _ x: UnsafeMutablePointer<Lane>, gain: UnsafeMutablePointer<Lane>, into y: UnsafeMutablePointer<Lane>,
    reciprocal: UnsafeMutablePointer<Float>, rows: Int, width: Int
  ) {
    let scale = 1 / Float(width * 8)
    for row in 0..<rows {
      let x = x + row * width
      let y = y + row * width
      var squares = Lane.zero
      for i in 0..<width { squares.addProduct(x[i], x[i]) }
      let r = 1 / (squares.total * scale + epsilon).squareRoot()
      reciprocal[row] = r
      for i in 0..<width { y[i] = x[i] * r * gain[i] }
    }
  }

  /// Adds the gradient by x to `dx` and the gradient by the gain to `dgain`, given dy, the gradient by y.
  package static func backward(
    _ dy: UnsafeMutablePointer<Lane>, x: UnsafeMutablePointer<Lane>, gain: UnsafeMutablePointer<Lane>,
    reciprocal: UnsafeMutablePointer<Float>, addingTo dx: UnsafeMutablePointer<Lane>,
    gainGradient dgain: UnsafeMutablePointer<Lane>, rows: Int, width: Int
  ) {
    let scale = 1 / Float(width * 8)
    for row in 0..<rows {
      let x = x + row * width
      let dy = dy + row * width
      let dx = dx + row * width
      let r = reciprocal[row]
      var dot = Lane.zero
      for i in 0..<width {
        let product = dy[i] * x[i]
        dgain[i].addProduct(product, Lane(repeating: r))
        dot.addProduct(product, gain[i])
      }
      let shrink = Lane(repeating: -dot.total * scale * r * r * r)
      for i in 0..<width {
        dx[i] += (dy[i] * gain[i] * r).addingProduct(x[i], shrink)
      }
    }
  }
}
