import Foundation

/// Runs the body of a stage's command: a ``StageError`` becomes one line on standard error and the process
/// ends with status 1.
public func runStage(_ name: String, _ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as StageError {
    FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
    exit(1)
  }
}
