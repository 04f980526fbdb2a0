import Formats
import Foundation
import PaperStudy
import ScalingLaws
import Testing

@Suite struct ReconstructionTests {
  static let noise = 0.004
  let reconstruction = Reconstruction(noise: noise, seed: 1)
  var runs: [RunRecord] { reconstruction.supervisedRuns() + reconstruction.distillations() }

  private func counts(_ runs: [RunRecord]) -> [String: Int] {
    Dictionary(grouping: runs, by: \.sweep).mapValues(\.count)
  }

  @Test func theTotalsAreThePapers() {
    let supervised = reconstruction.supervisedRuns(), distillations = reconstruction.distillations()
    #expect(supervised.count == 73 && supervised.allSatisfy { $0.kind == .supervised })
    #expect(counts(supervised) == ["isoFLOP": 56, "fixed-ratio": 11, "long": 6])
    #expect(distillations.count == 697 && distillations.allSatisfy { $0.kind == .distillation })
    #expect(counts(distillations) == ["protocol-1": 223, "protocol-2": 224, "protocol-3": 250])
    // Without noise, by the printed law as many students are weak enough for the extrapolation fit as in the paper; by the
    // one that its figures follow, a few more.
    let counts = [PaperLaw.printed, .figures].map { law in
      Reconstruction(law: law, noise: 0, seed: 1).distillations().count { $0.loss >= 2.3 }
    }
    #expect(counts == [551, 573])
  }

  @Test func everyRunSaysThatItIsReconstructedAndClaimsNoMeasurement() {
    for run in runs {
      #expect(run.origin == .reconstructed && run.software == "distill-reconstruct")
      let law = run.kind == .distillation ? "figures" : nil
      #expect(run.reconstruction == RunRecord.Reconstruction(law: law, noise: Self.noise, seed: 1))
      #expect(run.lossStandardError == nil && run.evaluationTokens == nil && run.lossCurve == nil)
      #expect(run.seconds == nil && run.recipe == nil && run.distillation?.divergence == nil)
    }
    #expect(Set(runs.map(\.run)).count == runs.count)
  }

  /// N and forward FLOPs a token by the paper's approximation, in billions, as its table 13 prints them.
  @Test(arguments: [
    ("103M", 8, 0.1028, 0.3398), ("198M", 10, 0.1983, 0.5853), ("546M", 14, 0.546, 1.415),
    ("975M", 17, 0.9755, 2.397), ("1.82B", 21, 1.821, 4.28), ("2.72B", 24, 2.718, 6.241),
    ("4.82B", 29, 4.823, 10.77), ("7.75B", 34, 7.747, 16.99), ("10B", 37, 10.05, 21.84), ("12.6B", 40, 12.61, 27.23),
  ]) func sizesAreThoseOfTable13(name: String, layers: Int, parameters: Double, flops: Double) throws {
    let model = try #require(PaperModel.table.first { $0.name == name })
    #expect(model.layers == layers && model.width == 128 * layers)
    #expect(String(format: "%.4g", model.parameters / 1e9) == String(format: "%.4g", parameters))
    #expect(abs(ModelFamily.paper.forwardFLOPs(parameters: model.parameters) / (flops * 1e9) - 1) < 3e-3)
  }

  @Test func onlySizesOfTheTableAreUsed() {
    #expect(PaperModel.table.count == 33)
    let sizes = Set(PaperModel.table.map(\.parameters))
    for run in runs { #expect(sizes.contains(run.parameters)) }
  }

  @Test func theProtocolsAreThePapers() {
    let supervised = Dictionary(uniqueKeysWithValues: reconstruction.supervisedRuns().map { ($0.run, $0) })
    for run in supervised.values {
      switch run.sweep {
      case "isoFLOP": #expect([3e19, 1e20, 3e20, 1e21].contains(run.budget))
      case "fixed-ratio": #expect(run.tokens == 20 * run.parameters)
      default: #expect(run.tokens == 512e9)
      }
    }
    let distillations = reconstruction.distillations()
    for run in distillations {
      guard let facts = run.distillation, let teacher = supervised[facts.teacherRun] else {
        Issue.record("\(run.run) has no teacher among the supervised runs")
        continue
      }
      // The student saw the loss that the teacher's own log states.
      #expect(facts.teacherLoss == teacher.loss && facts.teacherParameters == teacher.parameters)
      #expect(facts.teacherTokens == teacher.tokens && facts.mixing == 1 && facts.temperature == 1)
      #expect(teacher.sweep == (run.sweep == "protocol-2" ? "isoFLOP" : "fixed-ratio"))
      if run.sweep == "protocol-2" { #expect(run.tokens == 20 * run.parameters) }
    }
    func sizes(_ sweep: String, _ size: (RunRecord) -> Double?) -> Int {
      Set(distillations.filter { $0.sweep == sweep }.compactMap(size)).count
    }
    #expect(sizes("protocol-1") { $0.distillation?.teacherParameters } == 6)
    #expect(sizes("protocol-1", \.budget) == 5)
    #expect(sizes("protocol-2", \.parameters) == 4)
    #expect(sizes("protocol-3", \.parameters) == 5)
    #expect(sizes("protocol-3") { $0.distillation?.teacherParameters } == 10)
    #expect(sizes("protocol-3") { $0.tokens / $0.parameters } == 5)
  }

  /// C = 3 F(N) D, to within the rounding of D to whole tokens.
  @Test func profilesHoldTheirCompute() {
    for run in runs {
      #expect(run.tokens == run.tokens.rounded())
      #expect(run.compute == ModelFamily.paper.trainingFLOPs(parameters: run.parameters, tokens: run.tokens))
      if let budget = run.budget { #expect(abs(run.compute / budget - 1) < 1e-8) }
    }
  }

  @Test func lossesLieAboutTheLawsByTheNoise() {
    let law = DistillationLaw.figures
    let deviations = runs.map { run -> Double in
      let loss =
        run.distillation.map {
          law.loss(studentParameters: run.parameters, studentTokens: run.tokens, teacherLoss: $0.teacherLoss)
        } ?? law.supervised.loss(parameters: run.parameters, tokens: run.tokens)
      return log(run.loss / loss) / Self.noise
    }
    let count = Double(deviations.count)
    let mean = deviations.reduce(0, +) / count
    let deviation = (deviations.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
    // Four standard errors of a normal sample of 770.
    #expect(abs(mean) < 4 / count.squareRoot(), "\(mean)")
    #expect(abs(deviation - 1) < 4 / (2 * count).squareRoot(), "\(deviation)")
    #expect(Set(deviations).count == deviations.count)
  }

  @Test func aSeedGivesItsRunsAgainAndAnotherGivesOthers() {
    #expect(runs == Reconstruction(noise: Self.noise, seed: 1).supervisedRuns() + reconstruction.distillations())
    let other = Reconstruction(noise: Self.noise, seed: 2)
    for (a, b) in zip(runs, other.supervisedRuns() + other.distillations()) {
      #expect(a.run == b.run && a.loss != b.loss && a.tokens == b.tokens)
    }
    let exact = Reconstruction(noise: 0, seed: 1).supervisedRuns()[0]
    #expect(exact.loss == SupervisedLaw.published.loss(parameters: exact.parameters, tokens: exact.tokens))
  }
}
