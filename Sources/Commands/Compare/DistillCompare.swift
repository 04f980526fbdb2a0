import ArgumentParser
import Formats
import Findings
import Runs
import CommandSupport

public struct DistillCompare: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Compares the distillation law with simpler and richer ones: model-comparison.json and model-comparison.md.")

  @Option(help: "The study's name.")
  var study: String

  @Option(help: "The run store, or a log.")
  var runs: String

  @Option(help: "Folder with the fits; the comparison goes there, too.")
  var results: String

  @Option(help: "How many parts the teachers are dealt to, each held out once.")
  var folds = 5

  @Option(help: "One start in so many is tried in a fold; a prime above 5 keeps every value of every axis of the grid.")
  var thinning = 31

  @OptionGroup var processors: ThreadOptions

  @OptionGroup var reading: ReadingArguments

  public init() {}

  public func validate() throws {
    if folds < 2 { throw ValidationError("--folds must be at least 2") }
    if thinning < 1 { throw ValidationError("--thinning must be at least 1") }
  }

  public func run() throws {
    let loaded = try reading.load(runs)
    let path = results + "/fit-distillation.json"
    let fit = try FitDocument.read(from: path)
    try loaded.check(fit, file: path, source: runs)
    let comparison = try ModelComparison(
      study: study, records: loaded.records, fit: fit, folds: folds, thinning: thinning, threads: processors.threads)
    try comparison.write(to: results + "/model-comparison.json")
    try writeAtomically(comparison.markdown, to: results + "/model-comparison.md")
    print(comparison.markdown)
  }
}
