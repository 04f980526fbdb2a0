import Foundation
import Formats
import PaperStudy
import Randomness
import Runs

/// A file that the project reads, whole and right, to be changed.
struct Sample: Sendable {
  var subject: Subject
  /// What it is called, as readers go by names.
  var name: String
  var bytes: Data
}

/// What is tried, and what with.
package struct Samples: Sendable {
  let files: [Subject: [Sample]]
  /// Folders that other programs leave behind: their files by path.
  let folders: [[String: Data]]
  let commandLines: [[String]]
  let options: [String]

  /// - Parameter root: the project's folder.
  package init(root: String) throws {
    var files = [Subject: [Sample]]()
    func add(_ subject: Subject, _ name: String, _ bytes: Data) {
      files[subject, default: []].append(Sample(subject: subject, name: name, bytes: bytes))
    }
    func each(below folder: String, _ body: (_ name: String, _ bytes: Data) -> Void) throws {
      let manager = FileManager.default
      for path in (manager.enumerator(atPath: "\(root)/\(folder)")?.allObjects as? [String] ?? []).sorted() {
        var isFolder: ObjCBool = false
        let whole = "\(root)/\(folder)/\(path)"
        guard manager.fileExists(atPath: whole, isDirectory: &isFolder), !isFolder.boolValue else { continue }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
        if bytes.count <= 200_000 { body(URL(fileURLWithPath: path).lastPathComponent, bytes) }
      }
    }
    for folder in ["Tests/RunReadersTests/Fixtures", "Tests/RunsTests/Cases"] {
      try each(below: folder) { name, bytes in
        add(.foreignRuns, name, bytes)
        if name.hasSuffix(".csv") { add(.fit, "runs.csv", bytes) }
      }
    }
    for study in ["lab", "paper", "theory"] {
      for log in try FileManager.default.contentsOfDirectory(atPath: "\(root)/Studies/\(study)/logs").sorted()
      where log.hasSuffix(".jsonl") {
        let lines = try Data(contentsOf: URL(fileURLWithPath: "\(root)/Studies/\(study)/logs/\(log)")).split(separator: 10)
        let head = Data(lines.prefix(12).joined(separator: [10])) + [10]
        add(.ownLog, log, head)
        add(.ingest, log, head)
        add(.newStudy, log, head)
      }
      add(.study, "study.json", try Data(contentsOf: URL(fileURLWithPath: "\(root)/Studies/\(study)/study.json")))
      try each(below: "Studies/\(study)/sweeps") { name, bytes in if name.hasSuffix(".json") { add(.sweep, name, bytes) } }
      try each(below: "results/\(study)") { name, bytes in
        switch name {
        case let name where name.hasPrefix("fit-"):
          add(.document, name, bytes)
          add(.plan, name, bytes)
        case let name where name.hasSuffix(".json"): add(.document, name, bytes)
        case "optima.csv", "reach.csv": add(.table, name, Data(bytes.prefix(20_000)))
        default: break
        }
      }
    }
    let table = Data(
      ("N,D,loss\n"
        + (0..<24).map { index in
          let (n, d) = (1e8 * pow(2, Double(index % 6)), 2e9 * pow(3, Double(index / 6)))
          return "\(n),\(d),\(1.7 + 400 / pow(n, 0.34) + 400 / pow(d, 0.28))\n"
        }.joined()).utf8)
    for subject in [Subject.fit, .newStudy, .foreignRuns] { add(subject, "runs.csv", table) }
    let samples = (0..<40).map { "\($0),\(1 + 0.01 * Double($0)),0.4,0.5\n" }.joined()
    add(.table, "laws.csv", Data(("resample,E,alpha,beta\n" + samples).utf8))
    add(.store, "runs.sqlite", try Self.store(files[.ownLog] ?? []))
    let corpus = Data((0..<90_000).map { UInt8(97 + $0 * 31 % 26) })
    add(.checkpoint, "run.checkpoint", try TrainedSample.checkpoint(corpus))
    self.files = files
    folders = try ["wandb", "mlruns", "huggingface", "lightning", "events", "llmc-run"].map { name in
      let base = "\(root)/Tests/RunReadersTests/Fixtures/\(name)"
      var contents = [String: Data]()
      for path in FileManager.default.enumerator(atPath: base)?.allObjects as? [String] ?? [] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: "\(base)/\(path)", isDirectory: &isFolder), !isFolder.boolValue else {
          continue
        }
        contents[path] = try Data(contentsOf: URL(fileURLWithPath: "\(base)/\(path)"))
      }
      return contents
    }
    commandLines = Self.lines
    options = Set(Self.lines.joined().filter { $0.hasPrefix("--") }).sorted()
  }

  private static func store(_ logs: [Sample]) throws -> Data {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(UUID().uuidString).sqlite").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let store = try RunStore(path: path)
    for log in logs.prefix(3) { _ = try store.ingest(try readRunLog(log.bytes, file: log.name), study: "sample") }
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// Command lines that make sense.
  private static let lines = [
    "distill-plan --student-parameters 3e9 --compute 1e22 --scenario teacher-inference",
    "distill-plan --student-parameters 3e9 --compute 1e20 1e22 --scenario supervised --format json --law printed",
    "distill-plan --student-parameters 1e9 --tokens 1e11 --context 2048 --vocabulary 32000 --aspect-ratio 100 --confidence 0.8",
    "distill-plan --student-parameters 1e9 --compute 1e21 --maximum-teacher-parameters 1e10 --maximum-teacher-tokens 1e12 "
      + "--maximum-student-tokens 1e12 --threads 2",
    "distill-plan --law fit.json --budget 1e18:1e22:9 --runs runs.csv --resample runs --profile --bootstrap laws.csv",
    "distill-fit --law chinchilla --runs runs.csv --output fit.json --format json --threads 2 --delta 1e-3",
    "distill-fit --law distillation --supervised published --runs x.jsonl --weaker-fraction 0.6 --minimum-loss 2",
    "distill-fit --law supervised --runs x.csv --columns N=a,D=b --parameters-unit M --tokens-unit B --loss-unit bits --where loss<4 "
      + "--select best --leave-out-failed --minimum-tokens 1e9 --cluster run --manifest m.csv --tokens-per-step 1e6 --tokens 3B",
    "distill-fit --law supervised --runs x --fix alpha=0.5 --tie alpha,beta --loss-function one-sided --upper-weight 0.1",
    "distill-bootstrap --law supervised --runs x --fit y --resamples 100 --seed 3 --confidence 0.9 --output z --samples s.csv",
    "distill-profile --runs x --fit y --points 24 --seed 1 --parameters 1e9 --tokens 1e10 --teacher-loss 2 --output z",
    "distill-coverage --study s --runs x --results r --law supervised --studies 20 --resamples 20 --noise 0.01 --every 3 --thinning 9 "
      + "--log l.jsonl --name coverage --truth printed --teacher-noise 0.001",
    "distill-verify --study s --runs x --results r --target 0.01 --law printed --output-folder o",
    "distill-optimize --study s --runs x --law figures --results r --threads 2",
    "distill-render --study s --figure 3 --runs x --results r --output o --width 120mm --scale 2 --format svg,png --text outlines",
    "distill-render --list --root Studies --no-caption",
    "distill-report --study s --runs x --results r", "distill-tables --study s --runs x --results r",
    "distill-findings --study s --runs x --results r --speeds d.jsonl",
    "distill-compare --study s --runs x --results r --folds 5",
    "distill-gallery --figures figures --results results --output i.html", "distill-theory --study s --runs x --results r",
    "distill-law-test --marks m.json --results r", "distill-reconstruct --law printed --noise 0.004 --seed 1 --output o",
    "distill-ingest --study s --store x.sqlite a.jsonl b.jsonl", "distill-corpus gcide wordnet --output text.txt",
    "distill-study new mine --runs runs.csv --root Studies", "distill-study show mine --root Studies",
    "distill-study rules mine --output m",
    "distill-train sweep s.json --log l.jsonl --seeds 1 2 --layers 2 3 --maximum-tokens 1e6 --jobs 2 --threads-per-run 1 --checkpoints c "
      + "--weights w --checkpoint-interval 5 --corpus t.txt --any-text",
    "distill-train run --layers 3 --tokens 1e6 --learning-rate 0.02 --seed 1 --log l.jsonl",
    "distill-train run --layers 3 --compute 1e12 --log l.jsonl",
    "distill-train evaluate s.json --log l.jsonl --measurements calibration downstream",
    "distill-train speed --layers 2 --batch-tokens 1024 --seconds 1 --threads 2 --directions",
  ].map { $0.split(separator: " ").map(String.init) }
}
