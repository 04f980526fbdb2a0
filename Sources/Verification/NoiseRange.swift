import Formats
import Foundation
import Statistics

/// A law's errors on some runs beside what their noise would leave a perfect law with.
public struct NoiseRange: Codable, Hashable, Sendable {
  public var name: String
  /// Tokens below which the runs are, or from which on; nil for all runs.
  public var edge: Double?
  public var isShort: Bool
  public var runs: Int
  /// Median standard deviation of log L from seed to seed over the runs, with the mean of its 90% intervals' ends.
  public var standardDeviation: Double
  public var low: Double
  public var high: Double
  /// Mean absolute error that the noise leaves a perfect law with.
  public var floor: Double
  /// Mean absolute error of the law.
  public var error: Double
  /// Nil where no configuration of these runs was trained from more than one seed.
  public var lackOfFit: LackOfFit?
  /// The same with one noise for all of these runs.
  public var lackOfFitOfOneNoise: LackOfFit?

  init?(
    _ name: String, edge: Double?, isShort: Bool, _ runs: [RunRecord], predict: (RunRecord) -> Double, coefficients: Double,
    noise: NoiseModel,
    strength: (RunRecord) -> Double?
  ) {
    guard !runs.isEmpty else { return nil }
    func typical(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    let intervals = noise.intervals(of: runs, strength: strength)
    self.name = name
    self.edge = edge
    self.isShort = isShort
    self.runs = runs.count
    standardDeviation = typical(runs.map { noise.standardDeviation(of: $0, strength: strength($0)) })
    low = typical(intervals.map(\.lowerBound))
    high = typical(intervals.map(\.upperBound))
    floor = noise.floor(runs, strength: strength)
    error = ErrorSummary(runs.map { predict($0) / $0.loss - 1 }).meanAbsolute
    lackOfFit = LackOfFit(runs, coefficients: coefficients, predict: predict) {
      noise.standardDeviation(of: $0, strength: strength($0))
    }
    lackOfFitOfOneNoise = LackOfFit(runs, coefficients: coefficients, predict: predict) { _ in 1 }
  }

  /// Tokens below which a run counts as short: the power of ten below the runs' median; nil of no runs.
  package static func shortTokens(of runs: [RunRecord]) -> Double? {
    median(runs.map(\.tokens)).map { pow(10, log10($0).rounded(.down)) }
  }

  /// A power of ten as tables have it, for example 1e6.
  package static func shortTokensText(_ edge: Double) -> String {
    String(format: "%.0e", edge).replacingOccurrences(of: "e+0", with: "e").replacingOccurrences(of: "e+", with: "e")
  }

  /// All runs, those that are short by ``shortTokens(of:)``, and the others.
  package static func ranges(
    of runs: [RunRecord], predict: (RunRecord) -> Double, coefficients: Int, noise: NoiseModel,
    strength: (RunRecord) -> Double?
  ) -> [NoiseRange] {
    guard let edge = shortTokens(of: runs) else { return [] }
    let cells = Double(Configuration.cells(runs).count)
    func range(
      _ name: String, edge: Double? = nil, isShort: Bool = false, _ isIn: (RunRecord) -> Bool
    ) -> NoiseRange? {
      let chosen = runs.filter(isIn)
      // A part of the runs takes its share of the coefficients.
      let share = Double(Configuration.cells(chosen).count) / cells
      return NoiseRange(
        name, edge: edge, isShort: isShort, chosen, predict: predict, coefficients: Double(coefficients) * share, noise: noise,
        strength: strength)
    }
    let text = shortTokensText(edge)
    return [
      range("all runs", { _ in true }), range("below \(text) tokens", edge: edge, isShort: true, { $0.tokens < edge }),
      range("from \(text) tokens on", edge: edge, { $0.tokens >= edge }),
    ].compactMap { $0 }
  }

  static let header = ["runs by length", "runs", "noise", "floor", "error", "lack of fit", "chance", "one noise", "chance"]

  var row: [String] {
    func percent(_ value: Double) -> String { String(format: "%.3f%%", 100 * value) }
    return [
      name, "\(runs)", percent(standardDeviation), percent(floor), percent(error),
      lackOfFit.map { String(format: "F = %.2f", $0.ratio) } ?? "",
      lackOfFit.map { String(format: "%.2g", $0.probability) } ?? "",
      lackOfFitOfOneNoise.map { String(format: "F = %.2f", $0.ratio) } ?? "",
      lackOfFitOfOneNoise.map { String(format: "%.2g", $0.probability) } ?? "",
    ]
  }
}

extension NoiseModel {
  /// The model in words, and the law's errors beside it.
  func markdown(_ ranges: [NoiseRange], cells: [NoiseCell]) -> String {
    var text = "### Noise by length, and lack of fit\n\n"
    if !cells.isEmpty {
      text += "The scatter of runs that differ by their seed alone, pooled:\n\n"
      text += markdownRow(NoiseCell.header) + markdownRow(["---"] + [String](repeating: "---:", count: 4))
      text += cells.map { markdownRow($0.row) }.joined() + "\n"
    }
    text += String(
      format: "The noise of log L as a function of the run, by restricted likelihood from %d runs of %d configurations: "
        + "log sigma = %.3f", runs, configurations, coefficients[0])
    let names = ["log(D / 1e6)", "log(L_T / L~_S) under weak teachers"]
    for (name, value) in zip(names, coefficients.dropFirst()) { text += String(format: " %+.3f %@", value, name) }
    text += "."
    if let chanceOfOneNoise {
      let chance = chanceOfOneNoise < 1e-15 ? "less than 1e-15" : String(format: "%.2g", chanceOfOneNoise)
      text += " One noise for all would show such differences with a chance of \(chance)."
    }
    text += "\n\n" + markdownRow(Array(NoiseRange.header.prefix(3)) + ["90% interval"] + NoiseRange.header.dropFirst(3))
    text += markdownRow(["---"] + [String](repeating: "---:", count: 9))
    for range in ranges {
      let interval = String(format: "%.3f%% to %.3f%%", 100 * range.low, 100 * range.high)
      text += markdownRow(Array(range.row.prefix(3)) + [interval] + range.row.dropFirst(3))
    }
    return text
      + "\nThe noise is the median over the runs; the floor is the mean error that it leaves a perfect law with. Lack of fit is "
      + "Fisher's test: how far configurations are from the law, against how far seeds are from each other, each weighted by "
      + "its noise, and once with one noise for all. A true law has F of about 1; the chance is that of an F as large for a true "
      + "law.\n"
  }
}
