import Formats

extension Sweep {
  /// Students that hear a teacher together, for they see the same tokens in the same order.
  public struct Lesson: Sendable {
    public let teacher: TrainingConfiguration
    public internal(set) var students: [PlannedRun]

    /// FLOPs of the students, and of the teacher, which predicts every token once for all.
    public var compute: Double {
      students.reduce(teacher.inferenceCompute(tokens: students.map(\.configuration.tokens).max() ?? 0)) {
        $0 + $1.configuration.compute
      }
    }
  }

  /// Distillations by teacher, seed and whatever else the stream of tokens depends on, in the sweep's order.
  var lessons: [Lesson] {
    struct Key: Hashable {
      var teacher: String
      var seed: Int
      var batchTokens: Int
      var split: CorpusSplit
    }
    var lessons = [Lesson](), places = [Key: Int]()
    for run in runs {
      guard let teacher = run.teacher else { continue }
      let student = run.configuration
      let key = Key(teacher: teacher.name, seed: student.seed, batchTokens: student.batchTokens, split: student.split)
      if let place = places[key] {
        lessons[place].students.append(run)
      } else {
        places[key] = lessons.count
        lessons.append(Lesson(teacher: teacher, students: [run]))
      }
    }
    return lessons
  }

  /// Something that one machine trains by itself: a supervised run, or a lesson.
  public enum Work: Sendable {
    case run(PlannedRun)
    case lesson(Lesson)

    public var compute: Double {
      switch self {
      case .run(let run): run.configuration.compute
      case .lesson(let lesson): lesson.compute
      }
    }

    public var runs: [PlannedRun] {
      switch self {
      case .run(let run): [run]
      case .lesson(let lesson): lesson.students
      }
    }
  }

  /// What the sweep is cut into at the finest.
  public var work: [Work] {
    runs.filter { $0.teacher == nil }.map(Work.run) + lessons.map(Work.lesson)
  }

  /// The teachers of its students, each once, in the sweep's order.
  public var teachers: [TrainingConfiguration] {
    var seen = Set<String>()
    return runs.compactMap(\.teacher).filter { seen.insert($0.name).inserted }
  }

  /// The shard's part of the sweep, the same whatever is trained already. Parts take about the same time: the longest
  /// work is dealt first, each to the shard that has least.
  public func part(_ shard: WorkShard) -> Sweep {
    let work = work
    let mine = Set(Self.deal(work.map(\.compute), to: shard).flatMap { work[$0].runs.map(\.configuration.name) })
    return filtered { mine.contains($0.name) }
  }

  /// The shard's part of the teachers, dealt in the same way.
  public func teachers(_ shard: WorkShard) -> [TrainingConfiguration] {
    let teachers = teachers
    return Self.deal(teachers.map(\.compute), to: shard).map { teachers[$0] }
  }

  /// Places of what a shard gets, ascending.
  private static func deal(_ compute: [Double], to shard: WorkShard) -> [Int] {
    var loads = Array(repeating: 0.0, count: shard.count), mine = [Int]()
    for place in compute.indices.sorted(by: { (compute[$1], $0) < (compute[$0], $1) }) {
      let least = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
      loads[least] += compute[place]
      if least == shard.number - 1 { mine.append(place) }
    }
    return mine.sorted()
  }
}
