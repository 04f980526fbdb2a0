public import ArgumentParser
import CommandSupport
import BootstrapCommand
import CompareCommand
import CorpusCommand
import CoverageCommand
import FindingsCommand
import FitCommand
import Foundation
import GalleryCommand
import IngestCommand
import LawTestCommand
import OptimizeCommand
import PlanCommand
import ProfileCommand
import ReconstructCommand
import RenderCommand
import SlurmCommand
import TablesCommand
import ReportCommand
import StudyCommand
import TheoryCommand
import TrainCommand
import VerifyCommand

/// `distill`: every stage as a subcommand.
public struct Distill: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: "distill",
    abstract: "Distillation scaling laws: from run logs to fitted laws, intervals, plans and figures.",
    subcommands: [
      DistillStudy.self,
      DistillPlan.self,
      DistillTrain.self,
      DistillCorpus.self,
      DistillIngest.self,
      DistillFit.self,
      DistillBootstrap.self,
      DistillProfile.self,
      DistillOptimize.self,
      DistillRender.self,
      DistillVerify.self,
      DistillReport.self,
      DistillFindings.self,
      DistillCompare.self,
      DistillCoverage.self,
      DistillSlurm.self,
      DistillTables.self,
      DistillGallery.self,
      DistillTheory.self,
      DistillReconstruct.self,
      DistillLawTest.self,
    ])

  public init() {}

  /// Runs the stage that the executable is called by, as a link `distill-fit` to it is, or else the subcommand.
  public static func runAsCalled() {
    let name = CommandLine.arguments.first.map { URL(fileURLWithPath: $0).lastPathComponent }
    let called = configuration.subcommands.first { $0.configuration.commandName == name }
    if let stage = called as? any StageCommand.Type { stage.main() } else { main() }
  }
}
