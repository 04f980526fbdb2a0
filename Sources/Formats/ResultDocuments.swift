/// A fitted law, as `distill-fit` writes it and every later stage reads it.
public struct FitDocument: Codable, Hashable, Sendable {
  /// `supervised`, `chinchilla` or `distillation`.
  public var law: String
  /// Number of runs fitted.
  public var runs: Int
  /// Coefficients by their printed names: A, B, E, alpha, beta, gamma, and c0, c1, f1, d1 as the law has
  /// them.
  public var coefficients: [String: Double]
  /// Under a distillation law: the coefficients of the supervised law that gives L~_S.
  public var supervised: [String: Double]?
  /// Sum over the runs of Huber's function of log predicted - log observed.
  public var objective: Double
  /// Mean of |predicted - observed| / observed over the runs fitted.
  public var meanAbsoluteRelativeError: Double
  public var maxAbsoluteRelativeError: Double
  /// Starting points tried.
  public var starts: Int
  /// Where Huber's function turns from a parabola into a line.
  public var delta: Double
  public var selection: Selection
  /// What the losses are measured in, where it is not nats per token.
  public var lossUnit: LossUnit?
  /// What made the runs doubtful when they were read.
  public var readingWarnings: [String]?
  /// What the fit was made from.
  public var inputs: Inputs

  /// Which of the runs that were there entered the fit.
  public struct Selection: Codable, Hashable, Sendable {
    /// Runs of the law's kind, tuning runs left out, before any cut by loss.
    public var availableRuns: Int
    /// Only runs with at least this loss were fitted: the weak ones, to be asked about the strong ones.
    public var minimumLoss: Double?
    /// How the runs were read, where options said so; later stages read them the same way.
    public var reading: ReadingOptions?

    public init(availableRuns: Int, minimumLoss: Double? = nil, reading: ReadingOptions? = nil) {
      self.availableRuns = availableRuns
      self.minimumLoss = minimumLoss
      self.reading = reading == ReadingOptions() ? nil : reading
    }
  }

  public struct Inputs: Codable, Hashable, Sendable {
    /// SHA-256 of the observations fitted.
    public var runs: Digest

    public init(runs: Digest) {
      self.runs = runs
    }
  }

  public init(
    law: String, runs: Int, coefficients: [String: Double], objective: Double,
    meanAbsoluteRelativeError: Double, maxAbsoluteRelativeError: Double, starts: Int, delta: Double,
    selection: Selection, inputs: Inputs, supervised: [String: Double]? = nil, lossUnit: LossUnit? = nil,
    readingWarnings: [String]? = nil
  ) {
    self.lossUnit = lossUnit
    self.readingWarnings = readingWarnings
    self.law = law
    self.runs = runs
    self.coefficients = coefficients
    self.supervised = supervised
    self.objective = objective
    self.meanAbsoluteRelativeError = meanAbsoluteRelativeError
    self.maxAbsoluteRelativeError = maxAbsoluteRelativeError
    self.starts = starts
    self.delta = delta
    self.selection = selection
    self.inputs = inputs
  }
}

/// Confidence intervals of a fit, as `distill-bootstrap` writes them.
public struct BootstrapDocument: Codable, Hashable, Sendable {
  public var law: String
  public var resamples: Int
  /// Nominal coverage, for example 0.9.
  public var confidence: Double
  public var seed: UInt64
  /// What was resampled: `runs` or `teachers`; nil in older documents, which resampled runs.
  public var resampling: String?
  /// Where refits started: `optimum`, `wide` or `exchange`; nil where laws were drawn by their likelihood.
  public var starts: String?
  /// What was resampled, how each resample was fitted and how the interval was read off.
  public var method: String
  /// By coefficient; also `a` and `b`, the compute-optimal exponents.
  public var intervals: [String: Interval]
  public var inputs: FitDocument.Inputs

  public struct Interval: Codable, Hashable, Sendable {
    public var estimate: Double
    /// Of the percentile interval.
    public var low: Double
    public var high: Double
    /// The bias-corrected interval; nil in older documents.
    public var biasCorrected: Bounds?

    public init(estimate: Double, low: Double, high: Double, biasCorrected: Bounds? = nil) {
      self.estimate = estimate
      self.low = low
      self.high = high
      self.biasCorrected = biasCorrected
    }
  }

  public struct Bounds: Codable, Hashable, Sendable {
    public var low: Double
    public var high: Double

    public init(low: Double, high: Double) {
      self.low = low
      self.high = high
    }
  }

  public init(
    law: String, resamples: Int, confidence: Double, seed: UInt64, resampling: String? = nil, starts: String? = nil,
    method: String, intervals: [String: Interval], inputs: FitDocument.Inputs
  ) {
    self.resampling = resampling
    self.starts = starts
    self.law = law
    self.resamples = resamples
    self.confidence = confidence
    self.seed = seed
    self.method = method
    self.intervals = intervals
    self.inputs = inputs
  }
}
