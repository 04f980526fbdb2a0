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

  /// The most characters of a line that is said, and of a file's name in it.
  public static let longestLine = 400
  private static let longestName = 160

  public init(_ message: String, file: String? = nil, line: Int? = nil) {
    self.message = message
    self.file = file
    self.line = line
  }

  /// One line without control characters, whatever the file's name or its cells hold; cut where it is too long.
  public var description: String {
    let place = file.map { printable($0, limit: Self.longestName, keepingEnd: true) }
    let text =
      switch (place, line) {
      case (let place?, let line?): "\(place):\(line): \(message)"
      case (let place?, nil): "\(place): \(message)"
      default: message
      }
    return printable(text, limit: Self.longestLine)
  }

  /// The same error, of `file` where it names none.
  public func named(_ file: String) -> StageError { self.file == nil ? StageError(message, file: file, line: line) : self }
}
