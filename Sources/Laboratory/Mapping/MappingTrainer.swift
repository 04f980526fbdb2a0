import Formats
import Randomness

/// One run on the Mapping Problem, supervised or distilled, on one thread.
package final class MappingTrainer: TrainingRun {
  package let configuration: MappingConfiguration
  package private(set) var step = 0
  package private(set) var curve = LossCurve()
  package let parameters: FloatBuffer
  package let optimizer: AdamW
  /// The gradient of the last step.
  package let gradient: FloatBuffer

  /// Whom the student learns from, where the run is a distillation.
  private let teacher: MappingTrainer?
  private let perceptron: Perceptron
  /// The stream that questions are drawn from.
  package let samples: CounterRandom
  private let inputs: FloatBuffer
  private var labels: [UInt8]

  /// - Parameter teacher: a finished run that no other thread uses, where the configuration has one.
  package init(_ configuration: MappingConfiguration, teacher: MappingTrainer? = nil) {
    MatrixProduct.prepare()
    self.configuration = configuration
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
    inputs = FloatBuffer(count: Perceptron.batch * configuration.shape.inputs)
    labels = [UInt8](repeating: 0, count: Perceptron.batch)
  }

  package var name: String { configuration.name }
  package var steps: Int { configuration.steps }
  package var compute: Double { configuration.compute }
  private var columns: Int { configuration.shape.columns }
  private var objective: DistillationObjective { configuration.teaching?.objective ?? DistillationObjective() }

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
    for i in 0..<batch { load(configuration.draw.question(samples, at: step * batch + i), at: i) }
    perceptron.forward(inputs.pointer, rows: batch, parameters: parameters)
    let weight = 1 / Float(batch)
    let sum: Double
    if let teacher {
      let distribution = teacher.predict(inputs, rows: batch)
      DistillationLoss.distribution(distribution.lanes, rows: batch, width: columns / 8, view: objective.view)
      sum = DistillationLoss.gradient(
        perceptron.logits.lanes, teacher: distribution.lanes, targets: labels, rows: batch, width: columns / 8,
        objective: objective, weight: weight, zLoss: 0)
    } else {
      sum = NextTokenLoss.gradient(
        perceptron.logits.lanes, targets: labels, rows: batch, width: columns / 8, weight: weight, zLoss: 0)
    }
    perceptron.backward(inputs.pointer, rows: batch, parameters: parameters, gradient: gradient)
    return sum / Double(batch)
  }

  private func load(_ question: MappingQuestion, at row: Int) {
    question.write(to: inputs.pointer + row * configuration.shape.inputs)
    labels[row] = UInt8(question.label)
  }

  /// - Returns: logits, which the caller may overwrite.
  private func predict(_ inputs: FloatBuffer, rows: Int) -> FloatBuffer {
    perceptron.forward(inputs.pointer, rows: rows, parameters: parameters)
    return perceptron.logits
  }

  /// - Parameter exam: of the run's draw.
  package func evaluate(_ exam: MappingExam) -> MappingEvaluation {
    let width = columns / 8
    let copy = FloatBuffer(count: Perceptron.batch * columns)
    let losses = FloatBuffer(count: Perceptron.batch), divergences = FloatBuffer(count: Perceptron.batch)
    var results = [MappingEvaluation.Result]()
    for start in stride(from: 0, to: exam.questions.count, by: Perceptron.batch) {
      let rows = min(Perceptron.batch, exam.questions.count - start)
      for i in 0..<rows { load(exam.questions[start + i], at: i) }
      let logits = predict(inputs, rows: rows)
      let right = (0..<rows).map { row in
        // The first of equally probable labels counts.
        let z = UnsafeBufferPointer(start: logits.pointer + row * columns, count: configuration.shape.classes)
        return z.max().flatMap(z.firstIndex) == Int(labels[row])
      }
      copy.pointer.update(from: logits.pointer, count: rows * columns)
      NextTokenLoss.losses(copy.lanes, targets: labels, rows: rows, width: width, into: losses.pointer)
      if let teacher {
        DistillationLoss.divergences(
          teacher: teacher.predict(inputs, rows: rows).lanes, student: logits.lanes, rows: rows, width: width,
          into: divergences.pointer)
      }
      for row in 0..<rows {
        results.append(
          .init(
            loss: losses.pointer[row], isRight: right[row],
            divergence: teacher == nil ? nil : divergences.pointer[row]))
      }
    }
    return MappingEvaluation(results, of: exam)
  }

  package func restore(step: Int, curve: LossCurve) {
    self.step = step
    self.curve = curve
  }
}
