import Foundation
import Plotting
import Verification

/// What the seeds' noise would leave a perfect law with beside what the law has, for short and for long runs: two bars
/// each, and above them the test of lack of fit.
struct MisfitPanel {
  let name: String
  let color: Color
  let ranges: [NoiseRange]

  static let floorColor = Color.grey(0.62)
  private static let width = 0.34

  /// All laws side by side, on one axis.
  static func panel(_ laws: [MisfitPanel], title: RichText) -> Panel {
    let bars = laws.flatMap { law in law.ranges.map { (law: law, range: $0) } }
    let highest = bars.flatMap { [100 * $0.range.floor, 100 * $0.range.error] }.max() ?? 1
    var marks = [any Mark]()
    for (place, bar) in bars.enumerated() {
      let x = Double(place), range = bar.range
      marks.append(RegionMark("floor \(place)", x: (x - width, x), y: (0, 100 * range.floor), fill: floorColor))
      marks.append(RegionMark("error \(place)", x: (x, x + width), y: (0, 100 * range.error), fill: bar.law.color))
      let top = 100 * max(range.floor, range.error)
      for (line, text) in lines(range).enumerated() {
        marks.append(TextMark(text, at: Datum(x, top), offset: Point(0, -11 + 8.5 * Double(line)), anchor: .above))
      }
    }
    let names = Dictionary(uniqueKeysWithValues: bars.enumerated().map { (Double($0.offset), label($0.element.range)) })
    return Panel(
      "misfit", title: title,
      x: Axis(domain: -0.6...(Double(bars.count) - 0.4), format: .named(names), ticks: bars.indices.map(Double.init)),
      y: Axis("Mean error (%)", domain: 0...1.5 * highest), marks: marks)
  }

  /// F, and the chance of as large a one for a true law.
  private static func lines(_ range: NoiseRange) -> [RichText] {
    guard let test = range.lackOfFit else { return ["", "no repeats"] }
    return [
      .italic("F") + " = " + RichText(String(format: test.ratio < 10 ? "%.1f" : "%.0f", test.ratio)),
      .italic("p") + " = "
        + (test.probability < 1e-3
          ? TickFormat.power(test.probability) : RichText(TickFormat.significant(test.probability, digits: 2))),
    ]
  }

  private static func label(_ range: NoiseRange) -> String {
    guard let edge = range.edge else { return "all runs" }
    return "\(range.isShort ? "below" : "from") \(TickFormat.abbreviate(edge)) tokens"
  }

  /// In words, for the caption.
  var sentence: String {
    ranges.filter { $0.edge != nil }.map { range in
      let side = range.isShort ? "below" : "from"
      let length = "\(side) \(TickFormat.abbreviate(range.edge ?? 0)) tokens\(range.isShort ? "" : " on")"
      let floor = Phrase.percent(range.floor), error = Phrase.percent(range.error)
      return "\(length) (\(range.runs) runs) noise leaves \(floor) of error, the law has \(error)"
    }.joined(separator: "; ")
  }
}
