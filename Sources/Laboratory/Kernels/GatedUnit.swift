/// The gated feed-forward unit: hidden = silu(gate) * up, with gate and up side by side in a row.
package enum GatedUnit {
  /// - Parameters:
  ///   - gateUp: `rows` x 2 `width` lanes, a row's gates before its ups.
  ///   - hidden: where the result goes, `rows` x `width` lanes.
  package static func forward(
    _ gateUp: UnsafeMutablePointer<Lane>, into hidden: UnsafeMutablePointer<Lane>, rows: Int, width: Int
  ) {
    for row in 0..<rows {
      let gate = gateUp + row * 2 * width
      let up = gate + width
      let hidden = hidden + row * width
      for i in 0..<width { hidden[i] = gate[i] * sigmoid(gate[i]) * up[i] }
    }
  }

  /// Writes the gradient by `gateUp`, given the gradient by `hidden`.
  package static func backward(
    _ dhidden: UnsafeMutablePointer<Lane>, gateUp: UnsafeMutablePointer<Lane>,
    into dgateUp: UnsafeMutablePointer<Lane>, rows: Int, width: Int
  ) {
    for row in 0..<rows {
      let gate = gateUp + row * 2 * width
      let up = gate + width
      let dgate = dgateUp + row * 2 * width
      let dup = dgate + width
      let dhidden = dhidden + row * width
      for i in 0..<width {
        let s = sigmoid(gate[i])
        let silu = gate[i] * s
        dup[i] = dhidden[i] * silu
        // d silu / d gate = s + silu (1 - s)
        dgate[i] = dhidden[i] * up[i] * (silu - silu * s + s)
      }
    }
  }
}
