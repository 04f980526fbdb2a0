import Foundation

/// Text that belongs on a line, anywhere along it: the layout looks for room.
public struct LineLabel: Sendable, Hashable {
  public var text: RichText
  /// The pieces of the line, in page coordinates. The longest is labelled, and a second one that is long.
  public var lines: [[Point]]
  public var color: Color?
}

/// Finds places for the labels of a panel's lines, upright and clear of everything else in the panel.
struct LineLabelPlacer {
  /// Space about a label that its own line leaves, and that nothing else enters, in points.
  static let margin = 1.4
  /// A line that is shorter beside its label is better without it.
  private static let leastRest = 14.0
  /// Further away than this, it does not matter how far.
  private static let farEnough = 14.0
  /// A piece of a line this long has a label of its own.
  private static let longPiece = 28.0
  private static let step = 1.2

  let frame: Rect
  /// Labels that are placed already.
  private(set) var boxes: [Rect]
  /// Places that labels must not cover.
  private let ink: [Point]

  /// - Parameter lines: what labels keep clear of, except for their own line.
  init(frame: Rect, boxes: [Rect], lines: [[Point]]) {
    self.frame = frame
    self.boxes = boxes
    ink = lines.flatMap { Self.resampled($0).map(\.place) }
  }

  /// Where the middle of a label with this box about the origin stands, for each piece of a line that has
  /// one.
  /// - Parameter others: lines of the same mark that are not the label's own.
  mutating func place(_ box: Rect, on label: LineLabel, others: [[Point]]) -> [Point] {
    let lines = label.lines.map { (line: $0, length: Self.length($0)) }.sorted { $0.length > $1.length }.prefix(2)
    var places: [Point] = []
    for (index, piece) in lines.enumerated() where index == 0 || piece.length >= Self.longPiece {
      let rest = label.lines.filter { $0 != piece.line }
      let ink = ink + (others + rest).flatMap { Self.resampled($0).map(\.place) }
      guard let best = best(box, on: piece.line, length: piece.length, ink: ink) else { continue }
      boxes.append(box.moved(by: best))
      places.append(best)
    }
    return places
  }

  private func best(_ box: Rect, on line: [Point], length: Double, ink: [Point]) -> Point? {
    let samples = Self.resampled(line)
    var best: (place: Point, score: Double)?
    for (place, along) in samples {
      let there = box.moved(by: place)
      let padded = there.inset(by: -Self.margin)
      guard frame.inset(by: Self.margin).contains(there), !boxes.contains(where: padded.intersects) else { continue }
      var clearance = Self.farEnough
      for other in boxes { clearance = min(clearance, there.distance(to: other)) }
      for point in ink {
        clearance = min(clearance, there.distance(to: point))
        if clearance <= Self.margin { break }
      }
      guard clearance > Self.margin else { continue }
      let edges = [
        there.left - frame.left, frame.right - there.right, there.top - frame.top, frame.bottom - there.bottom,
      ]
      clearance = min(clearance, edges.min() ?? 0)
      let cut = Double(samples.filter { padded.distance(to: $0.place) == 0 }.count) * Self.step
      guard length - cut >= Self.leastRest else { continue }
      // Far from everything, where the line loses little, and rather near its middle.
      let score = clearance - 0.15 * cut - 0.03 * abs(along - length / 2)
      if score > best?.score ?? -.infinity { best = (place, score) }
    }
    return best?.place
  }

  /// Places along a line, a step apart, with their distance from its start.
  private static func resampled(_ line: [Point]) -> [(place: Point, along: Double)] {
    var samples: [(place: Point, along: Double)] = []
    var start = 0.0
    for (from, to) in zip(line, line.dropFirst()) {
      let length = from.distance(to: to)
      let count = max(Int((length / step).rounded(.up)), 1)
      for index in 0..<count {
        let share = Double(index) / Double(count)
        samples.append((from.moved(towards: to, by: share), start + share * length))
      }
      start += length
    }
    if let last = line.last { samples.append((last, start)) }
    return samples
  }

  private static func length(_ line: [Point]) -> Double {
    zip(line, line.dropFirst()).reduce(0) { $0 + $1.0.distance(to: $1.1) }
  }
}

extension Rect {
  func moved(by offset: Point) -> Rect { Rect(x: x + offset.x, y: y + offset.y, width: width, height: height) }

  /// From the rectangle's edge to `point`; 0 inside.
  func distance(to point: Point) -> Double {
    hypot(max(left - point.x, 0, point.x - right), max(top - point.y, 0, point.y - bottom))
  }

  func distance(to other: Rect) -> Double {
    hypot(max(left - other.right, 0, other.left - right), max(top - other.bottom, 0, other.top - bottom))
  }

  /// Shares of the way from `start` to `end` between which it is inside; nothing where it never is.
  func crossing(from start: Point, to end: Point) -> ClosedRange<Double>? {
    var (low, high) = (0.0, 1.0)
    for (from, way, least, most) in [
      (start.x, end.x - start.x, left, right), (start.y, end.y - start.y, top, bottom),
    ] {
      if way == 0 {
        guard (least...most).contains(from) else { return nil }
      } else {
        let (first, second) = ((least - from) / way, (most - from) / way)
        low = max(low, min(first, second))
        high = min(high, max(first, second))
      }
    }
    return low < high ? low...high : nil
  }
}

extension [Point] {
  /// What is left of a line outside of all `boxes`.
  func pieces(outside boxes: [Rect]) -> [[Point]] {
    boxes.reduce([self]) { pieces, box in pieces.flatMap { $0.pieces(outside: box) } }
  }

  private func pieces(outside box: Rect) -> [[Point]] {
    var pieces: [[Point]] = []
    var piece: [Point] = Array(prefix(1))
    for (start, end) in zip(self, dropFirst()) {
      guard let inside = box.crossing(from: start, to: end) else {
        piece.append(end)
        continue
      }
      if inside.lowerBound > 0 { piece.append(start.moved(towards: end, by: inside.lowerBound).onGrid) }
      if piece.count > 1 { pieces.append(piece) }
      piece = inside.upperBound < 1 ? [start.moved(towards: end, by: inside.upperBound).onGrid, end] : []
      // The way may end on the box's edge: the next one starts from there.
      if piece.isEmpty { piece = [end] }
    }
    if piece.count > 1 { pieces.append(piece) }
    return pieces
  }
}

extension Shape {
  /// The lines that a label must not cover. Areas lie under text.
  var ink: [[Point]] {
    switch self {
    case .polyline(let points, _): return [points]
    case .area: return []
    case .markers(let points, let style):
      let half = style.size / 2
      return points.map { place in
        [
          Point(place.x - half, place.y - half), Point(place.x + half, place.y + half), place,
          Point(place.x - half, place.y + half), Point(place.x + half, place.y - half),
        ]
      }
    }
  }
}
