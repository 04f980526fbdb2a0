import ArgumentParser
import CommandSupport
import Formats
import Foundation

public struct DistillSlurm: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Writes a job array that runs the parts of a command on a Slurm cluster, and a script that submits it.",
    discussion: """
      The command is one that takes --log and --shard, as distill-coverage and distill-bootstrap do, with all its arguments \
      after --. The array does a shard a task; a job that waits for it then runs the command itself, which takes in what the \
      shards did and writes the result. Submitted again, tasks do only what is left. Sweeps are trained by distill-train slurm.
      """)

  @Option(help: "The jobs' name.")
  var name: String

  @OptionGroup var slurm: SlurmOptions

  @Option(help: "Processors of a task.")
  var processors = 2

  @Argument(parsing: .postTerminator, help: "The command, after --.")
  var command: [String]

  public init() {}

  public func validate() throws {
    try checkCount("processors", processors, in: 1...1024)
    guard command.count > 1 else { throw ValidationError("give the command and its arguments after --") }
    guard command.contains(where: { $0 == "--log" || $0.hasPrefix("--log=") }) else {
      throw ValidationError("the command needs --log, where its parts keep what they did")
    }
    if let word = command.first(where: { $0.hasPrefix("--shard") || $0 == "--list" }) {
      throw ValidationError("\(word) is given by the scripts: leave it out of the command")
    }
  }

  public func run() throws {
    try Name.check(name, of: "a job")
    let directory = FileManager.default.currentDirectoryPath
    let words = [executable(command[0])] + command.dropFirst()
    func script(_ part: String, array: [Int]?) -> String {
      SlurmScript(
        name: "\(name)-\(part)", output: "\(slurm.output)/\(part)\(array == nil ? "" : "-%a").out", array: array,
        directory: directory, command: words, processors: processors, options: slurm
      ).text
    }
    try writeAtomically(script("parts", array: Array(1...slurm.shards)), to: slurm.output + "/parts.sbatch")
    try writeAtomically(script("result", array: nil), to: slurm.output + "/result.sbatch")
    let submit = submitScript(
      "Submits \(name): its parts, and the result when all of them are done.", first: "parts", then: "result",
      folder: slurm.output, directory: directory)
    try writeAtomically(submit, to: slurm.output + "/submit.sh")
    print("\(name): \(slurm.shards) parts; sh \(slurm.output)/submit.sh submits them")
  }

  /// The command's own path: beside this executable, where it lies there.
  private func executable(_ name: String) -> String {
    guard !name.contains("/") else { return URL(fileURLWithPath: name).path }
    let own = URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0])
    let beside = own.deletingLastPathComponent().appendingPathComponent(name).path
    return FileManager.default.isExecutableFile(atPath: beside) ? beside : name
  }
}
