import Artifacts
import Randomness

/// What a finished teacher says of every input.
package final class MappingTeacher {
  let logits: FloatBuffer
  /// Its distribution, as the objective has it; a row for every input.
  let distribution: FloatBuffer
  package let evaluation: MappingEvaluation

  package init(_ teacher: MappingTrainer, objective: DistillationObjective) {
    let columns = teacher.configuration.shape.columns
    logits = teacher.logits()
    distribution = FloatBuffer(count: logits.count)
    distribution.pointer.update(from: logits.pointer, count: logits.count)
    DistillationLoss.distribution(
      distribution.lanes, rows: teacher.problem.count, width: columns / 8, objective: objective)
    evaluation = MappingEvaluation(logits, problem: teacher.problem, columns: columns)
  }
}

/// One run on the Mapping Problem, supervised or distilled, on one thread.
package final class MappingTrainer: TrainingRun {
  package let configuration: MappingConfiguration
  package private(set) var step = 0
  package private(set) var curve = LossCurve()
  package let parameters: FloatBuffer
  package let optimizer: AdamW
  /// The gradient of the last step.
  package let gradient: FloatBuffer

  let problem: MappingProblem
  private let teacher: MappingTeacher?
  private let perceptron: Perceptron
  private let samples: CounterRandom
  private let inputs: FloatBuffer
  private let targetRows: FloatBuffer
  private var labels: [UInt8]

  /// - Parameters:
  ///   - problem: the inputs, drawn as the configuration has it.
  ///   - teacher: whom the student learns from, where the run is a distillation.
  package init(_ configuration: MappingConfiguration, problem: MappingProblem, teacher: MappingTeacher? = nil) {
    MatrixProduct.prepare()
    self.configuration = configuration
    self.problem = problem
    self.teacher = teacher
    perceptron = Perceptron(configuration.shape)
    parameters = FloatBuffer(count: perceptron.count)
    gradient = FloatBuffer(count: perceptron.count)
    // Teachers and students draw from streams of their own: one of samples and three of starting values.
    let seed = UInt64(bitPattern: Int64(configuration.seed))
    let stream: UInt64 = configuration.split == .teacher ? 0 : 4
    perceptron.initialize(parameters, seed: seed, stream: stream + 1)
    samples = CounterRandom(seed: seed, stream: stream)
    optimizer = AdamW(
      [.init(offset: 0, count: perceptron.count, peakLearningRate: configuration.peakLearningRate, decays: false)],
      count: perceptron.count,
      recipe: .init(
        beta1: configuration.beta1, beta2: configuration.beta2, epsilon: configuration.epsilon, weightDecay: 0,
        gradientNorm: .infinity))
    inputs = FloatBuffer(count: Perceptron.batch * problem.inputWidth)
    targetRows = FloatBuffer(count: teacher == nil ? 0 : Perceptron.batch * configuration.shape.columns)
    labels = [UInt8](repeating: 0, count: Perceptron.batch)
  }

  package var name: String { configuration.name }
  package var steps: Int { configuration.steps }
  package var compute: Double { configuration.compute }

  @discardableResult
  package func trainStep() -> Double {
    let loss = differentiate()
    optimizer.update(
      parameters, gradient: gradient, norm: 0, step: step, schedule: configuration.schedule.share(step: step))
    step += 1
    curve.add(loss, step: step, of: steps, batch: configuration.batch)
    return loss
  }

  /// Puts the gradient of the loss on the next batch into ``gradient``.
  /// - Returns: the batch's mean cross-entropy on labels, in nats.
  package func differentiate() -> Double {
    let batch = configuration.batch
    let columns = configuration.shape.columns
    for i in 0..<batch {
      let index = problem.draw(samples, at: step * batch + i)
      load(index, at: i)
      labels[i] = problem.labels[index]
      if let teacher {
        (targetRows.pointer + i * columns).update(from: teacher.distribution.pointer + index * columns, count: columns)
      }
    }
    perceptron.forward(inputs.pointer, rows: batch, parameters: parameters)
    let weight = 1 / Float(batch)
    let sum: Double
    if teacher != nil, let objective = configuration.teaching?.objective {
      sum = DistillationLoss.gradient(
        perceptron.logits.lanes, teacher: targetRows.lanes, targets: labels, rows: batch, width: columns / 8,
        objective: objective, weight: weight, zLoss: 0)
    } else {
      sum = NextTokenLoss.gradient(
        perceptron.logits.lanes, targets: labels, rows: batch, width: columns / 8, weight: weight, zLoss: 0)
    }
    perceptron.backward(inputs.pointer, rows: batch, parameters: parameters, gradient: gradient)
    return sum / Double(batch)
  }

  private func load(_ index: Int, at row: Int) {
    (inputs.pointer + row * problem.inputWidth).update(from: problem.input(index), count: problem.inputWidth)
  }

  /// The logits of all inputs, a row for each.
  func logits() -> FloatBuffer {
    let columns = configuration.shape.columns
    let logits = FloatBuffer(count: problem.count * columns)
    for start in stride(from: 0, to: problem.count, by: Perceptron.batch) {
      let rows = min(Perceptron.batch, problem.count - start)
      for i in 0..<rows { load(start + i, at: i) }
      perceptron.forward(inputs.pointer, rows: rows, parameters: parameters)
      (logits.pointer + start * columns).update(from: perceptron.logits.pointer, count: rows * columns)
    }
    return logits
  }

  package func evaluate() -> MappingEvaluation {
    MappingEvaluation(
      logits(), teacher: teacher?.logits, problem: problem, columns: configuration.shape.columns)
  }

  package func restore(step: Int, curve: LossCurve) {
    self.step = step
    self.curve = curve
  }
}
