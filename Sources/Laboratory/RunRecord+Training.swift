import Formats

extension RunRecord {
  /// The log line of a finished run.
  /// - Parameter teacher: the teacher of a distillation and its loss on held-out text.
  init(
    trainer: Trainer, evaluation: Evaluation, sweep: Sweep, budget: Double?, seconds: Double?, software: String,
    teacher: (configuration: TrainingConfiguration, loss: Double)? = nil
  ) {
    let configuration = trainer.configuration
    let shape = configuration.shape
    self.init(
      run: configuration.name, kind: teacher == nil ? .supervised : .distillation, origin: .measured, purpose: sweep.purpose,
      sweep: sweep.name, budget: budget, parameters: Double(shape.nonEmbeddingParameters),
      tokens: Double(configuration.tokens), compute: configuration.compute, loss: evaluation.loss,
      lossStandardError: (evaluation.standardError * 1e6).rounded() / 1e6,
      evaluationTokens: evaluation.tokens, seed: configuration.seed,
      model: .init(
        layers: shape.layers, width: shape.width, feedForwardWidth: shape.feedForwardWidth,
        heads: shape.heads, context: shape.context, vocabulary: shape.vocabulary),
      recipe: .init(
        batchTokens: configuration.batchTokens, steps: configuration.steps,
        peakLearningRate: configuration.peakLearningRate, warmupSteps: configuration.warmupSteps,
        weightDecay: configuration.weightDecay, split: configuration.split.rawValue),
      lossCurve: trainer.curve.points, seconds: seconds.map { ($0 * 100).rounded() / 100 }, software: software,
      distillation: teacher.map { teacher, loss in
        let objective = configuration.teaching?.objective
        return .init(
          teacherRun: teacher.name, teacherLoss: loss,
          teacherParameters: Double(teacher.shape.nonEmbeddingParameters),
          teacherTokens: Double(teacher.tokens), divergence: evaluation.divergence,
          temperature: objective?.temperature, mixing: objective?.mixing,
          direction: objective?.direction.rawValue, truncation: objective?.truncation.text)
      })
  }
}
