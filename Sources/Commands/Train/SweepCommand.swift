import ArgumentParser
import Formats
import Laboratory
import CommandSupport

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep", abstract: "Trains the runs of a sweep file that its log does not hold yet.")

  @Argument(help: "The sweep file.")
  var file: String

  @Option(help: "The log that finished runs are appended to.")
  var log: String

  @Option(parsing: .upToNextOption, help: "Only runs of these seeds. Runs on the Mapping Problem are all trained.")
  var seeds: [Int] = []

  @Option(parsing: .upToNextOption, help: "Only models (students, in a distillation) of these numbers of layers.")
  var layers: [Int] = []

  @Option(help: "Only runs on at most so many tokens.", transform: number)
  var maximumTokens: Double?

  @OptionGroup var options: TrainingOptions

  func validate() throws {
    for layers in layers { try checkCount("layers", layers, in: 1...64) }
    if let maximumTokens { try checkNumber("maximum-tokens", maximumTokens, in: 1...1e15) }
  }

  func run() throws {
    if try MappingSweep.isOne(path: file) {
      let sweep = try MappingSweep(path: file)
      try options.runner().run(sweep, log: RunLog(path: log), report: showProgress)
    } else {
      let corpus = try Corpus(path: options.corpus, anyText: options.anyText)
      let sweep = try Sweep(path: file, corpus: corpus.digest)
      let log = try RunLog(path: log)
      let chosen = sweep.filtered { run in
        (seeds.isEmpty || seeds.contains(run.seed)) && (layers.isEmpty || layers.contains(run.shape.layers))
          && Double(run.tokens) <= maximumTokens ?? .infinity
      }
      try options.runner().run(chosen, of: sweep, corpus: corpus, log: log, report: showProgress)
    }
  }
}
