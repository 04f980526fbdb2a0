import Allocation
import ArgumentParser
import PaperStudy

/// Times plans of the paper's study on one thread, for Scripts/bench/allocation.py to compare.
@main
struct BenchAllocation: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "bench-allocation")

  @Option(help: "Budgets a decade.")
  var perDecade = 10

  @Option(help: "How often all plans are made.")
  var rounds = 5

  func run() throws {
    let scale = PlanningScale.paper
    let planner = try Planner(law: .printed, family: scale.family, bounds: scale.bounds)
    let budgets = scale.budgets.enumerated().filter { $0.offset % (20 / perDecade) == 0 }.map(\.element)
    var rows = [String]()
    let clock = ContinuousClock()
    let begin = clock.now
    for round in 0..<rounds {
      for scenario in Scenario.distillations {
        for size in scale.studentParameters {
          for budget in budgets {
            let plan = try planner.plan(scenario, studentParameters: size, compute: budget)
            guard round == 0 else { continue }
            rows.append(
              """
              {"scenario": "\(scenario.rawValue)", "studentParameters": \(size), "compute": \(budget), \
              "studentLoss": \(plan.studentLoss)}
              """)
          }
        }
      }
    }
    let seconds = (clock.now - begin) / .seconds(1)
    print("{\"secondsPerPlan\": \(seconds / Double(rounds * rows.count)), \"plans\": [")
    print(rows.joined(separator: ",\n"))
    print("]}")
  }
}
