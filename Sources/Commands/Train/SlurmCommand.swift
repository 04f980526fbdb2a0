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

  @OptionGroup var slurm: SlurmOptions

  @OptionGroup var options: TrainingOptions

  func run() throws {
    let corpus = try Corpus(path: options.corpus, anyText: options.anyText)
    let sweep = try Sweep(path: file, corpus: corpus.digest)
    let board = try SweepState(sweep, log: log, runner: options.runner())
    let parts = (1...slurm.shards).map { WorkShard($0, of: slurm.shards) }
    let scripts = SlurmScripts(
      name: sweep.name, directory: FileManager.default.currentDirectoryPath,
      command: [executable, "sweep", file, "--log", log] + words,
      teachers: parts.filter { !board.untrained(sweep, $0).isEmpty }.map(\.number),
      work: parts.filter { !board.missing(sweep.part($0)).runs.isEmpty }.map(\.number),
      processors: options.jobs * options.threadsPerRun, options: slurm)
    guard !scripts.files.isEmpty else {
      print("\(sweep.name): nothing is left to train")
      return
    }
    for old in ["teachers.sbatch", "runs.sbatch", "submit.sh"] {
      try? FileManager.default.removeItem(atPath: slurm.output + "/" + old)
    }
    for file in scripts.files { try writeAtomically(file.text, to: slurm.output + "/" + file.name) }
    print(
      "\(sweep.name): \(board.missing(sweep).runs.count) of \(sweep.runs.count) runs are left; sh \(slurm.output)/submit.sh submits them"
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
