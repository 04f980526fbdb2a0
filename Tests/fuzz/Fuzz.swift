import ArgumentParser
import Foundation
import Fuzzing

#if canImport(Glibc)
  import Glibc
#endif

/// Changes the inputs and arguments of all stages at random, and names every crash, hang and message that should not be.
@main
struct Fuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz", abstract: "Tries changed inputs and arguments on all readers, parsers and some stages.",
    subcommands: [Try.self, Work.self], defaultSubcommand: Try.self)
}

struct Try: ParsableCommand {
  @Option(help: "How many tries.")
  var tries = 20_000

  @Option(help: "Number of the first try; with --tries 1 it is done alone.")
  var from = 0

  @Option(help: "Seed of the changes.")
  var seed: UInt64 = 1

  @Option(help: "Seconds of a processor that a try may take.")
  var limit = 10.0

  @Option(help: "Processes at a time.")
  var jobs = 2

  @Option(help: "The project's folder.")
  var root = "."

  func run() throws {
    let campaign = Campaign(
      executable: Bundle.main.executablePath ?? CommandLine.arguments[0], root: URL(fileURLWithPath: root).path, seed: seed,
      limit: limit)
    try campaign.run(from..<(from + tries), jobs: jobs)
    print("seed \(seed), tries \(from) to \(from + tries - 1)")
    print(campaign.report, terminator: "")
    for fault in campaign.faults { print(fault) }
    if !campaign.faults.isEmpty { throw ExitCode.failure }
  }
}

struct Work: ParsableCommand {
  static let configuration = CommandConfiguration(shouldDisplay: false)

  @Option var root: String
  @Option var seed: UInt64
  @Option var from: Int
  @Option var to: Int
  @Option var folder: String

  func run() throws {
    // Who asks for more memory than this ends here and not with the machine's.
    var memory = rlimit(rlim_cur: 6 << 30, rlim_max: 6 << 30)
    setrlimit(__rlimit_resource_t(9), &memory)
    let notes = open(folder + "/notes", O_WRONLY | O_APPEND)
    let worker = Worker(try Samples(root: root), seed: seed)
    try worker.run(from..<to, folder: folder + "/try", printed: folder + "/printed") { note in
      let line = Array((note + "\n").utf8)
      _ = write(notes, line, line.count)
    }
  }
}
