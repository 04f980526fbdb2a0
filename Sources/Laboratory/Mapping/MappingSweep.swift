import Formats

/// A list of runs on the Mapping Problem, as a sweep file describes it.
///
/// The file's `problem` is `mapping`. Each of its groups stands for every combination of its lists, and so do
/// the teachers of a group of distillations; a teacher has the draw and the seed of its students:
///
///     {"sweep": "teacher-width", "problem": "mapping",
///      "groups": [{"draws": [{"places": 8, "easyFraction": 0.5}],
///                  "widths": [128, 256], "seeds": [1, 2], "teachers": {"widths": [64, 512]}}]}
///
/// A group with teachers is one of teachers and their students, one without is of supervised twins of students.
public struct MappingSweep: Sendable {
  public let name: String
  /// In the order in which they are trained.
  package let lessons: [Lesson]

  /// A teacher and its students, trained one after the other; without a teacher, a student's supervised twin.
  package struct Lesson: Sendable {
    package var teacher: MappingConfiguration?
    package var students: [MappingConfiguration]

    var runs: [MappingConfiguration] { (teacher.map { [$0] } ?? []) + students }
  }

  package var runs: [MappingConfiguration] { lessons.flatMap(\.runs) }

  private struct Marked: Decodable {
    var problem: String?
  }

  private struct File: Decodable {
    var sweep: String
    var groups: [Group]
  }

  private struct Group: Decodable {
    var draws: [MappingDraw]
    var widths: [Int]
    var steps: [Int]?
    var seeds: [Int]?
    var teachers: Teachers?
  }

  private struct Teachers: Decodable {
    var widths: [Int]
    var steps: [Int]?
  }

  /// True of a sweep file on the Mapping Problem.
  /// - Throws: ``StageError`` where it is no sweep, or one on a problem that is not known.
  public static func isOne(path: String) throws(StageError) -> Bool {
    guard let problem = try decodeSweep(Marked.self, path: path).problem else { return false }
    guard problem == "mapping" else {
      throw StageError("`problem` should be `mapping`, or left out where the runs are transformers", file: path)
    }
    return true
  }

  /// Reads a sweep file.
  /// - Throws: ``StageError`` that names the file and what it lacks.
  public init(path: String) throws(StageError) {
    let file = try decodeSweep(File.self, path: path)
    name = file.sweep
    var lessons = [Lesson]()
    for (index, group) in file.groups.enumerated() {
      do {
        lessons += try Self.lessons(of: group)
      } catch {
        throw StageError("group \(index + 1): \(error.message)", file: path)
      }
    }
    self.lessons = lessons
    let names = runs.map(\.name)
    guard Set(names).count == names.count else { throw StageError("two of its runs are the same", file: path) }
  }

  private static func lessons(of group: Group) throws(StageError) -> [Lesson] {
    try Sweep.checkNumberOfRuns(
      group.draws.count, group.widths.count, group.steps?.count ?? 1, group.seeds?.count ?? 1,
      group.teachers?.widths.count ?? 1,
      group.teachers?.steps?.count ?? 1)
    var lessons = [Lesson]()
    for draw in group.draws {
      try draw.check()
      guard let teachers = group.teachers else {
        for (width, steps) in try sizes(group.widths, group.steps) {
          lessons += (group.seeds ?? [1]).map { seed in
            Lesson(students: [.init(draw: draw, width: width, steps: steps, seed: seed, split: .student)])
          }
        }
        continue
      }
      let students = try sizes(group.widths, group.steps)
      for (width, steps) in try sizes(teachers.widths, teachers.steps) {
        for seed in group.seeds ?? [1] {
          let teacher = MappingConfiguration(draw: draw, width: width, steps: steps, seed: seed, split: .teacher)
          lessons.append(
            Lesson(
              teacher: teacher,
              students: students.map { width, steps in
                var student = MappingConfiguration(draw: draw, width: width, steps: steps, seed: seed, split: .student)
                student.teaching = Teaching(teacher: teacher.name)
                return student
              }))
        }
      }
    }
    return lessons
  }

  /// Every width with every number of steps; where there are none, the recipe's own.
  private static func sizes(_ widths: [Int], _ steps: [Int]?) throws(StageError) -> [(Int, Int?)] {
    guard widths.allSatisfy({ (1...4096).contains($0) }) else {
      throw StageError("widths must lie between 1 and 4096")
    }
    guard (steps ?? []).allSatisfy({ (1...1_000_000_000).contains($0) }) else {
      throw StageError("steps must lie between 1 and 1000000000")
    }
    return widths.flatMap { width in (steps?.map(Optional.some) ?? [nil]).map { (width, $0) } }
  }
}
