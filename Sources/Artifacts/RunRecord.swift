import Foundation

/// One finished training run: a line of a run log.
///
/// Losses are in nats per token on held-out text, sizes in non-embedding parameters, compute in FLOPs.
/// The JSON keys are the names of the properties; `docs/formats.md` describes them for users.
public struct RunRecord: Codable, Hashable, Sendable {
  /// How the numbers came about. Only a run that was really trained is `measured`.
  public enum Origin: String, Codable, Sendable, CaseIterable {
    case measured, reconstructed
  }

  public enum Kind: String, Codable, Sendable, CaseIterable {
    case supervised, distillation
  }

  /// What the run is for. Only runs for the `law` are fitted: `baseline` runs are trained supervised as students
  /// are distilled, to be compared with them, and so test the law on runs that it has not seen; runs for `tuning`
  /// (a learning rate that is off on purpose, say) are only drawn.
  public enum Purpose: String, Codable, Sendable, CaseIterable {
    case law, baseline, tuning
  }

  /// Unique name of the run: the first 16 hexadecimal digits of the SHA-256 of its configuration.
  public var run: String
  public var kind: Kind
  public var origin: Origin
  public var purpose: Purpose
  /// The sweep that the run was made in: `isoFLOP`, `fixed-ratio`, `long`, `seeds`, `learning-rate`, ...
  public var sweep: String
  /// Nominal compute of the IsoFLOP profile that the run belongs to, in FLOPs.
  public var budget: Double?
  /// Non-embedding parameters N of the trained model (the student, in a distillation).
  public var parameters: Double
  /// Tokens D that it was trained on.
  public var tokens: Double
  /// Its training compute 3 F(N) D in FLOPs; a teacher's is not in it.
  public var compute: Double
  /// Cross-entropy on held-out text, in nats per token.
  public var loss: Double
  /// Standard error of `loss` over the held-out sequences.
  public var lossStandardError: Double?
  /// Number of held-out tokens behind `loss`.
  public var evaluationTokens: Int?
  public var seed: Int?
  public var model: Model?
  public var recipe: Recipe?
  /// Mean training loss over spans of the run, in order.
  public var lossCurve: [CurvePoint]?
  /// Wall-clock seconds of training.
  public var seconds: Double?
  public var software: String?
  /// The teacher and the loss, where the run is a distillation.
  public var distillation: Distillation?
  /// How the losses were drawn, where the run is reconstructed.
  public var reconstruction: Reconstruction?

  /// What a distilled run learned from.
  public struct Distillation: Codable, Hashable, Sendable {
    /// Name of the teacher's own run.
    public var teacherRun: String
    /// Cross-entropy L_T of the teacher on data, in nats per token.
    public var teacherLoss: Double
    /// Non-embedding parameters N_T of the teacher.
    public var teacherParameters: Double
    /// Tokens D_T that the teacher was trained on.
    public var teacherTokens: Double
    /// KL divergence from the teacher to the student on held-out text, in nats per token.
    public var divergence: Double?
    /// Temperature tau of the distillation loss.
    public var temperature: Double?
    /// Weight lambda of the distillation loss beside the next-token loss.
    public var mixing: Double?
    /// Which way round the divergence is taken: `forward` or `reverse`.
    public var direction: String?
    /// What is kept of the teacher's distribution: `full`, `top-16`, `nucleus-0.9`.
    public var truncation: String?

    public init(
      teacherRun: String, teacherLoss: Double, teacherParameters: Double, teacherTokens: Double,
      divergence: Double? = nil, temperature: Double? = nil, mixing: Double? = nil,
      direction: String? = nil, truncation: String? = nil
    ) {
      self.teacherRun = teacherRun
      self.teacherLoss = teacherLoss
      self.teacherParameters = teacherParameters
      self.teacherTokens = teacherTokens
      self.divergence = divergence
      self.temperature = temperature
      self.mixing = mixing
      self.direction = direction
      self.truncation = truncation
    }
  }

  /// How the loss of a reconstructed run was drawn from a law.
  public struct Reconstruction: Codable, Hashable, Sendable {
    /// Standard deviation of the logarithm of the loss about the law.
    public var noise: Double
    /// Seed of the noise.
    public var seed: Int

    public init(noise: Double, seed: Int) {
      self.noise = noise
      self.seed = seed
    }
  }

  /// The architecture.
  public struct Model: Codable, Hashable, Sendable {
    public var layers: Int
    public var width: Int
    public var feedForwardWidth: Int
    public var heads: Int
    public var context: Int
    public var vocabulary: Int

    public init(
      layers: Int, width: Int, feedForwardWidth: Int, heads: Int, context: Int, vocabulary: Int
    ) {
      self.layers = layers
      self.width = width
      self.feedForwardWidth = feedForwardWidth
      self.heads = heads
      self.context = context
      self.vocabulary = vocabulary
    }
  }

  /// How it was trained.
  public struct Recipe: Codable, Hashable, Sendable {
    public var batchTokens: Int
    public var steps: Int
    public var peakLearningRate: Double
    public var warmupSteps: Int
    public var weightDecay: Double
    public var split: String

    public init(
      batchTokens: Int, steps: Int, peakLearningRate: Double, warmupSteps: Int,
      weightDecay: Double, split: String
    ) {
      self.batchTokens = batchTokens
      self.steps = steps
      self.peakLearningRate = peakLearningRate
      self.warmupSteps = warmupSteps
      self.weightDecay = weightDecay
      self.split = split
    }
  }

  public struct CurvePoint: Codable, Hashable, Sendable {
    /// Tokens seen at the end of the span.
    public var tokens: Double
    /// Mean training cross-entropy over the span, in nats per token.
    public var loss: Double

    public init(tokens: Double, loss: Double) {
      self.tokens = tokens
      self.loss = loss
    }
  }

  public init(
    run: String, kind: Kind, origin: Origin, purpose: Purpose, sweep: String, budget: Double? = nil,
    parameters: Double, tokens: Double, compute: Double, loss: Double,
    lossStandardError: Double? = nil, evaluationTokens: Int? = nil, seed: Int? = nil,
    model: Model? = nil, recipe: Recipe? = nil, lossCurve: [CurvePoint]? = nil,
    seconds: Double? = nil, software: String? = nil, distillation: Distillation? = nil,
    reconstruction: Reconstruction? = nil
  ) {
    self.run = run
    self.kind = kind
    self.origin = origin
    self.purpose = purpose
    self.sweep = sweep
    self.budget = budget
    self.parameters = parameters
    self.tokens = tokens
    self.compute = compute
    self.loss = loss
    self.lossStandardError = lossStandardError
    self.evaluationTokens = evaluationTokens
    self.seed = seed
    self.model = model
    self.recipe = recipe
    self.lossCurve = lossCurve
    self.seconds = seconds
    self.software = software
    self.distillation = distillation
    self.reconstruction = reconstruction
  }
}

extension RunRecord {
  /// The record as a line of a run log, with its end; equal records give equal bytes.
  /// - Throws: ``StageError`` where a number is not finite.
  public func logLine() throws(StageError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    } catch {
      throw StageError("run \(run) cannot be written: its loss is \(loss)")
    }
  }
}
