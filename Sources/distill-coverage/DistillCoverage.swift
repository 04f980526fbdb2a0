import ArgumentParser
import Artifacts
import Estimation
import Foundation
import RunStore
import ScalingLaws
import Stages
import Verification

@main
struct DistillCoverage: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill-coverage",
    abstract: "Counts how often bootstrap intervals hold the truth, in simulated studies: coverage.json and coverage.md.",
    discussion: """
      The students, tokens and teachers are those of the runs; the students' losses are drawn from the law, anew for \
      every study. With --log, studies that the log holds are not done again.
      """)

  @Option(help: "The study's name.")
  var study: String

  @Option(help: "The law to draw from: 'published', or a distillation fit (.json).")
  var law = "published"

  @Option(help: "The run store, a log, or a table with teachers.")
  var runs: String

  @Option(help: "Folder that the report goes to.")
  var results: String

  @Option(help: "Take one run in so many.")
  var every = 1

  @Option(
    help: """
      Standard deviation of the logarithm of a student's loss; unless given, that of the runs' own reconstruction.
      """)
  var noise: Double?

  @Option(help: "The same of what all students of a teacher share.")
  var teacherNoise = 0.0

  @Option(help: "How many studies to simulate.")
  var studies = 200

  @Option(help: "How often each is resampled.")
  var resamples = 200

  @Option(help: "Seed of the losses and the resampling.")
  var seed: UInt64 = 1

  @Option(help: "One start in so many of the paper's grid is tried in a fit, beside the truth and its neighbours.")
  var thinning = 1999

  @Option(help: "File (.jsonl) that keeps the studies that are done, to go on from.")
  var log: String?

  @Option(help: "Threads to use (default: all processors). The result does not depend on it.")
  var threads: Int?

  func validate() throws {
    if every < 1 { throw ValidationError("--every must be at least 1") }
    if studies < 1 { throw ValidationError("--studies must be at least 1") }
    if resamples < 20 { throw ValidationError("--resamples must be at least 20") }
    if thinning < 1 { throw ValidationError("--thinning must be at least 1") }
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
    for (name, value) in [("noise", noise ?? 0), ("teacher-noise", teacherNoise)] where !(0...0.1 ~= value) {
      throw ValidationError("--\(name) must lie between 0 and 0.1")
    }
  }

  func run() throws {
    try runStage("distill-coverage") {
      let loaded = try loadRuns(runs)
      let chosen = loaded.distillation.enumerated().filter { $0.offset % every == 0 }.map(\.element)
      guard !chosen.isEmpty else { throw StageError("holds no distillation runs", file: runs) }
      let noises = Set(loaded.records.compactMap { $0.reconstruction?.noise })
      guard let noise = noise ?? (noises.count == 1 ? noises.first : nil) else {
        throw StageError("does not say with which noise its losses were drawn; give --noise", file: runs)
      }
      let truth = try readDistillationLaw(law)
      let coverage = try simulation(
        CoverageStudy.Design(truth: truth, runs: chosen, noise: noise, teacherNoise: teacherNoise, seed: seed))
      let settings = CoverageDocument.Settings(
        study: study, law: truth.coefficients, supervised: truth.supervised.coefficients, runs: chosen.count,
        teachers: Set(chosen.map(\.teacher)).count, noise: noise, teacherNoise: teacherNoise, seed: seed,
        resamples: resamples, confidence: 0.9, thinning: thinning, inputs: LoadedRuns.digest(of: chosen))
      let (outcomes, failed) = try outcomes(coverage, settings)
      let document = CoverageDocument(settings: settings, study: coverage, outcomes: outcomes, failed: failed)
      try writeAtomically(try document.json(), to: results + "/coverage.json")
      try writeAtomically(document.markdown, to: results + "/coverage.md")
      print(document.markdown)
    }
  }

  private func simulation(_ design: CoverageStudy.Design) throws(StageError) -> CoverageStudy {
    do {
      return try CoverageStudy(design, resamples: resamples, thinning: thinning, threads: threads)
    } catch {
      throw StageError(error.description, file: runs)
    }
  }

  /// The studies in their order, and how many could not be fitted.
  private func outcomes(
    _ coverage: CoverageStudy, _ settings: CoverageDocument.Settings
  ) throws(StageError) -> ([CoverageStudy.Outcome], Int) {
    var journal = try StudyLog(settings, file: log)
    let shows = isatty(STDERR_FILENO) == 1
    var outcomes = [CoverageStudy.Outcome]()
    for study in 0..<studies {
      if shows { FileHandle.standardError.write(Data("\rstudy \(study + 1) of \(studies)".utf8)) }
      if let done = journal.outcomes[study] {
        outcomes.append(done)
      } else if let outcome = try? coverage.outcome(study) {
        outcomes.append(outcome)
        try journal.add(outcome)
      }
    }
    if shows { FileHandle.standardError.write(Data("\n".utf8)) }
    guard !outcomes.isEmpty else { throw StageError("no study could be fitted") }
    return (outcomes, studies - outcomes.count)
  }
}

/// The studies that are done: a line of settings, then one a study. It is written whole every time.
private struct StudyLog {
  private let file: String?
  private var text: String
  private(set) var outcomes: [Int: CoverageStudy.Outcome] = [:]

  /// - Throws: ``StageError`` where the file holds studies of other settings.
  init(_ settings: CoverageDocument.Settings, file: String?) throws(StageError) {
    self.file = file
    text = try Self.line(settings)
    guard let file, FileManager.default.fileExists(atPath: file) else { return }
    let lines = String(decoding: try readFile(file), as: UTF8.self).split(separator: "\n")
    guard let first = lines.first, first + "\n" == text else {
      throw StageError("holds studies of other settings; remove it, or name another log", file: file, line: 1)
    }
    for (index, line) in lines.enumerated().dropFirst() {
      guard let outcome = try? JSONDecoder().decode(CoverageStudy.Outcome.self, from: Data(line.utf8)),
        outcome.intervals.count == CoverageStudy.Procedure.all.count
      else { throw StageError("expected a study, as distill-coverage logs it", file: file, line: index + 1) }
      outcomes[outcome.study] = outcome
      text += line + "\n"
    }
  }

  mutating func add(_ outcome: CoverageStudy.Outcome) throws(StageError) {
    outcomes[outcome.study] = outcome
    text += try Self.line(outcome)
    if let file { try writeAtomically(text, to: file) }
  }

  private static func line(_ value: some Encodable) throws(StageError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    } catch {
      throw StageError("a study cannot be logged: a number is not finite")
    }
  }
}
