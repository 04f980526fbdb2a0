import Foundation
import Testing

/// Command lines that make no sense, for every stage.
@Suite struct CommandLineTests {
  static let stages = [
    "bootstrap", "compare", "corpus", "coverage", "findings", "fit", "gallery", "ingest", "optimize", "plan",
    "profile", "reconstruct", "render", "report", "study", "tables", "theory", "train", "verify",
  ].map { "distill-" + $0 }

  @Test(arguments: stages) func oneLineSaysWhatIsWrong(stage: String) throws {
    let result = try Stage.run(stage, ["--nonsense"])
    Stage.expectFailure(result, saying: "(see \(stage) --help)")
    #expect(result.errors.hasPrefix("\(stage): "))
    #expect(result.status == 64)
    let help = try Stage.run(stage, ["--help"])
    #expect(help.status == 0 && help.output.contains("USAGE: \(stage)"))
  }

  @Test func anUnknownScenarioIsNamedWithThoseThereAre() throws {
    let result = try Stage.run(
      "distill-plan", ["--student-parameters", "3e9", "--compute", "1e22", "--scenario", "magic"])
    Stage.expectFailure(result, saying: "'magic' is invalid for '--scenario")
    #expect(result.errors.contains("'teacher-pretraining-and-inference'"))
  }
}
