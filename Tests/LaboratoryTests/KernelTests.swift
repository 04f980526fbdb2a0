import Foundation
import Laboratory
import Testing

@Suite struct KernelTests {
  @Test func exp2IsAccurate() {
    var worst = 0.0
    for i in 0..<200_000 {
      let x = -126 + 253 * Double(i) / 200_000
      let single = Float(x)
      let exact = Foundation.exp2(Double(single))
      worst = max(worst, abs(Double(exp2(Lane(repeating: single))[0]) / exact - 1))
    }
    #expect(worst < 2 * 0x1p-23, "relative error \(worst)")
    #expect(exp2(Lane(repeating: -1000))[3] == Float(0x1p-126))
    #expect(abs(sigmoid(Lane(repeating: 0.5))[0] - 0.62245935) < 1e-6)
    #expect(sigmoid(Lane(repeating: -1000))[0] >= 0)
    #expect(sigmoid(Lane(repeating: 1000))[0] == 1)
  }

  @Test func rootMeanSquareNorm() {
    let rows = 5, width = 3
    let x = randomBuffer(rows * 24, stream: 1), gain = randomBuffer(24, stream: 2)
    let y = FloatBuffer(count: rows * 24), r = FloatBuffer(count: rows)
    let dy = randomBuffer(rows * 24, stream: 3)
    let loss: () -> Double = {
      RootMeanSquareNorm.forward(
        x.lanes, gain: gain.lanes, into: y.lanes, reciprocal: r.pointer, rows: rows, width: width)
      return dot(y, dy)
    }
    _ = loss()
    let dx = FloatBuffer(count: rows * 24), dgain = FloatBuffer(count: 24)
    RootMeanSquareNorm.backward(
      dy.lanes, x: x.lanes, gain: gain.lanes, reciprocal: r.pointer, addingTo: dx.lanes,
      gainGradient: dgain.lanes, rows: rows, width: width)
    expectGradient(dx.pointer, of: x.pointer, count: x.count, "x", loss: loss)
    expectGradient(dgain.pointer, of: gain.pointer, count: 24, "gain", loss: loss)
  }

  @Test func queryKeyNormTurnsByPosition() {
    let rows = 16, heads = 2, stride = 6
    let norm = QueryKeyNorm(context: 8)
    let x = randomBuffer(rows * stride * 8, stream: 1), gain = randomBuffer(8, stream: 2)
    let y = FloatBuffer(count: rows * heads * 8), dy = randomBuffer(rows * heads * 8, stream: 3)
    let loss: () -> Double = {
      norm.forward(
        x.lanes, stride: stride, gain: gain.lanes[0], scale: 0.7, into: y.lanes, rows: rows, heads: heads)
      return dot(y, dy)
    }
    _ = loss()
    // Turning keeps lengths: with unit gain every vector has length sqrt(8).
    norm.forward(
      x.lanes, stride: stride, gain: Lane(repeating: 1), scale: 1, into: y.lanes, rows: rows, heads: heads)
    for i in 0..<(rows * heads) {
      #expect(abs((y.lanes[i] * y.lanes[i]).total - 8) < 1e-4)
    }
    // Products depend on the distance of the positions alone.
    let same = FloatBuffer(count: x.count)
    for row in 0..<rows { for i in 0..<stride { same.lanes[row * stride + i] = x.lanes[i] } }
    norm.forward(
      same.lanes, stride: stride, gain: Lane(repeating: 1), scale: 1, into: y.lanes, rows: rows, heads: heads)
    func product(_ a: Int, _ b: Int) -> Float { (y.lanes[a * heads] * y.lanes[b * heads + 1]).total }
    #expect(abs(product(1, 3) - product(4, 6)) < 1e-4)
    #expect(abs(product(1, 3) - product(1, 4)) > 1e-2)

    let dx = FloatBuffer(count: x.count)
    var dgain = Lane.zero
    norm.backward(
      dy.lanes, x: x.lanes, stride: stride, gain: gain.lanes[0], scale: 0.7, into: dx.lanes,
      gainGradient: &dgain, rows: rows, heads: heads)
    expectGradient(dx.pointer, of: x.pointer, count: x.count, "x", loss: loss)
    let gainGradient = FloatBuffer(count: 8)
    gainGradient.lanes[0] = dgain
    expectGradient(gainGradient.pointer, of: gain.pointer, count: 8, "gain", loss: loss)
  }

  @Test(arguments: [16, 32, 48, 128]) func attentionAgreesWithItsDefinition(context: Int) {
    let inputs = AttentionInputs(context: context)
    inputs.forward()
    for query in 0..<context {
      let weights = (0...query).map { key in
        Foundation.exp2((0..<8).reduce(0.0) { $0 + Double(inputs.query(query, $1) * inputs.key(key, $1)) })
      }
      let sum = weights.reduce(0, +)
      for component in 0..<8 {
        let expected = (0...query).reduce(0.0) { $0 + weights[$1] / sum * Double(inputs.value($1, component)) }
        #expect(abs(Double(inputs.output(query, component)) - expected) < 1e-5)
      }
    }
  }

  /// Gains of queries and keys grow in training until products reach hundreds.
  @Test func attentionStandsLargeProducts() {
    let inputs = AttentionInputs(context: 32)
    for i in 0..<inputs.queries.count { inputs.queries.pointer[i] *= 300 }
    inputs.forward()
    for query in 0..<32 {
      let products = (0...query).map { key in
        (0..<8).reduce(0.0) { $0 + Double(inputs.query(query, $1)) * Double(inputs.key(key, $1)) }
      }
      let largest = products.max()!
      let weights = products.map { Foundation.exp2($0 - largest) }
      for component in 0..<8 {
        let expected =
          (0...query).reduce(0.0) { $0 + weights[$1] * Double(inputs.value($1, component)) }
          / weights.reduce(0, +)
        #expect(abs(Double(inputs.output(query, component)) - expected) < 2e-3)
      }
    }
    inputs.backward()
    #expect((0..<inputs.queries.count).allSatisfy { inputs.queryGradients.pointer[$0].isFinite })
  }

  @Test(arguments: [16, 48]) func attentionGradients(context: Int) {
    let inputs = AttentionInputs(context: context)
    let loss: () -> Double = {
      inputs.forward()
      return dot(inputs.outputs, inputs.outputGradients)
    }
    _ = loss()
    inputs.backward()
    let count = inputs.queries.count
    expectGradient(inputs.queryGradients.pointer, of: inputs.queries.pointer, count: count, "queries", loss: loss)
    expectGradient(inputs.keyGradients.pointer, of: inputs.keys.pointer, count: count, "keys", loss: loss)
    expectGradient(inputs.valueGradients.pointer, of: inputs.values.pointer, count: count, "values", loss: loss)
  }

  @Test func gatedUnit() {
    let rows = 4, width = 2
    let gateUp = randomBuffer(rows * 2 * width * 8, stream: 1)
    let hidden = FloatBuffer(count: rows * width * 8), dhidden = randomBuffer(rows * width * 8, stream: 2)
    let loss: () -> Double = {
      GatedUnit.forward(gateUp.lanes, into: hidden.lanes, rows: rows, width: width)
      return dot(hidden, dhidden)
    }
    _ = loss()
    let dgateUp = FloatBuffer(count: gateUp.count)
    GatedUnit.backward(
      dhidden.lanes, gateUp: gateUp.lanes, into: dgateUp.lanes, rows: rows, width: width)
    expectGradient(dgateUp.pointer, of: gateUp.pointer, count: gateUp.count, "gates and ups", loss: loss)
  }

  @Test func nextTokenLoss() {
    let rows = 6, width = 2, zLoss = 0.05
    let logits = randomBuffer(rows * 16, stream: 1, scale: 2)
    let targets: [UInt8] = [0, 15, 3, 3, 8, 7]
    let loss: () -> Double = {
      (0..<rows).reduce(0.0) { sum, row in
        let z = (0..<16).map { Double(logits.pointer[row * 16 + $0]) }
        let logSum = log(z.reduce(0) { $0 + Foundation.exp($1) })
        return sum + (logSum - z[Int(targets[row])] + zLoss * logSum * logSum) / Double(rows)
      }
    }
    let gradient = FloatBuffer(count: logits.count)
    gradient.pointer.update(from: logits.pointer, count: logits.count)
    let sum = NextTokenLoss.gradient(
      gradient.lanes, targets: targets, rows: rows, width: width, weight: 1 / Float(rows), zLoss: Float(zLoss))
    expectGradient(gradient.pointer, of: logits.pointer, count: logits.count, "logits", loss: loss)

    let losses = FloatBuffer(count: rows)
    NextTokenLoss.losses(logits.lanes, targets: targets, rows: rows, width: width, into: losses.pointer)
    #expect(abs((0..<rows).reduce(0.0) { $0 + Double(losses.pointer[$1]) } - sum) < 1e-5)
  }
}

/// One head's inputs and outputs at strides of their own.
private final class AttentionInputs {
  let context: Int
  let attention: Attention
  let stride = 2, valueStride = 3
  let queries, keys, values, outputs, outputGradients, maxima, reciprocals: FloatBuffer
  let queryGradients, keyGradients, valueGradients: FloatBuffer

  init(context: Int) {
    self.context = context
    attention = Attention(context: context)
    queries = randomBuffer(context * 16, stream: 1)
    keys = randomBuffer(context * 16, stream: 2)
    values = randomBuffer(context * 24, stream: 3)
    outputs = FloatBuffer(count: context * 16)
    // Only the head's own outputs count: the rest of the buffer belongs to other heads.
    outputGradients = FloatBuffer(count: context * 16)
    let random = randomBuffer(context * 16, stream: 4)
    for i in 0..<context { outputGradients.lanes[i * 2] = random.lanes[i * 2] }
    maxima = FloatBuffer(count: context)
    reciprocals = FloatBuffer(count: context)
    queryGradients = FloatBuffer(count: context * 16)
    keyGradients = FloatBuffer(count: context * 16)
    valueGradients = FloatBuffer(count: context * 24)
  }

  func query(_ position: Int, _ component: Int) -> Float { queries.lanes[position * stride][component] }
  func key(_ position: Int, _ component: Int) -> Float { keys.lanes[position * stride][component] }
  func value(_ position: Int, _ component: Int) -> Float { values.lanes[position * valueStride][component] }
  func output(_ position: Int, _ component: Int) -> Float { outputs.lanes[position * stride][component] }

  func forward() {
    attention.forward(
      queries: queries.lanes, keys: keys.lanes, stride: stride, values: values.lanes,
      valueStride: valueStride, outputs: outputs.lanes, outputStride: stride, maxima: maxima.pointer,
      reciprocals: reciprocals.pointer)
  }

  func backward() {
    attention.backward(
      queries: queries.lanes, keys: keys.lanes, stride: stride, values: values.lanes,
      valueStride: valueStride, outputs: outputs.lanes, outputGradients: outputGradients.lanes,
      outputStride: stride, maxima: maxima.pointer, reciprocals: reciprocals.pointer, queryGradients: queryGradients.lanes,
      keyGradients: keyGradients.lanes, valueGradients: valueGradients.lanes)
  }
}
