import Foundation

/// What a student is trained towards beside, or instead of, the next token (eq. 5-7 and 51-56).
public struct DistillationObjective: Codable, Hashable, Sendable {
  /// Which way round the Kullback-Leibler divergence is taken.
  public enum Direction: String, Codable, Sendable, CaseIterable {
    /// KL(teacher || student): the cross-entropy against the teacher, but for the teacher's entropy.
    case forward
    /// KL(student || teacher): its gradient needs the student's entropy, too.
    case reverse
  }

  /// Which tokens keep their probability in the teacher's distribution; the rest is renormalised.
  public enum Truncation: Codable, Hashable, Sendable {
    case full
    /// The k most probable tokens.
    case top(Int)
    /// The smallest set of most probable tokens whose probabilities sum to at least p.
    case nucleus(Double)

    /// As run logs name it.
    var text: String {
      switch self {
      case .full: "full"
      case .top(let count): "top-\(count)"
      case .nucleus(let share): "nucleus-\(share)"
      }
    }
  }

  /// Weight lambda of the distillation loss; the next-token loss has 1 - lambda.
  public var mixing = 1.0
  /// Temperature tau of both distributions in the distillation loss, which is scaled by tau².
  public var temperature = 1.0
  public var direction = Direction.forward
  public var truncation = Truncation.full

  public init() {}

  /// What of the objective decides which distribution of the teacher a student sees.
  package struct View: Hashable, Sendable {
    package var temperature: Double
    package var truncation: Truncation

    package init(temperature: Double = 1, truncation: Truncation = .full) {
      self.temperature = temperature
      self.truncation = truncation
    }
  }

  package var view: View { View(temperature: temperature, truncation: truncation) }
}

/// The distillation loss of rows of logits over a vocabulary, and the teacher's distribution behind it.
package enum DistillationLoss {
  /// Least probability of the teacher that the reverse divergence reckons with: where a truncated teacher has
  /// none, the divergence would be infinite.
  package static let floor: Float = 1e-7

  /// Turns a teacher's logits into its distribution at the view's temperature, truncated and renormalised, in
  /// place.
  package static func distribution(
    _ logits: UnsafeMutablePointer<Lane>, rows: Int, width: Int, view: DistillationObjective.View
  ) {
    let scale = Float(1 / view.temperature)
    var order = [UInt64]()
    for row in 0..<rows {
      let z = logits + row * width
      for i in 0..<width { z[i] *= scale }
      let (_, total) = NextTokenLoss.exponentiate(z, width: width)
      for i in 0..<width { z[i] /= total }
      truncate(UnsafeMutableBufferPointer(start: z.numbers, count: 8 * width), view.truncation, order: &order)
    }
  }

  /// - Parameter order: scratch space.
  private static func truncate(
    _ probabilities: UnsafeMutableBufferPointer<Float>, _ truncation: DistillationObjective.Truncation,
    order: inout [UInt64]
  ) {
    if case .full = truncation { return }
    rank(probabilities, into: &order)
    let kept = kept(truncation, of: probabilities, order: order)
    let total = order.prefix(kept).reduce(Float(0)) { $0 + probabilities[token($1)] }
    for key in order.prefix(kept) { probabilities[token(key)] /= total }
    for key in order.dropFirst(kept) { probabilities[token(key)] = 0 }
  }

  /// How many of the most probable tokens a truncation keeps.
  /// - Parameter order: what ``rank(_:into:)`` makes of the probabilities.
  static func kept(
    _ truncation: DistillationObjective.Truncation, of probabilities: UnsafeMutableBufferPointer<Float>,
    order: [UInt64]
  ) -> Int {
    switch truncation {
    case .full: return order.count
    case .top(let count): return min(max(1, count), order.count)
    case .nucleus(let share):
      var sum = 0.0
      let last = order.firstIndex { key in
        sum += Double(probabilities[token(key)])
        return sum >= share
      }
      return last.map { $0 + 1 } ?? order.count
    }
  }

  /// Tokens by falling probability, ties by their number, as keys that sort as whole numbers: the bits of a
  /// number that is not negative rise with it.
  static func rank(_ probabilities: UnsafeMutableBufferPointer<Float>, into order: inout [UInt64]) {
    order.removeAll(keepingCapacity: true)
    for (index, probability) in probabilities.enumerated() {
      order.append(UInt64(~probability.bitPattern) << 32 | UInt64(index))
    }
    order.sort()
  }

  static func token(_ key: UInt64) -> Int { Int(key & 0xFFFF_FFFF) }

  /// Turns a student's logits into their gradients in place.
  /// - Parameters:
  ///   - logits: `rows` x `width` lanes; afterwards, the gradient of weight * ((1 - lambda) next-token loss +
  ///     lambda distillation loss + zLoss Z).
  ///   - teacher: the teacher's distribution, shaped like the logits.
  ///   - targets: the token to be predicted, one a row.
  ///   - weight: what each row counts.
  /// - Returns: the sum over the rows of the next-token losses, in nats.
  package static func gradient(
    _ logits: UnsafeMutablePointer<Lane>, teacher: UnsafeMutablePointer<Lane>,
    targets: UnsafePointer<UInt8>, rows: Int, width: Int, objective: DistillationObjective, weight: Float,
    zLoss: Float
  ) -> Double {
    let student = FloatBuffer(count: 8 * width)
    let scale = Float(1 / objective.temperature)
    let mixing = Float(objective.mixing)
    let isPlain = objective.temperature == 1
    var sum = 0.0
    for row in 0..<rows {
      let z = logits + row * width
      let p = teacher + row * width
      let target = Int(targets[row])
      let atTarget = z.numbers[target]
      // The student's distribution at the objective's temperature, for the divergence.
      let q = student.lanes
      if !isPlain {
        for i in 0..<width { q[i] = z[i] * scale }
        let (_, heated) = NextTokenLoss.exponentiate(q, width: width)
        for i in 0..<width { q[i] /= heated }
      }
      let (largest, total) = NextTokenLoss.exponentiate(z, width: width)
      if isPlain {
        let reciprocal = 1 / total
        for i in 0..<width { q[i] = z[i] * reciprocal }
      }
      let logSum = largest + log(total)
      sum += Double(logSum - atTarget)
      let plain = Lane(repeating: weight * (1 - mixing + 2 * zLoss * logSum) / total)
      // d tau² KL / dz = tau times the gradient by z / tau.
      let divergence = Lane(repeating: weight * mixing * Float(objective.temperature))
      switch objective.direction {
      case .forward:
        for i in 0..<width { z[i] = (z[i] * plain).addingProduct(q[i] - p[i], divergence) }
      case .reverse:
        let mean = reverseDivergence(q, p, width: width)
        for i in 0..<width {
          let surprise = logRatio(q[i], p[i]) - mean
          z[i] = (z[i] * plain).addingProduct(q[i] * surprise, divergence)
        }
      }
      z.numbers[target] -= weight * (1 - mixing)
    }
    return sum
  }

  /// KL(student || teacher) of a row, in nats.
  private static func reverseDivergence(
    _ student: UnsafeMutablePointer<Lane>, _ teacher: UnsafeMutablePointer<Lane>, width: Int
  ) -> Float {
    var sum = Lane.zero
    for i in 0..<width { sum += student[i] * logRatio(student[i], teacher[i]) }
    return sum.total
  }

  private static func logRatio(_ student: Lane, _ teacher: Lane) -> Lane {
    var ratio = Lane.zero
    for i in 0..<8 { ratio[i] = log(max(student[i], floor) / max(teacher[i], floor)) }
    return ratio
  }

  /// KL(teacher || student) of each row in nats, at temperature one; destroys both logits.
  package static func divergences(
    teacher: UnsafeMutablePointer<Lane>, student: UnsafeMutablePointer<Lane>, rows: Int, width: Int,
    into divergences: UnsafeMutablePointer<Float>
  ) {
    var difference = [Float](repeating: 0, count: 8 * width)
    for row in 0..<rows {
      let zT = teacher + row * width
      let zS = student + row * width
      for i in 0..<(8 * width) { difference[i] = zT.numbers[i] - zS.numbers[i] }
      let (largestT, totalT) = NextTokenLoss.exponentiate(zT, width: width)
      let (largestS, totalS) = NextTokenLoss.exponentiate(zS, width: width)
      // sum p_T (log p_T - log p_S), where log p = z - log sum exp z.
      var sum: Float = 0
      for i in 0..<(8 * width) { sum += zT.numbers[i] * difference[i] }
      divergences[row] = sum / totalT - (largestT + log(totalT)) + (largestS + log(totalS))
    }
  }
}
