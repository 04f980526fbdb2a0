import ArgumentParser
import Formats
import PaperStudy
import ScalingLaws
import CommandSupport

public struct DistillReconstruct: StageCommand {
  public static let configuration = CommandConfiguration(
    commandName: stageName(of: Self.self),
    abstract: "Writes run logs at the paper's sizes and budgets with losses drawn from the paper's laws.",
    discussion: """
      The paper released no runs. These stand in for its 73 supervised runs and 697 distillations, to test what \
      comes after: nothing in them is measured, and every line says so. FOLDER gets a log a sweep.
      """)

  @Option(help: "Folder that the logs go to.")
  var output: String

  @Option(
    help: """
      The distillation law that students are drawn from: 'figures' (table 6 with B' as the paper's figures have it) or \
      'printed' (table 6 to the letter).
      """)
  var law: PaperLaw = .figures

  @Option(
    help: """
      Standard deviation of the logarithm of a loss about its law. With 0.004 the law itself misses the runs by \
      0.32% on average and nearly all by less than 1%, as the paper reports of its fits.
      """, transform: number)
  var noise = 0.004

  @Option(help: "Seed of the noise.")
  var seed = 1

  public init() {}

  public func validate() throws {
    guard noise >= 0, noise <= 0.1 else { throw ValidationError("--noise must lie between 0 and 0.1") }
  }

  public func run() throws {
    let reconstruction = Reconstruction(law: law, noise: noise, seed: seed)
    let (supervised, distillations) = (reconstruction.supervisedRuns(), reconstruction.distillations())
    let logs = try Dictionary(grouping: supervised + distillations, by: \.sweep)
      .sorted { $0.key < $1.key }
      .map { (sweep: $0.key, text: try $0.value.map { try $0.logLine() }.joined()) }
    for log in logs { try writeAtomically(log.text, to: "\(output)/\(log.sweep).jsonl") }
    print(
      "\(output): \(supervised.count) supervised runs and \(distillations.count) distillations, reconstructed "
        + "from the law \"\(law.rawValue)\" with noise \(noise) and seed \(seed)")
  }
}
