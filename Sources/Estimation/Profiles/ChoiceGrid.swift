import Foundation
import ScalingLaws

/// The students of a line of teachers, of which a law says which is best. Looked for in coarse steps first, and then in
/// fine ones about the best of them.
package struct ChoiceGrid: Sendable {
  package typealias Point = DistillationModel.Point

  private static let fineSteps = 1024, coarseStep = 16
  private let fine, coarse: DistillationModel
  /// log L_T of the fine steps, from the worst teacher to the best.
  private let logTeacherLosses: [Double]

  package init(_ base: DistillationModel, _ choices: TeacherChoices, supervised: SupervisedLaw) {
    let students = choices.ladder(Self.fineSteps + 1).map(choices.student)
    logTeacherLosses = students.map { log($0.teacherLoss) }
    fine = base.asking(students, supervised: supervised)
    coarse = base.asking(
      stride(from: 0, through: Self.fineSteps, by: Self.coarseStep).map { students[$0] }, supervised: supervised)
  }

  /// The best of three neighbours, and how many steps further the vertex of the parabola through them is.
  private struct Vertex {
    var index: Int
    var shift: Double

    /// By neighbour, for the value of the parabola at its vertex.
    var weights: [(offset: Int, weight: Double)] {
      shift == 0
        ? [(0, 1)]
        : [(-1, 0.5 * shift * (shift - 1)), (0, 1 - shift * shift), (1, 0.5 * shift * (shift + 1))]
    }

    func interpolate(_ value: (Int) -> Double) -> Double {
      weights.reduce(0) { $0 + $1.weight * value(index + $1.offset) }
    }
  }

  /// The blocks from one student's through another's: where they begin, the least of their losses and where it is.
  @inline(__always)
  private func least(
    _ model: DistillationModel, _ prepared: DistillationModel.Prepared, from first: Int, through last: Int
  ) -> (start: Int, losses: [Double], index: Int) {
    let blocks = first / Lanes.scalarCount...last / Lanes.scalarCount
    let start = blocks.lowerBound * Lanes.scalarCount
    var losses = [Double]()
    losses.reserveCapacity(blocks.count * Lanes.scalarCount)
    for block in blocks {
      let own = model.logLoss(prepared, model.design[block])
      for lane in 0..<Lanes.scalarCount { losses.append(own[lane]) }
    }
    var best = first
    for index in first...last where losses[index - start] < losses[best - start] { best = index }
    return (start, losses, best)
  }

  private func vertex(_ point: Point) -> (vertex: Vertex, logLoss: (Int) -> Double) {
    let prepared = fine.prepare(point)
    let roughly = least(coarse, prepared, from: 0, through: coarse.runs - 1).index * Self.coarseStep
    let (low, high) = (max(0, roughly - Self.coarseStep), min(Self.fineSteps, roughly + Self.coarseStep))
    let (start, losses, best) = least(fine, prepared, from: low, through: high)
    func logLoss(_ index: Int) -> Double { losses[index - start] }
    guard best > low, best < high else { return (Vertex(index: best, shift: 0), logLoss) }
    let (before, after) = (logLoss(best - 1) - logLoss(best), logLoss(best + 1) - logLoss(best))
    let shift = before + after > 0 ? 0.5 * (before - after) / (before + after) : 0
    return (Vertex(index: best, shift: shift), logLoss)
  }

  /// log L_T of the best teacher.
  func bestLogTeacherLoss(_ point: Point) -> Double {
    vertex(point).vertex.interpolate { logTeacherLosses[$0] }
  }

  /// log L_S with the best teacher.
  package func leastLogLoss(_ point: Point) -> Double {
    let (vertex, logLoss) = vertex(point)
    return vertex.interpolate(logLoss)
  }

  /// The same with its partial derivatives: to first order the vertex stays where it is.
  package func slopedLeastLogLoss(_ point: Point) -> (value: Double, slopes: Point) {
    let vertex = vertex(point).vertex
    var sum = (value: 0.0, slopes: Point.zero)
    for (offset, weight) in vertex.weights {
      let own = fine.logLoss(of: vertex.index + offset, point)
      sum.value += weight * own.value
      sum.slopes += weight * own.slopes
    }
    return sum
  }
}
