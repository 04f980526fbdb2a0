/// A pre-norm transformer's forward and backward pass over a fixed number of sequences, by hand.
///
/// Activations live in buffers that are made once. An instance is used by one thread at a time; several
/// instances may read the same parameters.
package final class Transformer {
  package let shape: TransformerShape
  package let layout: ParameterLayout
  /// Tokens a pass: sequences x context.
  package let rows: Int

  private let width: Int
  private let feedForward: Int
  private let vocabulary: Int
  private let queryKeyNorm: QueryKeyNorm
  private let attention: Attention
  private let layers: [LayerActivations]
  private let residual: FloatBuffer
  private let finalNorm: FloatBuffer
  private let finalReciprocal: FloatBuffer
  /// Logits of the last forward pass, `rows` x vocabulary; the backward pass takes their gradients here.
  package let logits: FloatBuffer
  private let scratch: Scratch

  /// What the backward pass needs of a layer's forward pass.
  private final class LayerActivations {
    let input, attentionNorm, queryKeyValue, queries, keys, attended: FloatBuffer
    let middle, feedForwardNorm, gateUp, hidden: FloatBuffer
    let attentionReciprocal, feedForwardReciprocal, weightMaxima, weightReciprocals: FloatBuffer

    init(rows: Int, width: Int, feedForward: Int, heads: Int) {
      input = FloatBuffer(count: rows * width)
      attentionNorm = FloatBuffer(count: rows * width)
      queryKeyValue = FloatBuffer(count: rows * 3 * width)
      queries = FloatBuffer(count: rows * width)
      keys = FloatBuffer(count: rows * width)
      attended = FloatBuffer(count: rows * width)
      middle = FloatBuffer(count: rows * width)
      feedForwardNorm = FloatBuffer(count: rows * width)
      gateUp = FloatBuffer(count: rows * 2 * feedForward)
      hidden = FloatBuffer(count: rows * feedForward)
      attentionReciprocal = FloatBuffer(count: rows)
      feedForwardReciprocal = FloatBuffer(count: rows)
      weightMaxima = FloatBuffer(count: rows * heads)
      weightReciprocals = FloatBuffer(count: rows * heads)
    }
  }

  /// Gradients of activations, reused by all layers.
  private final class Scratch {
    let residual, norm, queryKeyValue, queries, keys, attended, gateUp, hidden: FloatBuffer

    init(rows: Int, width: Int, feedForward: Int) {
      residual = FloatBuffer(count: rows * width)
      norm = FloatBuffer(count: rows * width)
      queryKeyValue = FloatBuffer(count: rows * 3 * width)
      queries = FloatBuffer(count: rows * width)
      keys = FloatBuffer(count: rows * width)
      attended = FloatBuffer(count: rows * width)
      gateUp = FloatBuffer(count: rows * 2 * feedForward)
      hidden = FloatBuffer(count: rows * feedForward)
    }
  }

  /// - Parameter sequences: sequences a pass.
  package init(_ shape: TransformerShape, sequences: Int) {
    self.shape = shape
    layout = ParameterLayout(shape)
    let rows = sequences * shape.context
    self.rows = rows
    width = shape.width
    feedForward = shape.feedForwardWidth
    vocabulary = shape.vocabulary
    queryKeyNorm = QueryKeyNorm(context: shape.context)
    attention = Attention(context: shape.context)
    layers = (0..<shape.layers).map { _ in
      LayerActivations(
        rows: rows, width: shape.width, feedForward: shape.feedForwardWidth, heads: shape.heads)
    }
    residual = FloatBuffer(count: rows * shape.width)
    finalNorm = FloatBuffer(count: rows * shape.width)
    finalReciprocal = FloatBuffer(count: rows)
    logits = FloatBuffer(count: rows * shape.vocabulary)
    scratch = Scratch(rows: rows, width: shape.width, feedForward: shape.feedForwardWidth)
  }

  // MARK: Forward

  /// Computes ``logits`` for `rows` tokens, sequence after sequence.
  package func forward(_ tokens: UnsafePointer<UInt8>, parameters: FloatBuffer) {
    let p = parameters.pointer
    let laneWidth = width / 8
    let table = (p + layout.embedding.offset).lanes
    var stream = layers.first?.input ?? residual
    for row in 0..<rows {
      (stream.lanes + row * laneWidth).update(
        from: table + Int(tokens[row]) * laneWidth, count: laneWidth)
    }
    for (index, layer) in layers.enumerated() {
      let next = index + 1 < layers.count ? layers[index + 1].input : residual
      forward(layer, layout.layers[index], parameters: p, into: next)
      stream = next
    }
    RootMeanSquareNorm.forward(
      stream.lanes, gain: (p + layout.finalGain.offset).lanes, into: finalNorm.lanes,
      reciprocal: finalReciprocal.pointer, rows: rows, width: laneWidth)
    MatrixProduct.forward(
      finalNorm.pointer, p + layout.output.offset, into: logits.pointer,
      rows: rows, inner: width, columns: vocabulary)
  }

  private func forward(
    _ layer: LayerActivations, _ blocks: ParameterLayout.Layer, parameters p: UnsafeMutablePointer<Float>,
    into next: FloatBuffer
  ) {
    let laneWidth = width / 8
    RootMeanSquareNorm.forward(
      layer.input.lanes, gain: (p + blocks.attentionGain.offset).lanes, into: layer.attentionNorm.lanes,
      reciprocal: layer.attentionReciprocal.pointer, rows: rows, width: laneWidth)
    MatrixProduct.forward(
      layer.attentionNorm.pointer, p + blocks.queryKeyValue.offset, into: layer.queryKeyValue.pointer,
      rows: rows, inner: width, columns: 3 * width)
    queryKeyNorm.forward(
      layer.queryKeyValue.lanes, stride: 3 * laneWidth, gain: (p + blocks.queryGain.offset).lanes[0],
      scale: QueryKeyNorm.queryScale, into: layer.queries.lanes, rows: rows, heads: laneWidth)
    queryKeyNorm.forward(
      layer.queryKeyValue.lanes + laneWidth, stride: 3 * laneWidth,
      gain: (p + blocks.keyGain.offset).lanes[0], scale: 1, into: layer.keys.lanes,
      rows: rows, heads: laneWidth)
    eachHead { first, head, sequence in
      let at = first * laneWidth + head
      attention.forward(
        queries: layer.queries.lanes + at, keys: layer.keys.lanes + at, stride: laneWidth,
        values: layer.queryKeyValue.lanes + (first * 3 + 2) * laneWidth + head,
        valueStride: 3 * laneWidth, outputs: layer.attended.lanes + at, outputStride: laneWidth,
        maxima: layer.weightMaxima.pointer + (sequence * laneWidth + head) * shape.context,
        reciprocals: layer.weightReciprocals.pointer + (sequence * laneWidth + head) * shape.context)
    }
    layer.middle.pointer.update(from: layer.input.pointer, count: rows * width)
    MatrixProduct.forward(
      layer.attended.pointer, p + blocks.attentionOutput.offset, into: layer.middle.pointer,
      rows: rows, inner: width, columns: width, accumulating: true)

    RootMeanSquareNorm.forward(
      layer.middle.lanes, gain: (p + blocks.feedForwardGain.offset).lanes,
      into: layer.feedForwardNorm.lanes, reciprocal: layer.feedForwardReciprocal.pointer,
      rows: rows, width: laneWidth)
    MatrixProduct.forward(
      layer.feedForwardNorm.pointer, p + blocks.gateUp.offset, into: layer.gateUp.pointer,
      rows: rows, inner: width, columns: 2 * feedForward)
    GatedUnit.forward(
      layer.gateUp.lanes, into: layer.hidden.lanes, rows: rows, width: feedForward / 8)
    next.pointer.update(from: layer.middle.pointer, count: rows * width)
    MatrixProduct.forward(
      layer.hidden.pointer, p + blocks.down.offset, into: next.pointer,
      rows: rows, inner: feedForward, columns: width, accumulating: true)
  }

  // MARK: Backward

  /// Overwrites `gradients` with the gradient of the loss by every parameter, given the gradient by the
  /// logits in ``logits`` and the tokens of the last forward pass.
  package func backward(_ tokens: UnsafePointer<UInt8>, parameters: FloatBuffer, gradients: FloatBuffer) {
    let p = parameters.pointer
    let g = gradients.pointer
    let laneWidth = width / 8
    for block in layout.blocks where block.role != .matrix {
      (g + block.offset).update(repeating: 0, count: block.count)
    }
    MatrixProduct.weightGradient(
      finalNorm.pointer, logits.pointer, into: g + layout.output.offset,
      rows: rows, inner: width, columns: vocabulary)
    MatrixProduct.inputGradient(
      logits.pointer, p + layout.output.offset, into: scratch.norm.pointer,
      rows: rows, inner: width, columns: vocabulary)
    scratch.residual.clear()
    RootMeanSquareNorm.backward(
      scratch.norm.lanes, x: residual.lanes, gain: (p + layout.finalGain.offset).lanes,
      reciprocal: finalReciprocal.pointer, addingTo: scratch.residual.lanes,
      gainGradient: (g + layout.finalGain.offset).lanes, rows: rows, width: laneWidth)
    for (layer, blocks) in zip(layers, layout.layers).reversed() {
      backwardFeedForward(layer, blocks, parameters: p, gradients: g)
      backwardAttention(layer, blocks, parameters: p, gradients: g)
    }
    let table = (g + layout.embedding.offset).lanes
    for row in 0..<rows {
      let target = table + Int(tokens[row]) * laneWidth
      let source = scratch.residual.lanes + row * laneWidth
      for i in 0..<laneWidth { target[i] += source[i] }
    }
  }

  private func backwardFeedForward(
    _ layer: LayerActivations, _ blocks: ParameterLayout.Layer,
    parameters p: UnsafeMutablePointer<Float>, gradients g: UnsafeMutablePointer<Float>
  ) {
    MatrixProduct.weightGradient(
      layer.hidden.pointer, scratch.residual.pointer, into: g + blocks.down.offset,
      rows: rows, inner: feedForward, columns: width)
    MatrixProduct.inputGradient(
      scratch.residual.pointer, p + blocks.down.offset, into: scratch.hidden.pointer,
      rows: rows, inner: feedForward, columns: width)
    GatedUnit.backward(
      scratch.hidden.lanes, gateUp: layer.gateUp.lanes, into: scratch.gateUp.lanes,
      rows: rows, width: feedForward / 8)
    MatrixProduct.weightGradient(
      layer.feedForwardNorm.pointer, scratch.gateUp.pointer, into: g + blocks.gateUp.offset,
      rows: rows, inner: width, columns: 2 * feedForward)
    MatrixProduct.inputGradient(
      scratch.gateUp.pointer, p + blocks.gateUp.offset, into: scratch.norm.pointer,
      rows: rows, inner: width, columns: 2 * feedForward)
    RootMeanSquareNorm.backward(
      scratch.norm.lanes, x: layer.middle.lanes, gain: (p + blocks.feedForwardGain.offset).lanes,
      reciprocal: layer.feedForwardReciprocal.pointer, addingTo: scratch.residual.lanes,
      gainGradient: (g + blocks.feedForwardGain.offset).lanes, rows: rows, width: width / 8)
  }

  private func backwardAttention(
    _ layer: LayerActivations, _ blocks: ParameterLayout.Layer,
    parameters p: UnsafeMutablePointer<Float>, gradients g: UnsafeMutablePointer<Float>
  ) {
    let laneWidth = width / 8
    MatrixProduct.weightGradient(
      layer.attended.pointer, scratch.residual.pointer, into: g + blocks.attentionOutput.offset,
      rows: rows, inner: width, columns: width)
    MatrixProduct.inputGradient(
      scratch.residual.pointer, p + blocks.attentionOutput.offset, into: scratch.attended.pointer,
      rows: rows, inner: width, columns: width)
    eachHead { first, head, sequence in
      let at = first * laneWidth + head
      let values = (first * 3 + 2) * laneWidth + head
      attention.backward(
        queries: layer.queries.lanes + at, keys: layer.keys.lanes + at, stride: laneWidth,
        values: layer.queryKeyValue.lanes + values, valueStride: 3 * laneWidth,
        outputs: layer.attended.lanes + at, outputGradients: scratch.attended.lanes + at,
        outputStride: laneWidth,
        maxima: layer.weightMaxima.pointer + (sequence * laneWidth + head) * shape.context,
        reciprocals: layer.weightReciprocals.pointer + (sequence * laneWidth + head) * shape.context,
        queryGradients: scratch.queries.lanes + at, keyGradients: scratch.keys.lanes + at,
        valueGradients: scratch.queryKeyValue.lanes + values)
    }
    queryKeyNorm.backward(
      scratch.queries.lanes, x: layer.queryKeyValue.lanes, stride: 3 * laneWidth,
      gain: (p + blocks.queryGain.offset).lanes[0], scale: QueryKeyNorm.queryScale,
      into: scratch.queryKeyValue.lanes, gainGradient: &(g + blocks.queryGain.offset).lanes[0],
      rows: rows, heads: laneWidth)
    queryKeyNorm.backward(
      scratch.keys.lanes, x: layer.queryKeyValue.lanes + laneWidth, stride: 3 * laneWidth,
      gain: (p + blocks.keyGain.offset).lanes[0], scale: 1,
      into: scratch.queryKeyValue.lanes + laneWidth,
      gainGradient: &(g + blocks.keyGain.offset).lanes[0], rows: rows, heads: laneWidth)
    MatrixProduct.weightGradient(
      layer.attentionNorm.pointer, scratch.queryKeyValue.pointer, into: g + blocks.queryKeyValue.offset,
      rows: rows, inner: width, columns: 3 * width)
    MatrixProduct.inputGradient(
      scratch.queryKeyValue.pointer, p + blocks.queryKeyValue.offset, into: scratch.norm.pointer,
      rows: rows, inner: width, columns: 3 * width)
    RootMeanSquareNorm.backward(
      scratch.norm.lanes, x: layer.input.lanes, gain: (p + blocks.attentionGain.offset).lanes,
      reciprocal: layer.attentionReciprocal.pointer, addingTo: scratch.residual.lanes,
      gainGradient: (g + blocks.attentionGain.offset).lanes, rows: rows, width: laneWidth)
  }

  /// Calls `body` with the first row, the head and the sequence of every head of every sequence.
  @inline(__always)
  private func eachHead(_ body: (Int, Int, Int) -> Void) {
    for sequence in 0..<(rows / shape.context) {
      for head in 0..<(width / 8) { body(sequence * shape.context, head, sequence) }
    }
  }
}
