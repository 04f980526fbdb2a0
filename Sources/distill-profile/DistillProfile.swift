import ArgumentParser
import Artifacts
import Estimation
import Foundation
import RunStore
import ScalingLaws
import Stages

@main
struct DistillProfile: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill-profile",
    abstract: "Shows how far each coefficient of a fit may go before the law fits worse: profiles of the likelihood.",
    discussion: "The runs must be those that the fit was made from, cut by loss as the fit says.")

  @Option(help: "The runs that the law was fitted to.")
  var runs: String

  @Option(help: "The fit, as distill-fit writes it.")
  var fit: String

  @Option(help: "What is taken as independent: runs, or teachers with all their students (of the distillation law alone).")
  var resample: Resampling = .runs

  @Option(help: "Nominal coverage of the intervals.")
  var confidence = 0.9

  @Option(help: "Values that each profile is worked out at beside those that its interval needs.")
  var points = 24

  @Option(help: "Seed of the laws that are drawn to find ridges.")
  var seed: UInt64 = 1

  @Option(help: "File to write the profiles to, as JSON.")
  var output: String?

  @Option(help: "Threads to use (default: all processors). The result does not depend on it.")
  var threads: Int?

  func validate() throws {
    if points < 0 { throw ValidationError("--points must not be negative") }
    if !(confidence > 0 && confidence < 1) { throw ValidationError("--confidence must lie between 0 and 1") }
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  func run() throws {
    try runStage("distill-profile") {
      let fitted = try FitDocument.read(from: fit)
      let profiles = try profiles(fitted, try loadRuns(runs))
      let quantile = normalQuantile(0.5 + 0.5 * confidence)
      let document = ProfileDocument(
        law: fitted.law, confidence: confidence, limit: quantile * quantile, independent: resample.rawValue,
        method: Profile.method,
        profiles: profiles.map { profile in
          ProfileDocument.Profile(
            name: profile.name, estimate: fitted.coefficients[profile.name] ?? profile.estimate,
            low: profile.lowIsOpen ? nil : profile.interval.lowerBound,
            high: profile.highIsOpen ? nil : profile.interval.upperBound,
            points: profile.points.filter { $0.value.isFinite }.map { .init(value: $0.value, ratio: $0.ratio) })
        }, inputs: fitted.inputs)
      if let output { try writeAtomically(try document.json(), to: output) }
      print(table(document))
    }
  }

  private func profiles(_ fitted: FitDocument, _ loaded: LoadedRuns) throws(StageError) -> [Profile] {
    let options = ProfileOptions(confidence: confidence, units: resample, points: points, seed: seed, threads: threads)
    do {
      guard fitted.law == "distillation" else {
        return try profilesSupervised(
          loaded.supervised(of: fitted, file: fit, source: runs), fixedGamma: fitted.law == "chinchilla",
          coefficients: fitted.coefficients, options: options)
      }
      let chosen = try loaded.distillation(of: fitted, file: fit, source: runs)
      return try profilesDistillation(
        chosen.runs, supervised: chosen.supervised, coefficients: fitted.coefficients, options: options)
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError("\(error)", file: resample == .teachers ? runs : fit)
    }
  }

  private func table(_ document: ProfileDocument) -> String {
    func cell(_ value: Double?) -> String {
      let text = value.map { String(format: "%.5g", $0) } ?? "open"
      return String(repeating: " ", count: max(1, 13 - text.count)) + text
    }
    let percent = String(format: "%g%%", 100 * document.confidence)
    let rows = document.profiles.map { profile in
      profile.name.padding(toLength: 6, withPad: " ", startingAt: 0)
        + [profile.estimate, profile.low, profile.high].map(cell).joined()
    }
    return (["\(document.law) law, \(percent) intervals of its profiles: fit, low, high"] + rows).joined(separator: "\n")
  }
}

extension Resampling: ExpressibleByArgument {}
