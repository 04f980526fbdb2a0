import Formats

/// A teacher and the students that learn from it, all on the same stream of tokens.
///
/// Students of one seed see the same batches in the same order, and those with fewer tokens a first part of
/// it. So the teacher predicts each batch once, for all of them, whatever each of them makes of the prediction.
package final class Classroom {
  let teacher: Trainer
  /// The teacher's loss on held-out text.
  package let teacherEvaluation: Evaluation
  package let students: [Trainer]
  private let objectives: [DistillationObjective]
  /// What differs between the distributions that students see, and the student's place among them.
  private let views: [DistillationObjective.View]
  private let viewOfStudent: [Int]
  /// What each student's own steps took, and how many there were.
  private var times: [Duration]
  private var timedSteps: [Int]
  private let pool: ShardPool
  private let teacherShards: [Shard]
  /// For each view the distributions of each shard's tokens.
  private let distributions: [[FloatBuffer]]
  /// The teacher's logits on the validation split, `tokens` x vocabulary.
  let validationLogits: FloatBuffer

  /// - Parameters:
  ///   - teacher: a finished run.
  ///   - students: configurations that name it, of one seed and batch; each has an objective of its own.
  package init(
    teacher: Trainer, students: [TrainingConfiguration], corpus: Corpus, pool: ShardPool
  ) throws(StageError) {
    guard let first = students.first else { throw StageError("a teacher without students") }
    var objectives = [DistillationObjective]()
    for student in students {
      guard let teaching = student.teaching, teaching.teacher == teacher.configuration.name,
        student.seed == first.seed, student.split == first.split, student.batchTokens == first.batchTokens
      else { throw StageError("students of one teacher must share seed, split and batch") }
      guard student.shape.vocabulary == teacher.configuration.shape.vocabulary,
        student.shape.context == teacher.configuration.shape.context
      else { throw StageError("a student must share its teacher's vocabulary and context") }
      objectives.append(teaching.objective)
    }
    self.teacher = teacher
    self.objectives = objectives
    self.pool = pool
    var trainers = [Trainer]()
    for student in students { trainers.append(try Trainer(student, corpus: corpus, pool: pool)) }
    self.students = trainers
    times = trainers.map { _ in .zero }
    timedSteps = trainers.map { _ in 0 }
    var views = [DistillationObjective.View]()
    viewOfStudent = objectives.map { objective in
      if let place = views.firstIndex(of: objective.view) { return place }
      views.append(objective.view)
      return views.count - 1
    }
    self.views = views
    let vocabulary = teacher.configuration.shape.vocabulary
    let shards = pool.shards(for: teacher.configuration.shape, batchTokens: first.batchTokens)
    teacherShards = shards
    distributions = views.map { _ in shards.map { _ in FloatBuffer(count: Shard.tokens * vocabulary) } }
    validationLogits = FloatBuffer(count: corpus.tokens(in: .validation) * vocabulary)
    teacherEvaluation = teacher.evaluate(extra: .keepLogits(validationLogits))
  }

  /// Steps that all students have done.
  package var step: Int { students.filter { !$0.isFinished }.map(\.step).min() ?? .max }
  package var isFinished: Bool { students.allSatisfy(\.isFinished) }

  /// Trains on one batch every student that is not past it already.
  package func trainStep() throws(StageError) {
    let step = step
    let due = students.indices.filter { !students[$0].isFinished && students[$0].step == step }
    guard let first = due.first.map({ students[$0] }) else { return }
    // A view that no student needs any more is not worked out.
    let wanted = Set(due.map { viewOfStudent[$0] }).sorted()
    let views = wanted.map { self.views[$0] }
    pool.each(teacherShards) { index, shard in
      first.load(index, into: shard)
      shard.predict(teacher.parameters, views: views, into: wanted.map { distributions[$0][index] })
    }
    for index in due {
      let student = students[index]
      let start = ContinuousClock.now
      let loss = student.trainStep(towards: distributions[viewOfStudent[index]], objective: objectives[index])
      guard loss.isFinite else {
        throw StageError("run \(student.configuration.name) diverged at step \(student.step)")
      }
      times[index] += start.duration(to: .now)
      timedSteps[index] += 1
    }
  }

  /// Seconds that a student's own steps took, without the teacher's; nil where some were done before.
  func seconds(of student: Int) -> Double? {
    timedSteps[student] == students[student].configuration.steps ? times[student] / .seconds(1) : nil
  }

  /// Share of the work that is done, by FLOPs, the teacher's passes included.
  package var share: Double {
    let batch = students.first?.configuration.batchTokens ?? 0
    let last = students.map(\.configuration.tokens).max() ?? 0
    let heard = isFinished ? last : step * batch
    let work = students.reduce((done: 0.0, all: 0.0)) { sum, student in
      let compute = student.configuration.compute
      return (sum.done + compute * Double(student.step) / Double(student.configuration.steps), sum.all + compute)
    }
    return (work.done + teacher.configuration.inferenceCompute(tokens: heard))
      / (work.all + teacher.configuration.inferenceCompute(tokens: last))
  }

  /// Loss of a student on held-out text, and its divergence from the teacher there.
  package func evaluate(_ student: Trainer) -> Evaluation {
    student.evaluate(extra: .compare(validationLogits))
  }

  /// How well a student is calibrated on held-out text, to the data and to its teacher.
  package func calibration(of student: Trainer) -> RunRecord.Calibration {
    student.calibration(towards: validationLogits)
  }
}
