import Foundation

/// How long a student's training step takes with either direction of the divergence (table 7): a line of
/// `results/bench/direction.jsonl`.
public struct DirectionSpeed: Codable, Hashable, Sendable {
  /// Non-embedding parameters of the student.
  public var parameters: Double
  public var vocabulary: Int
  public var batchTokens: Int
  public var threads: Int
  /// Median milliseconds of a step, without the teacher's pass.
  public var forwardMilliseconds: Double
  public var reverseMilliseconds: Double

  public init(
    parameters: Double, vocabulary: Int, batchTokens: Int, threads: Int, forwardMilliseconds: Double,
    reverseMilliseconds: Double
  ) {
    self.parameters = parameters
    self.vocabulary = vocabulary
    self.batchTokens = batchTokens
    self.threads = threads
    self.forwardMilliseconds = forwardMilliseconds
    self.reverseMilliseconds = reverseMilliseconds
  }

  /// Reads a file of such lines.
  /// - Throws: ``StageError`` with file and line.
  public static func read(from path: String) throws(StageError) -> [DirectionSpeed] {
    var speeds = [DirectionSpeed]()
    for (index, line) in try readFile(path).split(separator: UInt8(ascii: "\n")).enumerated() {
      do {
        speeds.append(try JSONDecoder().decode(DirectionSpeed.self, from: line))
      } catch {
        throw StageError("is not a line of `distill-train speed --directions`", file: path, line: index + 1)
      }
    }
    return speeds
  }
}
