import Formats
import Dispatch
import Foundation

extension Sweep {
  /// The finished runs that can be measured without any training, each with what it lacks of `measurements`.
  public func evaluable(
    by runner: SweepRunner, in log: RunLog, measurements: Set<RunExtras.Measurement>
  ) -> Sweep {
    let wanted = RunExtras(measurements: measurements)
    var kept: [String: Bool] = [:]
    func isKept(_ run: TrainingConfiguration) -> Bool {
      if let known = kept[run.name] { return known }
      kept[run.name] = runner.keepsWeights(of: run)
      return kept[run.name] ?? false
    }
    let chosen = runs.compactMap { run -> PlannedRun? in
      guard let record = log.records[run.configuration.name], !wanted.areIn(record),
        isKept(run.configuration), run.teacher.map(isKept) ?? true
      else { return nil }
      var run = run
      run.extras = wanted
      return run
    }
    return Sweep(name: name, purpose: purpose, runs: chosen)
  }
}

/// Trains the runs of a sweep that its log does not hold yet, several side by side.
public struct SweepRunner: Sendable {
  /// Runs, or teachers with their students, trained at the same time, each on threads of its own.
  public var jobs = 1
  public var threadsPerRun = 1
  /// Folder for the checkpoints of unfinished runs.
  public var checkpoints: String
  /// Folder that keeps the parameters of finished supervised runs on the teacher split: they may be teachers.
  public var weights: String
  /// Seconds between two checkpoints of a run.
  public var checkpointInterval = 30.0
  public var software: String
  /// Is told what happened that is not an error, as that a damaged checkpoint was not taken; by any thread.
  public var note: @Sendable (String) -> Void = { _ in }

  public init(checkpoints: String, weights: String, software: String) {
    self.checkpoints = checkpoints
    self.weights = weights
    self.software = software
  }

  /// How far a sweep is.
  public struct Progress: Sendable {
    public var finishedRuns = 0
    public var totalRuns = 0
    /// FLOPs of students and teachers, counted by F(N): done so far in this session, and to be done in all.
    public var doneCompute = 0.0
    public var totalCompute = 0.0
    public var seconds = 0.0

    /// Seconds left at the rate so far.
    public var secondsLeft: Double? {
      doneCompute > 0 ? (totalCompute - doneCompute) / doneCompute * seconds : nil
    }
  }

  /// What a worker does at a time.
  private enum Job: Sendable {
    case run(Sweep.PlannedRun)
    /// A teacher whose parameters are not at hand. Its own log line belongs to another sweep.
    case teacher(TrainingConfiguration)
    case classroom(Sweep.Lesson)

    /// Bytes that it takes at least.
    var memory: Double {
      func bytes(_ run: TrainingConfiguration) -> Double {
        run.shape.stateBytes + run.shape.shardBytes(batchTokens: run.batchTokens)
      }
      switch self {
      case .run(let planned): return bytes(planned.configuration)
      case .teacher(let configuration): return bytes(configuration)
      case .classroom(let lesson):
        // Students of one shape share their shards.
        let shapes = Dictionary(
          lesson.students.map { ($0.configuration.shape, $0.configuration) }, uniquingKeysWith: { a, _ in a })
        return bytes(lesson.teacher) + lesson.students.reduce(0) { $0 + $1.configuration.shape.stateBytes }
          + shapes.values.reduce(0) { $0 + $1.shape.shardBytes(batchTokens: $1.batchTokens) }
      }
    }

    var compute: Double {
      switch self {
      case .run(let planned): planned.configuration.compute
      case .teacher(let configuration): configuration.compute
      case .classroom(let lesson): lesson.compute
      }
    }
  }

  /// Trains what is missing and returns when all is done.
  /// - Parameters:
  ///   - whole: the sweep that `sweep` is a part of, where it is one: the log gets its order.
  ///   - report: called about once a second, by one thread at a time.
  /// - Throws: the first ``StageError``; the runs finished before it are in the log.
  public func run(
    _ sweep: Sweep, of whole: Sweep? = nil, corpus: Corpus, log: RunLog, report: @escaping @Sendable (Progress) -> Void
  ) throws(StageError) {
    let missing = Sweep(
      name: sweep.name, purpose: sweep.purpose,
      runs: sweep.runs.filter { run in log.records[run.configuration.name].map { !run.extras.areIn($0) } ?? true })
    let exam = missing.runs.contains { $0.extras.measurements.contains(.downstream) } ? DownstreamExam(corpus) : nil
    let untrained = untrained(missing.teachers).map(Job.teacher)
    let others = missing.runs.filter { $0.teacher == nil }.map(Job.run)
    let classrooms = missing.lessons.map(Job.classroom)
    var progress = Progress()
    progress.totalRuns = missing.runs.count
    progress.totalCompute = (untrained + others + classrooms).reduce(0) { $0 + $1.compute }
    for phase in [untrained + others, classrooms] { try checkMemory(of: phase, log: log) }
    // Students wait until all teachers are trained.
    for phase in [untrained + others, classrooms] where !phase.isEmpty {
      let board = SweepBoard(jobs: phase.count, progress: progress, log: log, report: report)
      try share(phase, board: board) { job throws(StageError) in
        try work(on: job, of: sweep, corpus: corpus, exam: exam, board: board)
      }
      progress = board.progressSoFar
    }
    try log.sort(by: (whole ?? sweep).runs.map(\.configuration.name))
  }

  /// Trains teachers whose parameters are not at hand, and keeps these. Their log lines belong to other sweeps.
  /// - Throws: the first ``StageError``.
  public func run(
    teachers: [TrainingConfiguration], of sweep: Sweep, corpus: Corpus, log: RunLog,
    report: @escaping @Sendable (Progress) -> Void
  ) throws(StageError) {
    let missing = untrained(teachers).map(Job.teacher)
    guard !missing.isEmpty else { return }
    try checkMemory(of: missing, log: log)
    var progress = Progress()
    progress.totalRuns = missing.count
    progress.totalCompute = missing.reduce(0) { $0 + $1.compute }
    let board = SweepBoard(jobs: missing.count, progress: progress, log: log, report: report)
    try share(missing, board: board) { job throws(StageError) in
      try work(on: job, of: sweep, corpus: corpus, exam: nil, board: board)
    }
  }

  /// - Throws: ``StageError`` where the largest jobs that may run side by side are more than the machine's memory holds.
  private func checkMemory(of phase: [Job], log: RunLog) throws(StageError) {
    let needed = phase.map(\.memory).sorted(by: >).prefix(jobs).reduce(0, +)
    do {
      try Laboratory.checkMemory(needed, for: "training \(min(jobs, phase.count)) at a time")
    } catch {
      throw error.named(log.path)
    }
  }

  /// Has the workers take pieces of work in order, until none is left.
  /// - Throws: the first error, after which no further piece is taken.
  func share<Piece: Sendable>(
    _ pieces: [Piece], board: SweepBoard, work: @Sendable (Piece) throws(StageError) -> Void
  ) throws(StageError) {
    DispatchQueue.concurrentPerform(iterations: min(jobs, pieces.count)) { _ in
      while let index = board.takeNext() {
        do {
          try work(pieces[index])
        } catch {
          board.fail(error as? StageError ?? StageError("\(error)"))
        }
      }
    }
    if let error = board.error { throw error }
  }

  private func work(
    on job: Job, of sweep: Sweep, corpus: Corpus, exam: DownstreamExam?, board: SweepBoard
  ) throws(StageError) {
    switch job {
    case .run(let planned):
      let configuration = planned.configuration
      let trainer = try Trainer(configuration, corpus: corpus, threads: threadsPerRun)
      // Parameters that were kept need no new training.
      let isTrained = restoreWeights(of: trainer) && trainer.isFinished
      let keeps = !isTrained && (mayTeach(configuration) || planned.extras.keepsWeights)
      guard let training = try train(trainer, keepingWeights: keeps, board: board) else { return }
      var record = RunRecord(
        trainer: trainer, evaluation: trainer.evaluate(), sweep: sweep, budget: planned.budget,
        seconds: training.seconds, software: software)
      measure(planned.extras, of: trainer, exam: exam, into: &record)
      try board.finish(record)
      try? FileManager.default.removeItem(atPath: checkpointPath(configuration.name))
    case .teacher(let configuration):
      let trainer = try Trainer(configuration, corpus: corpus, threads: threadsPerRun)
      _ = try train(trainer, keepingWeights: mayTeach(configuration), board: board)
      try? FileManager.default.removeItem(atPath: checkpointPath(configuration.name))
    case .classroom(let lesson):
      try teach(lesson, of: sweep, corpus: corpus, exam: exam, board: board)
    }
  }

  /// Measures what a finished run's line is to have beside the loss.
  private func measure(
    _ extras: RunExtras, of trainer: Trainer, in classroom: Classroom? = nil, exam: DownstreamExam?,
    into record: inout RunRecord
  ) {
    if extras.measurements.contains(.calibration) {
      record.calibration = classroom?.calibration(of: trainer) ?? trainer.calibration()
    }
    if extras.measurements.contains(.downstream) { record.downstream = exam?.scores(of: trainer) }
    if extras.measurements.contains(.truncation) { record.keptProbability = trainer.keptProbability() }
    if extras.keepsWeights { record.weights = trainer.weightsDigest }
  }

  /// True of a run whose parameters are kept.
  private func mayTeach(_ configuration: TrainingConfiguration) -> Bool {
    configuration.teaching == nil && configuration.split == .teacher
  }

  func checkpointPath(_ run: String) -> String { checkpoints + "/" + run + ".checkpoint" }

  /// Those of some teachers whose parameters are not at hand, or damaged.
  package func untrained(_ teachers: [TrainingConfiguration]) -> [TrainingConfiguration] {
    teachers.filter { !keepsWeights(of: $0) }
  }

  /// Whether a run's parameters are at hand and undamaged.
  func keepsWeights(of run: TrainingConfiguration) -> Bool {
    Checkpoint.isFinished(run.name, steps: run.steps, at: weightsPath(run.name))
  }

  /// Brings a trainer to its kept parameters. Those of an earlier version, which have no digest, are taken with a note:
  /// teachers are expensive.
  func restoreWeights(of trainer: some TrainingRun) -> Bool {
    Checkpoint.restore(trainer, from: weightsPath(trainer.name), takesOld: true, note: note)
  }

  func weightsPath(_ run: String) -> String { weights + "/" + run + ".checkpoint" }

  /// A training that came to its end.
  struct FinishedTraining {
    /// What it took; nil where a part of it was done before.
    var seconds: Double?
  }

  /// Trains a run to its end, from its checkpoint where there is one.
  /// - Returns: nil where another worker's failure stopped it.
  func train(
    _ trainer: some TrainingRun, keepingWeights: Bool, board: SweepBoard
  ) throws(StageError) -> FinishedTraining? {
    let checkpoint = checkpointPath(trainer.name)
    let computeOfStep = trainer.compute / Double(trainer.steps)
    let start = ContinuousClock.now
    var saved = start
    if Checkpoint.restore(trainer, from: checkpoint, note: note) {
      board.skip(compute: computeOfStep * Double(trainer.step))
    }
    let isWhole = trainer.step == 0
    let stride = max(1, Int(2e9 / computeOfStep))
    while !trainer.isFinished {
      guard board.error == nil else { return nil }
      let before = trainer.step
      for _ in 0..<stride where !trainer.isFinished {
        let loss = trainer.trainStep()
        guard loss.isFinite else {
          throw StageError("run \(trainer.name) diverged at step \(trainer.step)")
        }
      }
      board.add(compute: computeOfStep * Double(trainer.step - before))
      if saved.duration(to: .now) > .seconds(checkpointInterval) {
        try Checkpoint.save(trainer, to: checkpoint)
        saved = .now
      }
    }
    let seconds = start.duration(to: .now) / .seconds(1)
    if keepingWeights { try Checkpoint.save(trainer, to: weightsPath(trainer.name)) }
    return FinishedTraining(seconds: isWhole ? seconds : nil)
  }

  /// Trains a teacher's students to their end; each is logged as soon as it gets there.
  private func teach(
    _ lesson: Sweep.Lesson, of sweep: Sweep, corpus: Corpus, exam: DownstreamExam?, board: SweepBoard
  ) throws(StageError) {
    let (teacher, planned) = (lesson.teacher, lesson.students)
    let pool = ShardPool(threads: threadsPerRun)
    let trained = try Trainer(teacher, corpus: corpus, pool: pool)
    guard restoreWeights(of: trained), trained.isFinished else {
      throw StageError("does not hold the finished run \(teacher.name)", file: weightsPath(teacher.name))
    }
    let classroom = try Classroom(
      teacher: trained, students: planned.map(\.configuration), corpus: corpus, pool: pool)
    for student in classroom.students {
      guard !restoreWeights(of: student) else { continue }
      _ = Checkpoint.restore(student, from: checkpointPath(student.name), note: note)
    }
    let total = lesson.compute
    var (saved, share) = (ContinuousClock.now, classroom.share)
    board.skip(compute: total * share)
    var unlogged = Array(planned.indices)
    while true {
      for index in unlogged where classroom.students[index].isFinished {
        let student = classroom.students[index]
        var record = RunRecord(
          trainer: student, evaluation: classroom.evaluate(student), sweep: sweep,
          budget: planned[index].budget, seconds: classroom.seconds(of: index), software: software,
          teacher: (teacher, classroom.teacherEvaluation.loss))
        let extras = planned[index].extras
        if extras.keepsWeights { try Checkpoint.save(student, to: weightsPath(student.name)) }
        measure(extras, of: student, in: classroom, exam: exam, into: &record)
        try board.finish(record)
        try? FileManager.default.removeItem(atPath: checkpointPath(student.name))
      }
      unlogged.removeAll { classroom.students[$0].isFinished }
      guard !unlogged.isEmpty, board.error == nil else { return }
      try classroom.trainStep()
      let now = classroom.share
      board.add(compute: total * (now - share))
      share = now
      if saved.duration(to: .now) > .seconds(checkpointInterval) {
        for student in unlogged.map({ classroom.students[$0] }) {
          try Checkpoint.save(student, to: checkpointPath(student.name))
        }
        saved = .now
      }
    }
  }
}
