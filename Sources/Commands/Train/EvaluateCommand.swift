import ArgumentParser
import Formats
import Laboratory

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measures more of a sweep's finished runs, from their kept weights and without training.",
    discussion: "Completes the lines of runs that are in the log and whose weights, and their teacher's, were kept.")

  @Argument(help: "The sweep file.")
  var file: String

  @Option(help: "The log with the sweep's runs.")
  var log: String

  @Option(parsing: .upToNextOption, help: "What to measure: calibration, downstream, truncation.")
  var measurements = RunExtras.Measurement.allCases

  @OptionGroup var options: TrainingOptions

  func run() throws {
    let corpus = try Corpus(path: options.corpus, anyText: options.anyText)
    let sweep = try Sweep(path: file, corpus: corpus.digest)
    let log = try RunLog(path: log)
    let runner = options.runner()
    let chosen = sweep.evaluable(by: runner, in: log, measurements: Set(measurements))
    guard !chosen.runs.isEmpty else {
      throw StageError(
        "holds no finished run of \(file) whose weights are in \(options.weights) and that lacks a measurement",
        file: log.path)
    }
    try runner.run(chosen, of: sweep, corpus: corpus, log: log, report: showProgress)
  }
}

extension RunExtras.Measurement: ExpressibleByArgument {}
