import Estimation
import Foundation
import PaperStudy
import Randomness
import ScalingLaws
import SimulatedObservations
import Statistics
import Testing

@Suite struct IntervalTests {
  @Test func biasMovesTheIntervalAndSymmetryDoesNot() {
    let samples = (0...1000).map(Double.init)
    let plain = interval(.percentile, of: samples, estimate: 0, confidence: 0.9)
    #expect(abs(plain.lowerBound - 50) < 1e-9 && abs(plain.upperBound - 950) < 1e-9)
    let centred = interval(.biasCorrected, of: samples, estimate: 500, confidence: 0.9)
    #expect(abs(centred.lowerBound - 50) < 1e-6 && abs(centred.upperBound - 950) < 1e-6)
    // Resamples whose median is above the estimate by z0 = 0.5 deviations: the percentiles go down by twice that.
    let estimate = 1001 * Normal.share(below: -0.5) - 0.5
    let moved = interval(.biasCorrected, of: samples, estimate: estimate, confidence: 0.9)
    #expect(abs(moved.lowerBound - 1000 * Normal.share(below: -1 - 1.6448536269514722)) < 2)
    #expect(abs(moved.upperBound - 1000 * Normal.share(below: -1 + 1.6448536269514722)) < 2)
    // An estimate outside all samples, and samples that are all the same.
    let outside = interval(.biasCorrected, of: samples, estimate: -5, confidence: 0.9)
    #expect(outside.lowerBound == 0 || outside.lowerBound < 1e-6)
    #expect(interval(.biasCorrected, of: [2, 2, 2], estimate: 2, confidence: 0.9) == 2...2)
    #expect(interval(.percentile, of: [1, .infinity], estimate: 1, confidence: 0.9).upperBound == .greatestFiniteMagnitude)
  }

  /// Runs of 24 teachers, each with something of its own that all its students share.
  private func classes(effect: Double) -> [DistillationObservation] {
    let random = CounterRandom(seed: 50, stream: 9)
    return Simulation.distillation(count: 192, noise: 1e-3, seed: 50).enumerated().map { index, run in
      var run = run
      run.teacher = "\(index % 24)"
      run.studentLoss *= exp(effect * Simulation.normal(random, index % 24))
      return run
    }
  }

  private func bootstrap(
    _ runs: [DistillationObservation], _ resampling: Resampling, starts: RefitStarts = .optimum, threads: Int = 2
  ) throws -> Bootstrap {
    let fit = try fitDistillation(runs, supervised: .published, options: FitOptions(thinning: 1009))
    return try bootstrapDistillation(
      runs, supervised: .published, coefficients: fit.coefficients,
      options: BootstrapOptions(resamples: 60, resampling: resampling, starts: starts, threads: threads)
    ) { coefficients in
      guard let law = DistillationLaw(coefficients: coefficients, supervised: .published) else { return [:] }
      return ["loss": law.loss(studentParameters: 1e9, studentTokens: 3e10, teacherLoss: 2.3)]
    }
  }

  @Test func whatTeachersShareShowsOnlyWhenTeachersAreResampled() throws {
    let runs = classes(effect: 0.01)
    let single = try bootstrap(runs, .runs), whole = try bootstrap(runs, .teachers)
    func width(_ bootstrap: Bootstrap) throws -> Double {
      let range = try #require(bootstrap.intervals()["loss"])
      return range.upperBound - range.lowerBound
    }
    // Eight students of a teacher tell as much of what they share as one: 2.8 times the width.
    let (shared, independent) = (try width(whole), try width(single))
    #expect(shared > 1.5 * independent, "\(shared) and \(independent)")
    #expect(try bootstrap(runs, .teachers, threads: 1) == whole)
    #expect(whole.samples["loss"]?.count == 60 && whole.estimates["loss"] != nil)
  }

  @Test func moreStartsNeverMakeWorseRefits() throws {
    let runs = classes(effect: 0)
    let fit = try fitDistillation(runs, supervised: .published, options: FitOptions(thinning: 1009))
    let options = BootstrapOptions(resamples: 24, threads: 2)
    let both = try distillationBootstraps(
      runs, supervised: .published, coefficients: fit.coefficients, options: options, derived: { _ in [:] })
    var alone = options
    alone.starts = .optimum
    let optimum = try bootstrapDistillation(
      runs, supervised: .published, coefficients: fit.coefficients, options: alone)
    #expect(optimum.samples == both.optimum.samples && optimum.foundElsewhere == 0)
    #expect((both.chosen == both.optimum) == (both.chosen.foundElsewhere == 0))
    var exchange = options
    exchange.starts = .exchange
    let all = try distillationBootstraps(
      runs, supervised: .published, coefficients: fit.coefficients, options: exchange, derived: { _ in [:] })
    #expect(all.wide.samples == both.chosen.samples && all.optimum.samples == both.optimum.samples)
    #expect(all.chosen.foundElsewhere >= both.chosen.foundElsewhere)
    // On each resample's own objective, an exchange never loses.
    let model = DistillationModel(runs, supervised: .published)
    var compared = 0
    for resample in 0..<options.resamples {
      #expect(all.chosen.samples.values.allSatisfy { $0[resample].isFinite })
      let random = CounterRandom(seed: options.seed, stream: UInt64(resample))
      var weights = Array(repeating: 0.0, count: runs.count)
      for draw in 0..<runs.count { weights[random.integer(below: runs.count, at: UInt64(draw))] += 1 }
      let objective = HuberObjective(model, weights: pack(weights, padding: 0), delta: options.delta)
      // Nil where a term has no share, and its coefficient is 0.
      let values = [all.chosen, all.wide, all.optimum].compactMap { bootstrap in
        model.point(bootstrap.samples.mapValues { $0[resample] }).map { objective.evaluate(at: $0).objective }
      }
      guard values.count == 3 else { continue }
      compared += 1
      #expect(values[0] <= values[1] * (1 + 1e-6) && values[1] <= values[2] * (1 + 1e-6), "\(values)")
    }
    #expect(compared > options.resamples / 2)
    #expect(options.method.contains("variants") && alone.method.contains("optimum alone"))
  }

  @Test func runsWithoutTeachersAreRefused() {
    let runs = Simulation.distillation(count: 40, noise: 1e-3, seed: 51)
    func attempt(_ runs: [DistillationObservation]) -> EstimationError? {
      #expect(throws: EstimationError.self) {
        try bootstrapDistillation(
          runs, supervised: .published, coefficients: DistillationLaw.printed.coefficients,
          options: BootstrapOptions(resamples: 2, resampling: .teachers))
      }
    }
    #expect(attempt(runs)?.description.contains("run 1 does not name its teacher") == true)
    let one = runs.map { run in
      var run = run
      run.teacher = "one"
      return run
    }
    #expect(attempt(one)?.description.contains("one teacher") == true)
  }
}
