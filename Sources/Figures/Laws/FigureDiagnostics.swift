import Formats
import CapacityTheory
import Foundation
import Plotting
import ScalingLaws
import Statistics
import Studies
import Verification

extension FigureDefinition {
  static let diagnostics = FigureDefinition(
    name: "diagnostics", title: "what the laws leave unexplained",
    needs: [.supervisedRuns, .result(.supervisedFit)], uses: [.distillations, .result(.distillationFit)],
    make: diagnosticsFigure)
}

/// What the fitted laws leave unexplained: residuals of (a) the supervised and (b) the distillation law against what
/// the law is a function of, and against those of normal noise; (c) the laws' errors beside what the seeds' noise would leave
/// a perfect law with.
public func diagnosticsFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  guard !inputs.lawRuns.isEmpty else {
    throw StageError("needs supervised runs made for the law; the store has none")
  }
  let supervised = try SupervisedLaw(try inputs.require(inputs.supervisedFit, .result(.supervisedFit)))
  var residuals = [
    Residuals(
      name: "supervised", color: Palette.blue, runs: inputs.lawRuns, prediction: supervised.prediction(of:), coefficients: 6,
      noise: RunNoise(inputs.lawRuns + inputs.baselines),
      variables: [
        .init(.italic("N"), Phrase.parameters, .logarithmic, \.parameters),
        .init(.italic("D"), "Tokens " + .italic("D"), .logarithmic, \.tokens),
        .init(.italic("L"), "Predicted loss " + .italic("L"), .linear, supervised.prediction(of:)),
      ])
  ]
  // A study without a distillation law has no (b).
  if inputs.runs.offers(.result(.distillationFit)) {
    let law = try DistillationLaw(try inputs.require(inputs.distillationFit, .result(.distillationFit)))
    let studentSize: RichText = .italic("N") + .subscript("S"), studentTokens: RichText = .italic("D") + .subscript("S")
    let teacherLoss: RichText = .italic("L") + .subscript("T")
    residuals.append(
      Residuals(
        name: "distillation", color: Palette.orange, runs: inputs.distillations, prediction: law.prediction(of:),
        coefficients: 9, noise: RunNoise(inputs.distillations, strength: law.teacherStrength(of:)),
        variables: [
          .init(studentSize, "Student’s parameters " + studentSize, .logarithmic, \.parameters),
          .init(studentTokens, "Student’s tokens " + studentTokens, .logarithmic, \.tokens),
          .init(teacherLoss, "Teacher’s loss " + teacherLoss, .linear) { $0.distillation?.teacherLoss ?? .nan },
        ]))
  }
  return Residuals.figure(residuals)
}

/// The residuals of a law's runs.
struct Residuals {
  /// Something that residuals may follow.
  struct Variable {
    let symbol: RichText
    let title: RichText
    let kind: Scale.Kind
    let value: (RunRecord) -> Double

    init(_ symbol: RichText, _ title: RichText, _ kind: Scale.Kind, _ value: @escaping (RunRecord) -> Double) {
      self.symbol = symbol
      self.title = title
      self.kind = kind
      self.value = value
    }
  }

  /// The runs of one stretch of a variable: medians, and the quartiles of their residuals.
  struct Bin {
    let x: Double
    let low, median, high: Double
  }

  /// `supervised` or `distillation`.
  let name: String
  let color: Color
  let runs: [RunRecord]
  let variables: [Variable]
  /// Observed over predicted loss less one, in per cent, in the order of the runs.
  let values: [Double]
  let noise: RunNoise?
  /// Errors beside the noise; none where the noise is not known.
  let misfit: MisfitPanel?
  /// The largest residual shown: few stray runs would flatten all others.
  let reach: Double

  init(
    name: String, color: Color, runs: [RunRecord], prediction: LawVerification.Prediction, coefficients: Int,
    noise: RunNoise?, variables: [Variable]
  ) {
    self.name = name
    self.color = color
    self.runs = runs
    self.variables = variables
    values = runs.map { 100 * ($0.loss / prediction($0) - 1) }
    self.noise = noise
    let ranges = noise?.ranges(runs, predict: prediction, coefficients: coefficients) ?? []
    misfit = ranges.isEmpty ? nil : MisfitPanel(name: name, color: color, ranges: ranges)
    let sizes = values.map(abs).sorted()
    let most = max(sizes[Int(0.975 * Double(sizes.count - 1))], 100 * (noise?.typical(runs) ?? 0), 0.01)
    let largest = sizes.last ?? most
    reach = largest < 1.5 * most ? max(largest, most) : 1.25 * most
  }

  /// About equally many runs each, those with one value of the variable together.
  static func bins(_ data: [Datum]) -> [Bin] {
    let size = max(8, Double(data.count) / 9)
    var parts: [[Datum]] = [[]]
    for (_, tied) in data.grouped(by: \.x) {
      if Double(parts[parts.count - 1].count) >= size { parts.append([]) }
      parts[parts.count - 1] += tied
    }
    if parts.count > 1, let rest = parts.last, Double(rest.count) < size / 2 {
      parts.removeLast()
      parts[parts.count - 1] += rest
    }
    return parts.compactMap { part in
      guard let x = quartiles(part.map(\.x)), let y = quartiles(part.map(\.y)) else { return nil }
      return Bin(x: x.median, low: y.low, median: y.median, high: y.high)
    }
  }

  private func data(_ variable: Variable) -> [Datum] {
    zip(runs, values).map { Datum(variable.value($0), $1) }.filter { $0.x.isFinite && $0.y.isFinite }
  }

  private static let floorOpacity = 0.17
  private static let zero = Stroke(.grey(0.35), width: 0.6)
  private static let binColor = Color.grey(0.1)
  private static let binStyle = MarkerStyle(.circle, size: 3.2, fill: binColor)
  private static let binStroke = Stroke(binColor, width: 0.8)
  private static let normalStroke = Stroke(.grey(0.1), width: 0.8, dash: Stroke.dashed)
  private static let floorColor = Color.grey(0.2).opacity(floorOpacity)

  private var style: MarkerStyle {
    // Hundreds of runs need smaller marks.
    let scale = max(0.6, min(1, (150 / Double(runs.count)).squareRoot()))
    return MarkerStyle(.circle, size: 3.2 * scale, fill: color.opacity(0.6), outline: nil)
  }

  /// Runs, and at the frame those beyond it.
  private func points(_ data: [Datum]) -> [any Mark] {
    var stray = style
    stray.size *= 1.25
    stray.fill = color
    func beyond(_ name: String, _ symbol: MarkerStyle.Symbol, _ sign: Double) -> PointMark? {
      let there = data.filter { sign * $0.y > reach }.map { Datum($0.x, sign * reach * 1.06) }
      stray.symbol = symbol
      return there.isEmpty ? nil : PointMark(name, there, style: stray)
    }
    let strays = [beyond("above", .triangle, 1), beyond("below", .triangleDown, -1)].compactMap { $0 }
    return [PointMark("runs", data.filter { abs($0.y) <= reach }, style: style)] + strays
  }

  private func axis(_ title: RichText? = nil) -> Axis {
    Axis("Residual (%)", domain: -1.12 * reach...1.12 * reach, shared: "\(name) residual")
  }

  /// The noise along a variable, or its median, and the line of no residual.
  private func background(_ variable: Variable? = nil, in domain: ClosedRange<Double>? = nil) -> [any Mark] {
    var marks: [any Mark] = []
    if let noise, let variable {
      // Noise beyond the frame is drawn up to it.
      let band = noise.band(runs, along: variable.value, in: domain).map { slice in
        BandMark.Slice(x: slice.x, low: max(slice.low, -1.12 * reach), high: min(slice.high, 1.12 * reach))
      }
      marks.append(BandMark("noise floor", band, fill: Self.floorColor, extendsDomain: false))
    } else if let noise {
      let deviation = 100 * noise.typical(runs)
      marks.append(RegionMark("noise floor", y: (-deviation, deviation), fill: Self.floorColor))
    }
    return marks + [RuleMark("no residual", .horizontal(0), stroke: Self.zero)]
  }

  private func panel(_ variable: Variable, title: RichText?) -> Panel {
    let data = data(variable)
    let bins = Self.bins(data)
    let domain = Scale.domain(variable.kind, of: data.map(\.x))
    let summary: [any Mark] = [
      ErrorBarMark(
        "quartiles", bins.map { BandMark.Slice(x: $0.x, low: $0.low, high: $0.high) }, stroke: Self.binStroke, capWidth: 0),
      LineMark("medians", bins.map { Datum($0.x, $0.median) }, stroke: Self.binStroke),
      PointMark("median", bins.map { Datum($0.x, $0.median) }, style: Self.binStyle),
    ]
    return Panel(
      "\(name) \(variable.symbol)", title: title,
      x: Axis(
        variable.title, variable.kind, domain: domain,
        format: variable.kind == .logarithmic ? .abbreviated : .decimal),
      y: axis(), marks: background(variable, in: domain) + points(data) + summary)
  }

  /// Residuals by size against as many of the normal distribution.
  private var normalPanel: Panel {
    let sorted = values.filter(\.isFinite).sorted()
    let data = sorted.enumerated().map { index, value in
      Datum(Normal.quantile((Double(index) + 0.5) / Double(sorted.count)), value)
    }
    let end = max(1, data.last?.x ?? 1) * 1.06
    var marks = background() + points(data)
    if let quartiles = quartiles(sorted) {
      let deviation = (quartiles.high - quartiles.low) / (2 * Normal.quantile(0.75))
      marks.append(
        LineMark(
          "normal", [-end, end].map { Datum($0, quartiles.median + deviation * $0) }, stroke: Self.normalStroke))
    }
    return Panel(
      "\(name) normal", x: Axis("Normal quantile (s.d.)", domain: -end...end), y: axis(), marks: marks)
  }

  static func figure(_ laws: [Residuals]) -> Figure {
    var cells = laws.enumerated().flatMap { row, law in
      let title = RichText.bold("(\(Array("ab")[row]))") + RichText(" \(law.name.capitalized) law")
      let panels = law.variables.enumerated().map { law.panel($1, title: $0 == 0 ? title : nil) } + [law.normalPanel]
      return panels.enumerated().map { Figure.Cell($1, rows: row...row, columns: $0...$0) }
    }
    var entries = laws.map { Legend.Entry(RichText("\($0.name) run"), Swatch(marker: $0.style)) }
    entries.append(
      Legend.Entry("median and quartiles of neighbours", Swatch(line: binStroke, marker: binStyle)))
    entries.append(Legend.Entry("normal, same quartiles as all", Swatch(line: normalStroke)))
    let misfits = laws.compactMap(\.misfit)
    if !misfits.isEmpty {
      entries.append(Legend.Entry("seed noise, ±1 s.d.", Swatch(patch: floorColor)))
      entries.append(Legend.Entry("error that noise leaves a true law", Swatch(patch: MisfitPanel.floorColor)))
      entries += misfits.map { Legend.Entry(RichText("error of the \($0.name) law"), Swatch(patch: $0.color)) }
      let title = RichText.bold("(\(Array("abc")[laws.count]))") + RichText(" Error and noise by length")
      cells.append(
        Figure.Cell(MisfitPanel.panel(misfits, title: title), rows: laws.count...laws.count, columns: 0...3))
    }
    let hasStrays = laws.contains { law in law.values.contains { abs($0) > law.reach } }
    let caption = laws.enumerated().reduce(RichText("")) { text, law in
      text + RichText.bold("(\(Array("ab")[law.offset]))") + " " + law.element.caption + " "
    }
    return Figure(
      title: "What the laws leave unexplained", summary: summary, width: Theme.pageWidth,
      rowHeights: laws.map { _ in 96 } + (misfits.isEmpty ? [] : [84]), columnWeights: [1, 1, 1, 1], cells: cells,
      legend: Legend(.below, [Legend.Group(nil, entries)]),
      caption: caption + misfitCaption(laws)
        + RichText("Residual: observed over predicted loss, less one.\(hasStrays ? " Triangles: beyond the frame." : "")"))
  }

  private var caption: RichText {
    let sizes = values.map(abs).sorted()
    let half = quartiles(sizes)?.median ?? 0
    var text = RichText(
      Phrase.runs(runs, as: name == "supervised" ? "training runs" : "distillation runs")
        + ". Half of the residuals are below \(percent(half)), the largest is \(percent(sizes.last ?? 0)). "
        + "Medians of neighbours stray by up to ")
    for (index, variable) in variables.enumerated() {
      let most = Self.bins(data(variable)).map { abs($0.median) }.max() ?? 0
      text = text + RichText("\(index == 0 ? "" : ", ")\(percent(most)) along ") + variable.symbol
    }
    guard let noise else { return text + ". No run is repeated from another seed: the share of noise is not known." }
    let square = mean(values.map { $0 * $0 }) ?? .nan
    let noiseSquare = mean(runs.map { pow(100 * noise.deviation(of: $0), 2) }) ?? .nan
    let share = square > 0 ? min(1, noiseSquare / square) : 1
    return text
      + RichText(
        ". Seed noise, \(percent(100 * noise.typical(runs))) in the median, by its model from \(noise.model.runs) runs, is \(Phrase.percent(share)) of their mean square."
      )
  }

  private static func misfitCaption(_ laws: [Residuals]) -> RichText {
    let parts = laws.compactMap { law in law.misfit.map { "\(law.name): \($0.sentence)" } }
    guard !parts.isEmpty else { return "" }
    return RichText.bold("(\(Array("abc")[laws.count]))") + RichText(" Bars of ") + RichText(parts.joined(separator: ". Of "))
      + RichText(". ") + .italic("F") + RichText(": misfit over noise, about 1 for a true law; ") + .italic("p")
      + RichText(": its chance for one. ")
  }

  private func percent(_ value: Double) -> String { TickFormat.significant(value, digits: 2) + "%" }

  private static let summary =
    "Residuals of the fitted laws, a point a run: against parameters, tokens, and the predicted or the teacher's loss, and by size against the quantiles of a normal distribution. A law that misses nothing leaves medians at zero everywhere, and normal noise. Below, mean errors of short and of long runs beside those that the seeds' noise would leave a true law, with a test of lack of fit."
}
