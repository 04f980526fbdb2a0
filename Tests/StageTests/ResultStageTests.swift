import Formats
import Foundation
import Testing

/// Bad input to the stages that read fits: one line, a failure, and what was there stays as it was.
@Suite struct ResultStageTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Fixtures.log(Fixtures.records()), to: "runs.jsonl")
    try folder.write(try Self.fit.get(), to: "fit.json")
  }

  /// A fit to the runs, made once for all tests.
  private static let fit = Result {
    let folder = try TemporaryFolder()
    try folder.write(Fixtures.log(Fixtures.records()), to: "runs.jsonl")
    let fit = try Stage.run(
      "distill-fit", ["--law", "chinchilla", "--runs", "runs.jsonl", "--output", "fit.json"], in: folder.url)
    #expect(fit.status == 0, "\(fit.errors)")
    return try folder.read("fit.json")
  }

  private func run(_ name: String, _ arguments: String...) throws -> StageResult {
    try Stage.run(name, arguments, in: folder.url)
  }

  /// Runs the bootstrap on `runs` and `fit` into a file that is there already.
  private func bootstrap(law: String = "chinchilla", runs: String = "runs.jsonl", fit: String) throws -> StageResult {
    try folder.write("{}", to: "intervals.json")
    let result = try run(
      "distill-bootstrap", "--law", law, "--runs", runs, "--fit", fit, "--resamples", "8",
      "--output", "intervals.json")
    if result.status != 0 { #expect(try folder.read("intervals.json") == "{}") }
    return result
  }

  @Test func aFitThatIsNoneIsNamed() throws {
    for (text, name) in [("", "empty.json"), ("{\"law\": \"chin", "cut.json"), ("[]", "other.json")] {
      try folder.write(text, to: name)
      Stage.expectFailure(try bootstrap(fit: name), saying: "\(name): expected a fit")
    }
    Stage.expectFailure(try bootstrap(fit: "absent.json"), saying: "absent.json: does not exist")
  }

  @Test func diagnosticsFindTheRunThatIsOff() throws {
    var records = try Fixtures.records()
    records[7].loss *= 1.2
    records[3].purpose = .tuning
    try folder.write(Fixtures.log(records), to: "off.jsonl")
    func fit(_ file: String, _ more: String...) throws {
      let result = try Stage.run(
        "distill-fit", ["--law", "chinchilla", "--runs", "off.jsonl", "--diagnostics", file] + more, in: folder.url)
      #expect(result.status == 0, "\(result.errors)")
    }
    try fit("off.json", "--threads", "1")
    let text = try folder.read("off.json")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let runs = try #require(json["runs"] as? [[String: Any]])
    #expect(runs.count == records.count - 1)
    let worst = try #require(runs.max { ($0["residual"] as? Double ?? 0) < ($1["residual"] as? Double ?? 0) })
    #expect(worst["run"] as? String == records[7].run && abs((worst["residual"] as? Double ?? 0) - 0.182) < 0.05, "\(worst)")
    let leftOut = try #require(json["leftOut"] as? [[String: Any]])
    #expect(leftOut.count == 1 && leftOut[0]["run"] as? String == records[3].run)
    #expect((json["correlations"] as? [[String: Any]])?.compactMap { $0["variable"] as? String } == ["N", "D", "D/N"])
    try fit("again.json", "--threads", "2")
    #expect(try folder.read("again.json") == text)
    try fit("off.md", "--minimum-loss", "1.6")
    #expect(try folder.read("off.md").contains("its loss is below 1.6"))
  }

  @Test func aFitOfAnotherLawOrOfOtherRunsIsRefused() throws {
    Stage.expectFailure(
      try bootstrap(law: "supervised", fit: "fit.json"),
      saying: "fit.json: expected a fit of the supervised law, found chinchilla")
    try folder.write(Fixtures.log(Array(Fixtures.records().dropLast())), to: "fewer.jsonl")
    Stage.expectFailure(
      try bootstrap(runs: "fewer.jsonl", fit: "fit.json"), saying: "fit.json: was made from other runs than fewer.jsonl holds")
    #expect(try bootstrap(fit: "fit.json").status == 0)
  }

  /// A table of distillations, and a law near them that says it was fitted to them.
  private func distillations(teachers: Bool) throws {
    var table = "N_S,D_S,L_T,L_S\(teachers ? ",teacher" : "")\n", observations = ""
    for index in 0..<36 {
      let n = 2e4 * pow(2, Double(index % 4)), d = 1e6 * pow(2, Double(index % 3)), teacher = 1.3 + 0.02 * Double(index / 6)
      let loss = teacher + 3 * pow(n, -0.2) + 20 * pow(d, -0.4) + 0.002 * Double(index * 7 % 5)
      table += "\(n),\(d),\(teacher),\(loss)\(teachers ? ",\(index / 6)" : "")\n"
      observations += "\(n),\(d),\(teacher),\(loss)\n"
    }
    try folder.write(table, to: "distillations.csv")
    let fit = FitDocument(
      law: "distillation", runs: 36,
      coefficients: [
        "A": 30, "B": 2000, "alpha": 0.3, "beta": 0.6, "gamma": 0.7, "c0": 1, "c1": 2, "f1": 0.1, "d1": 1,
      ], objective: 1, meanAbsoluteRelativeError: 0, maxAbsoluteRelativeError: 0, starts: 1, delta: 1e-4,
      selection: .init(availableRuns: 36), inputs: .init(runs: Digest(of: observations)),
      supervised: ["E": 0.5, "A": 30, "B": 2000, "alpha": 0.3, "beta": 0.6, "gamma": 0.7])
    try writeAtomically(try fit.json(), to: folder.path("distilled.json"))
  }

  @Test func teachersAreResampledAndRefitsKept() throws {
    try distillations(teachers: true)
    func bootstrap(_ more: String...) throws -> StageResult {
      try Stage.run(
        "distill-bootstrap",
        [
          "--law", "distillation", "--runs", "distillations.csv", "--fit", "distilled.json", "--resamples", "8",
          "--output", "intervals.json", "--samples", "samples.csv",
        ] + more, in: folder.url)
    }
    #expect(try bootstrap("--resample", "teachers", "--starts", "optimum").status == 0)
    let document = try BootstrapDocument.read(from: folder.path("intervals.json"))
    #expect(document.resampling == "teachers" && document.starts == "optimum")
    #expect(document.method.contains("teachers") && document.intervals["alpha"]?.biasCorrected != nil)
    let samples = try CoefficientSamples(readingFrom: folder.path("samples.csv"))
    #expect(samples.resamples.count == 8 && samples.estimates["c1"] == 2)
    let ofTeachers = try folder.read("samples.csv")
    #expect(try bootstrap().status == 0)
    #expect(try folder.read("samples.csv") != ofTeachers)

    try distillations(teachers: false)
    // Teachers without a name are told apart by their loss.
    #expect(try bootstrap("--resample", "teachers", "--starts", "optimum").status == 0)
    #expect(try bootstrap("--law", "supervised", "--resample", "teachers").errors.contains("--law distillation"))
  }

  @Test func posteriorSamplesAreKeptAsRefitsAre() throws {
    func bootstrap(_ more: String...) throws -> StageResult {
      try Stage.run(
        "distill-bootstrap",
        [
          "--law", "chinchilla", "--runs", "runs.jsonl", "--fit", "fit.json", "--method", "likelihood", "--resamples",
          "512", "--output", "likely.json", "--samples", "laws.csv",
        ] + more, in: folder.url)
    }
    let result = try bootstrap()
    #expect(result.status == 0 && result.output.contains("512 posterior samples"), "\(result.errors)")
    let document = try BootstrapDocument.read(from: folder.path("likely.json"))
    #expect(document.starts == nil && document.method.contains("in proportion to how well they fit"))
    #expect(document.intervals["alpha"]?.biasCorrected == nil && document.resamples == 512)
    #expect(try CoefficientSamples(readingFrom: folder.path("laws.csv")).resamples.count == 512)
    #expect(try bootstrap("--resample", "teachers").errors.contains("--law distillation"))
  }

  @Test func profilesAreOfTheRunsThatWereFitted() throws {
    func profile(_ more: String...) throws -> StageResult {
      try Stage.run(
        "distill-profile", ["--runs", "runs.jsonl", "--fit", "fit.json", "--points", "3"] + more, in: folder.url)
    }
    let result = try profile("--output", "profile.json")
    #expect(result.status == 0, "\(result.errors)")
    let document = try ProfileDocument.read(from: folder.path("profile.json"))
    #expect(document.profiles.map(\.name).sorted() == ["A", "B", "E", "a", "alpha", "beta"])
    #expect(abs(document.limit - 2.7055) < 1e-3 && result.output.contains("chinchilla law, 90% intervals"))
    for profile in document.profiles {
      #expect((profile.low ?? -.infinity) < (profile.high ?? .infinity) && profile.points.count > 3)
    }
    let asked = try profile("--parameters", "1e9", "--tokens", "2e10", "--output", "asked.json")
    #expect(asked.status == 0, "\(asked.errors)")
    let loss = try #require(try ProfileDocument.read(from: folder.path("asked.json")).profiles.first { $0.name == "loss" })
    let law = try FitDocument.read(from: folder.path("fit.json")).coefficients
    func value(_ name: String) throws -> Double { try #require(law[name]) }
    let size = try value("A") * pow(1e9, -value("alpha")), tokens = try value("B") * pow(2e10, -value("beta"))
    #expect(abs(loss.estimate - (try value("E")) - size - tokens) < 1e-9)
    #expect((loss.low ?? 0) < loss.estimate && loss.estimate < (loss.high ?? .infinity) && asked.output.contains("loss "))
    Stage.expectFailure(try profile("--tokens", "1e9"), saying: "--parameters goes with --tokens")
    Stage.expectFailure(
      try profile("--parameters", "1e9", "--tokens", "2e10", "--teacher-loss", "2"),
      saying: "fit.json: --teacher-loss needs a fit of the distillation law")
    try folder.write(Fixtures.log(Array(Fixtures.records().dropLast())), to: "fewer.jsonl")
    Stage.expectFailure(
      try profile("--runs", "fewer.jsonl"), saying: "fit.json: was made from other runs than fewer.jsonl holds")
    Stage.expectFailure(try profile("--fit", "absent.json"), saying: "absent.json: does not exist")
    Stage.expectFailure(try profile("--resample", "teachers"), saying: "supervised runs have no teachers")
  }

  /// What an earlier version wrote has no kinds, and is read as it was.
  @Test func olderIntervalsAreRead() throws {
    let text = #"""
      {"law": "supervised", "resamples": 8, "confidence": 0.9, "seed": 1, "method": "", "inputs": {"runs": "0"},
       "intervals": {"A": {"estimate": 1, "low": 0.5, "high": 2}}}
      """#
    try folder.write(text, to: "old.json")
    let document = try BootstrapDocument.read(from: folder.path("old.json"))
    #expect(document.intervals["A"]?.high == 2 && document.resampling == nil)
  }

  @Test(arguments: ["distill-fit", "distill-bootstrap"]) func badRunsAreNamedByFileAndLine(stage: String) throws {
    let good = try Fixtures.log(Array(Fixtures.records().prefix(2)))
    let cases = [
      (good + String(good.prefix(60)), "cut.jsonl", "cut.jsonl:3: "), ("", "empty.jsonl", "empty.jsonl: "),
      ("C,N,D\n1,2,3\n", "columns.csv", "columns.csv:1: no column is known to hold the loss"),
      ("N,D,loss\n1e5,1e6,1.5\n-1e5,1e6,1.5\n", "negative.csv", "negative.csv:3: N should be"),
      ("N,D,loss\n1e5,1e6,nan\n", "nan.csv", "nan.csv:2: loss should be"),
      ("not a database", "text.sqlite", "text.sqlite: "),
    ]
    for (text, name, expected) in cases {
      try folder.write(text, to: name)
      let fit = stage == "distill-fit" ? [] : ["--fit", "fit.json"]
      let result = try Stage.run(stage, ["--law", "chinchilla", "--runs", name] + fit, in: folder.url)
      Stage.expectFailure(result, saying: expected)
    }
  }

  /// Renders into a folder that holds a figure already, which must stay.
  private func render(study: String = "lab", figure: String = "5", runs: String = "runs.jsonl") throws -> StageResult {
    try folder.write("kept", to: "figure-05.svg")
    let result = try run(
      "distill-render", "--study", study, "--figure", figure, "--runs", runs, "--results", ".", "--output", ".")
    #expect(try folder.read("figure-05.svg") == "kept")
    #expect(!FileManager.default.fileExists(atPath: folder.path("figure-05.png")))
    return result
  }

  @Test func aFigureThatCannotBeMadeSaysWhy() throws {
    Stage.expectFailure(try render(study: "moon"), saying: "no study \"moon\" in Studies: expected lab, paper, test, theory")
    Stage.expectFailure(try render(figure: "99"), saying: "no figure \"99\" in study lab: expected ")
    Stage.expectFailure(try render(), saying: "fit-supervised.json")
    Stage.expectFailure(try render(runs: "absent.sqlite"), saying: "absent.sqlite: ")
    try folder.write("not a database", to: "text.sqlite")
    Stage.expectFailure(try render(runs: "text.sqlite"), saying: "text.sqlite: ")
    try folder.write("{", to: "fit-supervised.json")
    Stage.expectFailure(try render(), saying: "fit-supervised.json: expected a fit")
  }

  @Test func aTableOrFindingsWithoutTheirFitsSaySo() throws {
    try folder.write("kept", to: "table-06.md")
    Stage.expectFailure(
      try run("distill-tables", "--study", "lab", "--results", "."), saying: "fit-supervised.json: does not exist")
    #expect(try folder.read("table-06.md") == "kept")
    Stage.expectFailure(
      try run("distill-findings", "--study", "lab", "--runs", "runs.jsonl", "--results", "."),
      saying: "fit-distillation.json: does not exist")
    try folder.write("[]", to: "fit-distillation.json")
    Stage.expectFailure(
      try run("distill-findings", "--study", "lab", "--runs", "runs.jsonl", "--results", "."),
      saying: "fit-distillation.json: expected a fit")
  }

  /// Whatever make wrote: pages, tables and documents say in words what is no number.
  @Test func noResultHoldsANumberThatIsNone() throws {
    var files = 0
    for folder in ["results", "Studies"] {
      let root = TemporaryFolder.repository.appendingPathComponent(folder).path
      for path in (FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []).sorted() {
        guard ["md", "json", "csv"].contains(URL(fileURLWithPath: path).pathExtension) else { continue }
        files += 1
        let text = try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
        let words = text.split { !$0.isLetter && !$0.isNumber }
        #expect(!words.contains { ["nan", "inf", "infinity"].contains($0.lowercased()) }, "\(folder)/\(path)")
      }
    }
    #expect(files > 50)
  }
}
