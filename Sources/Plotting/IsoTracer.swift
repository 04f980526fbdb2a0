import Foundation

/// Traces where a field crosses a level, by marching squares in page coordinates.
///
/// The grid gets a margin below every level, and so do places where the field is not defined: every crossing
/// then lies on a closed ring about an area where the field is at or above the level, with that area to the
/// left as rows and columns rise. What runs along the margin is no iso-line: ``lines(at:)`` leaves it out.
struct IsoTracer {
  /// What simplification may move a line by, in points: unseen in print.
  private static let tolerance = 0.02

  private let xs: [Double]
  private let ys: [Double]
  /// Columns of the grid with its margin.
  private let stride: Int
  /// Values on the grid with its margin; minus infinity where the field is not defined.
  private let values: [Double]

  /// Cells that a jump of the field runs through, by their lower left vertex.
  private let torn: Set<Int>

  init(_ field: FieldGrid, in projection: Projection, leastJump: Double? = nil) {
    xs = field.x.map(projection.page(x:))
    ys = field.y.map(projection.page(y:))
    stride = xs.count + 2
    let margin = [Double](repeating: -.infinity, count: stride)
    values =
      margin
      + field.y.indices.flatMap { row in
        [-.infinity] + field.x.indices.map { field[$0, row].isFinite ? field[$0, row] : -.infinity } + [-.infinity]
      } + margin
    guard let leastJump else {
      torn = []
      return
    }
    var torn: Set<Int> = []
    for row in field.y.indices {
      for column in field.x.indices {
        guard field.jumps(fromColumn: column, row: row, least: leastJump) else { continue }
        let vertex = (row + 1) * stride + column + 1
        torn.formUnion([vertex, vertex - stride])
      }
    }
    self.torn = torn
  }

  /// Rings about the area where the field is at or above `level`; about all of the field where `level` is
  /// minus infinity.
  func rings(above level: Double) -> [[Point]] {
    trace(level).map { ring in
      let points = ring.map(\.point)
      return Self.simplified(points + points.prefix(1)).dropLast().map(\.onGrid)
    }.filter { $0.count > 2 }
  }

  /// The iso-lines at `level`; a closed one ends where it starts.
  func lines(at level: Double) -> [[Point]] {
    var lines: [[Point]] = []
    for ring in trace(level) {
      // A line ends where the ring goes on along the margin.
      guard let end = ring.firstIndex(where: { !$0.isReal }) else {
        lines.append(ring.map(\.point) + ring.prefix(1).map(\.point))
        continue
      }
      var line: [Point] = []
      for step in ring[(end + 1)...] + ring[...end] {
        line.append(step.point)
        if !step.isReal {
          lines.append(line)
          line = []
        }
      }
    }
    return lines.map { Self.simplified($0).map(\.onGrid) }.filter { $0.count > 1 }
  }

  // MARK: Marching

  /// A place where a ring crosses an edge of the grid.
  private struct Crossing {
    var point: Point
    /// Whether the field is defined all about the way to the next crossing.
    var isReal: Bool
  }

  private func trace(_ level: Double) -> [[Crossing]] {
    // Edges are numbered by the vertex that they start at, to the right (even) and up (odd).
    var next = [Int](repeating: -1, count: 2 * values.count)
    var isReal = [Bool](repeating: false, count: next.count)
    func isAbove(_ vertex: Int) -> Bool { values[vertex] >= level && values[vertex] > -.infinity }
    for vertex in 0..<values.count - stride - 1 where vertex % stride < stride - 1 {
      // Corners and edges go counterclockwise from the lower left.
      let (a, b, c, d) = (
        isAbove(vertex), isAbove(vertex + 1), isAbove(vertex + stride + 1), isAbove(vertex + stride)
      )
      guard a != b || b != c || c != d else { continue }
      let above = [a, b, c, d]
      let edges = [2 * vertex, 2 * (vertex + 1) + 1, 2 * (vertex + stride), 2 * vertex + 1]
      let corners = [values[vertex], values[vertex + 1], values[vertex + stride + 1], values[vertex + stride]]
      let exits = (0..<4).filter { above[$0] && !above[($0 + 1) % 4] }
      // Where two opposite corners are above, the mean decides whether they hang together.
      let joined = exits.count == 2 && corners.reduce(0, +) / 4 >= level
      for exit in exits {
        let entry =
          exits.count == 2
          ? (exit + (joined ? 1 : 3)) % 4
          : (0..<4).first { !above[$0] && above[($0 + 1) % 4] } ?? exit
        next[edges[exit]] = edges[entry]
        isReal[edges[exit]] = corners.allSatisfy(\.isFinite) && !torn.contains(vertex)
      }
    }
    var rings: [[Crossing]] = []
    for start in next.indices where next[start] >= 0 {
      var ring: [Crossing] = []
      var edge = start
      while next[edge] >= 0 {
        ring.append(Crossing(point: crossing(edge, level), isReal: isReal[edge]))
        (edge, next[edge]) = (next[edge], -1)
      }
      rings.append(ring)
    }
    return rings
  }

  private func crossing(_ edge: Int, _ level: Double) -> Point {
    let vertex = edge / 2
    let other = edge.isMultiple(of: 2) ? vertex + 1 : vertex + stride
    // Towards what is not defined, the area ends at its last vertex.
    guard values[other].isFinite else { return place(vertex) }
    guard values[vertex].isFinite else { return place(other) }
    let share = (level - values[vertex]) / (values[other] - values[vertex])
    return place(vertex).moved(towards: place(other), by: share)
  }

  /// Where a vertex stands on the page; only vertices of the field itself, not of its margin, stand anywhere.
  private func place(_ vertex: Int) -> Point { Point(xs[vertex % stride - 1], ys[vertex / stride - 1]) }

  // MARK: Simplification

  /// `line` without the points that lie within the tolerance of a straight way past them (Ramer, Douglas and
  /// Peucker).
  private static func simplified(_ line: [Point]) -> [Point] {
    guard line.count > 2 else { return line }
    var isKept = [Bool](repeating: false, count: line.count)
    isKept[0] = true
    isKept[line.count - 1] = true
    var spans = [(0, line.count - 1)]
    while let (low, high) = spans.popLast() {
      guard high - low > 1 else { continue }
      var (farthest, distance) = (low, -1.0)
      for index in low + 1..<high {
        let here = line[index].distance(toSegmentFrom: line[low], to: line[high])
        if here > distance { (farthest, distance) = (index, here) }
      }
      guard distance > tolerance else { continue }
      isKept[farthest] = true
      spans += [(low, farthest), (farthest, high)]
    }
    return line.indices.filter { isKept[$0] }.map { line[$0] }
  }
}

extension Point {
  func distance(to other: Point) -> Double { hypot(x - other.x, y - other.y) }

  /// The point a share of the way to `other`.
  func moved(towards other: Point, by share: Double) -> Point {
    Point(x + (other.x - x) * share, y + (other.y - y) * share)
  }

  func distance(toSegmentFrom start: Point, to end: Point) -> Double {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let squared = dx * dx + dy * dy
    guard squared > 0 else { return distance(to: start) }
    let share = min(max(((x - start.x) * dx + (y - start.y) * dy) / squared, 0), 1)
    return distance(to: start.moved(towards: end, by: share))
  }
}
