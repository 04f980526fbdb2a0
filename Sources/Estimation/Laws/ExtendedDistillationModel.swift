import Foundation
import ScalingLaws
import Statistics

/// Eq. 8 with one coefficient more, ``DistillationForm/teacherSize`` or ``DistillationForm/beatingTeacher``, as a
/// regression on runs.
///
/// Internal coordinates: those of ``DistillationModel``, and the coefficient itself: nu without bounds (log(N_T / N_S)
/// is taken about its mean over the runs, which A' and B' make up for), or kappa between 0 and 1.
package struct ExtendedDistillationModel: LawModel {
  package typealias Point = SIMD16<Double>
  package static var dimension: Int { 10 }
  /// The coordinate of the coefficient more.
  private static var place: Int { 9 }

  private var base: DistillationModel
  package let free: Point
  private let form: DistillationForm
  package private(set) var design: [Block]
  private let meanLogSizeRatio: Double

  /// - Parameter observations: of ``DistillationForm/teacherSize``, all know their teacher's size.
  package init(_ observations: [DistillationObservation], supervised: SupervisedLaw, form: DistillationForm) {
    base = DistillationModel(observations, supervised: supervised)
    self.form = form
    var free = base.free
    free[Self.place] = 1
    self.free = free
    let ratios =
      form == .teacherSize
      ? observations.map { log(($0.teacherParameters ?? .nan) / $0.studentParameters) }
      : Array(repeating: 0, count: observations.count)
    let middle = mean(ratios) ?? .nan
    meanLogSizeRatio = middle
    design = zip(base.design, pack(ratios.map { $0 - middle })).map { Block(base: $0, logSizeRatio: $1) }
  }

  /// The model's starts: those of eq. 8 with a coefficient more that does little, one in `thinning`, and what `start`
  /// says, of this law or of eq. 8.
  package func starts(thinning: Int, from start: [String: Double]?) -> (grid: [Point], known: [Point]) {
    let starts = StartGrid.distillation(base).thinned(thinning).map { start in
      var point = start
      if form == .beatingTeacher { point[Self.place] = 0.25 }
      return point
    }
    return (starts, [start.flatMap { self.point($0) ?? base.point($0) }].compactMap { $0 })
  }

  package var runs: Int { base.runs }
  package var observed: [Lanes] { base.observed }
  package var precisions: [Lanes] { base.precisions }
  package var chart: Chart { base.chart }

  package var lowerBounds: Point {
    var bounds = base.lowerBounds
    bounds[Self.place] = form == .teacherSize ? -.infinity : 0
    return bounds
  }

  package var upperBounds: Point {
    var bounds = base.upperBounds
    bounds[Self.place] = form == .teacherSize ? .infinity : 1
    return bounds
  }

  package var covariates: [[Lanes]] { base.covariates + [design.map(\.logSizeRatio)] }

  package func keeping(_ places: [Int]) -> Self {
    var model = self
    model.base = base.keeping(places)
    model.design = values(design, of: places)
    return model
  }

  package func printable(leastGamma: Double) -> Self {
    var model = self
    model.base = base.printable(leastGamma: leastGamma)
    return model
  }

  package func charted(around point: Point) -> Self {
    var model = self
    model.base = base.charted(around: point)
    return model
  }

  package func toChart(_ point: Point) -> Point { base.toChart(point) }
  package func fromChart(_ point: Point) -> Point { base.fromChart(point) }
  package func pullBack(_ gradient: Point, at point: Point) -> Point { base.pullBack(gradient, at: point) }

  package struct Block: RunBlock {
    var base: DistillationModel.Block
    /// log(N_T / N_S) about its mean.
    var logSizeRatio: Lanes

    package static var zero: Block { Block(base: .zero, logSizeRatio: .zero) }
    package static var columns: [WritableKeyPath<Block, Lanes>] {
      DistillationModel.Block.columns.map { (\Block.base as WritableKeyPath).appending(path: $0) } + [\.logSizeRatio]
    }
  }

  package struct Prepared {
    var base: DistillationModel.Prepared
    var more, width: Lanes
  }

  @inline(__always)
  package func prepare(_ point: Point) -> Prepared {
    let x = chart.isEmpty ? point : fromChart(point)
    return Prepared(
      base: base.prepare(point), more: Lanes(repeating: x[Self.place]), width: Lanes(repeating: x[7]))
  }

  @inline(always)
  package func predict(_ x: Prepared, _ block: Block) -> (logLoss: Lanes, row: Row) {
    var terms = base.terms(x.base, block.base)
    if form == .teacherSize { terms.sizes.value = block.logSizeRatio.fma(x.more, terms.sizes.value) }
    let teacher = block.base.logTeacherLoss
    let breakTerm = terms.breakTerm
    // How far the student gets below its teacher's log loss, per kappa.
    let below = form == .beatingTeacher ? x.width * breakTerm.value : Lanes.zero
    let floor = teacher - x.more * below
    var (logLoss, row) = base.predict(x.base, terms, block.base, floor: form == .beatingTeacher ? floor : teacher)
    // The derivatives by the two lines of the sizes add up to the excess's share in the loss.
    let share = row.a + row.b
    guard form == .beatingTeacher else { return (logLoss, Row(base: row, more: share * block.logSizeRatio)) }
    let rest = Lanes(repeating: 1) - share
    let byFloor = rest * x.more
    row.f1 -= byFloor * (breakTerm.value - breakTerm.share * terms.distance)
    row.d1 += byFloor * breakTerm.share
    return (logLoss, Row(base: row, more: -rest * below))
  }

  package struct Row: PartialDerivatives {
    var base: DistillationModel.Row
    var more: Lanes

    @inline(__always)
    package static var zero: Row { Row(base: .zero, more: .zero) }

    @inline(__always)
    package mutating func add(_ row: Row, times weight: Lanes) {
      base.add(row.base, times: weight)
      more = weight.fma(row.more, more)
    }

    @inline(__always)
    package func forEach(_ body: (Int, Lanes) -> Void) {
      base.forEach(body)
      body(9, more)
    }
  }

  package func kind(of point: Point) -> SizeCoordinates.Kind { base.kind(of: point) }

  package func variations(of point: Point) -> [Point] {
    var found = base.variations(of: point)
    guard form == .beatingTeacher else { return found }
    for kappa in [0.1, 0.4, 1] {
      for width in [0.02, 0.1] {
        for place in [0, 0.1, 0.2, 0.4] {
          var other = point
          (other[7], other[8], other[Self.place]) = (width, base.largestLogRatio - place, kappa)
          found.append(other)
        }
      }
    }
    return found
  }

  package func coefficients(at point: Point) -> [String: Double] {
    let shift = point[Self.place] * meanLogSizeRatio
    var own = point
    own[0] -= shift
    own[1] -= shift
    var coefficients = base.coefficients(at: own)
    coefficients[form == .teacherSize ? "nu" : "kappa"] = point[Self.place]
    return coefficients
  }

  package func point(_ coefficients: [String: Double]) -> Point? {
    guard let more = coefficients[form == .teacherSize ? "nu" : "kappa"], var point = base.point(coefficients) else {
      return nil
    }
    point[0] += more * meanLogSizeRatio
    point[1] += more * meanLogSizeRatio
    point[Self.place] = more
    return point
  }
}
