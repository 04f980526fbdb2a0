import Formats
import Foundation
import Plotting
import Studies

extension FigureDefinition {
  static let profiles = FigureDefinition(
    name: "profiles", title: "profiles of the likelihood, a coefficient a panel",
    needs: [.supervisedRuns, .result(.supervisedProfiles)], uses: [.distillations, .result(.distillationProfiles)],
    make: profilesFigure)
}

/// Profiles of the likelihood, a panel a coefficient of either law: how much worse the best law fits when the
/// coefficient is held at a value and all others are fitted anew.
public func profilesFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  var documents = [try inputs.require(inputs.supervisedProfiles, .result(.supervisedProfiles))]
  // A profile does not know the origin of its runs.
  var sentences = [try inputs.require(inputs.lawRuns.isEmpty ? nil : Phrase.runs(inputs.lawRuns), .supervisedRuns)]
  // A study without a distillation law has no others.
  if inputs.runs.offers(.result(.distillationProfiles)) {
    documents.append(try inputs.require(inputs.distillationProfiles, .result(.distillationProfiles)))
    sentences.append(Phrase.runs(inputs.distillations, as: "distillation runs"))
  }
  var panels = [ProfilePanel]()
  for (document, law) in zip(documents, ProfilePanel.Law.all) {
    for coefficient in law.coefficients {
      guard let profile = document.profiles.first(where: { $0.name == coefficient.name }) else {
        throw StageError("needs a profile of \(coefficient.name) in profile-\(law.name).json")
      }
      panels.append(
        ProfilePanel(law: law, coefficient: coefficient, profile: profile, limit: document.limit))
    }
  }
  return ProfilePanel.figure(panels, documents: documents, runs: sentences.joined(separator: ", and "))
}

/// The profile of one coefficient.
struct ProfilePanel {
  struct Coefficient {
    /// As documents have it.
    let name: String
    let symbol: RichText
    let kind: Scale.Kind

    /// The symbol without a unit or an equation.
    var bare: RichText {
      var bare: RichText = ""
      for part in symbol.parts {
        if part.description.hasPrefix(" ") { break }
        bare = bare + part
      }
      return bare
    }

    init(_ name: String, _ symbol: RichText, _ kind: Scale.Kind = .linear) {
      self.name = name
      self.symbol = symbol
      self.kind = kind
    }
  }

  struct Law {
    let name: String
    let color: Color
    let coefficients: [Coefficient]

    var stroke: Stroke { Stroke(color, width: 1) }
    /// A value searched.
    var marker: MarkerStyle { MarkerStyle(.circle, size: 1.9, fill: color, outline: nil) }

    static let all = [
      Law(
        name: "supervised", color: Palette.blue,
        coefficients: [
          Coefficient("E", .italic("E") + " (nats per token)"), Coefficient("A", .italic("A"), .logarithmic),
          Coefficient("B", .italic("B"), .logarithmic), Coefficient("alpha", .italic("α")),
          Coefficient("beta", .italic("β")), Coefficient("gamma", .italic("γ")),
          Coefficient("a", .italic("a") + " = " + .italic("β") + " / (" + .italic("α") + " + " + .italic("β") + ")"),
        ]),
      Law(
        name: "distillation", color: Palette.orange,
        coefficients: [
          Coefficient("A", .italic("A") + "′", .logarithmic), Coefficient("B", .italic("B") + "′", .logarithmic),
          Coefficient("alpha", .italic("α") + "′"), Coefficient("beta", .italic("β") + "′"),
          Coefficient("gamma", .italic("γ") + "′"), Coefficient("c0", .italic("c") + .subscript("0")),
          Coefficient("c1", .italic("c") + .subscript("1"), .logarithmic),
          Coefficient("f1", .italic("f") + .subscript("1")),
          Coefficient("d1", .italic("d") + .subscript("1"), .logarithmic),
        ]),
    ]
  }

  let law: Law
  let coefficient: Coefficient
  let profile: ProfileDocument.Profile
  /// The ratio at the ends of an interval.
  let limit: Double

  /// The highest ratio shown.
  private static let top = 6.0
  private static let columns = 4
  private static let limitStroke = Stroke(.grey(0.35), width: 0.6, dash: Stroke.dashed)
  private static let fitStroke = Stroke(.grey(0.2), width: 0.9, dash: Stroke.dotted)
  private static let bandOpacity = 0.15

  /// A few coefficients are open over orders of magnitude in one study and not in another.
  private var kind: Scale.Kind {
    guard let low = profile.low, let high = profile.high, low > 0, high / low > 10 else { return coefficient.kind }
    return .logarithmic
  }

  /// The points below the top, and those next to them at either end, so that the line runs out of the panel. Between
  /// them a gap stands for what is above the top: a search that found no law as good as at both sides.
  private var line: [Datum] {
    let points = profile.points
    guard let first = points.firstIndex(where: { $0.ratio < Self.top }),
      let last = points.lastIndex(where: { $0.ratio < Self.top })
    else { return [] }
    return (max(first - 1, 0)...min(last + 1, points.count - 1)).map { index in
      let isInside = (first...last).contains(index)
      return Datum(points[index].value, isInside && points[index].ratio >= Self.top ? .nan : points[index].ratio)
    }
  }

  private var id: String { "\(law.name) \(coefficient.name)" }

  /// How much a ratio changes where a profile is not yet flat.
  private static let flat = 0.15

  /// The interval and a quarter of it on either side; where it is open, up to the last value below the top, or a bit
  /// beyond where the profile becomes flat: a ridge may go on for a hundred orders of magnitude.
  private var domain: ClosedRange<Double>? {
    func unit(_ value: Double) -> Double { kind == .linear ? value : log(value) }
    func value(_ unit: Double) -> Double { kind == .linear ? unit : exp(unit) }
    let shown = profile.points.filter { $0.ratio < Self.top }.map { (value: unit($0.value), ratio: $0.ratio) }
      .filter(\.value.isFinite)
    let fit = unit(profile.estimate)
    guard let first = shown.first, let last = shown.last else { return nil }
    /// An open end as far out as is worth a look.
    func reach(to end: (value: Double, ratio: Double), _ inwards: some Sequence<(value: Double, ratio: Double)>) -> Double {
      guard let bent = inwards.first(where: { abs($0.ratio - end.ratio) > Self.flat }) else { return end.value }
      // As far again as half of what is bent.
      let isLow = end.value < fit
      let other = (isLow ? profile.high : profile.low).map(unit) ?? fit
      let further = bent.value + 0.5 * (bent.value - other)
      return isLow ? max(end.value, further) : min(end.value, further)
    }
    // Beyond an open end the ratio may jump.
    let inside = shown.filter { $0.ratio < limit }
    let low = min(profile.low.map(unit) ?? reach(to: inside.first ?? first, inside), fit)
    let high = max(profile.high.map(unit) ?? reach(to: inside.last ?? last, inside.reversed()), fit)
    let margin = 0.25 * (high - low)
    guard low.isFinite, high.isFinite, margin > 0 else { return nil }
    // No coefficient is negative.
    let start = kind == .linear ? max(low - margin, 0) : low - margin
    return value(profile.low == nil ? low : start)...value(profile.high == nil ? high : high + margin)
  }

  /// - Parameter label: what the line of the limit is, written on it.
  private func panel(label: RichText?) -> Panel {
    let domain = domain
    // Numbers of many digits as powers of ten.
    let isWide = domain.map { kind == .logarithmic && $0.upperBound / $0.lowerBound > 1000 } ?? false
    var marks: [any Mark] = [
      RegionMark(
        "interval", x: (profile.low, profile.high), y: (nil, limit), fill: law.color.opacity(Self.bandOpacity)),
      RuleMark("limit", .horizontal(limit), stroke: Self.limitStroke),
      RuleMark("fit", .vertical(profile.estimate), stroke: Self.fitStroke),
      LineMark("profile", line, stroke: law.stroke),
      PointMark(
        "points", line.filter { $0.y < Self.top && domain?.contains($0.x) == true },
        style: law.marker),
    ]
    if let label, let domain, let scale = try? Scale(kind, domain: domain) {
      // Over the limit the profile is further out than the interval's ends: between the fit and the further one is room.
      let fit = scale.position(of: profile.estimate)
      let ends = [profile.low, profile.high].map { $0.map(scale.position) }
      let (low, high) = (ends[0] ?? 0, ends[1] ?? 1)
      let middle = 0.5 * (fit + (high - fit > fit - low ? high : low))
      marks.append(
        TextMark(
          label, at: Datum(scale.value(at: middle), limit), offset: Point(0, -2.5), anchor: .above, color: .grey(0.3)))
    }
    return Panel(
      id,
      x: Axis(coefficient.symbol, kind, domain: domain, format: isWide ? .powerOfTen : .abbreviated),
      y: Axis("2\u{2009}×\u{2009}log LR", domain: 0...Self.top, shared: "ratio", ticks: [0, 2, 4, 6]), marks: marks)
  }

  static func figure(_ panels: [ProfilePanel], documents: [ProfileDocument], runs: String) -> Figure {
    let confidence = Phrase.percent(documents[0].confidence, digits: 3)
    let cells = panels.enumerated().map { index, panel in
      let (row, column) = (index / columns, index % columns)
      return Figure.Cell(panel.panel(label: index == 0 ? RichText(confidence) : nil), rows: row...row, columns: column...column)
    }
    let entries =
      Law.all.prefix(documents.count).map { law in
        Legend.Entry(RichText("\(law.name) law"), Swatch(line: law.stroke, marker: law.marker))
      } + [
        Legend.Entry(RichText("\(confidence) interval"), Swatch(patch: Law.all[0].color.opacity(bandOpacity))),
        Legend.Entry("the fit", Swatch(line: fitStroke)),
      ]
    return Figure(
      title: "Profiles of the likelihood", summary: summary, width: Theme.pageWidth,
      rowHeights: Array(repeating: 66, count: (panels.count + columns - 1) / columns),
      columnWeights: Array(repeating: 1, count: columns), cells: cells,
      legend: Legend(.below, [Legend.Group(nil, entries)]),
      caption: caption(panels, documents: documents, runs: runs))
  }

  private static func caption(_ panels: [ProfilePanel], documents: [ProfileDocument], runs: String) -> RichText {
    let independent = Set(documents.map(\.independent)).sorted().joined(separator: " and ")
    let open = panels.flatMap { panel -> [RichText] in
      (panel.profile.low == nil ? [panel.coefficient.bare + " below"] : [])
        + (panel.profile.high == nil ? [panel.coefficient.bare + " above"] : [])
    }
    let list = open.dropFirst().reduce(open.first ?? "") { $0 + ", " + $1 }
    let left: RichText = open.isEmpty ? "No end is open here." : "Open here: " + list + "."
    let limit = TickFormat.significant(documents[0].limit, digits: 3)
    return RichText(
      "\(runs); \(independent) taken as independent. Vertical axes: twice the log-likelihood ratio (2 log LR) of the best "
        + "law to the best one with the coefficient held at the value below and all others fitted anew: 0 is as good, more is "
        + "worse. The interval is where it stays below \(limit). Where the curve is flat the other coefficients make up for "
        + "this one and the runs leave it open; shade that runs into the frame has no end. ") + left
      + RichText(
        " Dots: values searched. The dotted line is the fit by the Huber loss; the likelihood weighs large residuals in "
          + "another way, so that its best value may stand a little beside it.")
  }

  private static let summary =
    "Twice the log-likelihood ratio between the best law with one coefficient held at a value and the best of all, against that value, a panel per coefficient of the supervised and of the distillation law."
}
