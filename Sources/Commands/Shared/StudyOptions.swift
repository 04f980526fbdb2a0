public import ArgumentParser
public import Formats
public import Studies

/// `--study` and `--root`, as every stage has them that asks what a study is.
public struct StudyOptions: ParsableArguments, Sendable {
  @Option(help: "The study, a folder of ROOT.")
  public var study: String

  @Option(help: "Folder of the studies.")
  public var root = Study.folder

  public init() {}

  /// - Throws: ``StageError`` that lists the studies there are where it is none of them.
  public func read() throws(StageError) -> Study { try Study.read(study, in: root) }
}
