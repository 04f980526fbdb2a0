import Allocation
import ArgumentParser
import Formats
import Estimation
import ScalingLaws
import Studies
import CommandSupport
import Verification

public struct DistillOptimize: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Makes the compute-optimal tables that the figures need: optima.csv and reach.csv.",
    discussion: """
      optima.csv holds the best allocation of every budget, for every scenario and student size; reach.csv the least \
      compute and the least tokens that reach a loss.
      """)

  @OptionGroup var options: StudyOptions

  @Option(help: "The run store, or a log, from which sizes, budgets and bounds follow; the study's logs unless given.")
  var runs: String?

  @Option(
    help: """
      The law: 'figures' or 'printed', the paper's with B' as its figures have it or as printed, or a distillation \
      fit. The study's own unless given.
      """)
  var law: String?

  @Option(help: "Folder that the tables go to; results/STUDY unless given.")
  var results: String?

  @OptionGroup var processors: ThreadOptions

  @OptionGroup var reading: ReadingArguments

  public init() {}

  public func run() throws {
    let study = try options.read()
    guard let scale = PlanningScale(try StudyRuns.read(study, from: runs, try reading.options())) else {
      throw StageError("has no distillations to plan by", file: study.path)
    }
    let folder = results ?? "results/\(study.name)"
    let source = law ?? study.paperLaw?.rawValue ?? folder + "/" + ResultFile.distillationFit.rawValue
    let tables = PlanningTables(
      planner: try planner(scale, source), scale: scale, threads: processors.threads ?? availableProcessors)
    let optima: OptimaTable, reach: ReachTable
    do throws(AllocationError) {
      (optima, reach) = (try tables.optima(), try tables.reach())
    } catch {
      throw StageError(error.description, file: source)
    }
    try writeAtomically(optima.csv, to: folder + "/optima.csv")
    try writeAtomically(reach.csv, to: folder + "/reach.csv")
  }

  private func planner(_ scale: PlanningScale, _ source: String) throws(StageError) -> Planner {
    let law = try readDistillationLaw(source)
    do {
      return try Planner(law: law, family: scale.family, bounds: scale.bounds)
    } catch {
      throw StageError(error.description, file: source)
    }
  }
}
