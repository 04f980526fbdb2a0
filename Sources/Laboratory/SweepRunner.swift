import Artifacts
import Dispatch
import Foundation
import Synchronization

/// Trains the runs of a sweep that its log does not hold yet, several side by side.
public struct SweepRunner: Sendable {
  /// Runs trained at the same time, each on threads of its own.
  public var jobs = 1
  public var threadsPerRun = 1
  /// Folder for the checkpoints of unfinished runs.
  public var checkpoints: String
  /// Folder that keeps the parameters of finished runs, for use as teachers; nil keeps none.
  public var weights: String?
  /// Seconds between two checkpoints of a run.
  public var checkpointInterval = 30.0
  public var software: String

  public init(checkpoints: String, software: String) {
    self.checkpoints = checkpoints
    self.software = software
  }

  /// How far a sweep is.
  public struct Progress: Sendable {
    public var finishedRuns = 0
    public var totalRuns = 0
    /// Training FLOPs, counted by F(N): done in this session, and left at its start.
    public var doneCompute = 0.0
    public var totalCompute = 0.0
    public var seconds = 0.0

    /// Seconds left at the rate so far.
    public var secondsLeft: Double? {
      doneCompute > 0 ? (totalCompute - doneCompute) / doneCompute * seconds : nil
    }
  }

  /// Trains what is missing and returns when all is done.
  /// - Parameter report: called about once a second, by one thread at a time.
  /// - Throws: the first ``StageError``; the runs finished before it are in the log.
  public func run(
    _ sweep: Sweep, corpus: Corpus, log: RunLog, report: @escaping @Sendable (Progress) -> Void
  ) throws(StageError) {
    let missing = sweep.runs.filter { !log.finished.contains($0.configuration.name) }
    var progress = Progress()
    progress.totalRuns = missing.count
    progress.totalCompute = missing.reduce(0) { $0 + $1.configuration.compute }
    let board = Board(progress: progress, log: log, report: report)
    let workers = min(jobs, missing.count)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while let index = board.takeNext() {
        do {
          let record = try train(missing[index], of: sweep, corpus: corpus, board: board)
          try board.finish(record)
        } catch {
          board.fail(error as? StageError ?? StageError("\(error)"))
        }
      }
    }
    if let error = board.error { throw error }
    try log.sort(by: sweep.runs.map(\.configuration.name))
  }

  private func train(
    _ planned: Sweep.PlannedRun, of sweep: Sweep, corpus: Corpus, board: Board
  ) throws(StageError) -> RunRecord {
    let configuration = planned.configuration
    let trainer = try Trainer(configuration, corpus: corpus, threads: threadsPerRun)
    let checkpoint = checkpoints + "/" + configuration.name + ".checkpoint"
    let start = ContinuousClock.now
    var saved = start
    if Checkpoint.restore(trainer, from: checkpoint) {
      board.add(compute: configuration.compute * Double(trainer.step) / Double(configuration.steps))
    }
    let stride = max(1, Int(2e9 / (configuration.compute / Double(configuration.steps))))
    while !trainer.isFinished, board.error == nil {
      let before = trainer.step
      for _ in 0..<stride where !trainer.isFinished {
        let loss = trainer.trainStep()
        guard loss.isFinite else {
          throw StageError("run \(configuration.name) diverged at step \(trainer.step)")
        }
      }
      let share = Double(trainer.step - before) / Double(configuration.steps)
      board.add(compute: configuration.compute * share)
      if saved.duration(to: .now) > .seconds(checkpointInterval) {
        try Checkpoint.save(trainer, to: checkpoint)
        saved = .now
      }
    }
    let seconds = start.duration(to: .now) / .seconds(1)
    let evaluation = trainer.evaluate()
    if let weights { try Checkpoint.save(trainer, to: weights + "/" + configuration.name + ".checkpoint") }
    try? FileManager.default.removeItem(atPath: checkpoint)
    return RunRecord(
      trainer: trainer, evaluation: evaluation, sweep: sweep, budget: planned.budget, seconds: seconds,
      software: software)
  }
}

extension RunRecord {
  /// The log line of a finished run.
  fileprivate init(
    trainer: Trainer, evaluation: Evaluation, sweep: Sweep, budget: Double?, seconds: Double, software: String
  ) {
    let configuration = trainer.configuration
    let shape = configuration.shape
    self.init(
      run: configuration.name, kind: .supervised, origin: .measured, purpose: sweep.purpose,
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
      lossCurve: trainer.curve.points, seconds: (seconds * 100).rounded() / 100, software: software)
  }
}

/// What the workers of a sweep share.
private final class Board: @unchecked Sendable {
  // Every access to the properties below is inside `lock`.
  private let lock = Mutex(())
  private var next = 0
  private var progress: SweepRunner.Progress
  private var firstError: StageError?
  private var reported: ContinuousClock.Instant
  private let start = ContinuousClock.now
  private let log: RunLog
  private let report: @Sendable (SweepRunner.Progress) -> Void

  init(
    progress: SweepRunner.Progress, log: RunLog, report: @escaping @Sendable (SweepRunner.Progress) -> Void
  ) {
    self.progress = progress
    self.log = log
    self.report = report
    reported = start
  }

  var error: StageError? { lock.withLock { _ in firstError } }

  func takeNext() -> Int? {
    lock.withLock { _ in
      guard firstError == nil, next < progress.totalRuns else { return nil }
      next += 1
      return next - 1
    }
  }

  func add(compute: Double) {
    lock.withLock { _ in
      progress.doneCompute += compute
      guard reported.duration(to: .now) > .seconds(1) else { return }
      reported = .now
      progress.seconds = start.duration(to: .now) / .seconds(1)
      report(progress)
    }
  }

  func finish(_ record: RunRecord) throws {
    try lock.withLock { _ in
      // A run that stopped because another failed is not finished.
      guard firstError == nil else { return }
      try log.append(record)
      progress.finishedRuns += 1
      progress.seconds = start.duration(to: .now) / .seconds(1)
      report(progress)
    }
  }

  func fail(_ error: StageError) {
    lock.withLock { _ in if firstError == nil { firstError = error } }
  }
}
