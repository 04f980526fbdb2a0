public import ArgumentParser
import Foundation

/// The command of a stage. A command line that makes no sense is bad input like any other: it gets one line, and
/// the process ends with a status that is not 0.
public protocol StageCommand: ParsableCommand {}

extension StageCommand {
  public static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
      let name = configuration.commandName ?? "\(Self.self)"
      let message = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
      FileHandle.standardError.write(Data("\(name): \(message) (see \(name) --help)\n".utf8))
      exit(withError: ExitCode.validationFailure)
    }
  }
}
