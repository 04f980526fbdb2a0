import ScalingLaws

extension SupervisedLaw {
  /// Loss that the law gives a supervised run.
  public func prediction(of record: RunRecord) -> Double {
    loss(parameters: record.parameters, tokens: record.tokens)
  }
}

extension DistillationLaw {
  /// Loss that the law gives a distilled run; not a number for a run without a teacher.
  public func prediction(of record: RunRecord) -> Double {
    loss(
      studentParameters: record.parameters, studentTokens: record.tokens,
      teacherLoss: record.distillation?.teacherLoss ?? .nan)
  }

  /// L_T / L~_S of a distilled run: above 1 its teacher is weaker than the student would be by itself.
  public func teacherStrength(of record: RunRecord) -> Double? {
    record.distillation.map {
      $0.teacherLoss / supervised.loss(parameters: record.parameters, tokens: record.tokens)
    }
  }
}
