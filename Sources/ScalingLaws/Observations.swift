/// A supervised run as the laws see it.
public struct SupervisedObservation: Sendable, Hashable {
  /// Non-embedding parameters N.
  public var parameters: Double
  /// Training tokens D.
  public var tokens: Double
  /// Held-out cross-entropy in nats per token.
  public var loss: Double
  /// Name of the training that the run is a checkpoint of, where several runs are of one; they are not independent.
  public var training: String?
  /// Standard deviation of log loss from seed to seed, where the run is to be weighted by it; nil where runs count alike.
  public var noise: Double?

  public init(parameters: Double, tokens: Double, loss: Double, training: String? = nil, noise: Double? = nil) {
    self.parameters = parameters
    self.tokens = tokens
    self.loss = loss
    self.training = training
    self.noise = noise
  }
}

/// A distillation run as the laws see it. The teacher acts through its loss alone.
public struct DistillationObservation: Sendable, Hashable {
  /// Non-embedding parameters N_S of the student.
  public var studentParameters: Double
  /// Tokens D_S that the student was distilled on.
  public var studentTokens: Double
  /// Held-out cross-entropy L_T of the teacher on data, in nats per token.
  public var teacherLoss: Double
  /// Held-out cross-entropy L_S of the student on data, in nats per token.
  public var studentLoss: Double
  /// Name of the teacher's run, where it is known.
  public var teacher: String?
  /// Non-embedding parameters N_T of the teacher, where they are known; the law does not ask for them.
  public var teacherParameters: Double?
  /// Standard deviation of log L_S from seed to seed, where the run is to be weighted by it; nil where runs count alike.
  public var noise: Double?

  public init(
    studentParameters: Double, studentTokens: Double, teacherLoss: Double, studentLoss: Double,
    teacher: String? = nil, teacherParameters: Double? = nil, noise: Double? = nil
  ) {
    self.studentParameters = studentParameters
    self.studentTokens = studentTokens
    self.teacherLoss = teacherLoss
    self.studentLoss = studentLoss
    self.teacher = teacher
    self.teacherParameters = teacherParameters
    self.noise = noise
  }
}
