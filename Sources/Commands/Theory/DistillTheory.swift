import ArgumentParser
import Formats
import CapacityTheory
import Runs
import CommandSupport

public struct DistillTheory: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract:
      "Says what kernel regression and the Mapping Problem show of the capacity gap: capacity-gap.json and capacity-gap.md.")

  @Option(help: "The study's name.")
  var study: String

  @Option(help: "The run store, or a log.")
  var runs: String

  @Option(help: "Folder that the note goes to.")
  var results: String

  @OptionGroup var reading: ReadingArguments

  public init() {}

  public func run() throws {
    let records = try reading.load(runs).records
    guard records.contains(where: { $0.mapping != nil }) else {
      throw StageError("holds no runs on the Mapping Problem; make sweep trains them", file: runs)
    }
    let note = try CapacityGapNote(study: study, records: records)
    try note.write(to: results + "/capacity-gap.json")
    try writeAtomically(note.markdown, to: results + "/capacity-gap.md")
  }
}
