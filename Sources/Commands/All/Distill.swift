public import ArgumentParser
import CommandSupport
import BootstrapCommand
import CompareCommand
import CorpusCommand
import CoverageCommand
import FindingsCommand
import FitCommand
import GalleryCommand
import IngestCommand
import LawTestCommand
import OptimizeCommand
import PlanCommand
import ProfileCommand
import ReconstructCommand
import RenderCommand
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
      DistillTables.self,
      DistillGallery.self,
      DistillTheory.self,
      DistillReconstruct.self,
      DistillLawTest.self,
    ])

  public init() {}
}
