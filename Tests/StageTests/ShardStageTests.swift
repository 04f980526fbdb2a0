import Foundation
import Testing

/// Coverage studies and bootstraps in parts, by hand and on a cluster.
@Suite struct ShardStageTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let table = (0..<24).map { index in
      let (n, d) = (1e8 * pow(2, Double(index % 6)), 2e9 * pow(3, Double(index / 6)))
      return "\(n),\(d),\(1.7 + 400 / pow(n, 0.34) + 400 / pow(d, 0.28) + 0.005 * sin(7 * Double(index)))\n"
    }
    try folder.write("N,D,loss\n" + table.joined(), to: "runs.csv")
    let fit = try run("distill-fit", ["--law", "chinchilla", "--runs", "runs.csv", "--output", "fit.json"])
    #expect(fit.status == 0, "\(fit.errors)")
  }

  private func run(_ name: String, _ arguments: [String]) throws -> StageResult {
    try Stage.run(name, arguments, in: folder.url)
  }

  private static let bootstrap = [
    "--law", "chinchilla", "--runs", "runs.csv", "--fit", "fit.json", "--resamples", "40", "--output",
  ]

  private static let coverage = [
    "--study", "test", "--law", "supervised", "--runs", "runs.csv", "--noise", "0.004", "--resamples", "20", "--thinning",
    "30011",
    "--method", "bootstrap", "--studies", "3", "--results",
  ]

  @Test func aBootstrapInPartsIsTheWhole() throws {
    #expect(try run("distill-bootstrap", Self.bootstrap + ["whole.json"]).status == 0)
    let parts = Self.bootstrap + ["parts.json", "--log", "log.jsonl"]
    let second = try run("distill-bootstrap", parts + ["--shard", "2/3", "--threads", "1"])
    #expect(second.status == 0 && second.output == "shard 2 of 3: 0 of 13 resamples are left\n", "\(second)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("parts.json")))
    #expect(try folder.read("log.shard-2-of-3.jsonl").split(separator: "\n").count == 14)
    #expect(try run("distill-bootstrap", parts + ["--list"]).output == "27 of 40 resamples are left\n")
    #expect(try run("distill-bootstrap", parts + ["--shard", "1/3"]).status == 0)
    let whole = try run("distill-bootstrap", parts)
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(try folder.read("log.jsonl").split(separator: "\n").count == 14, "what the shards did is not done again")
    #expect(try folder.read("parts.json") == folder.read("whole.json"))
    Stage.expectFailure(
      try run("distill-bootstrap", parts + ["--seed", "2"]), saying: "log.jsonl:1: was made with other settings")
    try folder.write("{}\n", to: "log.shard-1-of-3.jsonl")
    Stage.expectFailure(try run("distill-bootstrap", parts), saying: "log.shard-1-of-3.jsonl:1: was made with other")
  }

  @Test func aCoverageStudyInPartsIsTheWhole() throws {
    #expect(try run("distill-coverage", Self.coverage + ["whole"]).status == 0)
    let parts = Self.coverage + ["parts", "--log", "log.jsonl"]
    let first = try run("distill-coverage", parts + ["--shard", "1/2"])
    #expect(first.status == 0 && first.output == "shard 1 of 2: 0 of 2 studies are left\n", "\(first)")
    #expect(try run("distill-coverage", parts + ["--list"]).output == "1 of 3 studies are left\n")
    #expect(try run("distill-coverage", parts + ["--shard", "2/2"]).status == 0)
    #expect(try run("distill-coverage", parts).status == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path("log.jsonl")))
    #expect(try folder.read("parts/coverage.json") == folder.read("whole/coverage.json"))
  }

  @Test func partsAreOfALog() throws {
    for more in [["--shard", "1/2"], ["--list"]] {
      let refused = try run("distill-bootstrap", Self.bootstrap + ["x.json"] + more)
      #expect(refused.status == 64 && refused.errors.contains("go with --log"), "\(refused.errors)")
    }
    let exchange = try run("distill-bootstrap", Self.bootstrap + ["x.json", "--log", "l.jsonl", "--starts", "exchange"])
    #expect(exchange.status == 64 && exchange.errors.contains("--starts optimum or wide"), "\(exchange.errors)")
  }

  private func writeScripts(_ more: [String] = []) throws -> StageResult {
    try run(
      "distill-slurm",
      ["--name", "boot", "--shards", "3", "--output", "slurm"] + more + ["--", "distill-bootstrap"] + Self.bootstrap
        + ["parts.json", "--log", "log.jsonl"])
  }

  @Test func scriptsRunThePartsAndThenTheWhole() throws {
    let scripts = try writeScripts(["--time", "0:10:00", "--sbatch=--account=mine"])
    #expect(scripts.status == 0 && scripts.output == "boot: 3 parts; sh slurm/submit.sh submits them\n", "\(scripts)")
    let parts = try folder.read("slurm/parts.sbatch"), result = try folder.read("slurm/result.sbatch")
    #expect(parts.contains("#SBATCH --array=1-3\n") && parts.contains("#SBATCH --account=mine\n"))
    #expect(parts.hasSuffix("--log log.jsonl --shard \"$SLURM_ARRAY_TASK_ID/3\"\n"), "\(parts)")
    #expect(!result.contains("--array") && result.hasSuffix("--log log.jsonl\n"), "\(result)")
    #expect(try folder.read("slurm/submit.sh").contains("--dependency=afterok:\"${parts%%;*}\""))
    let refused = try run("distill-slurm", ["--name", "boot", "--output", "slurm", "--", "distill-bootstrap", "--law", "x"])
    #expect(refused.status == 64 && refused.errors.contains("needs --log"), "\(refused.errors)")
  }

  /// On a cluster of four nodes on this machine, with a task that is cancelled before it starts.
  @Test(.enabled(if: Stage.hasSlurm)) func aSlurmClusterMakesTheIntervals() throws {
    #expect(try run("distill-bootstrap", Self.bootstrap + ["whole.json"]).status == 0)
    #expect(try writeScripts().status == 0)
    let script = """
      set -eu
      wait() { while squeue -h | grep -q .; do sleep 0.2; done; }
      sh slurm/submit.sh
      scancel $(squeue -h -o %F -n boot-parts | head -1)_2
      for i in $(seq 50); do squeue -h -n boot-parts | grep -q . || break; sleep 0.2; done
      scancel -n boot-result; wait
      test ! -e parts.json
      sh slurm/submit.sh; wait
      """
    guard let result = try Stage.onCluster(script, in: folder) else { return }
    #expect(result.status == 0, "\(result.output)")
    #expect(try folder.read("parts.json") == folder.read("whole.json"))
  }
}
