/// How a compute budget is spent on a student, and what comes of it.
public struct Plan: Sendable, Hashable {
  public var scenario: Scenario
  /// Non-embedding parameters N_S of the student.
  public var studentParameters: Double
  /// Tokens D_S that the student is trained or distilled on.
  public var studentTokens: Double
  /// Predicted cross-entropy L_S of the student, in nats per token.
  public var studentLoss: Double
  /// Nil where the student is trained without one.
  public var teacher: PlannedTeacher?
  /// FLOPs of the student's training, 3 F(N_S) D_S.
  public var studentCompute: Double
  /// FLOPs paid for the teacher's logits, delta_T^Lgt F(N_T) D_S.
  public var logitCompute: Double
  /// FLOPs paid for the teacher's training, 3 delta_T^Pre F(N_T) D_T.
  public var teacherCompute: Double

  public init(
    scenario: Scenario, studentParameters: Double, studentTokens: Double, studentLoss: Double,
    teacher: PlannedTeacher?, studentCompute: Double, logitCompute: Double, teacherCompute: Double
  ) {
    self.scenario = scenario
    self.studentParameters = studentParameters
    self.studentTokens = studentTokens
    self.studentLoss = studentLoss
    self.teacher = teacher
    self.studentCompute = studentCompute
    self.logitCompute = logitCompute
    self.teacherCompute = teacherCompute
  }

  /// FLOPs that are paid for in all (eq. 9).
  public var compute: Double { studentCompute + logitCompute + teacherCompute }

  /// Tokens that are counted (eq. 34): D_S + delta_T^Pre D_T.
  public var tokens: Double {
    studentTokens + (scenario.paysPretraining ? teacher?.tokens ?? 0 : 0)
  }
}

/// The teacher of a plan.
public struct PlannedTeacher: Sendable, Hashable {
  /// Cross-entropy L_T in nats per token.
  public var loss: Double
  /// Non-embedding parameters N_T.
  public var parameters: Double
  /// Tokens D_T that it is trained on.
  public var tokens: Double

  public init(loss: Double, parameters: Double, tokens: Double) {
    self.loss = loss
    self.parameters = parameters
    self.tokens = tokens
  }
}
