import ArgumentParser
import Formats
import Foundation
import Laboratory
import CommandSupport

struct SpeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed",
    abstract: "Measures training steps: a JSON line a size, for `make bench`.")

  @Option(parsing: .upToNextOption, help: "Sizes, in layers.")
  var layers = [2, 4, 6, 8, 10]

  @Option(help: "Tokens a batch.")
  var batchTokens = 1024

  @Option(help: "Seconds of measurement for each size.", transform: number)
  var seconds = 5.0

  @Option(help: "Threads.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Measure a student's steps with forward and with reverse divergence instead.")
  var directions = false

  func validate() throws {
    guard layers.allSatisfy((1...64).contains) else { throw ValidationError("--layers must lie between 1 and 64.") }
    guard (1...1_048_576).contains(batchTokens), (1...1024).contains(threads) else {
      throw ValidationError("--batch-tokens must lie between 1 and 1,048,576, --threads between 1 and 1024.")
    }
    guard seconds > 0, seconds <= 3600 else { throw ValidationError("--seconds must lie between 0 and 3600.") }
  }

  func run() throws {
    for layers in layers {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      if directions {
        let speed = try DirectionSpeed(
          shape: TransformerShape(layers: layers), batchTokens: batchTokens, threads: threads, seconds: seconds)
        print(String(decoding: try encoder.encode(speed), as: UTF8.self))
        continue
      }
      let speed = try TrainingSpeed(
        shape: TransformerShape(layers: layers), batchTokens: batchTokens, threads: threads,
        seconds: seconds)
      print(String(decoding: try encoder.encode(speed), as: UTF8.self))
    }
  }
}
