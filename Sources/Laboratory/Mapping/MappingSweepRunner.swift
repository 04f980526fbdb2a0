import Formats
import Foundation

extension SweepRunner {
  /// Trains what is missing of a sweep on the Mapping Problem and returns when all is done. A run works on one
  /// thread; teachers' parameters are kept, so that students that are added later need no new teacher.
  /// - Parameter report: called about once a second, by one thread at a time.
  /// - Throws: the first ``StageError``; the runs finished before it are in the log.
  public func run(
    _ sweep: MappingSweep, log: RunLog, report: @escaping @Sendable (Progress) -> Void
  ) throws(StageError) {
    let finished = log.finished
    var lessons = [MappingSweep.Lesson]()
    var exams = [MappingDraw: MappingExam]()
    var progress = Progress()
    for var lesson in sweep.lessons {
      lesson.students.removeAll { finished.contains($0.name) }
      guard lesson.runs.contains(where: { !finished.contains($0.name) }), let draw = lesson.runs.first?.draw else {
        continue
      }
      if exams[draw] == nil { exams[draw] = MappingExam(draw) }
      progress.totalRuns += lesson.runs.count { !finished.contains($0.name) }
      progress.totalCompute += lesson.runs.filter { !isTrained($0) }.reduce(0) { $0 + $1.compute }
      lessons.append(lesson)
    }
    let board = SweepBoard(jobs: lessons.count, progress: progress, log: log, report: report)
    let examOfDraw = exams
    try share(lessons, board: board) { lesson throws(StageError) in
      guard let draw = lesson.runs.first?.draw, let exam = examOfDraw[draw] else { return }
      try work(on: lesson, of: sweep, exam: exam, finished: finished, board: board)
    }
    try log.sort(by: sweep.runs.map(\.name))
  }

  /// True of a teacher whose parameters are at hand.
  private func isTrained(_ configuration: MappingConfiguration) -> Bool {
    configuration.split == .teacher
      && Checkpoint.isFinished(configuration.name, steps: configuration.steps, at: weightsPath(configuration.name))
  }

  private func work(
    on lesson: MappingSweep.Lesson, of sweep: MappingSweep, exam: MappingExam, finished: Set<String>,
    board: SweepBoard
  ) throws(StageError) {
    var teacher: (trainer: MappingTrainer, evaluation: MappingEvaluation)?
    if let configuration = lesson.teacher {
      let trainer = MappingTrainer(configuration)
      var seconds: Double?
      if !restoreWeights(of: trainer) || !trainer.isFinished {
        guard let training = try train(trainer, keepingWeights: true, board: board) else { return }
        seconds = training.seconds
      }
      let evaluation = trainer.evaluate(exam)
      teacher = (trainer, evaluation)
      if !finished.contains(trainer.name) {
        try board.finish(RunRecord(trainer, evaluation: evaluation, sweep: sweep, seconds: seconds, software: software))
      }
      try? FileManager.default.removeItem(atPath: checkpointPath(trainer.name))
    }
    for configuration in lesson.students {
      let trainer = MappingTrainer(configuration, teacher: teacher?.trainer)
      guard let training = try train(trainer, keepingWeights: false, board: board) else { return }
      try board.finish(
        RunRecord(
          trainer, evaluation: trainer.evaluate(exam), sweep: sweep, seconds: training.seconds, software: software,
          teacher: teacher.map { ($0.trainer.configuration, $0.evaluation) }))
      try? FileManager.default.removeItem(atPath: checkpointPath(trainer.name))
    }
  }
}

extension RunRecord {
  /// The log line of a finished run on the Mapping Problem.
  /// - Parameters:
  ///   - seconds: nil where they are not known, of a teacher whose parameters were found.
  ///   - teacher: the teacher of a distillation, and how well it does.
  init(
    _ trainer: MappingTrainer, evaluation: MappingEvaluation, sweep: MappingSweep, seconds: Double?, software: String,
    teacher: (configuration: MappingConfiguration, evaluation: MappingEvaluation)? = nil
  ) {
    let configuration = trainer.configuration
    let objective = configuration.teaching?.objective
    self.init(
      run: configuration.name, kind: teacher == nil ? .supervised : .distillation, origin: .measured,
      purpose: .mapping, sweep: sweep.name, parameters: Double(configuration.shape.parameters),
      tokens: Double(configuration.samples), compute: configuration.compute, loss: evaluation.loss,
      lossStandardError: evaluation.standardError.map { ($0 * 1e6).rounded() / 1e6 },
      accuracy: evaluation.accuracy, evaluationTokens: evaluation.questions, seed: configuration.seed,
      recipe: .init(
        batchTokens: configuration.batch, steps: configuration.steps,
        peakLearningRate: configuration.peakLearningRate, warmupSteps: configuration.schedule.warmupSteps,
        weightDecay: 0, split: configuration.split.rawValue),
      lossCurve: trainer.curve.points, seconds: seconds.map { ($0 * 100).rounded() / 100 }, software: software,
      distillation: teacher.map { teacher, result in
        .init(
          teacherRun: teacher.name, teacherLoss: result.loss,
          teacherParameters: Double(teacher.shape.parameters), teacherTokens: Double(teacher.samples),
          divergence: evaluation.divergence, temperature: objective?.temperature, mixing: objective?.mixing,
          direction: objective?.direction.rawValue, truncation: objective?.truncation.text,
          teacherAccuracy: result.accuracy, teacherWidth: teacher.width, teacherSteps: teacher.steps)
      },
      mapping: .init(
        places: configuration.draw.places, width: configuration.width,
        easyFraction: configuration.draw.shareOfZeros, easy: evaluation.easy, hard: evaluation.hard,
        ones: evaluation.ones, twos: evaluation.twos))
  }
}
