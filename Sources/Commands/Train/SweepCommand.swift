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

  @Option(help: "Only one part of the sweep, as 2/8: the second of eight. It has a log of its own beside --log.")
  var shard: WorkShard?

  @Flag(help: "Only the teachers whose parameters are not kept yet; of a shard, its part of them.")
  var teachers = false

  @Flag(help: "Train nothing: list what is left, by the log and those of shards.")
  var list = false

  @OptionGroup var options: TrainingOptions

  func validate() throws {
    for layers in layers { try checkCount("layers", layers, in: 1...64) }
    if let maximumTokens { try checkNumber("maximum-tokens", maximumTokens, in: 1...1e15) }
  }

  func run() throws {
    if try MappingSweep.isOne(path: file) {
      guard shard == nil, !teachers, !list else {
        throw StageError("is of the Mapping Problem, which is trained in minutes and has no parts", file: file)
      }
      let sweep = try MappingSweep(path: file)
      try options.runner().run(sweep, log: RunLog(path: log), report: showProgress)
    } else {
      let corpus = try Corpus(path: options.corpus, anyText: options.anyText)
      let sweep = try Sweep(path: file, corpus: corpus.digest)
      let runner = options.runner(), own = shard?.log(beside: log) ?? log
      // What its own log has the runner looks up: a run may lack a measurement there.
      let state = try SweepState(sweep, log: log, except: list || teachers ? nil : own, runner: runner)
      let chosen = sweep.filtered { run in
        (seeds.isEmpty || seeds.contains(run.seed)) && (layers.isEmpty || layers.contains(run.shape.layers))
          && Double(run.tokens) <= maximumTokens ?? .infinity
      }
      let part = shard.map(chosen.part) ?? chosen
      if list {
        print(state.text(part))
      } else if teachers {
        try runner.run(
          teachers: state.untrained(chosen, shard), of: sweep, corpus: corpus, log: RunLog(path: own), report: showProgress)
      } else {
        try runner.run(state.missing(part), of: sweep, corpus: corpus, log: RunLog(path: own), report: showProgress)
      }
    }
  }
}
