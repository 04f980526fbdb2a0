public import ArgumentParser
public import Formats

/// `--log`, `--shard` and `--list`: long work that can be stopped, and cut into parts for several machines.
public struct ShardOptions: ParsableArguments {
  @Option(help: "File (.jsonl) that keeps what is done, to go on from.")
  public var log: String?

  @Option(help: "Only one part of the work, as 2/8: the second of eight. It has a log of its own beside --log, and no result.")
  public var shard: WorkShard?

  @Flag(help: "Do nothing: say how much is left, by the log and those of shards.")
  public var list = false

  public init() {}

  public mutating func validate() throws {
    if log == nil, shard != nil || list { throw ValidationError("--shard and --list go with --log") }
  }

  /// Whether the result of all the work is asked for, and not a part, or what is left.
  public var wantsResult: Bool { shard == nil && !list }
}

extension WorkShard: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
