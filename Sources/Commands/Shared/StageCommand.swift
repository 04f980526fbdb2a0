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
    } catch let error as StageError {
      say("\(name): \(error)")
      exit(withError: ExitCode.failure)
    } catch {
      guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
      let message = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
      say("\(name): \(message) (see \(name) --help)")
      exit(withError: ExitCode.validationFailure)
    }
  }

  private static func say(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
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
