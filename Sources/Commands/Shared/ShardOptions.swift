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

  /// What is left or was done, in a line.
  /// - Parameter kind: what the work is made of, in the plural.
  public func text(left: Int, of total: Int, _ kind: String) -> String {
    let part = shard.map { "shard \($0.number) of \($0.count): " } ?? ""
    return "\(part)\(left) of \(total) \(kind) are left"
  }
}

extension WorkShard: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
