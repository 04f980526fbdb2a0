public import ArgumentParser

/// `--threads`, as every stage that computes for long has it.
public struct ThreadOptions: ParsableArguments, Sendable {
  @Option(help: "Threads to use (default: all processors). The result does not depend on it.")
  public var threads: Int?

  public init() {}

  public func validate() throws {
    if let threads { try checkCount("threads", threads, in: 1...1024) }
  }
}

/// `--confidence`, of stages that make intervals.
public struct ConfidenceOptions: ParsableArguments, Sendable {
  @Option(help: "Nominal coverage of the intervals.", transform: number)
  public var confidence = 0.9

  public init() {}

  public func validate() throws {
    if !(confidence > 0 && confidence < 1) { throw ValidationError("--confidence must lie between 0 and 1") }
  }
}
