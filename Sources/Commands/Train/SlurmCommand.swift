import ArgumentParser
import CommandSupport
import Formats
import Foundation
import Laboratory

struct SlurmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm",
    abstract: "Writes job arrays that train on a Slurm cluster what a sweep lacks, and a script that submits them.",
    discussion: """
      Teachers are an array of their own, on which the students' array depends. Written and submitted again, the arrays hold \
      only the shards with something left.
      """)

  @Argument(help: "The sweep file.")
  var file: String

  @Option(help: "The sweep's log. Every shard has one beside it.")
  var log: String

  @Option(help: "How many parts the sweep is cut into, a task each.")
  var shards = 8

  @Option(help: "Folder for the scripts and what tasks print.")
  var output: String

  @Option(help: "Time limit of a task, as Slurm writes it: 12:00:00.")
  var time: String?

  @Option(help: "Partition of the cluster.")
  var partition: String?

  @Option(help: "A further option of sbatch, as --sbatch=--account=mine; may be given more than once.")
  var sbatch: [String] = []

  @OptionGroup var options: TrainingOptions

  func validate() throws {
    try checkCount("shards", shards, in: 1...10_000)
    for text in [time, partition].compactMap({ $0 }) + sbatch where text.contains(where: \.isNewline) {
      throw ValidationError("options of sbatch are one line each")
    }
  }

  func run() throws {
    let corpus = try Corpus(path: options.corpus, anyText: options.anyText)
    let sweep = try Sweep(path: file, corpus: corpus.digest)
    let board = try SweepState(sweep, log: log, runner: options.runner())
    let parts = (1...shards).map { SweepShard($0, of: shards) }
    let scripts = SlurmScripts(
      name: sweep.name, folder: output, directory: FileManager.default.currentDirectoryPath,
      command: [executable, "sweep", file, "--log", log] + words,
      shards: shards, teachers: parts.filter { !board.untrained(sweep, $0).isEmpty }.map(\.number),
      work: parts.filter { !board.missing(sweep.part($0)).runs.isEmpty }.map(\.number),
      resources: SlurmScripts.Resources(
        processors: options.jobs * options.threadsPerRun, time: time, partition: partition, options: sbatch))
    guard !scripts.files.isEmpty else {
      print("\(sweep.name): nothing is left to train")
      return
    }
    for old in ["teachers.sbatch", "runs.sbatch", "submit.sh"] {
      try? FileManager.default.removeItem(atPath: output + "/" + old)
    }
    for file in scripts.files { try writeAtomically(file.text, to: output + "/" + file.name) }
    print(
      "\(sweep.name): \(board.missing(sweep).runs.count) of \(sweep.runs.count) runs are left; sh \(output)/submit.sh submits them"
    )
  }

  private var executable: String {
    URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0]).path
  }

  /// The options of training, as a task gets them.
  private var words: [String] {
    ["--corpus", options.corpus] + (options.anyText ? ["--any-text"] : [])
      + [
        "--jobs", "\(options.jobs)", "--threads-per-run", "\(options.threadsPerRun)", "--checkpoints", options.checkpoints,
        "--checkpoint-interval", "\(options.checkpointInterval)", "--weights", options.weights,
      ]
  }
}
