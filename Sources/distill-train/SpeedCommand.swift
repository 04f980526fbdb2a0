import ArgumentParser
import Artifacts
import Foundation
import Laboratory

struct SpeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed",
    abstract: "Measures training steps: a JSON line a size, for `make bench`.")

  @Option(parsing: .upToNextOption, help: "Sizes, in layers.")
  var layers = [2, 4, 6, 8, 10]

  @Option(help: "Tokens a batch.")
  var batchTokens = 1024

  @Option(help: "Seconds of measurement for each size.")
  var seconds = 5.0

  @Option(help: "Threads.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func run() throws {
    try runStage("distill-train") {
      for layers in layers {
        let speed = try TrainingSpeed(
          shape: TransformerShape(layers: layers), batchTokens: batchTokens, threads: threads,
          seconds: seconds)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        print(String(decoding: try encoder.encode(speed), as: UTF8.self))
      }
    }
  }
}
