import Allocation
import ArgumentParser
import Formats
import Estimation
import PaperStudy
import CommandSupport

public struct DistillLawTest: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Tests which B' the contour labels of the paper's figures follow: figure-law.json and figure-law.md.",
    discussion: """
      Table 6 prints B' = 24181, and the paper's figures follow 2418100. The report has the test of labels for B' from \
      1e4 to 1e7, other laws that it tells apart, the evidence beside it, and what neither law explains.
      """)

  @Option(help: "What can be read off the paper's figures (.json).")
  var marks: String

  @Option(help: "Folder that the report goes to.")
  var results: String

  @OptionGroup var processors: ThreadOptions

  public init() {}

  public func run() throws {
    let study = FigureLawStudy(marks: try FigureMarks.read(from: marks))
    let outcomes = parallelMap(
      count: study.candidates.count, threads: processors.threads ?? availableProcessors, chunk: 1,
      makeState: { () }
    ) { _, index in Result { () throws(AllocationError) in try study.test(index) } }
    let tests: [LabelTest]
    do throws(AllocationError) {
      tests = try outcomes.map { (outcome) throws(AllocationError) in try outcome.get() }
    } catch {
      throw StageError(error.description)
    }
    // The sizes and lengths of the paper's runs, with no noise in the losses.
    let records = (
      printed: Reconstruction(law: .printed, noise: 0, seed: 1).distillations(),
      figures: Reconstruction(law: .figures, noise: 0, seed: 1).distillations()
    )
    let document = try study.document(
      tests, claims: try PaperClaims.claims(records: records.figures), records: records)
    try document.write(to: results + "/figure-law.json")
    try writeAtomically(document.markdown, to: results + "/figure-law.md")
    for trial in [document.printed, document.figures] {
      print("\(trial.name): \(trial.total) of \(document.labels) labels disagree")
    }
  }
}
