import Formats
import Foundation
import Laboratory
import Testing

@Suite struct MappingSweepTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

  private func path(_ json: String) throws -> String {
    let path = folder.appendingPathComponent("sweep.json").path
    try writeAtomically(json, to: path)
    return path
  }

  private func tinySweep() throws -> MappingSweep {
    try MappingSweep(
      path: path(
        """
        {"sweep": "tiny", "problem": "mapping", "groups": [
          {"draws": [{"places": 4, "easyFraction": 0.5}], "widths": [16], "steps": [20], "seeds": [1, 2]},
          {"draws": [{"places": 4, "easyFraction": 0.5}], "widths": [12, 16], "steps": [20], "seeds": [1, 2],
           "teachers": {"widths": [24], "steps": [10, 30]}}]}
        """))
  }

  @Test func aTeacherComesBeforeItsStudents() throws {
    let sweep = try tinySweep()
    #expect(sweep.lessons.count == 6 && sweep.runs.count == 14)
    #expect(sweep.lessons.prefix(2).allSatisfy { $0.teacher == nil && $0.students.count == 1 })
    for lesson in sweep.lessons.dropFirst(2) {
      let teacher = try #require(lesson.teacher)
      #expect(teacher.split == .teacher && teacher.width == 24 && lesson.students.map(\.width) == [12, 16])
      #expect(lesson.students.allSatisfy { $0.teaching?.teacher == teacher.name && $0.seed == teacher.seed })
    }
    #expect(sweep.lessons.dropFirst(2).map(\.teacher?.steps) == [10, 10, 30, 30])
    #expect(sweep.runs.filter { $0.split == .student }.allSatisfy { $0.steps == 20 })
  }

  @Test(arguments: [
    (#"{"problem": "mapping", "groups": []}"#, "`sweep` is missing"),
    (#"{"sweep": "a", "problem": "mapping", "groups": [{"widths": [8]}]}"#, "`draws` is missing"),
    (#"{"sweep": "a", "problem": "mapping", "groups": [{"draws": [{"places": 1}], "widths": [8]}]}"#, "`places` must"),
    (
      #"{"sweep": "a", "problem": "mapping", "groups": [{"draws": [{"places": 8, "easyFraction": 2}], "widths": [8]}]}"#,
      "group 1: `easyFraction` must"
    ),
    (#"{"sweep": "a", "problem": "mapping", "groups": [{"draws": [{"places": 8}], "widths": [0]}]}"#, "widths must"),
    (
      #"{"sweep": "a", "problem": "mapping", "groups": [{"draws": [{"places": 8}], "widths": [8], "steps": [0]}]}"#,
      "steps must"
    ),
    (#"{"sweep": "a", "problem": "mapping", "groups": [{"draws": [{"places": 8}], "widths": [8, 8]}]}"#, "the same"),
    (#"{"sweep": "a", "problem": "maze", "groups": []}"#, "`problem` should be `mapping`"),
    ("not json", "is not a sweep"),
  ]) func badSweepsAreNamed(json: String, expected: String) throws {
    let path = try path(json)
    let error = try #require(throws: StageError.self) {
      if try MappingSweep.isOne(path: path) { _ = try MappingSweep(path: path) }
    }
    #expect(error.description.contains(expected), "\(error)")
    #expect(error.file == path)
  }

  @Test func transformersAreTheUsualProblem() throws {
    #expect(try !MappingSweep.isOne(path: path(#"{"sweep": "a", "purpose": "law", "groups": []}"#)))
  }

  private func run(_ sweep: MappingSweep, log: String, weights: String, jobs: Int) throws -> [RunRecord] {
    var runner = SweepRunner(
      checkpoints: folder.path + "/checkpoints", weights: folder.path + "/" + weights, software: "test")
    runner.checkpointInterval = 0
    runner.jobs = jobs
    let path = folder.path + "/" + log
    try runner.run(sweep, log: RunLog(path: path)) { _ in }
    return try String(decoding: readFile(path), as: UTF8.self).split(separator: "\n").map {
      var record = try JSONDecoder().decode(RunRecord.self, from: Data($0.utf8))
      record.seconds = nil
      return record
    }
  }

  @Test func aSweepIsTrainedOnceAndGoesOnWhereItStopped() throws {
    let sweep = try tinySweep()
    let records = try run(sweep, log: "whole.jsonl", weights: "whole", jobs: 1)
    #expect(records.map(\.run) == sweep.runs.map(\.name))
    #expect(records.allSatisfy { $0.purpose == .mapping && $0.origin == .measured && $0.mapping?.places == 4 })
    let students = records.filter { $0.kind == .distillation }
    #expect(students.count == 8 && students.allSatisfy { $0.distillation?.divergence ?? -1 >= 0 })
    for student in students {
      let distillation = try #require(student.distillation)
      let teacher = try #require(records.first { $0.run == distillation.teacherRun })
      #expect(teacher.seed == student.seed && teacher.recipe?.steps == distillation.teacherSteps)
      #expect(teacher.loss == distillation.teacherLoss && teacher.accuracy == distillation.teacherAccuracy)
    }

    // Some lines, a teacher's not among them, and the start of another, as a crash leaves them.
    let lines = try String(decoding: readFile(folder.path + "/whole.jsonl"), as: UTF8.self).split(separator: "\n")
    let kept = [lines[0], lines[3], lines[5]].joined(separator: "\n") + "\n" + lines[1].prefix(40)
    try writeAtomically(kept, to: folder.path + "/part.jsonl")
    #expect(try run(sweep, log: "part.jsonl", weights: "part", jobs: 2) == records)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/part").count == 4)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/checkpoints").isEmpty)

    // A student that is added later finds its teacher's parameters, and the teacher is not logged twice.
    try writeAtomically(lines[2...].joined(separator: "\n") + "\n", to: folder.path + "/added.jsonl")
    #expect(try run(sweep, log: "added.jsonl", weights: "whole", jobs: 1) == records)
  }
}
