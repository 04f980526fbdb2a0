/// What a stage says, in one line, when its input or its surroundings are not what it needs.
///
/// Stages print `description` to standard error and exit with a non-zero status.
public struct StageError: Error, Sendable, CustomStringConvertible {
  /// The file at fault, where there is one.
  public let file: String?
  /// The line of `file`, counted from one.
  public let line: Int?
  /// What is wrong and what was expected.
  public let message: String

  public init(_ message: String, file: String? = nil, line: Int? = nil) {
    self.message = message
    self.file = file
    self.line = line
  }

  public var description: String {
    switch (file, line) {
    case (let file?, let line?): "\(file):\(line): \(message)"
    case (let file?, nil): "\(file): \(message)"
    default: message
    }
  }
}
