import ArgumentParser
import Formats
import Foundation
import Laboratory
import CommandSupport

public struct DistillTrain: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Trains the laboratory's models: a log line a run, resumable, no finished run twice.",
    subcommands: [SweepCommand.self, SlurmCommand.self, RunCommand.self, EvaluateCommand.self, SpeedCommand.self])

  /// Written into every log line.
  static let software = "distill-train 1"

  public init() {}
}

/// Where the training text is and how many processors work.
struct TrainingOptions: ParsableArguments {
  @Option(help: "The corpus; `make corpus` makes it.")
  var corpus = "build/corpus/corpus.txt"

  @Flag(help: "Train on a text other than the laboratory's; it is part of a run's name.")
  var anyText = false

  @Option(help: "Runs trained side by side.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Threads for each run, but one on the Mapping Problem; the numbers do not depend on it.")
  var threadsPerRun = 1

  @Option(help: "Folder for checkpoints of unfinished runs.")
  var checkpoints = "build/checkpoints"

  @Option(help: "Seconds between two checkpoints of a run.", transform: number)
  var checkpointInterval = 30.0

  @Option(help: "Folder that keeps the parameters of finished runs that may be teachers.")
  var weights = "build/weights"

  func validate() throws {
    try checkCount("jobs", jobs, in: 1...1024)
    try checkCount("threads-per-run", threadsPerRun, in: 1...1024)
    try checkNumber("checkpoint-interval", checkpointInterval, in: 0.01...1e7)
  }

  func runner() -> SweepRunner {
    var runner = SweepRunner(checkpoints: checkpoints, weights: weights, software: DistillTrain.software)
    runner.jobs = jobs
    runner.threadsPerRun = threadsPerRun
    runner.checkpointInterval = checkpointInterval
    runner.note = { note in FileHandle.standardError.write(Data("distill-train: note: \(note)\n".utf8)) }
    return runner
  }
}

/// A line of progress on a terminal, rewritten in place; nothing where output goes to a file.
func showProgress(_ progress: SweepRunner.Progress) {
  guard isatty(FileHandle.standardError.fileDescriptor) == 1 else { return }
  let left = progress.secondsLeft.map { seconds in
    let whole = Int(seconds)
    return String(format: "%d:%02d:%02d left", whole / 3600, whole / 60 % 60, whole % 60)
  }
  let line = String(
    format: "%d/%d runs, %.2g of %.2g FLOPs, %.0f GFLOP/s, %@", progress.finishedRuns,
    progress.totalRuns, progress.doneCompute, progress.totalCompute,
    progress.seconds > 0 ? progress.doneCompute / progress.seconds / 1e9 : 0, left ?? "")
  FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8))
  if progress.finishedRuns == progress.totalRuns { FileHandle.standardError.write(Data("\n".utf8)) }
}
