import Estimation
import Formats
import Foundation
import Runs
import ScalingLaws

/// The best size and tokens of training alone for budgets, by a supervised or a Chinchilla fit, as `distill-plan` writes it.
struct SupervisedPlan: Encodable {
  /// An end that the runs leave open is nil.
  struct Bounds: Encodable {
    var low, high: Double?

    init(_ profile: Profile) {
      low = profile.lowIsOpen ? nil : profile.interval.lowerBound
      high = profile.highIsOpen ? nil : profile.interval.upperBound
    }

    init(low: Double?, high: Double?) { (self.low, self.high) = (low, high) }
  }

  struct Intervals: Encodable {
    var parameters, tokens, loss: Bounds
  }

  struct Budget: Encodable {
    /// C = 6 N D, in FLOPs.
    var compute: Double
    var parameters, tokens, tokensPerParameter, loss: Double
    var intervals: Intervals?
    /// Whether N* or D* lies beyond the runs; nil without runs.
    var extrapolates: Bool?
  }

  var law: String
  /// Exponents of compute in N* and D*, with their intervals where runs are given.
  var a, b: Double
  var aInterval, bInterval: Bounds?
  /// Nominal coverage of the intervals, and what they take as independent.
  var confidence: Double?
  var independent: String?
  var budgets: [Budget]
  var notes: [String]

  /// - Parameters:
  ///   - runs: those that the law was fitted to, for intervals.
  ///   - independent: what intervals take as independent; nil for what the runs say of themselves.
  /// - Throws: ``StageError`` where the fit has no optimum, or was made from other runs.
  init(
    _ fit: FitDocument, file: String, budgets: [Double], runs: (file: String, loaded: LoadedRuns)?,
    independent: Resampling?, confidence: Double, threads: Int?
  ) throws(StageError) {
    if let refusal = fit.refusal { throw StageError(refusal, file: file) }
    guard let law = SupervisedLaw(coefficients: fit.coefficients) else {
      throw StageError("the \(fit.law) fit lacks a coefficient of its law", file: file)
    }
    guard law.alpha > 0, law.beta > 0 else {
      throw StageError("has alpha or beta at 0: no size is best for a budget", file: file)
    }
    self.law = fit.law
    (a, b) = (law.computeOptimalParameterExponent, law.computeOptimalTokenExponent)
    notes = ["C = 6 N D; N* and D* are the size and the tokens with the least loss for C, and grow as C^a and C^b"]
    self.budgets = budgets.map { compute in
      let size = law.optimalParameters(compute: compute), tokens = compute / (6 * size)
      return Budget(
        compute: compute, parameters: size, tokens: tokens, tokensPerParameter: tokens / size,
        loss: law.loss(parameters: size, tokens: tokens))
    }
    guard self.budgets.allSatisfy({ [$0.parameters, $0.tokens, $0.tokensPerParameter, $0.loss].allSatisfy(\.isFinite) }) else {
      throw StageError("has coefficients that give no finite plan for these budgets", file: file)
    }
    guard let runs else {
      notes.append("without --runs, those that the law was fitted to, there are no intervals")
      return
    }
    let chosen = try runs.loaded.supervised(of: fit, file: file, source: runs.file)
    for index in self.budgets.indices {
      self.budgets[index].extrapolates =
        !Self.range(chosen.map(\.parameters)).contains(self.budgets[index].parameters)
        || !Self.range(chosen.map(\.tokens)).contains(self.budgets[index].tokens)
    }
    guard fit.upperWeight == nil else {
      notes.append("the law is by a one-sided loss function, which has no likelihood: there are no intervals")
      return
    }
    let units = independent ?? .automatic(chosen)
    let found: (budgets: [ComputeOptimumProfile], exponent: Profile?)
    do {
      found = try profilesComputeOptimum(
        chosen, fixedGamma: fit.law == "chinchilla", coefficients: fit.coefficients, restrictions: fit.restrictions,
        budgets: budgets, options: ProfileOptions(confidence: confidence, units: units, threads: threads))
    } catch {
      throw StageError("\(error)", file: file)
    }
    (self.confidence, self.independent) = (confidence, units.rawValue)
    notes.append(
      String(format: "intervals are %g%% profiles of the likelihood", 100 * confidence)
        + ", with \(units.rawValue) as what is independent")
    aInterval = found.exponent.map(Bounds.init)
    bInterval = aInterval.map { Bounds(low: $0.high.map { 1 - $0 }, high: $0.low.map { 1 - $0 }) }
    for (index, own) in found.budgets.enumerated() {
      self.budgets[index].intervals = Intervals(
        parameters: Bounds(own.parameters), tokens: Bounds(own.tokens), loss: Bounds(own.loss))
    }
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double> {
    (values.min() ?? 0)...(values.max() ?? .infinity)
  }

  /// For people to read.
  var text: String {
    func interval(_ bounds: Bounds?, _ format: (Double) -> String) -> String {
      bounds.map { " (\($0.low.map(format) ?? "open") to \($0.high.map(format) ?? "open"))" } ?? ""
    }
    func exponent(_ value: Double) -> String { String(format: "%.4f", value) }
    func loss(_ value: Double) -> String { String(format: "%.4f", value) }
    func large(_ value: Double) -> String { abbreviated(value) }
    let asked = budgets.contains { $0.extrapolates != nil }
    let rows =
      [["C in FLOPs", "N*", "D*", "D*/N*", "loss, nats"] + (asked ? ["asked"] : [])]
      + budgets.map { budget in
        [
          String(format: "%.3g", budget.compute), large(budget.parameters) + interval(budget.intervals?.parameters, large),
          large(budget.tokens) + interval(budget.intervals?.tokens, large), String(format: "%.3g", budget.tokensPerParameter),
          loss(budget.loss) + interval(budget.intervals?.loss, loss),
        ] + (asked ? [budget.extrapolates == true ? "beyond the runs" : "among the runs"] : [])
      }
    let first =
      "\(law) law: a = \(exponent(a))\(interval(aInterval, exponent)), b = \(exponent(b))\(interval(bInterval, exponent))"
    return [first, columns(rows), notes.map { "note: " + $0 }.joined(separator: "\n")].joined(separator: "\n\n")
  }
}

/// Budgets from `1e20`, or from a range `1e18:1e22`, one a decade, or `1e18:1e22:9`, as many in equal ratios.
/// - Throws: ``StageError`` where it is none of these.
func parseBudgets(_ texts: [String]) throws(StageError) -> [Double] {
  var budgets = [Double]()
  for text in texts {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { decimalNumber($0) }
    let numbers = parts.compactMap(\.self)
    guard numbers.count == parts.count, (1...3).contains(numbers.count), numbers.allSatisfy({ $0 >= 1 && $0 <= 1e60 }) else {
      throw StageError("--budget should be FLOPs, as 1e20, or a range, as 1e18:1e22 or 1e18:1e22:9, not \(text)")
    }
    guard numbers.count > 1 else {
      budgets.append(numbers[0])
      continue
    }
    let (low, high) = (numbers[0], numbers[1])
    guard low < high else { throw StageError("--budget \(text): the range should rise") }
    let steps = numbers.count == 3 ? Int(min(numbers[2], 1e4)) - 1 : max(1, Int((log10(high) - log10(low)).rounded()))
    guard steps > 0 else { throw StageError("--budget \(text): a range has two budgets or more") }
    budgets += (0...steps).map { $0 == steps ? high : low * pow(high / low, Double($0) / Double(steps)) }
  }
  return budgets
}
