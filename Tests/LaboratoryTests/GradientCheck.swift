import Laboratory
import Randomness
import Testing

/// Random numbers in a buffer, from the standard normal distribution times `scale`.
func randomBuffer(_ count: Int, stream: UInt64, scale: Double = 1) -> FloatBuffer {
  let buffer = FloatBuffer(count: count)
  var generator = CounterGenerator(seed: 11, stream: stream)
  for i in 0..<count { buffer.pointer[i] = Float(generator.normal() * scale) }
  return buffer
}

/// The sum of products of two buffers, in double precision: a loss whose gradient by one is the other.
func dot(_ a: FloatBuffer, _ b: FloatBuffer) -> Double {
  (0..<a.count).reduce(0) { $0 + Double(a.pointer[$1]) * Double(b.pointer[$1]) }
}

/// Compares a gradient with central differences of `loss` along three directions: the gradient's own, where
/// the loss changes most, and two random ones.
///
/// Single precision bounds what differences can show: the error may be `tolerance` of the slope along the
/// gradient.
func expectGradient(
  _ gradient: UnsafeMutablePointer<Float>, of values: UnsafeMutablePointer<Float>, count: Int,
  change: Double = 1e-2, tolerance: Double = 2e-3, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation, loss: () -> Double
) {
  let slopes = (0..<count).map { Double(gradient[$0]) }
  let length = slopes.reduce(0) { $0 + $1 * $1 }.squareRoot()
  #expect(length > 0, "\(what): the gradient vanishes", sourceLocation: sourceLocation)
  let start = (0..<count).map { values[$0] }
  defer { for i in 0..<count { values[i] = start[i] } }
  var generator = CounterGenerator(seed: 23)
  for trial in 0..<3 {
    var direction = trial == 0 ? slopes : slopes.map { $0 + length * generator.normal() / Double(count).squareRoot() }
    let norm = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
    direction = direction.map { $0 / norm }
    func lossAt(_ distance: Double) -> Double {
      for i in 0..<count { values[i] = Float(Double(start[i]) + distance * direction[i]) }
      return loss()
    }
    // Fourth-order central difference.
    let near = (lossAt(change) - lossAt(-change)) / (2 * change)
    let far = (lossAt(2 * change) - lossAt(-2 * change)) / (4 * change)
    let measured = (4 * near - far) / 3
    let expected = zip(slopes, direction).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(
      abs(measured - expected) <= tolerance * length,
      "\(what), direction \(trial): difference \(measured), gradient \(expected)",
      sourceLocation: sourceLocation)
  }
}
