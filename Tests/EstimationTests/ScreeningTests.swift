import Estimation
import Foundation
import PaperStudy
import ScalingLaws
import SimulatedObservations
import Testing

/// Starts tried on a few of many runs.
@Suite struct ScreeningTests {
  @Test func theFewStandForAll() throws {
    let model = SupervisedModel(Simulation.supervised(count: 3001, noise: 2e-3, seed: 1), fixedGamma: false)
    let screening = Screening(model.covariates, runs: model.runs, weights: model.unitWeights, rows: 256)
    #expect((200...256).contains(screening.places.count))
    #expect(screening.places == Array(Set(screening.places)).sorted())
    #expect(abs(screening.weights.reduce(0, +) - 3001) < 1e-9)
    let few = model.keeping(screening.places)
    #expect(few.runs == screening.places.count)
    // The smallest and the largest of everything lie within a hundredth of the range.
    for (all, chosen) in zip(model.covariates, few.covariates) {
      func range(_ values: [Lanes]) -> (Double, Double) {
        (values.map { $0.min() }.min() ?? .nan, values.map { $0.max() }.max() ?? .nan)
      }
      let (least, greatest) = range(all)
      #expect(range(chosen).0 <= least + 0.05 * (greatest - least) && range(chosen).1 >= greatest - 0.05 * (greatest - least))
    }
  }

  /// Runs at few places, as of many seeds: of each place several are taken.
  @Test func placesThatRepeatAreSampledEvenly() {
    let sizes = pack((0..<2000).map { Double($0 % 5) })
    let screening = Screening([sizes], runs: 2000, weights: pack(Array(repeating: 1, count: 2000), padding: 0), rows: 100)
    #expect(screening.places.count == 100)
    for size in 0..<5 { #expect(screening.places.count { $0 % 5 == size } == 20) }
    #expect(screening.weights.allSatisfy { abs($0 - 20) < 1e-12 })
    #expect(
      Screening([sizes], runs: 2000, weights: pack(Array(repeating: 1, count: 2000), padding: 0), rows: 100).places
        == screening.places)
  }

  @Test(arguments: [1, 2] as [UInt64]) func theMinimumIsThatOfTheFullSearch(seed: UInt64) throws {
    let runs = Simulation.supervised(count: 300, noise: 4e-3, seed: seed)
    let full = try fitChinchilla(runs, options: FitOptions(screenedRuns: 300))
    let screened = try fitChinchilla(runs, options: FitOptions(screenedRuns: 64))
    let tried = try #require(screened.screenedRuns)
    #expect(full.screenedRuns == nil && (48...64).contains(tried))
    #expect(screened.objective <= full.objective * (1 + 1e-8))
    for (name, value) in full.coefficients {
      #expect(abs((screened.coefficients[name] ?? .nan) / value - 1) < 1e-3, "\(name)")
    }
  }

  @Test(arguments: [DistillationForm.full, .fadingGap, .teacherSize, .beatingTeacher])
  func distillationsAreScreenedToo(form: DistillationForm) throws {
    let runs = Simulation.distillation(count: 150, noise: 2e-3, seed: 2).enumerated().map { index, run in
      var run = run
      run.teacherParameters = run.studentParameters * Double(1 + index % 7)
      return run
    }
    func fit(_ screened: Int) throws -> LawFit {
      let options = FitOptions(thinning: form == .fadingGap ? 101 : 2003, isQuick: true, screenedRuns: screened)
      return try fitDistillation(runs, supervised: .published, form: form, from: Self.truth(form), options: options)
    }
    let full = try fit(150), screened = try fit(64)
    #expect(full.screenedRuns == nil && screened.screenedRuns != nil)
    #expect(screened.objective <= full.objective * (1 + 1e-6))
  }

  /// Where the runs were drawn from, as far as the form knows it.
  private static func truth(_ form: DistillationForm) -> [String: Double]? {
    let law = DistillationLaw.printed
    guard form != .fadingGap else { return nil }
    return law.coefficients.merging(["nu": 0, "kappa": 0.01]) { own, _ in own }
  }
}
