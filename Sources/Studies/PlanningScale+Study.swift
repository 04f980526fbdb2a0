import Allocation
import Formats
import Foundation
import PaperStudy
import ScalingLaws

extension PlanningScale {
  /// The scale of a study's plans: the paper's for its own study; else what follows from the runs, with the `planning` of
  /// study.json in its place. Nil where a study has no distillations.
  public init?(_ runs: StudyRuns) {
    if runs.study.description.paper != nil {
      self = .paper
      return
    }
    let students = runs.distillations, planning = runs.study.description.planning, bounds = planning?.bounds
    let family = runs.family
    let sizes = Round.range((runs.supervised + students).map(\.parameters))
    let tokens = Round.range((runs.supervised + students).map(\.tokens))
    let compute = Round.range(students.map { family.trainingFLOPs(parameters: $0.parameters, tokens: $0.tokens) })
    let losses = Round.range(students.map(\.loss))
    func bound(_ given: ClosedRange<Double>?, _ range: ClosedRange<Double>?) -> ClosedRange<Double>? {
      given ?? range.map { Round.down($0.lowerBound)...$0.upperBound * 1e6 }
    }
    let panels = planning?.studentParameters ?? sizes.map { Round.sizes($0.lowerBound * 1.5...$0.upperBound * 4, count: 8) }
    let budgets =
      planning?.compute.map { Int(log10($0[0]).rounded())...Int(log10($0[1]).rounded()) }
      ?? compute.map { Int(log10($0.lowerBound).rounded(.down))...Int(log10($0.upperBound).rounded(.up)) + 1 }
    let asked =
      planning?.losses.map { $0[0]...$0[1] }
      ?? losses.map { range in
        let low = 0.87 * range.lowerBound
        return low...low + max(0.2, min(1, range.upperBound - range.lowerBound))
      }
    // Beyond this nobody's losses are, and hundredths of them no whole numbers.
    guard let panels, let budgets, let asked, asked.upperBound < 1e6, let studentTokens = bound(bounds?.studentTokens, tokens),
      let teacherParameters = bound(bounds?.teacherParameters, sizes),
      let teacherTokens = bound(bounds?.teacherTokens, tokens)
    else { return nil }
    self.init(
      family: family,
      bounds: PlanningBounds(
        studentTokens: studentTokens, teacherParameters: teacherParameters, teacherTokens: teacherTokens),
      panels: panels, budgetDecades: budgets,
      losses: Int((100 * asked.lowerBound).rounded())...Int((100 * asked.upperBound).rounded()),
      boundsOrigin: bounds?.origin ?? "from below the study's smallest model and shortest run", fittedRange: nil)
  }
}

/// Round numbers that span what runs span.
enum Round {
  static func range(_ values: [Double]) -> ClosedRange<Double>? {
    guard let low = values.min(), let high = values.max(), low > 0, high.isFinite else { return nil }
    return low...high
  }

  /// A little wider on both sides.
  static func padded(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let margin = max(0.06 * (range.upperBound - range.lowerBound), 0.01 * range.upperBound)
    return range.lowerBound - margin...range.upperBound + margin
  }

  /// The whole powers of ten around a range.
  static func decades(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    pow(10, log10(range.lowerBound).rounded(.down))...pow(10, log10(range.upperBound).rounded(.up))
  }

  /// To two digits, down.
  static func down(_ value: Double) -> Double {
    let unit = pow(10, log10(value).rounded(.down) - 1)
    return (value / unit + 1e-9).rounded(.down) * unit
  }

  /// To one digit of 1, 2, 3 or 5.
  static func nearest(_ value: Double) -> Double {
    let unit = pow(10, log10(value).rounded(.down))
    let steps = [1.0, 2, 3, 5, 10]
    return (steps.min { abs(log(value / (unit * $0))) < abs(log(value / (unit * $1))) } ?? 1) * unit
  }

  /// The numbers of some leading digits inside a range.
  static func nice(_ range: ClosedRange<Double>, steps: [Double]) -> [Double] {
    let first = Int(log10(range.lowerBound).rounded(.down)), last = Int(log10(range.upperBound).rounded(.up))
    return (first...max(first, last)).flatMap { decade in steps.map { $0 * pow(10, Double(decade)) } }
      .filter { (range.lowerBound / 1.001...range.upperBound * 1.001).contains($0) }
  }

  /// Round numbers, evenly spaced in their logarithms.
  static func geometric(_ range: ClosedRange<Double>, count: Int) -> [Double] {
    let ratio = max(range.upperBound / range.lowerBound, 1)
    var values = [Double]()
    for index in 0..<count {
      let value = nearest(range.lowerBound * pow(ratio, Double(index) / Double(max(count - 1, 1))))
      if value > (values.last ?? 0) { values.append(value) }
    }
    return values
  }

  /// Contours to a nat at round losses, about twenty over a range.
  static func contoursPerNat(_ range: Double) -> Double {
    let wanted = 20 / max(range, 0.05)
    return [2, 4, 5, 10, 20, 50, 100].min { abs(log($0 / wanted)) < abs(log($1 / wanted)) } ?? 20
  }

  /// Round sizes of 1, 2, 3 or 5 in a range, thinned to so many.
  static func sizes(_ range: ClosedRange<Double>, count: Int) -> [Double] {
    let all = nice(range, steps: [1, 2, 3, 5])
    return all.count >= 2 ? spread(all, count: count) : geometric(range, count: count)
  }

  /// At most so many of the different values, rising and evenly spread among them, the ends included.
  static func spread(_ values: [Double], count: Int) -> [Double] {
    let sorted = Set(values).sorted()
    guard sorted.count > count, count > 1 else { return sorted }
    return (0..<count).map { sorted[Int((Double($0 * (sorted.count - 1)) / Double(count - 1)).rounded())] }
  }
}
