import ArgumentParser
import Formats
import Estimation
import Foundation
import PaperStudy
import Runs
import ScalingLaws

/// Times the fit on one thread, over a part of the paper's grid, for Scripts/bench/fit.py to compare.
@main
struct BenchFit: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "bench-fit")

  enum Law: String, CaseIterable, ExpressibleByArgument {
    case supervised, chinchilla, distillation
  }

  @Option(help: "The law to fit.")
  var law: Law

  @Option(help: "The runs to fit it to.")
  var runs: String

  @Option(help: "How many starts of the grid to take, spread evenly.")
  var starts = 400

  @Option(help: "Where Huber's function turns from a parabola into a line.")
  var delta = 1e-4

  @Option(help: "Threads to use.")
  var threads = 1

  func run() throws {
    let loaded = try loadRuns(runs)
    switch law {
    case .supervised, .chinchilla:
      let model = SupervisedModel(loaded.supervised, fixedGamma: law == .chinchilla)
      try report(
        model, Array(StartGrid.supervised(model)), supervisedPlan(threads: threads), evaluate: sums(of:at:repetitions:)
      ) { $0.minimise($1, from: $2) }
    case .distillation:
      let model = DistillationModel(loaded.distillation, supervised: .published)
      try report(
        model, Array(StartGrid.distillation(model)), distillationPlan(threads: threads), evaluate: sums(of:at:repetitions:)
      ) { $0.minimise($1, from: $2) }
    }
  }

  private func report<Model: LawModel>(
    _ model: Model, _ grid: [Model.Point], _ plan: MultiStart,
    evaluate: (HuberObjective<Model>, [Model.Point], Int) -> Double,
    _ minimise: (MultiStart, HuberObjective<Model>, [Model.Point]) -> MultiStart.Outcome<Model.Point>
  ) throws {
    // A prime step meets all values of every axis of the grid.
    let chosen = (0..<min(starts, grid.count)).map { grid[($0 * 7_654_321) % grid.count] }
    let objective = HuberObjective(model, delta: delta)
    var toTheEnd = MultiStart(stages: [], threads: threads)
    // Descents on all runs, and the polish of the best.
    toTheEnd.screenedRuns = model.runs
    toTheEnd.rounds = 0
    let clock = ContinuousClock()
    let begin = clock.now
    let followed = minimise(toTheEnd, objective, chosen)
    let middle = clock.now
    let planned = minimise(plan, objective, chosen)
    let end = clock.now
    let seconds = (middle - begin) / .seconds(1)
    var total = 0.0
    let points = followed.finalists.map(\.point)
    let repetitions = 20_000
    let evaluating = clock.measure { total = evaluate(objective, points, repetitions) }
    // As many exponentials and logarithms as an evaluation of the distillation law takes.
    let arguments = (0..<model.blocks).map { Lanes(repeating: Double($0) / Double(model.blocks)) }
    var sum = 0.0
    let limit = clock.measure { for _ in 0..<repetitions { sum += softPlusSums(arguments) } }
    // The sums are asked for, so that nothing is left out.
    guard !(sum + total).isNaN else { throw ValidationError("the sums are no numbers") }
    print(
      """
      {"law": "\(law.rawValue)", "runs": \(model.runs), "starts": \(chosen.count), "threads": \(threads), \
      "evaluations": \(followed.evaluations), "secondsPerEvaluation": \(evaluating / .seconds(Double(repetitions))), \
      "secondsOfThreeSoftPlus": \(limit / .seconds(Double(repetitions))), \
      "secondsPerStart": \(seconds / Double(chosen.count)), "best": \(followed.finalists[0].objective), \
      "secondsOfTheWholeSearch": \((end - middle) / .seconds(1)), "bestOfTheWholeSearch": \
      \(planned.finalists[0].objective)}
      """)
  }
}
