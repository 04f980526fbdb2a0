import Formats
import Foundation
import Laboratory
import Testing

@Suite struct SweepTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

  private func sweep(_ json: String) throws -> Sweep {
    let path = folder.appendingPathComponent("sweep.json").path
    try writeAtomically(json, to: path)
    return try Sweep(path: path, corpus: TrainerTests.corpus.digest)
  }

  @Test func groupsStandForAllTheirCombinations() throws {
    let sweep = try sweep(
      """
      {"sweep": "mixed", "purpose": "law", "groups": [
        {"layers": [2, 3], "budgets": [1e10, 3e10]},
        {"layers": [2], "tokensPerParameter": [20], "seeds": [1, 2], "learningRates": [0.01, 0.02]}]}
      """)
    #expect(sweep.runs.count == 8)
    #expect(sweep.runs[1].budget == 3e10)
    // The nearest whole number of batches.
    #expect(abs(sweep.runs[1].configuration.compute / 3e10 - 1) < 0.01)
    #expect(sweep.runs[7].configuration.peakLearningRate == 0.02)
    #expect(sweep.runs[7].configuration.seed == 2)
    #expect(sweep.runs[7].configuration.tokens == (20 * 6656 + 512) / 1024 * 1024)
  }

  @Test(arguments: [
    (#"{"purpose": "law", "groups": []}"#, "`sweep` is missing"),
    (#"{"sweep": "a", "purpose": "fun", "groups": []}"#, "purpose"),
    (#"{"sweep": "a", "purpose": "law", "groups": [{"layers": [2]}]}"#, "exactly one of"),
    (#"{"sweep": "a", "purpose": "law", "groups": [{"layers": [0], "tokens": [1e5]}]}"#, "layers"),
    (#"{"sweep": "a", "purpose": "law", "groups": [{"layers": [2], "tokens": [-1]}]}"#, "positive"),
    (#"{"sweep": "a", "purpose": "law", "groups": [{"layers": [2, 2], "tokens": [1e5]}]}"#, "the same"),
    ("not json", "is not a sweep"),
    (
      #"{"sweep": "a", "purpose": "law", "groups": [{"layers": [2], "tokens": [1e5], "objective": {}}]}"#,
      "needs `teachers`"
    ),
    (
      #"{"sweep": "a", "purpose": "law", "groups": [{"layers": [2], "tokens": [1e5], "objective": {"mixing": 2}, "teachers": [{"layers": [2], "tokens": [1e5]}]}]}"#,
      "between 0 and 1"
    ),
  ]) func badSweepsAreNamed(json: String, expected: String) throws {
    let error = try #require(throws: StageError.self) { try sweep(json) }
    #expect(error.description.contains(expected), "\(error)")
    #expect(error.file?.hasSuffix("sweep.json") == true)
  }

  private func runner() -> SweepRunner {
    var runner = SweepRunner(
      checkpoints: folder.path + "/checkpoints", weights: folder.path + "/weights", software: "test")
    runner.checkpointInterval = 0
    return runner
  }

  private func tinySweep() throws -> Sweep {
    try sweep(
      #"{"sweep": "tiny", "purpose": "law", "groups": [{"layers": [2], "tokens": [8192, 16384], "seeds": [1, 2]}]}"#)
  }

  private func records(_ path: String) throws -> [RunRecord] {
    try String(decoding: readFile(path), as: UTF8.self).split(separator: "\n").map {
      try JSONDecoder().decode(RunRecord.self, from: Data($0.utf8))
    }
  }

  @Test func aSweepIsTrainedOnceAndGoesOnWhereItStopped() throws {
    let sweep = try tinySweep()
    let whole = folder.path + "/whole.jsonl"
    try runner().run(sweep, corpus: TrainerTests.corpus, log: RunLog(path: whole)) { _ in }
    let records = try records(whole)
    #expect(records.map(\.run) == sweep.runs.map(\.configuration.name))
    #expect(records.allSatisfy { $0.origin == .measured && $0.kind == .supervised && $0.loss > 0 })

    // Two lines and the start of a third, as a crash leaves them.
    let part = folder.path + "/part.jsonl"
    let lines = try String(decoding: readFile(whole), as: UTF8.self).split(separator: "\n")
    try writeAtomically(lines[0] + "\n" + lines[3] + "\n" + lines[1].prefix(40), to: part)
    let trained = Counter()
    var parallel = runner()
    parallel.jobs = 2
    try parallel.run(sweep, corpus: TrainerTests.corpus, log: RunLog(path: part)) { progress in
      trained.set(progress.finishedRuns)
    }
    #expect(trained.value == 2)
    let resumed = try self.records(part)
    #expect(resumed.map(\.run) == records.map(\.run))
    #expect(resumed.map(\.loss) == records.map(\.loss))
  }

  @Test func aTeacherIsTrainedOnceForAllItsStudents() throws {
    let sweep = try sweep(
      """
      {"sweep": "lessons", "purpose": "law", "groups": [
        {"layers": [2, 3], "tokens": [8192, 16384], "teachers": [{"layers": [3], "tokens": [16384], "seeds": [1, 2]}]},
        {"layers": [2], "tokens": [8192], "objective": {"mixing": 0.5, "top": 4},
         "teachers": [{"layers": [3], "tokens": [16384]}]},
        {"layers": [2], "tokens": [8192], "split": "student"}]}
      """)
    let path = folder.path + "/lessons.jsonl"
    try runner().run(sweep, corpus: TrainerTests.corpus, log: RunLog(path: path)) { _ in }
    let records = try records(path)
    #expect(records.map(\.run) == sweep.runs.map(\.configuration.name))
    #expect(records.map(\.kind) == Array(repeating: .distillation, count: 9) + [.supervised])
    #expect(records.allSatisfy { $0.recipe?.split == "student" })
    let lessons = records.compactMap(\.distillation)
    #expect(Set(lessons.map(\.teacherRun)).count == 2 && Set(lessons.map(\.teacherLoss)).count == 2)
    #expect(lessons.allSatisfy { $0.teacherTokens == 16384 && $0.divergence ?? 0 > 0 })
    #expect(lessons[8].mixing == 0.5 && lessons[8].truncation == "top-4" && lessons[7].truncation == "full")
    let weights = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/weights")
    #expect(weights.count == 2, "only what may be a teacher is kept")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/checkpoints").isEmpty)
  }

  @Test func objectivesStandForARunEach() throws {
    let sweep = try sweep(
      #"{"sweep": "a", "purpose": "tuning", "groups": [{"layers": [2], "tokens": [8192], "objectives": [{"mixing": 0.5}, {"temperature": 2}], "teachers": [{"layers": [2], "tokens": [8192]}]}]}"#
    )
    #expect(sweep.runs.map { $0.configuration.teaching?.objective.mixing } == [0.5, 1])
    #expect(sweep.runs.map { $0.configuration.teaching?.objective.temperature } == [1, 2])
    #expect(sweep.filtered { $0.seed == 2 }.runs.isEmpty)
  }

  @Test func aLineGetsWhatItsSweepAsksForLater() throws {
    let groups = #""layers": [2], "tokens": [8192], "teachers": [{"layers": [2], "tokens": [8192]}]"#
    let plain = try sweep(#"{"sweep": "a", "purpose": "law", "groups": [{\#(groups)}]}"#)
    let path = folder.path + "/extras.jsonl"
    try runner().run(plain, corpus: TrainerTests.corpus, log: RunLog(path: path)) { _ in }
    let first = try #require(try records(path).first)
    #expect(first.calibration == nil && first.weights == nil)
    #expect(try plain.evaluable(by: runner(), in: RunLog(path: path), measurements: [.calibration]).runs.isEmpty)

    let asking = try sweep(
      #"{"sweep": "a", "purpose": "law", "groups": [{\#(groups), "evaluate": ["calibration"], "keepWeights": true}]}"#)
    try runner().run(asking, corpus: TrainerTests.corpus, log: RunLog(path: path)) { _ in }
    var second = try #require(try records(path).first)
    #expect(second.calibration?.teacherTop != nil && second.weights != nil)
    #expect(try asking.evaluable(by: runner(), in: RunLog(path: path), measurements: [.calibration]).runs.isEmpty)
    #expect(try asking.evaluable(by: runner(), in: RunLog(path: path), measurements: [.downstream]).runs.count == 1)
    (second.calibration, second.weights) = (nil, nil)
    #expect(second == first, "all else stays")

    // Nothing is trained or written again.
    let before = try readFile(path)
    try runner().run(asking, corpus: TrainerTests.corpus, log: RunLog(path: path)) { _ in }
    #expect(try readFile(path) == before)

    // A line that cannot be the same training is left as it is.
    var other = first
    other.loss *= 1.1
    try writeAtomically(other.logLine(), to: path)
    let error = try #require(throws: StageError.self) {
      try runner().run(asking, corpus: TrainerTests.corpus, log: RunLog(path: path)) { _ in }
    }
    #expect(error.description.contains("not one run"))
    #expect(try records(path) == [other])
  }

  @Test func secondsAreOfWholeTrainingsOnly() throws {
    let groups = #""layers": [2], "tokens": [8192]"#
    let own = try sweep(#"{"sweep": "a", "purpose": "law", "groups": [{\#(groups)}]}"#)
    let path = folder.path + "/seconds.jsonl", again = folder.path + "/again.jsonl"
    try runner().run(own, corpus: TrainerTests.corpus, log: RunLog(path: path)) { _ in }
    var trained = try #require(try records(path).first)
    #expect(trained.seconds != nil)
    // Its parameters are kept, and nothing is trained.
    try runner().run(own, corpus: TrainerTests.corpus, log: RunLog(path: again)) { _ in }
    let found = try #require(try records(again).first)
    #expect(found.seconds == nil)
    trained.seconds = nil
    #expect(found == trained)

    let students = try sweep(
      #"{"sweep": "a", "purpose": "law", "groups": [{\#(groups), "teachers": [{"layers": [2], "tokens": [8192]}]}]}"#)
    let planned = try #require(students.runs.first)
    let checkpoint = folder.path + "/checkpoints/\(planned.configuration.name).checkpoint"
    for steps in [0, 3] {
      let student = try Trainer(planned.configuration, corpus: TrainerTests.corpus)
      for _ in 0..<steps { student.trainStep() }
      try Checkpoint.save(student, to: checkpoint)
      let log = folder.path + "/students-\(steps).jsonl"
      try runner().run(students, corpus: TrainerTests.corpus, log: RunLog(path: log)) { _ in }
      #expect(try records(log).allSatisfy { ($0.seconds == nil) == (steps > 0) })
    }
  }

  @Test func aLogHasOneWriter() throws {
    let path = folder.path + "/locked.jsonl"
    let first = try RunLog(path: path)
    let error = try #require(throws: StageError.self) { try RunLog(path: path) }
    #expect(error.description.contains("another distill-train"))
    withExtendedLifetime(first) {}
  }

  /// The file is locked, not its name.
  @Test func aLogHasOneWriterWhateverLeadsToIt() throws {
    let path = folder.path + "/real.jsonl", soft = folder.path + "/soft.jsonl", hard = folder.path + "/hard.jsonl"
    let line =
      #"{"run":"a","kind":"supervised","origin":"measured","purpose":"law","sweep":"s","parameters":1e5,"tokens":1e6,"compute":6e11,"loss":1.5}"#
    // The second line is cut, so that opening the log replaces it.
    try writeAtomically(line + "\n" + line.prefix(20), to: path)
    try FileManager.default.createSymbolicLink(atPath: soft, withDestinationPath: "real.jsonl")
    let first = try RunLog(path: path)
    try FileManager.default.linkItem(atPath: path, toPath: hard)
    for other in [path, soft, hard] {
      let error = try #require(throws: StageError.self) { try RunLog(path: other) }
      #expect(error.description.contains("another distill-train"), "\(other)")
    }
    withExtendedLifetime(first) {}
  }

  @Test func noLockIsLeftBehind() throws {
    let path = folder.path + "/left.jsonl"
    do { _ = try RunLog(path: path) }
    #expect(!FileManager.default.fileExists(atPath: path), "no run, no file")
    do { _ = try RunLog(path: path) }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!names.contains { $0.hasPrefix("left") || $0.hasPrefix(".left") })
  }

  @Test func aDamagedCheckpointIsNotBelieved() throws {
    let configuration = TrainerTests.configuration(steps: 12)
    let path = folder.path + "/damaged.checkpoint"
    let run = try Trainer(configuration, corpus: TrainerTests.corpus)
    for _ in 0..<3 { run.trainStep() }
    try Checkpoint.save(run, to: path)
    let whole = try readFile(path)
    // Bytes of the length, the header, the numbers and the digest, and pieces cut off.
    let places = [0, 1, 7, 8, 9, 20, 40, 60] + (1...40).map { $0 * (whole.count - 1) / 40 }
    for place in places {
      for change in [UInt8(1), 0x80] {
        var damaged = whole
        damaged[place] ^= change
        try damaged.write(to: URL(fileURLWithPath: path))
        var notes = [String]()
        #expect(!Checkpoint.restore(run, from: path, takesOld: true) { notes.append($0) }, "byte \(place)")
        #expect(notes.count == 1 && notes[0].hasPrefix(path) && notes[0].hasSuffix("the run starts anew"))
      }
      try whole.prefix(place).write(to: URL(fileURLWithPath: path))
      #expect(!Checkpoint.restore(run, from: path, takesOld: true), "cut after \(place)")
    }
  }

  @Test func aCheckpointWithoutDigestIsSaidToBeOld() throws {
    let path = folder.path + "/old.checkpoint"
    let run = try Trainer(TrainerTests.configuration(steps: 12), corpus: TrainerTests.corpus)
    run.trainStep()
    try Checkpoint.save(run, to: path)
    // As the first version wrote it: no version in the header, no digest at the end.
    let data = try readFile(path)
    let length = data.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
    var header = try #require(try JSONSerialization.jsonObject(with: data[8..<(8 + length)]) as? [String: Any])
    header["version"] = nil
    let json = try JSONSerialization.data(withJSONObject: header)
    var old = withUnsafeBytes(of: UInt64(json.count)) { Data($0) }
    old += json + data[(8 + length)...].dropLast(32)
    try old.write(to: URL(fileURLWithPath: path))
    var notes = [String]()
    #expect(!Checkpoint.restore(run, from: path) { notes.append($0) })
    #expect(notes.first?.contains("without a digest") == true && notes.first?.hasSuffix("starts anew") == true)
    notes = []
    #expect(Checkpoint.restore(run, from: path, takesOld: true) { notes.append($0) })
    #expect(notes.first?.contains("without a digest") == true)
  }

  @Test func aLogIsCheckedAsIngestingDoes() throws {
    let path = folder.path + "/checked.jsonl"
    let good =
      #"{"run":"a","kind":"supervised","origin":"measured","purpose":"law","sweep":"s","parameters":1e5,"tokens":1e6,"compute":6e11,"loss":1.5}"#
    let cases = [
      ("17", "expected a JSON object"), (good.replacing("1.5", with: "-1"), "`loss` should be a positive number"),
      (good.replacing("1.5", with: #"1.5,"loss":1.6"#), "`loss` is there twice"),
    ]
    for (line, message) in cases {
      try writeAtomically("\(good)\n\n\(line)\n", to: path)
      let error = try #require(throws: StageError.self) { try RunLog(path: path) }
      #expect(error.line == 3 && error.message.contains(message), "\(error)")
      let ingesting = try #require(throws: StageError.self) { try readRunLog(path) }
      #expect(ingesting.description == error.description)
    }
  }

  @Test func aRunGoesOnFromItsCheckpoint() throws {
    let configuration = TrainerTests.configuration(steps: 12)
    let straight = try Trainer(configuration, corpus: TrainerTests.corpus)
    while !straight.isFinished { straight.trainStep() }

    let path = folder.path + "/run.checkpoint"
    let stopped = try Trainer(configuration, corpus: TrainerTests.corpus)
    for _ in 0..<5 { stopped.trainStep() }
    try Checkpoint.save(stopped, to: path)
    let resumed = try Trainer(configuration, corpus: TrainerTests.corpus)
    #expect(Checkpoint.restore(resumed, from: path))
    #expect(resumed.step == 5)
    while !resumed.isFinished { resumed.trainStep() }
    #expect(resumed.evaluate() == straight.evaluate())

    // A checkpoint of another run, or half of one, is not taken.
    let other = try Trainer(TrainerTests.configuration(steps: 12, seed: 2), corpus: TrainerTests.corpus)
    #expect(!Checkpoint.restore(other, from: path))
    try writeAtomically(readFile(path).prefix(1000), to: path)
    #expect(!Checkpoint.restore(resumed, from: path))
  }
}

private final class Counter: @unchecked Sendable {
  // Written by one thread at a time: the runner reports under its lock.
  private(set) var value = 0
  func set(_ value: Int) { self.value = value }
}
