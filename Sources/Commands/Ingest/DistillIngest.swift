import ArgumentParser
import Formats
import Runs
import CommandSupport

public struct DistillIngest: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Puts run logs into a study's run store: all of them or, where one is bad, none.",
    discussion: "Ingesting the same logs again changes nothing.")

  @Option(help: "The study that the runs belong to.")
  var study: String

  @Option(help: "The run store, made if it is not there.")
  var store: String

  @Argument(help: "Run logs, a JSON object a line.")
  var logs: [String]

  public init() {}

  public func run() throws {
    try Name.check(study, of: "a study")
    try checkOutputs(documents: [], others: [store], inputs: logs)
    var runs = [LoggedRun]()
    for log in logs { runs += try readRunLog(log) }
    let outcome = try RunStore(path: store).ingest(runs, study: study)
    print("\(store): \(outcome.added) new runs, \(outcome.alreadyThere) already there")
  }
}
