import Formats
import Laboratory

/// How far a sweep is: by its log, those of its shards, and the parameters of teachers that are kept.
struct SweepState {
  private let logged: [String: RunRecord]
  private let runner: SweepRunner

  /// - Parameter own: a log that another part of the program has open, whose runs do not count.
  /// - Throws: ``StageError`` where a log is damaged.
  init(_ sweep: Sweep, log: String, except own: String? = nil, runner: SweepRunner) throws(StageError) {
    var logged = [String: RunRecord]()
    for path in [log] + WorkShard.logs(beside: log) where path != own {
      for record in try RunLog.runs(at: path) { logged[record.run] = record }
    }
    self.logged = logged
    self.runner = runner
  }

  /// The runs of a sweep that no log has.
  func missing(_ sweep: Sweep) -> Sweep { sweep.filtered { logged[$0.name] == nil } }

  /// Teachers with a student left whose parameters are not at hand: those of `sweep`, or of them the shard's part. A shard has
  /// the same teachers whatever is trained.
  func untrained(_ sweep: Sweep, _ shard: WorkShard? = nil) -> [TrainingConfiguration] {
    let needed = Set(missing(sweep).teachers.map(\.name))
    return runner.untrained((shard.map(sweep.teachers) ?? sweep.teachers).filter { needed.contains($0.name) })
  }

  /// What is left, a line a piece of work, and the sum.
  func text(_ sweep: Sweep) -> String {
    let left = missing(sweep)
    let teachers = untrained(sweep)
    var rows = teachers.map { teacher in
      ["teacher", "\(teacher.shape.layers) layers", "seed \(teacher.seed)", "1 run", amount(teacher.compute)]
    }
    rows += left.work.map { work in
      switch work {
      case .run(let run):
        let run = run.configuration
        return ["run", "\(run.shape.layers) layers", "seed \(run.seed)", "1 run", amount(run.compute)]
      case .lesson(let lesson):
        let seed = lesson.students.first?.configuration.seed ?? 0
        let count = lesson.students.count
        return [
          "students", "of \(lesson.teacher.shape.layers) layers", "seed \(seed)", count == 1 ? "1 run" : "\(count) runs",
          amount(lesson.compute),
        ]
      }
    }
    let compute = teachers.reduce(0) { $0 + $1.compute } + left.work.reduce(0) { $0 + $1.compute }
    let sum = "\(sweep.name): \(left.runs.count) of \(sweep.runs.count) runs are left, \(amount(compute))"
    return aligned(rows) + sum
  }

  private func amount(_ compute: Double) -> String { String(format: "%.2g FLOPs", compute) }
}
