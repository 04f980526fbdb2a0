/// A quantity over a panel, on an even grid of its axes, and the pieces that its contours fall into.
package struct ContourField {
  let columns, rows: Int
  /// Row by row from the bottom; a value that is not finite has no contour beside it.
  let values: [Double]

  package init(columns: Int, rows: Int, _ value: (_ x: Double, _ y: Double) -> Double) {
    (self.columns, self.rows) = (columns, rows)
    values = (0..<rows).flatMap { row in
      (0..<columns).map { value(Double($0) / Double(columns - 1), Double(row) / Double(rows - 1)) }
    }
  }

  /// The contour at `level`, piece by piece: the larger of each piece's width and height, as shares of the panel's.
  ///
  /// By marching squares: a contour crosses the sides of cells, and two crossings belong together where a cell
  /// connects them. A saddle is split as the mean of its corners says.
  package func pieces(at level: Double) -> [Double] {
    let sideways = rows * (columns - 1)
    var parent = [Int32](repeating: -1, count: sideways + (rows - 1) * columns)
    func root(_ node: Int) -> Int {
      var node = node
      while parent[node] != node {
        parent[node] = parent[Int(parent[node])]
        node = Int(parent[node])
      }
      return node
    }
    func join(_ a: Int, _ b: Int) {
      for node in [a, b] where parent[node] < 0 { parent[node] = Int32(node) }
      let (first, second) = (root(a), root(b))
      if first != second { parent[second] = Int32(first) }
    }
    for row in 0..<rows - 1 {
      for column in 0..<columns - 1 {
        let at = row * columns + column
        let least = min(values[at], values[at + 1], values[at + columns + 1], values[at + columns])
        let most = max(values[at], values[at + 1], values[at + columns + 1], values[at + columns])
        guard least <= level, level < most else { continue }
        let corners = [values[at], values[at + 1], values[at + columns + 1], values[at + columns]]
        guard corners.allSatisfy(\.isFinite) else { continue }
        let above = corners.map { $0 > level }
        // Bottom, right, top and left.
        let sides = [
          row * (columns - 1) + column, sideways + row * columns + column + 1, (row + 1) * (columns - 1) + column,
          sideways + row * columns + column,
        ]
        let crossed = (0..<4).filter { above[$0] != above[($0 + 1) % 4] }
        if crossed.count == 2 {
          join(sides[crossed[0]], sides[crossed[1]])
        } else if crossed.count == 4 {
          let middle = corners.reduce(0, +) / 4 > level
          // The corners that are as the middle is are connected, and the other two are cut off.
          if middle == above[0] {
            join(sides[0], sides[1])
            join(sides[2], sides[3])
          } else {
            join(sides[3], sides[0])
            join(sides[1], sides[2])
          }
        }
      }
    }
    var boxes = [Int: (x: ClosedRange<Double>, y: ClosedRange<Double>)]()
    for node in parent.indices where parent[node] >= 0 {
      let (x, y) = place(node, sideways, level)
      let key = root(node)
      if let box = boxes[key] {
        boxes[key] = (
          min(box.x.lowerBound, x)...max(box.x.upperBound, x), min(box.y.lowerBound, y)...max(box.y.upperBound, y)
        )
      } else {
        boxes[key] = (x...x, y...y)
      }
    }
    return boxes.values.map { max($0.x.upperBound - $0.x.lowerBound, $0.y.upperBound - $0.y.lowerBound) }
      .sorted(by: >)
  }

  /// Where the contour crosses a side, as shares of the panel.
  private func place(_ node: Int, _ sideways: Int, _ level: Double) -> (Double, Double) {
    let isSideways = node < sideways
    let index = isSideways ? node : node - sideways
    let width = isSideways ? columns - 1 : columns
    let (row, column) = (index / width, index % width)
    let first = row * columns + column
    let second = isSideways ? first + 1 : first + columns
    let share = (level - values[first]) / (values[second] - values[first])
    return (
      (Double(column) + (isSideways ? share : 0)) / Double(columns - 1),
      (Double(row) + (isSideways ? 0 : share)) / Double(rows - 1)
    )
  }
}
