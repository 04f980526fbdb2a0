import ArgumentParser
import Formats
import Foundation
import Laboratory
import CommandSupport

public struct DistillCorpus: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Makes the laboratory's training text from two dictionaries: their prose, without what they repeat.")

  @Option(help: "The text of Debian's dict-gcide.")
  var webster: String

  @Option(help: "The text of Debian's dict-wn.")
  var wordNet: String

  @Option(help: "Where the text goes.")
  var output: String

  public init() {}

  public func run() throws {
    let text = DictionaryText.prose(
      webster: [UInt8](try readFile(webster)), wordNet: [UInt8](try readFile(wordNet)))
    let digest = Digest(of: text)
    guard digest.hexadecimal == Corpus.expectedDigest else {
      throw StageError(
        "do not give the laboratory's text: its SHA-256 would be \(digest), expected \(Corpus.expectedDigest)",
        file: "\(webster), \(wordNet)")
    }
    try writeAtomically(Data(text), to: output)
  }
}
