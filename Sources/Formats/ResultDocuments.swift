public import ScalingLaws

/// A fitted law, as `distill-fit` writes it and every later stage reads it.
public struct FitDocument: Codable, Hashable, Sendable {
  /// `supervised`, `chinchilla` or `distillation`; `monotone` or `fading-gap`, which are for predictions of losses alone.
  public var law: String
  /// Whether it is of distillations.
  public var isOfDistillations: Bool { ["distillation", "monotone", "fading-gap"].contains(law) }
  /// Number of runs fitted.
  public var runs: Int
  /// Coefficients by their printed names: A, B, E, alpha, beta, gamma, and c0, c1, f1, d1 as the law has
  /// them. Those that the runs do not determine are not there, so that no later stage takes their arbitrary digits.
  public var coefficients: [String: Double]
  /// Coefficients that the runs do not determine, and in words why, and what the runs determine instead; nil where there
  /// are none.
  public var undetermined: [String]?
  public var determination: [String]?
  /// Where coefficients are not determined: what the law says of some of the runs, which is.
  public var losses: [Loss]?
  /// Values that coefficients were given before the fit, and pairs that were given one value; nil where there are none.
  public var fixed: [String: Double]?
  public var tied: [[String]]?
  /// How much a run above the law counts, as a share of one below it; nil for Huber's function itself.
  public var upperWeight: Double?
  /// The noise that runs were weighted by, each residual in units of its run's; nil where they count alike.
  public var noise: Noise?
  /// Runs that the law misses by far more than the others; nil where there are none.
  public var outliers: Outliers?
  /// Under a distillation law: the coefficients of the supervised law that gives L~_S.
  public var supervised: [String: Double]?
  /// Under a distillation law: the least loss of the supervised runs that gave L~_S, where these were cut by loss.
  public var supervisedMinimumLoss: Double?
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

  /// Noise of the runs, as weights.
  public struct Noise: Codable, Hashable, Sendable {
    /// Standard deviation of log L as a function of the run.
    public var curve: NoiseCurve
    /// Runs of configurations that were trained from several seeds, which it was estimated from, and the degrees of freedom
    /// that they leave.
    public var runs: Int
    public var degreesOfFreedom: Int
    /// The coefficients where every run counts alike; those that the runs do not determine are not there.
    public var without: [String: Double]

    public init(curve: NoiseCurve, runs: Int, degreesOfFreedom: Int, without: [String: Double]) {
      (self.curve, self.runs, self.degreesOfFreedom, self.without) = (curve, runs, degreesOfFreedom, without)
    }

    /// Runs with their noise.
    public func weighted(_ runs: [SupervisedObservation]) -> [SupervisedObservation] {
      runs.map { run in
        var run = run
        run.noise = curve.standardDeviation(tokens: run.tokens, strength: nil)
        return run
      }
    }

    /// The same of distillations.
    /// - Parameter law: gives L~_S.
    public func weighted(_ runs: [DistillationObservation], supervised law: SupervisedLaw) -> [DistillationObservation] {
      runs.map { run in
        var run = run
        let alone = law.loss(parameters: run.studentParameters, tokens: run.studentTokens)
        run.noise = curve.standardDeviation(tokens: run.studentTokens, strength: run.teacherLoss / alone)
        return run
      }
    }
  }

  /// What the law says of a run.
  public struct Loss: Codable, Hashable, Sendable {
    /// Of the student, in a distillation.
    public var parameters, tokens: Double
    public var teacherLoss: Double?
    /// As the law has it, in nats per token.
    public var loss: Double

    public init(parameters: Double, tokens: Double, teacherLoss: Double? = nil, loss: Double) {
      (self.parameters, self.tokens, self.teacherLoss, self.loss) = (parameters, tokens, teacherLoss, loss)
    }
  }

  public struct Outliers: Codable, Hashable, Sendable {
    /// Robust standard deviations beyond which a run is an outlier, and the standard deviation, of log loss.
    public var limit, deviation: Double
    /// The worst first.
    public var runs: [Outlier]
    /// The coefficients without them, fitted from the fit.
    public var without: [String: Double]?

    public init(limit: Double, deviation: Double, runs: [Outlier], without: [String: Double]?) {
      (self.limit, self.deviation, self.runs, self.without) = (limit, deviation, runs, without)
    }
  }

  public struct Outlier: Codable, Hashable, Sendable {
    /// Its name, or in a table its place, counted from one.
    public var run: String
    public var parameters, tokens, observed, predicted: Double
    /// (observed - predicted) / predicted.
    public var relativeError: Double
    /// log observed - log predicted, in robust standard deviations.
    public var deviations: Double

    public init(
      run: String, parameters: Double, tokens: Double, observed: Double, predicted: Double, relativeError: Double,
      deviations: Double
    ) {
      (self.run, self.parameters, self.tokens) = (run, parameters, tokens)
      (self.observed, self.predicted) = (observed, predicted)
      (self.relativeError, self.deviations) = (relativeError, deviations)
    }
  }

  /// Runs with the noise that the fit weighted them by; as they are where it weighted none.
  public func weighted(_ runs: [SupervisedObservation]) -> [SupervisedObservation] { noise?.weighted(runs) ?? runs }

  /// The same of distillations.
  /// - Parameter law: gives L~_S.
  public func weighted(_ runs: [DistillationObservation], supervised law: SupervisedLaw) -> [DistillationObservation] {
    noise?.weighted(runs, supervised: law) ?? runs
  }

  /// What was given of the coefficients.
  public var restrictions: Restrictions { Restrictions(fixed: fixed ?? [:], tied: tied ?? []) }

  /// Why no later stage can take the law, in one line; nil where it can.
  public var refusal: String? {
    guard undetermined != nil else { return nil }
    return "the runs do not determine the law: " + (determination ?? []).joined(separator: "; ")
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
  /// What was resampled: `runs`, `teachers` or `trainings`; nil in older documents, which resampled runs.
  public var resampling: String?
  /// Where refits started: `optimum`, `wide` or `exchange`; nil where laws were drawn by their likelihood.
  public var starts: String?
  /// What was resampled, how each resample was fitted and how the interval was read off.
  public var method: String
  /// Coefficients that the runs do not determine, which have no intervals; nil where there are none.
  public var undetermined: [String]?
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
