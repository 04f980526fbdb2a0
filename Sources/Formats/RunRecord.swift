import Foundation

/// One finished training run: a line of a run log.
///
/// Losses are in nats per token on held-out text, sizes in non-embedding parameters, compute in FLOPs. For a
/// network on the Mapping Problem, read "sample" for "token": its losses are in nats per label.
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
  /// (a learning rate that is off on purpose, say) are only drawn, as are those on the `mapping` problem, whose
  /// losses are of another kind.
  public enum Purpose: String, Codable, Sendable, CaseIterable {
    case law, baseline, tuning, mapping
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
  /// Share of the held-out labels that the model finds most probable.
  public var accuracy: Double?
  /// Number of held-out tokens behind `loss`.
  public var evaluationTokens: Int?
  public var seed: Int?
  /// Name of the training that the run is a checkpoint of, where several runs are of one.
  public var training: String?
  /// What the losses are measured in, where it is not nats per token.
  public var lossUnit: LossUnit?
  public var model: Model?
  public var recipe: Recipe?
  /// Mean training loss over spans of the run, in order.
  public var lossCurve: [CurvePoint]?
  /// Losses on held-out text while it was trained, in order, where a log has them.
  public var evaluationCurve: [CurvePoint]?
  /// Wall-clock seconds of training.
  public var seconds: Double?
  public var software: String?
  /// The teacher and the loss, where the run is a distillation.
  public var distillation: Distillation?
  /// How the losses were drawn, where the run is reconstructed.
  public var reconstruction: Reconstruction?
  /// The network and its inputs, where the run is on the Mapping Problem.
  public var mapping: Mapping?
  /// How far the model's confidence can be believed, where that was measured.
  public var calibration: Calibration?
  /// Scores of downstream tasks, where they were measured.
  public var downstream: [TaskScore]?
  /// Mean probability on held-out text that truncation keeps of the model's distribution, where that was measured, by
  /// the truncation's name as in ``Distillation/truncation``.
  public var keptProbability: [String: Double]?
  /// SHA-256 of the model's parameters, where they were kept.
  public var weights: Digest?

  /// What a distilled run learned from.
  public struct Distillation: Codable, Hashable, Sendable {
    /// Name of the teacher's own run.
    public var teacherRun: String
    /// Cross-entropy L_T of the teacher on data, in nats per token.
    public var teacherLoss: Double
    /// Non-embedding parameters N_T of the teacher, where they are known.
    public var teacherParameters: Double?
    /// Tokens D_T that the teacher was trained on, where they are known.
    public var teacherTokens: Double?
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
    /// Share of the held-out labels that the teacher finds most probable.
    public var teacherAccuracy: Double?
    /// Width and training steps of a teacher on the Mapping Problem.
    public var teacherWidth: Int?
    public var teacherSteps: Int?

    public init(
      teacherRun: String, teacherLoss: Double, teacherParameters: Double?, teacherTokens: Double?,
      divergence: Double? = nil, temperature: Double? = nil, mixing: Double? = nil,
      direction: String? = nil, truncation: String? = nil, teacherAccuracy: Double? = nil,
      teacherWidth: Int? = nil, teacherSteps: Int? = nil
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
      self.teacherAccuracy = teacherAccuracy
      self.teacherWidth = teacherWidth
      self.teacherSteps = teacherSteps
    }
  }

  /// How the loss of a reconstructed run was drawn from a law.
  public struct Reconstruction: Codable, Hashable, Sendable {
    /// Standard deviation of the logarithm of the loss about the law.
    public var noise: Double
    /// Seed of the noise.
    public var seed: Int
    /// Of a distillation: the paper's law, `printed` or `figures`; nil in older logs, drawn from `printed`.
    public var law: String?

    public init(law: String? = nil, noise: Double, seed: Int) {
      self.law = law
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

  /// A network on the Mapping Problem (appendix C.2), and how its inputs were drawn.
  public struct Mapping: Codable, Hashable, Sendable {
    /// Values in the context, and so classes.
    public var places: Int
    /// Width of both hidden layers.
    public var width: Int
    /// Share of the inputs that ask about a zero.
    public var easyFraction: Double
    /// Mean loss and accuracy on the inputs that ask about a zero, and on the others.
    public var easy: Part?
    public var hard: Part?
    /// The same on those of the others that ask about a one, and about a two.
    public var ones: Part?
    public var twos: Part?

    public struct Part: Codable, Hashable, Sendable {
      public var loss: Double
      public var accuracy: Double

      public init(loss: Double, accuracy: Double) {
        self.loss = loss
        self.accuracy = accuracy
      }
    }

    public init(
      places: Int, width: Int, easyFraction: Double, easy: Part? = nil, hard: Part? = nil, ones: Part? = nil,
      twos: Part? = nil
    ) {
      self.places = places
      self.width = width
      self.easyFraction = easyFraction
      self.easy = easy
      self.hard = hard
      self.ones = ones
      self.twos = twos
    }
  }

  public struct CurvePoint: Codable, Hashable, Sendable {
    /// Tokens seen by then.
    public var tokens: Double
    /// Mean training cross-entropy over the span, or that on held-out text, in nats per token.
    public var loss: Double

    public init(tokens: Double, loss: Double) {
      self.tokens = tokens
      self.loss = loss
    }
  }

  public init(
    run: String, kind: Kind, origin: Origin, purpose: Purpose, sweep: String, budget: Double? = nil,
    parameters: Double, tokens: Double, compute: Double, loss: Double,
    lossStandardError: Double? = nil, accuracy: Double? = nil, evaluationTokens: Int? = nil, seed: Int? = nil,
    training: String? = nil, lossUnit: LossUnit? = nil, model: Model? = nil, recipe: Recipe? = nil,
    lossCurve: [CurvePoint]? = nil,
    evaluationCurve: [CurvePoint]? = nil,
    seconds: Double? = nil, software: String? = nil, distillation: Distillation? = nil,
    reconstruction: Reconstruction? = nil, mapping: Mapping? = nil, calibration: Calibration? = nil,
    downstream: [TaskScore]? = nil, keptProbability: [String: Double]? = nil, weights: Digest? = nil
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
    self.accuracy = accuracy
    self.evaluationTokens = evaluationTokens
    self.seed = seed
    self.training = training
    self.lossUnit = lossUnit
    self.model = model
    self.recipe = recipe
    self.lossCurve = lossCurve
    self.evaluationCurve = evaluationCurve
    self.seconds = seconds
    self.software = software
    self.distillation = distillation
    self.reconstruction = reconstruction
    self.mapping = mapping
    self.calibration = calibration
    self.downstream = downstream
    self.keptProbability = keptProbability
    self.weights = weights
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
      throw StageError("run \(run) cannot be written: a number of it is not finite")
    }
  }
}
