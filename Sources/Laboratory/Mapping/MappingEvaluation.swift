import Artifacts

/// How well a network solves the Mapping Problem: expectations over all inputs, without sampling noise.
package struct MappingEvaluation: Hashable, Sendable {
  package typealias Part = RunRecord.Mapping.Part

  /// On the inputs that ask about a zero, and on the others.
  package let easy: Part
  package let hard: Part
  /// Cross-entropy on labels in nats, and share of the labels found most probable.
  package let loss: Double
  package let accuracy: Double
  /// KL divergence from the teacher in nats, where there is one.
  package let divergence: Double?

  /// - Parameters:
  ///   - logits: a row for every input.
  ///   - teacher: the teacher's logits, shaped alike.
  init(_ logits: FloatBuffer, teacher: FloatBuffer? = nil, problem: MappingProblem, columns: Int) {
    let width = columns / 8
    let row = FloatBuffer(count: columns), other = FloatBuffer(count: columns), result = FloatBuffer(count: 1)
    func means(_ inputs: [Int]) -> (part: Part, divergence: Double) {
      var (loss, right, divergence) = (0.0, 0, 0.0)
      for index in inputs {
        let z = logits.pointer + index * columns
        let label = problem.labels[index]
        // The first of equally probable labels counts.
        if (0..<columns).allSatisfy({ z[$0] < z[Int(label)] || (z[$0] == z[Int(label)] && $0 >= Int(label)) }) {
          right += 1
        }
        row.pointer.update(from: z, count: columns)
        NextTokenLoss.losses(row.lanes, targets: [label], rows: 1, width: width, into: result.pointer)
        loss += Double(result.pointer[0])
        guard let teacher else { continue }
        row.pointer.update(from: z, count: columns)
        other.pointer.update(from: teacher.pointer + index * columns, count: columns)
        DistillationLoss.divergences(
          teacher: other.lanes, student: row.lanes, rows: 1, width: width, into: result.pointer)
        divergence += Double(result.pointer[0])
      }
      let count = Double(max(1, inputs.count))
      return (Part(loss: loss / count, accuracy: Double(right) / count), divergence / count)
    }
    let easy = means(problem.easy), hard = means(problem.hard)
    func expectation(_ first: Double, _ second: Double) -> Double {
      problem.easyFraction * first + (1 - problem.easyFraction) * second
    }
    self.easy = easy.part
    self.hard = hard.part
    loss = expectation(easy.part.loss, hard.part.loss)
    accuracy = expectation(easy.part.accuracy, hard.part.accuracy)
    divergence = teacher == nil ? nil : max(0, expectation(easy.divergence, hard.divergence))
  }
}
