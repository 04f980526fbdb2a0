import Formats
import Dispatch
import Synchronization

/// What the workers of a sweep share.
final class SweepBoard: @unchecked Sendable {
  // Every access to the properties below is inside `lock`.
  private let lock = Mutex(())
  private var next = 0
  private let jobs: Int
  private var progress: SweepRunner.Progress
  private var firstError: StageError?
  private var reported: ContinuousClock.Instant
  private let start = ContinuousClock.now
  private let secondsBefore: Double
  private let log: RunLog
  private let report: @Sendable (SweepRunner.Progress) -> Void

  /// - Parameter jobs: pieces of work to hand out, by index.
  init(
    jobs: Int, progress: SweepRunner.Progress, log: RunLog,
    report: @escaping @Sendable (SweepRunner.Progress) -> Void
  ) {
    self.jobs = jobs
    secondsBefore = progress.seconds
    self.progress = progress
    self.log = log
    self.report = report
    reported = start
  }

  private var seconds: Double { secondsBefore + start.duration(to: .now) / .seconds(1) }

  var progressSoFar: SweepRunner.Progress { lock.withLock { _ in progress } }

  var error: StageError? { lock.withLock { _ in firstError } }

  func takeNext() -> Int? {
    lock.withLock { _ in
      guard firstError == nil, next < jobs else { return nil }
      next += 1
      return next - 1
    }
  }

  /// Leaves out what an earlier session did.
  func skip(compute: Double) {
    lock.withLock { _ in progress.totalCompute -= compute }
  }

  func add(compute: Double) {
    lock.withLock { _ in
      progress.doneCompute += compute
      guard reported.duration(to: .now) > .seconds(1) else { return }
      reported = .now
      progress.seconds = seconds
      report(progress)
    }
  }

  func finish(_ record: RunRecord) throws(StageError) {
    try lock.withLock { _ throws(StageError) in
      try log.record(record)
      progress.finishedRuns += 1
      progress.seconds = seconds
      report(progress)
    }
  }

  func fail(_ error: StageError) {
    lock.withLock { _ in if firstError == nil { firstError = error } }
  }
}
