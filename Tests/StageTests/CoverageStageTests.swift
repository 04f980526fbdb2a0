import Formats
import Foundation
import Testing

/// Coverage and comparison of laws on runs of a small design: simulated, never measured.
@Suite struct CoverageStageTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    var table = "N_S,D_S,L_T,L_S,teacher\n"
    for index in 0..<48 {
      let size = 2e8 * pow(2, Double(index % 4)), tokens = 4e9 * pow(3, Double(index / 4 % 3))
      table += "\(size),\(tokens),\(2 + 0.15 * Double(index / 12)),2.5,\(index / 12)\n"
    }
    try folder.write(table, to: "design.csv")
    try folder.write(
      "N,D,loss\n" + (0..<30).map { "\(1e8 * pow(2, Double($0 % 6))),\(2e9 * pow(3, Double($0 / 6))),2.5\n" }.joined(),
      to: "supervised.csv")
  }

  private func coverage(_ law: String = "distillation", _ more: String...) throws -> StageResult {
    try Stage.run(
      "distill-coverage",
      [
        "--study", "test", "--law", law, "--runs", law == "supervised" ? "supervised.csv" : "design.csv", "--results", ".",
        "--resamples", "20", "--thinning", "30011",
      ] + more, in: folder.url)
  }

  @Test func aStudyGoesOnFromItsLogToTheSameReport() throws {
    let whole = try coverage("supervised", "--noise", "0.004", "--studies", "4", "--threads", "1")
    #expect(whole.status == 0, "\(whole.errors)")
    let report = try folder.read("coverage.json")
    #expect(try coverage("supervised", "--noise", "0.004", "--studies", "2", "--log", "log.jsonl").status == 0)
    #expect(try folder.read("log.jsonl").split(separator: "\n").count == 3)
    let resumed = try coverage(
      "supervised", "--noise", "0.004", "--studies", "4", "--log", "log.jsonl", "--threads", "2")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try folder.read("coverage.json") == report)
    #expect(try folder.read("log.jsonl").split(separator: "\n").count == 5)
    #expect(whole.output == resumed.output && whole.output.contains("| loss: typical |"))
    Stage.expectFailure(
      try coverage("supervised", "--noise", "0.002", "--studies", "4", "--log", "log.jsonl"),
      saying: "log.jsonl:1: was made with other settings")
  }

  /// Noise that a teacher's students share is tried with runs and with teachers taken as independent.
  @Test func everyWayIsTriedOnEveryQuantity() throws {
    let result = try coverage("distillation", "--noise", "0.004", "--teacher-noise", "0.002", "--studies", "1")
    #expect(result.status == 0, "\(result.errors)")
    let report = try folder.read("coverage.json")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(report.utf8)) as? [String: Any])
    let cells = try #require(json["cells"] as? [[String: Any]])
    // Four losses, the best teacher, four of a plan and its crossover, a and nine coefficients; twelve bootstraps, likely
    // laws and three profiles.
    #expect(cells.count == 20 * 16)
    for cell in cells {
      let share = try #require(cell["coverage"] as? Double)
      let (above, below) = (try #require(cell["above"] as? Double), try #require(cell["below"] as? Double))
      #expect(share + above + below == 1 && (share == 0 || share == 1))
    }
    let one = try coverage("distillation", "--noise", "0.004", "--studies", "1", "--method", "likelihood")
    #expect(one.status == 0 && !one.output.contains("| bootstrap") && one.output.contains("| likelihood |"))
    let supervised = try coverage("supervised", "--teacher-noise", "0.1", "--noise", "0.1")
    Stage.expectFailure(supervised, saying: "--teacher-noise goes with --law distillation")
  }

  /// Losses of another law, and with a noise of their own: the report says so, and asks only what has a true value.
  @Test func truthsThatAreNotTheLawAreDrawn() throws {
    let monotone = try coverage(
      "distillation", "--noise", "0.004", "--studies", "1", "--method", "likelihood", "--truth-form", "monotone")
    #expect(monotone.status == 0, "\(monotone.errors)")
    #expect(
      monotone.output.contains("drawn from the monotone law") && monotone.output.contains("eq. 8, which is not true here"))
    #expect(monotone.output.contains("| plan: teacher loss | decision |") && !monotone.output.contains("| c0 |"))
    Stage.expectFailure(
      try coverage("distillation", "--noise-model", "--studies", "1"), saying: "no configuration that was trained from several")
    for wrong in [["--noise-model", "--noise", "0.1"], ["--law", "supervised", "--truth-form", "monotone"]] {
      let result = try Stage.run(
        "distill-coverage", ["--study", "test", "--runs", "design.csv", "--results", "."] + wrong, in: folder.url)
      #expect(result.status == 64, "\(result.errors)")
    }
  }

  @Test func whatIsMissingIsNamed() throws {
    Stage.expectFailure(try coverage(), saying: "design.csv: does not say with which noise")
    try folder.write("N_S,D_S,L_T,L_S\n1e9,1e10,2,2.5\n", to: "few.csv")
    let few = try Stage.run(
      "distill-coverage", ["--study", "test", "--runs", "few.csv", "--results", ".", "--noise", "0.01"], in: folder.url)
    Stage.expectFailure(few, saying: "few.csv: 1 runs are too few")
    #expect(!FileManager.default.fileExists(atPath: folder.path("coverage.json")))
  }

  @Test func aComparisonWithoutItsFitSaysSo() throws {
    let arguments = ["--study", "test", "--runs", "design.csv", "--results", "."]
    Stage.expectFailure(
      try Stage.run("distill-compare", arguments, in: folder.url), saying: "fit-distillation.json: does not exist")
    let fit = FitDocument(
      law: "distillation", runs: 1, coefficients: [:], objective: 1, meanAbsoluteRelativeError: 0,
      maxAbsoluteRelativeError: 0, starts: 1, delta: 1e-4, selection: .init(availableRuns: 1),
      inputs: .init(runs: Digest(of: "")))
    try writeAtomically(try fit.json(), to: folder.path("fit-distillation.json"))
    Stage.expectFailure(
      try Stage.run("distill-compare", arguments, in: folder.url), saying: "was made from other runs than design.csv")
    #expect(!FileManager.default.fileExists(atPath: folder.path("model-comparison.json")))
  }
}
