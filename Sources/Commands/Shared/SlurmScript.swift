public import ArgumentParser

/// How work is cut into a job array of Slurm, and what a task of it asks for.
public struct SlurmOptions: ParsableArguments {
  @Option(help: "How many parts the work is cut into, a task each.")
  public var shards = 8

  @Option(help: "Folder for the scripts and what tasks print.")
  public var output: String

  @Option(help: "Time limit of a task, as Slurm writes it: 12:00:00.")
  public var time: String?

  @Option(help: "Partition of the cluster.")
  public var partition: String?

  @Option(help: "A further option of sbatch, as --sbatch=--account=mine; may be given more than once.")
  public var sbatch: [String] = []

  public init() {}

  public mutating func validate() throws {
    try checkCount("shards", shards, in: 1...10_000)
    for text in [time, partition].compactMap({ $0 }) + sbatch where text.contains(where: \.isNewline) {
      throw ValidationError("options of sbatch are one line each")
    }
  }
}

/// A batch script of Slurm.
public struct SlurmScript: Sendable {
  public let text: String

  /// - Parameters:
  ///   - name: the job's.
  ///   - output: the file that a task prints to.
  ///   - array: numbers of the shards that are tasks; nil of a job that is none. A task of the array gets `--shard`.
  ///   - directory: where the command runs.
  ///   - command: its words.
  ///   - processors: of a task.
  public init(
    name: String, output: String, array: [Int]?, directory: String, command: [String], processors: Int, options: SlurmOptions
  ) {
    var lines = ["#!/bin/bash", "#SBATCH --job-name=\(name)"]
    if let array { lines.append("#SBATCH --array=\(Self.ranges(array))") }
    lines += ["#SBATCH --cpus-per-task=\(processors)", "#SBATCH --chdir=\(shellQuoted(directory))"]
    lines.append("#SBATCH --output=\(shellQuoted(output))")
    if let time = options.time { lines.append("#SBATCH --time=\(time)") }
    if let partition = options.partition { lines.append("#SBATCH --partition=\(partition)") }
    lines += options.sbatch.map { "#SBATCH " + $0 }
    lines += ["", "set -eu"]
    let words = command.map(shellQuoted).joined(separator: " ")
    lines.append("exec \(words)" + (array == nil ? "" : " --shard \"$SLURM_ARRAY_TASK_ID/\(options.shards)\""))
    text = lines.joined(separator: "\n") + "\n"
  }

  /// Numbers as Slurm writes them: 1-3,7.
  public static func ranges(_ numbers: [Int]) -> String {
    var ranges = [ClosedRange<Int>]()
    for number in numbers.sorted() {
      if let last = ranges.last, number == last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
  }
}

/// A script that submits two jobs, of which the second waits until all tasks of the first have ended well. Either may lack.
/// - Parameters:
///   - meaning: the comment at its head.
///   - folder: where the scripts lie.
public func submitScript(
  _ meaning: String, first: String?, then second: String?, folder: String, directory: String
) -> String {
  var lines = ["#!/bin/sh", "# \(meaning)", "set -eu", "cd \(shellQuoted(directory))"]
  for (name, waitsFor) in [(first, nil), (second, first)] {
    guard let name else { continue }
    let waits = waitsFor.map { "--dependency=afterok:\"${\($0)%%;*}\" " } ?? ""
    lines.append("\(name)=$(sbatch --parsable \(waits)\(shellQuoted(folder + "/\(name).sbatch")))")
    lines.append("echo \"\(name): job ${\(name)%%;*}\"")
  }
  return lines.joined(separator: "\n") + "\n"
}
