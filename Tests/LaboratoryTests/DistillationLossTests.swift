import Foundation
import Laboratory
import Testing

@Suite struct DistillationLossTests {
  static let rows = 5, width = 2, vocabulary = 16, targets: [UInt8] = [0, 15, 3, 9, 9]

  static func softmax(_ z: [Double], _ temperature: Double) -> [Double] {
    let largest = z.max()!
    let powers = z.map { exp(($0 - largest) / temperature) }
    return powers.map { $0 / powers.reduce(0, +) }
  }

  static func row(_ buffer: FloatBuffer, _ row: Int) -> [Double] {
    (0..<vocabulary).map { Double(buffer.pointer[row * vocabulary + $0]) }
  }

  static func objective(
    mixing: Double = 1, temperature: Double = 1, direction: DistillationObjective.Direction = .forward,
    truncation: DistillationObjective.Truncation = .full
  ) -> DistillationObjective {
    var objective = DistillationObjective()
    objective.mixing = mixing
    objective.temperature = temperature
    objective.direction = direction
    objective.truncation = truncation
    return objective
  }

  /// The loss by its definition, in double precision.
  static func loss(
    _ logits: FloatBuffer, teacher: FloatBuffer, _ objective: DistillationObjective, zLoss: Double
  ) -> Double {
    (0..<rows).reduce(0.0) { sum, index in
      let z = row(logits, index), p = row(teacher, index)
      let q = softmax(z, objective.temperature)
      let logSum = log(z.reduce(0) { $0 + exp($1) })
      let divergence: Double =
        switch objective.direction {
        case .forward: zip(p, q).reduce(0) { $0 - $1.0 * log($1.1) }
        case .reverse:
          zip(q, p).reduce(0) { $0 + $1.0 * (log($1.0) - log(max($1.1, Double(DistillationLoss.floor)))) }
        }
      let next = logSum - z[Int(targets[index])]
      let squared = objective.temperature * objective.temperature
      return sum
        + ((1 - objective.mixing) * next + objective.mixing * squared * divergence + zLoss * logSum * logSum)
        / Double(rows)
    }
  }

  @Test(arguments: [
    objective(), objective(mixing: 0.7), objective(temperature: 2), objective(mixing: 0.4, temperature: 0.5),
    objective(direction: .reverse), objective(mixing: 0.7, temperature: 2, direction: .reverse),
    objective(truncation: .top(3)), objective(mixing: 0.7, truncation: .nucleus(0.9)),
    objective(direction: .reverse, truncation: .top(4)),
  ]) func gradientsAgreeWithFiniteDifferences(objective: DistillationObjective) {
    let logits = randomBuffer(Self.rows * Self.vocabulary, stream: 1)
    let teacher = randomBuffer(Self.rows * Self.vocabulary, stream: 2)
    DistillationLoss.distribution(
      teacher.lanes, rows: Self.rows, width: Self.width, view: objective.view)
    let gradient = FloatBuffer(count: logits.count)
    gradient.pointer.update(from: logits.pointer, count: logits.count)
    let sum = DistillationLoss.gradient(
      gradient.lanes, teacher: teacher.lanes, targets: Self.targets, rows: Self.rows, width: Self.width,
      objective: objective, weight: 1 / Float(Self.rows), zLoss: 0.03)
    expectGradient(gradient.pointer, of: logits.pointer, count: logits.count, "\(objective)") {
      Self.loss(logits, teacher: teacher, objective, zLoss: 0.03)
    }
    // The sum returned is the next-token loss, whatever the student is trained towards.
    let next = (0..<Self.rows).reduce(0.0) { $0 - log(Self.softmax(Self.row(logits, $1), 1)[Int(Self.targets[$1])]) }
    #expect(abs(sum - next) < 1e-4)
  }

  @Test func withoutATeacherItIsTheNextTokenLoss() {
    let logits = randomBuffer(Self.rows * Self.vocabulary, stream: 1)
    let other = FloatBuffer(count: logits.count)
    other.pointer.update(from: logits.pointer, count: logits.count)
    let teacher = randomBuffer(logits.count, stream: 2)
    _ = DistillationLoss.gradient(
      logits.lanes, teacher: teacher.lanes, targets: Self.targets, rows: Self.rows, width: Self.width,
      objective: Self.objective(mixing: 0), weight: 0.2, zLoss: 1e-4)
    _ = NextTokenLoss.gradient(
      other.lanes, targets: Self.targets, rows: Self.rows, width: Self.width, weight: 0.2, zLoss: 1e-4)
    for i in 0..<logits.count { #expect(abs(logits.pointer[i] - other.pointer[i]) < 1e-7) }
  }

  @Test func truncationKeepsTheMostProbableTokensAndRenormalises() {
    func distribution(_ truncation: DistillationObjective.Truncation) -> [Double] {
      let logits = FloatBuffer(count: 16)
      // Probabilities 0.5, 0.25, 0.125, ... but for the tail.
      for i in 0..<16 { logits.pointer[i] = -Float(i) * Float(log(2.0)) }
      DistillationLoss.distribution(
        logits.lanes, rows: 1, width: 2, view: .init(truncation: truncation))
      return Self.row(logits, 0)
    }
    let full = distribution(.full)
    #expect(abs(full.reduce(0, +) - 1) < 1e-6 && abs(full[0] - 0.5) < 1e-4)
    let two = distribution(.top(2))
    #expect(abs(two[0] - 2.0 / 3) < 1e-6 && abs(two[1] - 1.0 / 3) < 1e-6 && two[2...].allSatisfy { $0 == 0 })
    let nucleus = distribution(.nucleus(0.7))
    #expect(nucleus.count { $0 > 0 } == 2 && abs(nucleus.reduce(0, +) - 1) < 1e-6)
    #expect(distribution(.nucleus(0.4)).count { $0 > 0 } == 1)
    #expect(distribution(.top(100)) == full)
  }

  @Test func divergenceFromTeacherToStudent() {
    let teacher = randomBuffer(Self.rows * Self.vocabulary, stream: 1, scale: 2)
    let student = randomBuffer(Self.rows * Self.vocabulary, stream: 2, scale: 2)
    let expected = (0..<Self.rows).map { index in
      let p = Self.softmax(Self.row(teacher, index), 1), q = Self.softmax(Self.row(student, index), 1)
      return zip(p, q).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
    }
    let found = FloatBuffer(count: Self.rows)
    DistillationLoss.divergences(
      teacher: teacher.lanes, student: student.lanes, rows: Self.rows, width: Self.width, into: found.pointer)
    for index in 0..<Self.rows { #expect(abs(Double(found.pointer[index]) - expected[index]) < 1e-5) }
  }
}
