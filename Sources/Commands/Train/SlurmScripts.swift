import CommandSupport

/// A sweep as job arrays of Slurm: its teachers, then what is taught by them or trained alone, a shard a task.
///
/// A task trains what its shard lacks, from checkpoints where there are some, so that submitting again starts what failed
/// and nothing else. Tasks share the folders of logs, checkpoints and weights.
struct SlurmScripts {
  /// A file's name in the folder of scripts, and what it holds.
  var files: [(name: String, text: String)] = []

  /// - Parameters:
  ///   - name: the sweep's.
  ///   - command: how a task trains a shard: the words of a command line without its `--shard`.
  ///   - teachers: shards with teachers that are not trained, of as many shards as there are.
  ///   - work: shards with runs that are not trained.
  ///   - processors: of a task.
  init(
    name: String, directory: String, command: [String], teachers: [Int], work: [Int], processors: Int, options: SlurmOptions
  ) {
    func add(_ part: String, _ numbers: [Int], _ more: [String]) {
      guard !numbers.isEmpty else { return }
      let script = SlurmScript(
        name: "\(name)-\(part)", output: "\(options.output)/\(part)-%a.out", array: numbers, directory: directory,
        command: command + more, processors: processors, options: options)
      files.append((part + ".sbatch", script.text))
    }
    add("teachers", teachers, ["--teachers"])
    add("runs", work, [])
    guard !files.isEmpty else { return }
    let submit = submitScript(
      "Submits the sweep \(name): teachers first, their students when all of them are trained.",
      first: teachers.isEmpty ? nil : "teachers", then: work.isEmpty ? nil : "runs", folder: options.output,
      directory: directory)
    files.append(("submit.sh", submit))
  }
}
