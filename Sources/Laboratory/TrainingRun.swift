import Formats

/// A run that can be stopped between two steps and go on from its saved state with the same numbers.
package protocol TrainingRun: AnyObject {
  /// Unique name of what is trained.
  var name: String { get }
  /// Steps done, and steps in all.
  var step: Int { get }
  var steps: Int { get }
  /// FLOPs of the whole training.
  var compute: Double { get }
  var parameters: FloatBuffer { get }
  var optimizer: AdamW { get }
  var curve: LossCurve { get }
  /// Trains on the next batch.
  /// - Returns: its mean loss on data before the step, in nats.
  @discardableResult func trainStep() -> Double
  /// Goes on from a saved state; parameters and moments are in their buffers already.
  func restore(step: Int, curve: LossCurve)
}

extension TrainingRun {
  package var isFinished: Bool { step >= steps }
}

/// The training loss over the run, as means over about 32 spans.
package struct LossCurve: Codable, Hashable, Sendable {
  static let spans = 32
  private(set) var points: [RunRecord.CurvePoint] = []
  private var sum = 0.0
  private var count = 0

  /// - Parameters:
  ///   - step: steps done, of the run's `steps`.
  ///   - batch: tokens a step.
  mutating func add(_ loss: Double, step: Int, of steps: Int, batch: Int) {
    sum += loss
    count += 1
    let span = max(1, steps / Self.spans)
    guard step % span == 0 || step == steps else { return }
    let tokens = Double(step * batch)
    points.append(.init(tokens: tokens, loss: (sum / Double(count) * 1e5).rounded() / 1e5))
    (sum, count) = (0, 0)
  }
}
