/// Values of a field on a grid of places, in data coordinates.
public struct FieldGrid: Sendable, Hashable {
  /// Columns, rising.
  public let x: [Double]
  /// Rows, rising.
  public let y: [Double]
  /// Row by row from the lowest y, as many as x and y make; not finite where the field is not defined.
  public let values: [Double]

  /// - Throws: ``PlotError`` where the samples do not rise or are not as many as the values.
  public init(x: [Double], y: [Double], values: [Double]) throws(PlotError) {
    func rises(_ samples: [Double]) -> Bool {
      samples.count > 1 && samples.allSatisfy(\.isFinite) && zip(samples, samples.dropFirst()).allSatisfy(<)
    }
    guard rises(x), rises(y) else {
      throw PlotError("a field needs two or more rising, finite samples on either axis")
    }
    guard values.count == x.count * y.count else {
      throw PlotError("a field of \(x.count) by \(y.count) samples needs as many values, not \(values.count)")
    }
    self.x = x
    self.y = y
    self.values = values
  }

  /// The field `value` at places that are evenly spread over two scales, as a panel with these scales shows
  /// them.
  public init(
    x: Scale, y: Scale, columns: Int = 97, rows: Int = 97, value: (_ x: Double, _ y: Double) -> Double
  ) throws(PlotError) {
    let (xs, ys) = (x.samples(columns), y.samples(rows))
    try self.init(x: xs, y: ys, values: ys.flatMap { y in xs.map { x in value(x, y) } })
  }

  subscript(column: Int, row: Int) -> Double { values[row * x.count + column] }

  /// Whether the field jumps between a place and the next one of its row: by more than `least`, and by more than twice
  /// as much as before and after. A steep field changes as much there, too, and beside the field's edge nothing tells
  /// the two apart.
  public func jumps(fromColumn column: Int, row: Int, least: Double) -> Bool {
    guard column > 0, column + 2 < x.count else { return false }
    let changes = (column - 1...column + 1).map { abs(self[$0 + 1, row] - self[$0, row]) }
    return changes.allSatisfy(\.isFinite) && changes[1] > max(least, 2 * changes[0], 2 * changes[2])
  }

  /// Least and greatest defined value; nothing where the field is nowhere defined.
  public var range: ClosedRange<Double>? {
    let defined = values.filter(\.isFinite)
    guard let low = defined.min(), let high = defined.max() else { return nil }
    return low...high
  }
}
