public import ArgumentParser
import Formats
import Foundation

/// The command of a stage: an executable `distill-NAME`, and a subcommand of `distill`.
///
/// `run()` throws a ``StageError`` for bad input. ``main()`` makes it one line on standard error and status 1. A
/// command line that makes no sense is bad input, too: one line, and status 64.
public protocol StageCommand: ParsableCommand {}

extension StageCommand {
  public static func main() {
    let name = configuration.commandName ?? "\(Self.self)"
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      guard let refusal = refusal(error) else { exit(withError: error) }
      FileHandle.standardError.write(Data("\(name): \(refusal.line)\n".utf8))
      exit(withError: refusal.status)
    }
  }

  /// What an error is said as, in one line, and the status that the command ends with; nil of one that is no failure, as a
  /// call for help, or has been said already.
  package static func refusal(_ error: any Error) -> (line: String, status: ExitCode)? {
    if let error = error as? StageError { return (error.description, .failure) }
    switch exitCode(for: error) {
    case .validationFailure:
      let message = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
      let name = configuration.commandName ?? "\(Self.self)"
      return ("\(printable(message, limit: StageError.longestLine)) (see \(name) --help)", .validationFailure)
    case .failure where !(error is ExitCode):
      return (printable("\(error)", limit: StageError.longestLine), .failure)
    default:
      return nil
    }
  }
}

/// The name of a stage's command, from its type: `DistillLawTest` is `law-test` below `distill`, and `distill-law-test` as
/// an executable of its own.
public func stageName(of command: any StageCommand.Type) -> String {
  var stage = ""
  for letter in "\(command)".dropFirst("Distill".count) {
    if letter.isUppercase, !stage.isEmpty { stage += "-" }
    stage += letter.lowercased()
  }
  let executable = CommandLine.arguments.first.map { URL(fileURLWithPath: $0).lastPathComponent }
  return executable == "distill" ? stage : "distill-" + stage
}
