import Formats
import Foundation
import PaperStudy
import ScalingLaws
import Testing

/// A study of one's own, from tables of runs to a report: simulated losses.
@Suite struct StudyStageTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func new(_ name: String, _ files: String...) throws -> StageResult {
    try Stage.run("distill-study", ["new", name, "--runs"] + files, in: folder.url)
  }

  /// A number that looks random, from -1 to 1.
  private func noise(_ index: Int) -> Double { sin(12.9898 * Double(index + 1)) }

  /// 70 supervised runs of ten sizes and seven lengths.
  private var supervised: String {
    "N,D,loss,note\n"
      + (0..<70).map { index in
        let (size, tokens) = (1e8 * pow(1.6, Double(index % 10)), 2e9 * pow(2.2, Double(index / 10)))
        let loss = SupervisedLaw.published.loss(parameters: size, tokens: tokens) * (1 + 0.003 * noise(index))
        return "\(size),\(tokens),\(loss),mine\n"
      }.joined()
  }

  /// 60 students of five teachers, of which only the loss is known.
  private var students: String {
    "N_S,D_S,L_T,L_S\n"
      + (0..<60).map { index in
        let (size, tokens) = (1e8 * pow(2, Double(index % 4)), 3e9 * pow(3, Double(index / 4 % 3)))
        let teacher = 2.0 + 0.15 * Double(index / 12)
        let loss =
          DistillationLaw.figures.loss(studentParameters: size, studentTokens: tokens, teacherLoss: teacher)
          * (1 + 0.003 * noise(index))
        return "\(size),\(tokens),\(teacher),\(loss)\n"
      }.joined()
  }

  /// Runs make as a user does, with the executables that are built.
  private func make(_ study: String) throws -> StageResult {
    if !isThere("built") {
      try FileManager.default.copyItem(
        at: TemporaryFolder.repository.appendingPathComponent("Makefile"),
        to: folder.url.appendingPathComponent("Makefile"))
      try folder.write("", to: "built")
      // Nothing is built: the executables are there.
      try folder.write("", to: "Package.swift")
      let script = try folder.write("#!/bin/sh\n", to: "Scripts/dependencies.sh")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
      try FileManager.default.createDirectory(
        at: folder.url.appendingPathComponent("Sources"), withIntermediateDirectories: true)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // Fewer resamples: what is tested is that everything is made.
    process.arguments = [
      "make", "STUDY=" + study, "build=" + Stage.folder.path, "work=build", "built=built", "sources=", "resamples=64",
    ]
    process.currentDirectoryURL = folder.url
    // As from a shell, though make may run the tests.
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("MAKE") && $0.key != "MFLAGS" }
    let output = folder.url.appendingPathComponent("make.log")
    try Data().write(to: output)
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let text = try folder.read("make.log")
    return StageResult(status: process.terminationStatus, output: text, errors: String(text.suffix(2000)))
  }

  private func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: folder.path(path)) }

  @Test func aTableOfSupervisedRunsBecomesAReportWithFigures() throws {
    try folder.write(supervised, to: "mine.csv")
    let made = try new("mine", "mine.csv")
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.contains("70 measured supervised runs for the law") && made.output.contains("make STUDY=mine"))
    let result = try make("mine")
    #expect(result.status == 0, "\(result.errors)")
    let report = try folder.read("results/mine/report.md")
    for words in [
      "## The supervised law", "90% bootstrap", "below the target of 1.00%", "### Training alone", "beyond the runs",
      "[36](../../figures/mine/figure-36.svg)",
      "no configuration was trained from more than one seed",
    ] { #expect(report.contains(words), "\(words)") }
    #expect(!report.contains("nan") && !report.contains("Distil or train"))
    for figure in ["05", "36", "profiles", "diagnostics"] { #expect(isThere("figures/mine/figure-\(figure).png"), "\(figure)") }
    #expect(isThere("results/mine/compute-optimal.csv") && isThere("results/mine/table-06.md"))
    Stage.expectFailure(
      try Stage.run(
        "distill-plan", ["--study", "mine", "--student-parameters", "3e8", "--compute", "1e20"], in: folder.url),
      saying: "Studies/mine: needs 12 distillations, of which there are 0; results/mine/compute-optimal.md has")
    #expect(try folder.read("figures/index.html").contains("href=\"../results/mine/report.md\""))
    // Nothing is left to do.
    let again = try make("mine")
    #expect(again.status == 0 && !again.output.contains("distill-"), "\(again.output)")
  }

  /// Students alone: what a student reaches without a teacher is then the published law's, and the report says so.
  @Test func aTableOfDistillationsBecomesAReportWithPlans() throws {
    try folder.write(students, to: "students.csv")
    let made = try new("mine", "students.csv")
    #expect(made.status == 0 && made.output.contains("60 measured distillations for the law"), "\(made)")
    let result = try make("mine")
    #expect(result.status == 0, "\(result.errors)")
    let report = try folder.read("results/mine/report.md")
    for words in [
      "## The distillation law", "### Distil or train", "figure-07.svg", "the study has no supervised law of its own",
      "Training alone is what the paper's published law says of it",
    ] { #expect(report.contains(words), "\(words)") }
    for figure in ["01", "07", "17", "33", "40"] { #expect(isThere("figures/mine/figure-\(figure).svg"), "\(figure)") }
    #expect(try folder.read("figures/mine/figure-07.svg").contains("The study has no supervised law"))
    let plan = try Stage.run(
      "distill-plan", ["--study", "mine", "--student-parameters", "3e8", "--compute", "1e20"], in: folder.url)
    #expect(plan.status == 0 && plan.output.contains("FLOPs"), "\(plan)")
  }

  @Test func supervisedRunsAndStudentsMakeOneStudy() throws {
    try folder.write(supervised, to: "supervised.csv")
    try folder.write(students, to: "students.csv")
    let made = try new("mine", "supervised.csv", "students.csv")
    #expect(made.status == 0 && made.output.contains("70 measured supervised runs for the law"), "\(made)")
    let rules = try Stage.run("distill-study", ["rules", "mine", "--output", "study.mk"], in: folder.url)
    #expect(rules.status == 0, "\(rules)")
    let variables = try folder.read("study.mk").split(separator: "\n")
    #expect(variables.contains("mine_laws := supervised distillation"))
    #expect(variables.contains("mine_supervised_file := results/mine/fit-supervised.json"))
    // What is asked about stronger students knows nothing of stronger runs.
    #expect(variables.contains("mine_weaker_supervised_file := results/mine/fit-supervised-extrapolation.json"))
    #expect(variables.contains("mine_files_07 := fit-distillation.json"))
  }

  /// What a shell or make would look at reaches the stages as it stands in study.json.
  @Test func conditionsReachTheStagesAsTheyAre() throws {
    try folder.write(supervised, to: "mine.csv")
    #expect(try new("mine", "mine.csv").status == 0)
    let conditions = [##"run!=a#b"##, ##"run!=a\#b\c#"##, "run!=$(HOME) $d `e` 'f' \"g\"", "run!=ä *"]
    let selection = try JSONEncoder().encode(["selection": ["where": conditions]])
    try folder.write(String(decoding: selection, as: UTF8.self), to: "Studies/mine/study.json")
    let rules = try Stage.run("distill-study", ["rules", "mine", "--output", "study.mk"], in: folder.url)
    #expect(rules.status == 0, "\(rules)")
    try folder.write(
      "include study.mk\nall: ; @printf '%s\\n' $(mine_reading) > words\n", to: "words.mk")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["make", "-f", "words.mk"]
    process.currentDirectoryURL = folder.url
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try folder.read("words") == conditions.map { "--where\n\($0)\n" }.joined())
    try folder.write(#"{"selection": {"where": ["run!=a\nb"]}}"#, to: "Studies/mine/study.json")
    Stage.expectFailure(
      try Stage.run("distill-study", ["rules", "mine", "--output", "study.mk"], in: folder.url), saying: "has several lines")
  }

  /// A study says which of its runs are taken, and every stage takes these.
  @Test func aSelectionHoldsInEveryStage() throws {
    try folder.write(supervised, to: "mine.csv")
    #expect(try new("mine", "mine.csv").status == 0)
    try folder.write(#"{"selection": {"where": ["loss<3"], "minimumTokens": 5e9}}"#, to: "Studies/mine/study.json")
    let rules = try Stage.run("distill-study", ["rules", "mine", "--output", "study.mk"], in: folder.url)
    #expect(rules.status == 0, "\(rules)")
    #expect(try folder.read("study.mk").contains("mine_reading := --where 'loss<3' --minimum-tokens 5000000000.0\n"))
    let result = try make("mine")
    #expect(result.status == 0, "\(result.errors)")
    let report = try folder.read("results/mine/report.md")
    #expect(report.contains("runs left out: not loss<3\n") && report.contains("runs left out: fewer than 5B tokens\n"))
    let fit = try folder.read("results/mine/fit-supervised.json")
    #expect(fit.contains("loss<3"))

    // By hand, other runs than those of the fits are refused, whatever the stage.
    func stage(_ name: String, _ more: String...) throws -> StageResult {
      try Stage.run(
        name, ["--study", "mine", "--runs", "build/mine/runs.sqlite", "--results", "results/mine"] + more, in: folder.url)
    }
    for name in ["distill-tables", "distill-report", "distill-verify"] {
      Stage.expectFailure(try stage(name, "--where", "loss<2.5"), saying: "fit-supervised.json: was made from other runs than")
    }
    Stage.expectFailure(
      try stage("distill-render", "--figure", "36", "--output", "drawn", "--where", "loss<2.5"),
      saying: "fit-supervised.json: was made from other runs than")
    let options = ["--where", "loss<3", "--minimum-tokens", "5B"]
    let drawn = try Stage.run(
      "distill-render",
      ["--study", "mine", "--results", "results/mine", "--figure", "36", "--output", "drawn"] + options, in: folder.url)
    #expect(drawn.status == 0, "\(drawn)")
    #expect(try folder.read("drawn/figure-36.svg") == folder.read("figures/mine/figure-36.svg"))
    Stage.expectFailure(
      try Stage.run("distill-report", ["--study", "mine", "--results", "results/mine", "--where", "loss<0.1"], in: folder.url),
      saying: "no run is left of 70: 70 of 70 runs left out: not loss<0.1")
  }

  @Test func aStudyThatCannotBeMadeLeavesNothing() throws {
    try folder.write("N,D\n1,2\n", to: "short.csv")
    try folder.write("N,D,loss\n1e6,1e7,3\n1e6,x,3\n", to: "bad.csv")
    try folder.write("N,D,loss\n1e6,1e7,3\n", to: "one.csv")
    Stage.expectFailure(try new("mine", "short.csv"), saying: "short.csv:1: no column is known to hold the loss")
    Stage.expectFailure(try new("mine", "bad.csv"), saying: "bad.csv:3: D should be a positive number, not `x`")
    Stage.expectFailure(try new("mine", "none.csv"), saying: "none.csv: does not exist")
    Stage.expectFailure(try new("a/b", "one.csv"), saying: "\"a/b\" cannot name a study")
    Stage.expectFailure(try new("mine", "one.csv", "one.csv"), saying: "one.csv: is named twice")
    #expect(!isThere("Studies/mine") && !isThere("Studies/.mine.new"))
    #expect(try new("mine", "one.csv").status == 0)
    let log = try folder.read("Studies/mine/logs/one.jsonl")
    Stage.expectFailure(try new("mine", "one.csv"), saying: "Studies/mine: is there already")
    #expect(try folder.read("Studies/mine/logs/one.jsonl") == log)
    let shown = try Stage.run("distill-study", ["show", "mine"], in: folder.url)
    #expect(
      shown.status == 0 && shown.output.contains("supervised law: lacks 8 supervised runs, of which there are 1"), "\(shown)")
  }

  @Test func everyStageIsASubcommand() throws {
    let help = try Stage.run("distill", ["--help"])
    for stage in CommandLineTests.stages {
      #expect(help.output.contains("  " + stage.dropFirst("distill-".count)), "\(stage)")
    }
    try folder.write("N,D,loss\n1e6,1e7,3\n", to: "one.csv")
    let made = try Stage.run("distill", ["study", "new", "mine", "--runs", "one.csv"], in: folder.url)
    #expect(made.status == 0, "\(made)")
    let bad = try Stage.run("distill", ["fit", "--law", "supervised", "--runs", "none.csv"], in: folder.url)
    Stage.expectFailure(bad, saying: "none.csv: does not exist")
    #expect(try Stage.run("distill", ["fit", "--nonsense"]).status == 64)
    // Under a stage's name it is that stage, as it is installed.
    let link = folder.url.appendingPathComponent("distill-fit")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: Stage.folder.appendingPathComponent("distill"))
    let process = Stage.process("distill", ["--help"])
    process.executableURL = link
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(text.contains("USAGE: distill-fit"), "\(text)")
  }
}
