import Foundation
import Testing

@Suite(.serialized) struct TrainStageTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let words = ["the ", "law ", "of ", "small ", "models ", "and ", "their ", "teachers. "]
    var text = "", state = UInt64(1)
    while text.utf8.count < 30 * 8192 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      text += words[Int(state >> 61)]
    }
    try folder.write(text, to: "text.txt")
    try folder.write(
      """
      {"sweep": "tiny", "purpose": "law",
       "groups": [{"layers": [2], "tokens": [32768, 65536], "seeds": [1, 2]},
                  {"layers": [2, 3], "tokens": [32768, 65536],
                   "teachers": [{"layers": [3], "tokens": [65536], "seeds": [1, 2]}]}]}
      """, to: "sweep.json")
  }

  private func arguments(log: String) -> [String] {
    [
      "sweep", "sweep.json", "--log", log, "--corpus", "text.txt", "--any-text", "--jobs", "2",
      "--checkpoints", "checkpoints", "--weights", "weights", "--checkpoint-interval", "0.02",
    ]
  }

  /// A log without what differs from one training to the next: the seconds, which a training that was stopped has not.
  private func runs(_ log: String) throws -> [String] {
    try folder.read(log).split(separator: "\n").map {
      String($0).replacing(/"seconds":[0-9.e-]+,?/, with: "")
    }
  }

  @Test func aSweepKilledAtTwentyMomentsEndsWithTheSameRuns() throws {
    let whole = try Stage.run("distill-train", arguments(log: "whole.jsonl"), in: folder.url)
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(whole.errors.isEmpty, "quiet when its output is no terminal")
    #expect(try runs("whole.jsonl").count == 12)
    // Teachers, too, are trained again.
    try FileManager.default.removeItem(atPath: folder.path("weights"))

    var state = UInt64(7)
    var finishedBefore = 0
    for _ in 0..<20 {
      let process = Stage.process("distill-train", arguments(log: "killed.jsonl"), in: folder.url)
      try process.run()
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      Thread.sleep(forTimeInterval: 0.02 + 0.25 * Double(state >> 40) / 0x1p24)
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      // Nothing that was finished is ever lost.
      let finished = (try? runs("killed.jsonl").count) ?? 0
      #expect(finished >= finishedBefore)
      finishedBefore = finished
    }
    let last = try Stage.run("distill-train", arguments(log: "killed.jsonl"), in: folder.url)
    #expect(last.status == 0, "\(last.errors)")
    #expect(try runs("killed.jsonl") == runs("whole.jsonl"))
  }

  /// Three machines with a third of the sweep each, in any order, train what one machine trains.
  @Test func shardsMakeTheWholeSweep() throws {
    let whole = try Stage.run("distill-train", arguments(log: "whole.jsonl"), in: folder.url)
    #expect(whole.status == 0, "\(whole.errors)")
    try FileManager.default.removeItem(atPath: folder.path("weights"))

    func left() throws -> String {
      try Stage.run("distill-train", arguments(log: "log.jsonl") + ["--list"], in: folder.url).output
    }
    #expect(try left().contains("tiny: 12 of 12 runs are left"))
    #expect(try left().components(separatedBy: "teacher").count == 3)
    for number in [2, 3, 1] {
      let teachers = try Stage.run(
        "distill-train", arguments(log: "log.jsonl") + ["--teachers", "--shard", "\(number)/3"], in: folder.url)
      #expect(teachers.status == 0, "\(teachers.errors)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("weights")).count == 2)
    #expect(try !left().contains("teacher"))
    for number in [3, 1, 2] {
      let part = try Stage.run("distill-train", arguments(log: "log.jsonl") + ["--shard", "\(number)/3"], in: folder.url)
      #expect(part.status == 0, "\(part.errors)")
    }
    let parts = try (1...3).map { try runs("log.shard-\($0)-of-3.jsonl") }
    #expect(parts.allSatisfy { !$0.isEmpty })
    #expect(try parts.joined().sorted() == runs("whole.jsonl").sorted())
    #expect(try left().contains("tiny: 0 of 12 runs are left"))
    // The sweep itself finds nothing left to do.
    #expect(try Stage.run("distill-train", arguments(log: "log.jsonl"), in: folder.url).status == 0)
    #expect((try? runs("log.jsonl").isEmpty) ?? true)
    Stage.expectFailure(
      try Stage.run("distill-train", arguments(log: "log.jsonl") + ["--shard", "4/3"], in: folder.url), saying: "4/3")
  }

  /// The scripts hold only the shards with something left, and students wait for their teachers.
  @Test func slurmScriptsHoldWhatIsLeft() throws {
    func write() throws -> StageResult {
      try Stage.run(
        "distill-train",
        ["slurm", "sweep.json", "--log", "log.jsonl", "--shards", "3", "--output", "slurm"]
          + arguments(log: "log.jsonl").dropFirst(4), in: folder.url)
    }
    #expect(try write().output.contains("tiny: 12 of 12 runs are left; sh slurm/submit.sh"))
    #expect(try folder.read("slurm/teachers.sbatch").contains("#SBATCH --array=1-2\n"))
    #expect(try folder.read("slurm/runs.sbatch").contains("#SBATCH --array=1-3\n"))
    #expect(try folder.read("slurm/submit.sh").contains("--dependency=afterok:"))
    for more in [["--teachers"], ["--shard", "2/3"]] {
      #expect(try Stage.run("distill-train", arguments(log: "log.jsonl") + more, in: folder.url).status == 0)
    }
    #expect(try write().status == 0)
    #expect(try folder.read("slurm/runs.sbatch").contains("#SBATCH --array=1,3\n"))
    #expect(try !folder.read("slurm/submit.sh").contains("--dependency"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("slurm/teachers.sbatch")))
    #expect(try Stage.run("distill-train", arguments(log: "log.jsonl"), in: folder.url).status == 0)
    #expect(try write().output == "tiny: nothing is left to train\n")
  }

  /// On a cluster of four nodes on this machine: what a task that is stopped leaves is trained when the rest is submitted
  /// again.
  @Test(.enabled(if: Stage.hasSlurm)) func aSlurmClusterTrainsTheSweep() throws {
    let whole = try Stage.run("distill-train", arguments(log: "whole.jsonl"), in: folder.url)
    #expect(whole.status == 0, "\(whole.errors)")
    try FileManager.default.removeItem(atPath: folder.path("weights"))
    let scripts =
      (["slurm", "sweep.json", "--log", "log.jsonl", "--shards", "3", "--output", "slurm"]
      + arguments(log: "log.jsonl").dropFirst(4)).joined(separator: " ")
    let train = Stage.folder.appendingPathComponent("distill-train").path
    let script = """
      set -eu
      submit() { \(train) \(scripts) && sh slurm/submit.sh; }
      submit
      scancel $(squeue -h -o %F -n tiny-runs | head -1)_2
      while squeue -h | grep -q .; do sleep 0.2; done
      test ! -e log.shard-2-of-3.jsonl
      submit
      while squeue -h | grep -q .; do sleep 0.2; done
      submit
      """
    guard let result = try Stage.onCluster(script, in: folder) else { return }
    #expect(result.status == 0 && result.output.contains("nothing is left to train\n"), "\(result.output)")
    let parts = try (1...3).map { try runs("log.shard-\($0)-of-3.jsonl") }
    #expect(try parts.joined().sorted() == runs("whole.jsonl").sorted())
  }

  @Test func theSecondWriterSaysSo() throws {
    let first = Stage.process("distill-train", arguments(log: "shared.jsonl"), in: folder.url)
    try first.run()
    defer { first.waitUntilExit() }
    while !FileManager.default.fileExists(atPath: folder.path("shared.jsonl")) {
      Thread.sleep(forTimeInterval: 0.005)
    }
    Thread.sleep(forTimeInterval: 0.02)
    let second = try Stage.run("distill-train", arguments(log: "shared.jsonl"), in: folder.url)
    Stage.expectFailure(second, saying: "another distill-train")
  }

  @Test func theMappingProblemNeedsNoCorpusAndIsTrainedOnce() throws {
    try folder.write(
      """
      {"sweep": "tiny", "problem": "mapping", "groups": [
        {"draws": [{"places": 4}], "widths": [8, 16], "steps": [200], "seeds": [1, 2],
         "teachers": {"widths": [24], "steps": [200]}}]}
      """, to: "mapping.json")
    let arguments = ["sweep", "mapping.json", "--log", "mapping.jsonl", "--jobs", "2"]
    let first = try Stage.run("distill-train", arguments, in: folder.url)
    #expect(first.status == 0 && first.errors.isEmpty, "\(first.errors)")
    let log = try folder.read("mapping.jsonl")
    #expect(log.split(separator: "\n").count == 6)
    let second = try Stage.run("distill-train", arguments, in: folder.url)
    #expect(second.status == 0 && second.errors.isEmpty, "\(second.errors)")
    #expect(try folder.read("mapping.jsonl") == log)
    let stored = try Stage.run(
      "distill-ingest", ["--study", "theory", "--store", "runs.sqlite", "mapping.jsonl"], in: folder.url)
    #expect(stored.status == 0, "\(stored.errors)")
  }

  @Test func badInputIsNamed() throws {
    let missing = try Stage.run(
      "distill-train", ["sweep", "none.json", "--log", "log.jsonl", "--corpus", "text.txt", "--any-text"],
      in: folder.url)
    Stage.expectFailure(missing, saying: "none.json: does not exist")
    let other = try Stage.run(
      "distill-train", ["sweep", "sweep.json", "--log", "log.jsonl", "--corpus", "text.txt"], in: folder.url)
    Stage.expectFailure(other, saying: "is not the laboratory's corpus")
    try folder.write(#"{"sweep": "a", "problem": "maze", "groups": []}"#, to: "maze.json")
    let maze = try Stage.run("distill-train", ["sweep", "maze.json", "--log", "log.jsonl"], in: folder.url)
    Stage.expectFailure(maze, saying: "maze.json: `problem` should be `mapping`")
    try folder.write(#"{"sweep": "a", "purpose": "law", "groups": [{"layers": [2], "tokens": [1e9]}]}"#, to: "long.json")
    let long = try Stage.run(
      "distill-train", ["sweep", "long.json", "--log", "log.jsonl", "--corpus", "text.txt", "--any-text"],
      in: folder.url)
    Stage.expectFailure(long, saying: "none is repeated")
  }
}
