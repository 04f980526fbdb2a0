/// Causal attention of one head over one sequence, with eight-component heads.
///
/// Queries arrive scaled so that the weight of key j for query i is 2^(q_i . k_j) over the sum of those up to
/// i. Nothing quadratic is kept between the passes: the backward pass computes the weights again, block by
/// block of eight queries, in memory that stays in the first-level cache.
package final class Attention {
  package let context: Int
  /// Keys and values by component: 8 x context.
  private let keysByComponent: FloatBuffer
  private let valuesByComponent: FloatBuffer
  /// Unnormalised weights of a block of eight queries, 8 x context, and the gradients of their exponents.
  private let weights: FloatBuffer
  private let exponentGradients: FloatBuffer
  /// Output gradients over the sums of the weights, a lane a position.
  private let scaledGradients: FloatBuffer
  /// For each of eight queries and the keys of their own places: what takes a future key's product away from
  /// the maximum, and a factor that is zero for future keys and one for the others.
  private let future: FloatBuffer
  private let past: FloatBuffer
  private let keyGradients: FloatBuffer
  private let valueGradients: FloatBuffer

  /// - Parameter context: tokens a sequence, a multiple of 16.
  package init(context: Int) {
    precondition(context % 16 == 0, "the context must be a multiple of 16")
    self.context = context
    keysByComponent = FloatBuffer(count: 8 * context)
    valuesByComponent = FloatBuffer(count: 8 * context)
    weights = FloatBuffer(count: 8 * context)
    exponentGradients = FloatBuffer(count: 8 * context)
    scaledGradients = FloatBuffer(count: 8 * context)
    future = FloatBuffer(count: 64)
    past = FloatBuffer(count: 64)
    for row in 0..<8 {
      for place in 0..<8 {
        future.pointer[row * 8 + place] = place > row ? -1e30 : 0
        past.pointer[row * 8 + place] = place > row ? 0 : 1
      }
    }
    keyGradients = FloatBuffer(count: 8 * context)
    valueGradients = FloatBuffer(count: 8 * context)
  }

  /// Writes the outputs, and for each query its largest product with a key and the reciprocal of the sum of its
  /// weights, which the backward pass needs.
  ///
  /// Strides are in lanes from one position to the next; `maxima` and `reciprocals` hold a number a position.
  package func forward(
    queries: UnsafeMutablePointer<Lane>, keys: UnsafeMutablePointer<Lane>, stride: Int,
    values: UnsafeMutablePointer<Lane>, valueStride: Int,
    outputs: UnsafeMutablePointer<Lane>, outputStride: Int, maxima: UnsafeMutablePointer<Float>,
    reciprocals: UnsafeMutablePointer<Float>
  ) {
    transpose(keys, stride: stride, into: keysByComponent.pointer)
    for first in Swift.stride(from: 0, to: context, by: 8) {
      weigh(
        queries: queries + first * stride, stride: stride, first: first, maxima: maxima, findingMaxima: true)
      let rows = weights.pointer
      let sums = weightedSums(rows, of: values, stride: valueStride, count: first + 8)
      var totals = Lane.zero
      for row in 0..<8 {
        let weights = (rows + row * context).lanes
        var total = Lane.zero
        for block in 0...(first / 8) { total += weights[block] }
        totals[row] = total.total
      }
      let inverse = 1 / totals
      let output = outputs + first * outputStride
      output[0] = sums.0 * inverse[0]
      output[outputStride] = sums.1 * inverse[1]
      output[2 * outputStride] = sums.2 * inverse[2]
      output[3 * outputStride] = sums.3 * inverse[3]
      output[4 * outputStride] = sums.4 * inverse[4]
      output[5 * outputStride] = sums.5 * inverse[5]
      output[6 * outputStride] = sums.6 * inverse[6]
      output[7 * outputStride] = sums.7 * inverse[7]
      for row in 0..<8 { reciprocals[first + row] = inverse[row] }
    }
  }

  /// Writes the gradients by queries, keys and values, given the outputs, their gradients and what
  /// the forward pass wrote.
  package func backward(
    queries: UnsafeMutablePointer<Lane>, keys: UnsafeMutablePointer<Lane>, stride: Int,
    values: UnsafeMutablePointer<Lane>, valueStride: Int,
    outputs: UnsafeMutablePointer<Lane>, outputGradients: UnsafeMutablePointer<Lane>, outputStride: Int,
    maxima: UnsafeMutablePointer<Float>, reciprocals: UnsafeMutablePointer<Float>,
    queryGradients: UnsafeMutablePointer<Lane>, keyGradients keyTarget: UnsafeMutablePointer<Lane>,
    valueGradients valueTarget: UnsafeMutablePointer<Lane>
  ) {
    transpose(keys, stride: stride, into: keysByComponent.pointer)
    transpose(values, stride: valueStride, into: valuesByComponent.pointer)
    keyGradients.clear()
    valueGradients.clear()
    let scaled = scaledGradients.lanes
    for first in Swift.stride(from: 0, to: context, by: 8) {
      weigh(
        queries: queries + first * stride, stride: stride, first: first, maxima: maxima, findingMaxima: false)
      var offsets = Lane.zero
      for row in 0..<8 {
        let position = first + row
        scaled[position] = outputGradients[position * outputStride] * reciprocals[position]
        offsets[row] = (scaled[position] * outputs[position * outputStride]).total
      }
      differentiateWeights(first: first, offsets: offsets)
      accumulateQueries(
        keys: keys, stride: stride, first: first, into: queryGradients + first * stride)
      accumulateKeysAndValues(queries: queries + first * stride, stride: stride, first: first)
    }
    for position in 0..<context {
      keyTarget[position * stride] = keyGradients.lanes[position] * ln2
      valueTarget[position * valueStride] = valueGradients.lanes[position]
    }
  }

  private func transpose(
    _ vectors: UnsafeMutablePointer<Lane>, stride: Int, into rows: UnsafeMutablePointer<Float>
  ) {
    for position in 0..<context {
      let vector = vectors[position * stride]
      for component in 0..<8 { rows[component * context + position] = vector[component] }
    }
  }

  /// 2^(q . k - m) for eight queries from `first` on and all keys up to them, zero for later keys.
  ///
  /// m is the largest product of a query: found and written to `maxima`, or, in the backward pass, read there.
  @inline(__always)
  private func weigh(
    queries: UnsafeMutablePointer<Lane>, stride: Int, first: Int, maxima: UnsafeMutablePointer<Float>,
    findingMaxima: Bool
  ) {
    for half in 0..<2 {
      let target = weights.pointer + half * 4 * context
      let query = queries + half * 4 * stride
      for key in Swift.stride(from: 0, to: first + 8, by: 16) {
        store(products(query, stride: stride, keysByComponent.pointer + key), to: target + key)
      }
    }
    let last = first / 8
    for row in 0..<8 {
      let products = (weights.pointer + row * context).lanes
      // Only the last eight keys, which are the queries' own positions, can lie in a query's future.
      products[last] += future.lanes[row]
      if findingMaxima {
        var largest = products[last]
        for block in 0..<last { largest = Lane.larger(largest, products[block]) }
        maxima[first + row] = largest.largest
      }
      let shift = Lane(repeating: maxima[first + row])
      for block in 0...last { products[block] = exp2(products[block] - shift) }
      products[last] *= past.lanes[row]
    }
  }

  @inline(__always)
  private func store(
    _ tile: (Lane, Lane, Lane, Lane, Lane, Lane, Lane, Lane), to target: UnsafeMutablePointer<Float>
  ) {
    target.lanes[0] = tile.0
    target.lanes[1] = tile.1
    (target + context).lanes[0] = tile.2
    (target + context).lanes[1] = tile.3
    (target + 2 * context).lanes[0] = tile.4
    (target + 2 * context).lanes[1] = tile.5
    (target + 3 * context).lanes[0] = tile.6
    (target + 3 * context).lanes[1] = tile.7
  }

  /// The sums of `count` vectors, weighted by each of the eight rows of a matrix.
  @inline(__always)
  private func weightedSums(
    _ matrix: UnsafeMutablePointer<Float>, of vectors: UnsafeMutablePointer<Lane>, stride: Int, count: Int
  ) -> (Lane, Lane, Lane, Lane, Lane, Lane, Lane, Lane) {
    var sums = (Lane.zero, Lane.zero, Lane.zero, Lane.zero, Lane.zero, Lane.zero, Lane.zero, Lane.zero)
    for index in 0..<count {
      let vector = vectors[index * stride]
      let column = matrix + index
      sums.0.addProduct(Lane(repeating: column[0]), vector)
      sums.1.addProduct(Lane(repeating: column[context]), vector)
      sums.2.addProduct(Lane(repeating: column[2 * context]), vector)
      sums.3.addProduct(Lane(repeating: column[3 * context]), vector)
      sums.4.addProduct(Lane(repeating: column[4 * context]), vector)
      sums.5.addProduct(Lane(repeating: column[5 * context]), vector)
      sums.6.addProduct(Lane(repeating: column[6 * context]), vector)
      sums.7.addProduct(Lane(repeating: column[7 * context]), vector)
    }
    return sums
  }

  /// Products of four vectors with sixteen columns of a matrix kept by component.
  @inline(__always)
  private func products(
    _ vectors: UnsafeMutablePointer<Lane>, stride: Int, _ matrix: UnsafeMutablePointer<Float>
  ) -> (Lane, Lane, Lane, Lane, Lane, Lane, Lane, Lane) {
    var tile = (Lane.zero, Lane.zero, Lane.zero, Lane.zero, Lane.zero, Lane.zero, Lane.zero, Lane.zero)
    let vector = UnsafeMutableRawPointer(vectors).assumingMemoryBound(to: Float.self)
    let step = stride * 8
    for component in 0..<8 {
      let row = (matrix + component * context).lanes
      let low = row[0]
      let high = row[1]
      let a = Lane(repeating: vector[component])
      let b = Lane(repeating: vector[step + component])
      let c = Lane(repeating: vector[2 * step + component])
      let d = Lane(repeating: vector[3 * step + component])
      tile.0.addProduct(a, low)
      tile.1.addProduct(a, high)
      tile.2.addProduct(b, low)
      tile.3.addProduct(b, high)
      tile.4.addProduct(c, low)
      tile.5.addProduct(c, high)
      tile.6.addProduct(d, low)
      tile.7.addProduct(d, high)
    }
    return tile
  }

  /// Gradients of the exponents: weight times (scaled output gradient . value - offset).
  private func differentiateWeights(first: Int, offsets: Lane) {
    for half in 0..<2 {
      let start = half * 4 * context
      let gradient = scaledGradients.lanes + first + half * 4
      let a = Lane(repeating: offsets[half * 4])
      let b = Lane(repeating: offsets[half * 4 + 1])
      let c = Lane(repeating: offsets[half * 4 + 2])
      let d = Lane(repeating: offsets[half * 4 + 3])
      for key in Swift.stride(from: 0, to: first + 8, by: 16) {
        let tile = products(gradient, stride: 1, valuesByComponent.pointer + key)
        let weight = weights.pointer + start + key
        let target = exponentGradients.pointer + start + key
        target.lanes[0] = (tile.0 - a) * weight.lanes[0]
        target.lanes[1] = (tile.1 - a) * weight.lanes[1]
        (target + context).lanes[0] = (tile.2 - b) * (weight + context).lanes[0]
        (target + context).lanes[1] = (tile.3 - b) * (weight + context).lanes[1]
        (target + 2 * context).lanes[0] = (tile.4 - c) * (weight + 2 * context).lanes[0]
        (target + 2 * context).lanes[1] = (tile.5 - c) * (weight + 2 * context).lanes[1]
        (target + 3 * context).lanes[0] = (tile.6 - d) * (weight + 3 * context).lanes[0]
        (target + 3 * context).lanes[1] = (tile.7 - d) * (weight + 3 * context).lanes[1]
      }
    }
  }

  private func accumulateQueries(
    keys: UnsafeMutablePointer<Lane>, stride: Int, first: Int, into target: UnsafeMutablePointer<Lane>
  ) {
    let sums = weightedSums(exponentGradients.pointer, of: keys, stride: stride, count: first + 8)
    target[0] = sums.0 * ln2
    target[stride] = sums.1 * ln2
    target[2 * stride] = sums.2 * ln2
    target[3 * stride] = sums.3 * ln2
    target[4 * stride] = sums.4 * ln2
    target[5 * stride] = sums.5 * ln2
    target[6 * stride] = sums.6 * ln2
    target[7 * stride] = sums.7 * ln2
  }

  private func accumulateKeysAndValues(
    queries: UnsafeMutablePointer<Lane>, stride: Int, first: Int
  ) {
    addProducts(
      exponentGradients.pointer, rows: first + 8, queries, stride: stride, to: keyGradients.lanes)
    addProducts(
      weights.pointer, rows: first + 8, scaledGradients.lanes + first, stride: 1,
      to: valueGradients.lanes)
  }

  /// Adds transpose(matrix) times eight vectors: `rows` sums of eight products each.
  @inline(__always)
  private func addProducts(
    _ matrix: UnsafeMutablePointer<Float>, rows: Int, _ vectors: UnsafeMutablePointer<Lane>, stride: Int,
    to target: UnsafeMutablePointer<Lane>
  ) {
    let v0 = vectors[0], v1 = vectors[stride], v2 = vectors[2 * stride], v3 = vectors[3 * stride]
    let v4 = vectors[4 * stride], v5 = vectors[5 * stride], v6 = vectors[6 * stride]
    let v7 = vectors[7 * stride]
    for row in 0..<rows {
      let column = matrix + row
      // Two chains of four products each, so that they overlap.
      var even = target[row].addingProduct(Lane(repeating: column[0]), v0)
      var odd = Lane(repeating: column[context]) * v1
      even.addProduct(Lane(repeating: column[2 * context]), v2)
      odd.addProduct(Lane(repeating: column[3 * context]), v3)
      even.addProduct(Lane(repeating: column[4 * context]), v4)
      odd.addProduct(Lane(repeating: column[5 * context]), v5)
      even.addProduct(Lane(repeating: column[6 * context]), v6)
      odd.addProduct(Lane(repeating: column[7 * context]), v7)
      target[row] = even + odd
    }
  }
}
