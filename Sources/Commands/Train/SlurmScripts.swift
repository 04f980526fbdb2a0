import CommandSupport

/// A sweep as job arrays of Slurm: its teachers, then what is taught by them or trained alone, a shard a task.
///
/// A task trains what its shard lacks, from checkpoints where there are some, so that submitting again starts what failed
/// and nothing else. Tasks share the folders of logs, checkpoints and weights.
struct SlurmScripts {
  struct Resources {
    var processors = 2
    /// Of a task, as Slurm writes it: 12:00:00.
    var time: String?
    var partition: String?
    /// Further lines, as `--account=mine`.
    var options: [String] = []
  }

  /// A file's name in the folder of scripts, and what it holds.
  var files: [(name: String, text: String)]

  /// - Parameters:
  ///   - name: the sweep's.
  ///   - folder: where the scripts lie, and what tasks print.
  ///   - command: how a task trains a shard: the words of a command line without its `--shard`.
  ///   - teachers: shards with teachers that are not trained, of as many shards as there are.
  ///   - work: shards with runs that are not trained.
  init(
    name: String, folder: String, directory: String, command: [String], shards: Int, teachers: [Int], work: [Int],
    resources: Resources
  ) {
    func script(_ part: String, _ numbers: [Int], _ more: [String]) -> String {
      var lines = ["#!/bin/bash", "#SBATCH --job-name=\(name)-\(part)", "#SBATCH --array=\(Self.ranges(numbers))"]
      lines += ["#SBATCH --cpus-per-task=\(resources.processors)", "#SBATCH --chdir=\(shellQuoted(directory))"]
      lines.append("#SBATCH --output=\(shellQuoted(folder + "/\(part)-%a.out"))")
      if let time = resources.time { lines.append("#SBATCH --time=\(time)") }
      if let partition = resources.partition { lines.append("#SBATCH --partition=\(partition)") }
      lines += resources.options.map { "#SBATCH " + $0 }
      lines += ["", "set -eu"]
      let words = (command + more).map(shellQuoted).joined(separator: " ")
      lines.append("exec \(words) --shard \"$SLURM_ARRAY_TASK_ID/\(shards)\"")
      return lines.joined(separator: "\n") + "\n"
    }
    files = []
    var submit = [
      "#!/bin/sh", "# Submits the sweep \(name): teachers first, their students when all of them are trained.", "set -eu",
    ]
    submit.append("cd \(shellQuoted(directory))")
    if !teachers.isEmpty {
      files.append(("teachers.sbatch", script("teachers", teachers, ["--teachers"])))
      submit.append("teachers=$(sbatch --parsable \(shellQuoted(folder + "/teachers.sbatch")))")
      submit.append("echo \"teachers: job ${teachers%%;*}\"")
    }
    if !work.isEmpty {
      files.append(("runs.sbatch", script("runs", work, [])))
      let waits = teachers.isEmpty ? "" : "--dependency=afterok:\"${teachers%%;*}\" "
      submit.append("runs=$(sbatch --parsable \(waits)\(shellQuoted(folder + "/runs.sbatch")))")
      submit.append("echo \"runs: job ${runs%%;*}\"")
    }
    if !files.isEmpty { files.append(("submit.sh", submit.joined(separator: "\n") + "\n")) }
  }

  /// Numbers as Slurm writes them: 1-3,7.
  static func ranges(_ numbers: [Int]) -> String {
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
