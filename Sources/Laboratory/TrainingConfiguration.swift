import Formats
import Foundation

/// Whom a student learns from, and how.
public struct Teaching: Codable, Hashable, Sendable {
  /// Name of the teacher's run.
  public var teacher: String
  public var objective = DistillationObjective()

  public init(teacher: String) {
    self.teacher = teacher
  }
}

/// Everything that decides what a training run computes.
///
/// The defaults are the laboratory's recipe: the paper's (section 4.1 and appendix I) with a learning rate and
/// a batch that suit its scale.
public struct TrainingConfiguration: Codable, Hashable, Sendable {
  public var shape: TransformerShape
  /// Training tokens D, a whole number of batches.
  public var tokens: Int
  public var batchTokens = 1024
  /// Peak learning rate at the base width; see ``AdamW``.
  public var peakLearningRate = 0.02
  /// Width at which matrices learn at ``peakLearningRate`` itself (muP).
  public var baseWidth = 24
  /// Share of the steps over which the learning rate rises linearly from zero.
  public var warmupShare = 0.25
  /// Where the cosine ends, as a share of the peak.
  public var finalShare = 0.001
  public var beta1 = 0.9
  public var beta2 = 0.95
  public var epsilon = 1e-8
  /// Decoupled weight decay a step at the peak of the schedule; it follows the schedule but not the learning
  /// rate.
  public var weightDecay = 1e-4
  /// The gradient is scaled down to this norm where it is longer.
  public var gradientNorm = 1.0
  /// Weight of the Z-loss.
  public var zLoss = 1e-4
  public var seed = 1
  public var split = CorpusSplit.teacher
  /// The teacher and what is learned from it, where the run is a distillation.
  public var teaching: Teaching?
  /// SHA-256 of the corpus.
  public var corpus: Digest

  /// - Parameter tokens: wanted training tokens; the nearest whole number of batches is taken.
  public init(shape: TransformerShape, tokens: Double, batchTokens: Int = 1024, corpus: Digest) {
    self.shape = shape
    self.batchTokens = batchTokens
    self.corpus = corpus
    // More than any corpus has is refused when it is trained; here it must only fit an Int.
    self.tokens = Int(min(max(1, (tokens / Double(batchTokens)).rounded()), 1e12)) * batchTokens
  }

  public var steps: Int { tokens / batchTokens }
  public var warmupSteps: Int { learningRate.warmupSteps }

  private var learningRate: LearningRateSchedule {
    LearningRateSchedule(steps: steps, warmupShare: warmupShare, finalShare: finalShare)
  }

  /// Training compute 3 F(N) D in FLOPs.
  public var compute: Double {
    shape.family.trainingFLOPs(
      parameters: Double(shape.nonEmbeddingParameters), tokens: Double(tokens))
  }

  /// FLOPs F(N) `tokens` of running the model, without training it.
  public func inferenceCompute(tokens: Int) -> Double {
    shape.family.forwardFLOPs(parameters: Double(shape.nonEmbeddingParameters)) * Double(tokens)
  }

  /// Unique name of the run.
  public var name: String { runName(of: self) }

  /// Share of the peak learning rate at a step, counted from zero.
  public func schedule(step: Int) -> Double { learningRate.share(step: step) }
}
