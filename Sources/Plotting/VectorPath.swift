import Foundation

/// A number of an SVG file: to 1/100, without zeros that say nothing.
package func svgNumber(_ value: Double) -> String {
  svgNumber(hundredths: Int((value * 100).rounded()))
}

private func svgNumber(hundredths: Int) -> String {
  let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
  let sign = hundredths < 0 ? "-" : ""
  guard rest > 0 else { return "\(sign)\(whole)" }
  let digits = rest.isMultiple(of: 10) ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)"
  return "\(sign)\(whole == 0 ? "" : "\(whole)").\(digits)"
}

/// The `d` of an SVG path. Points are on the grid of 1/100 pt, and steps between them are whole numbers of it, so that
/// no rounding adds up.
package struct VectorPath {
  package private(set) var text = ""
  private var (x, y) = (0, 0)
  /// The command that a further pair of numbers belongs to.
  private var command: Character = " "

  package init() {}

  /// A line through `points`, and back to the first where `closed`.
  package mutating func add(_ points: [Point], closed: Bool) {
    guard let first = points.first else { return }
    move(to: first)
    for point in points.dropFirst() { line(to: point) }
    if closed { close() }
  }

  mutating func move(to point: Point) {
    (x, y) = Self.place(point)
    text += "M" + Self.pair(x, y)
    command = "M"
  }

  mutating func line(to point: Point) {
    let (nextX, nextY) = Self.place(point)
    defer { (x, y) = (nextX, nextY) }
    let (across, down) = (nextX - x, nextY - y)
    if down == 0 {
      write("h", svgNumber(hundredths: across))
    } else if across == 0 {
      write("v", svgNumber(hundredths: down))
    } else {
      write("l", Self.pair(across, down))
    }
  }

  mutating func curve(_ first: Point, _ second: Point, to end: Point) {
    let points = [first, second, end].map(Self.place)
    write("c", Self.joined(points.flatMap { [svgNumber(hundredths: $0.0 - x), svgNumber(hundredths: $0.1 - y)] }))
    (x, y) = points[2]
  }

  mutating func close() {
    text += "z"
    command = "z"
  }

  private mutating func write(_ next: Character, _ numbers: String) {
    if command == next {
      text += numbers.hasPrefix("-") ? numbers : " " + numbers
    } else {
      text.append(next)
      text += numbers
      command = next
    }
  }

  private static func place(_ point: Point) -> (Int, Int) {
    (Int((toGrid(point.x) * 100).rounded()), Int((toGrid(point.y) * 100).rounded()))
  }

  private static func pair(_ x: Int, _ y: Int) -> String {
    joined([svgNumber(hundredths: x), svgNumber(hundredths: y)])
  }

  /// A sign parts two numbers as a space does.
  private static func joined(_ numbers: [String]) -> String {
    numbers.dropFirst().reduce(numbers.first ?? "") { $0 + ($1.hasPrefix("-") ? "" : " ") + $1 }
  }
}
