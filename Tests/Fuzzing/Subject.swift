import CapacityTheory
import Commands
import Findings
import Formats
import Foundation
import Laboratory
import PaperStudy
import Reports
import Runs
import Studies
import Verification

/// What is tried: a reader, a document, a parser, or a whole stage.
package enum Subject: String, CaseIterable, Sendable, Codable {
  case arguments, foreignRuns, folder, ownLog, document, table, study, sweep, store, checkpoint
  /// Whole stages, in process, with a changed input or with changed numbers.
  case plan, planArguments, fit, ingest, newStudy

  /// How often it is tried, beside the others. Stages take longer.
  var weight: Int {
    switch self {
    case .arguments: 24
    case .foreignRuns: 24
    case .folder: 10
    case .ownLog, .document, .study, .sweep: 8
    case .table, .store, .checkpoint: 5
    case .plan, .planArguments, .ingest, .newStudy: 2
    case .fit: 1
    }
  }
}

/// Does one try in a folder of its own.
struct Attempt {
  let samples: Samples
  let folder: String
  /// Where what the try prints goes.
  let printed: String

  /// - Returns: what was tried, and how it ended.
  func run(_ subject: Subject, _ mutator: inout Mutator) -> Outcome {
    switch subject {
    case .arguments: return parse(mutator.mutated(mutator.pick(samples.commandLines), options: samples.options))
    case .planArguments:
      let line = mutator.mutated(samples.commandLines[mutator.below(4)], options: samples.options)
      return line.first == "distill-plan"
        ? stage(line, output: printed, input: Data(line.joined(separator: " ").utf8)) : parse(line)
    case .folder:
      do {
        return try readFolder(&mutator)
      } catch {
        return .ofError(error, file: "runs-folder")
      }
    default: break
    }
    let choices = samples.files[subject] ?? []
    guard !choices.isEmpty else { return .refused }
    let sample = mutator.pick(choices)
    let bytes = mutator.mutated(sample.bytes, others: choices.map(\.bytes))
    do {
      return try read(sample, bytes, &mutator)
    } catch {
      return .ofError(error, file: sample.name)
    }
  }

  /// A folder of another program, one file of which is changed.
  private func readFolder(_ mutator: inout Mutator) throws -> Outcome {
    let contents = mutator.pick(samples.folders), base = folder + "/runs-folder"
    let names = contents.keys.sorted(), changed = mutator.pick(names)
    for name in names {
      var bytes = contents[name] ?? Data()
      if name == changed { bytes = mutator.mutated(bytes, others: Array(names.prefix(20).compactMap { contents[$0] })) }
      let place = URL(fileURLWithPath: "\(base)/\(name)")
      try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try bytes.write(to: place)
    }
    for record in try loadRuns(base).records { _ = try record.logLine() }
    return .done
  }

  private func read(_ sample: Sample, _ bytes: Data, _ mutator: inout Mutator) throws -> Outcome {
    let path = "\(folder)/\(sample.name)"
    switch sample.subject {
    case .study, .ingest: break
    default: try bytes.write(to: URL(fileURLWithPath: path))
    }
    switch sample.subject {
    case .foreignRuns:
      var options = ReadingOptions()
      if mutator.below(3) == 0 {
        options.conditions = [mutator.pick(["loss<4", "run!=a", "N>=1e8", "state=finished", "x=y=z", "<"])]
      }
      if mutator.below(3) == 0 { options.choice = mutator.pick([.best, .last, .all]) }
      if mutator.below(4) == 0 { options.tokensPerStep = mutator.pick([1, 1e6, 1e300]) }
      if mutator.below(4) == 0 { options.parameters = mutator.pick([1e8, 1e300, 1e-300]) }
      options.leavesOutFailed = mutator.below(2) == 0
      let runs = try loadRuns(path, options)
      for record in runs.records { _ = try record.logLine() }
    case .ownLog:
      for run in try readRunLog(path) { _ = try run.record.logLine() }
    case .document: try document(sample.name, path)
    case .table:
      switch sample.name {
      case "optima.csv": _ = try OptimaTable.read(from: path)
      case "reach.csv": _ = try ReachTable.read(from: path)
      default: _ = try CoefficientSamples(readingFrom: path)
      }
    case .sweep:
      if try MappingSweep.isOne(path: path) {
        _ = try MappingSweep(path: path)
      } else {
        _ = try Sweep(path: path, corpus: Digest(of: "corpus"))
      }
    case .store: _ = try RunStore(readingFrom: path).records()
    case .checkpoint: return TrainedSample.attempt(path, bytes, original: sample.bytes)
    case .study:
      let study = "\(folder)/Studies/sample"
      try writeAtomically("", to: study + "/logs/none.jsonl")
      try bytes.write(to: URL(fileURLWithPath: study + "/study.json"))
      let text = studyText(StudyRuns(try Study.read("sample", in: folder + "/Studies"), records: []))
      if let word = notFinite(in: Data(text.utf8), input: bytes) { return .fault("\(word) in what is said of a study") }
      if text.split(separator: "\n").contains(where: { printable(String($0)) != $0 }) {
        return .fault("raw control characters of a study")
      }
    case .plan:
      let line =
        sample.name.contains("distillation")
        ? ["distill-plan", "--law", path, "--student-parameters", "1e6", "--compute", "1e15"]
        : ["distill-plan", "--law", path, "--budget", "1e18:1e20"]
      return stage(line, output: printed, input: bytes, file: sample.name)
    case .fit:
      let output = folder + "/out/fit.json"
      return stage(
        ["distill-fit", "--law", "chinchilla", "--runs", path, "--threads", "1", "--output", output], output: output,
        input: bytes,
        file: sample.name)
    case .ingest:
      let log = "\(folder)/\(sample.name)"
      try bytes.write(to: URL(fileURLWithPath: log))
      let outcome = stage(
        ["distill-ingest", "--study", "sample", "--store", folder + "/new.sqlite", log], output: printed, input: bytes,
        file: sample.name)
      guard outcome == .done else { return outcome }
      _ = try RunStore(readingFrom: folder + "/new.sqlite").records()
    case .newStudy:
      let outcome = stage(
        ["distill-study", "new", "made", "--root", folder + "/Made", "--runs", path], output: printed, input: bytes,
        file: sample.name)
      guard outcome == .done else {
        return FileManager.default.fileExists(atPath: folder + "/Made/made") ? .fault("half a study is left") : outcome
      }
      return stage(
        ["distill-study", "rules", "made", "--root", folder + "/Made", "--output", folder + "/out/study.mk"],
        output: folder + "/out/study.mk", input: bytes, file: "made")
    case .arguments, .planArguments, .folder: break
    }
    return .done
  }

  private func document(_ name: String, _ path: String) throws {
    switch name {
    case let name where name.hasPrefix("fit-"): _ = try FitDocument.read(from: path).json()
    case let name where name.hasPrefix("bootstrap-") || name.hasPrefix("likelihood-"):
      _ = try BootstrapDocument.read(from: path).json()
    case let name where name.hasPrefix("profile-"): _ = try ProfileDocument.read(from: path).json()
    case "figure-law.json": _ = try FigureLawDocument.read(from: path).json()
    case "findings.json": _ = try Findings.read(from: path).json()
    case "practice.json": _ = try PracticeFindings.read(from: path).json()
    case "model-comparison.json": _ = try ModelComparison.read(from: path).json()
    case "capacity-gap.json": _ = try CapacityGapNote.read(from: path).json()
    default: _ = try Verification.read(from: path).json()
    }
  }

  private func parse(_ arguments: [String]) -> Outcome {
    do {
      _ = try Distill.parseAsRoot(arguments)
      return .done
    } catch {
      return .ofError(error, file: nil)
    }
  }

  /// Runs a stage and looks at what it wrote.
  private func stage(_ arguments: [String], output: String, input: Data, file: String? = nil) -> Outcome {
    do {
      var command = try Distill.parseAsRoot(arguments)
      try command.run()
    } catch {
      return .ofError(error, file: file)
    }
    fflush(nil)
    guard let made = try? Data(contentsOf: URL(fileURLWithPath: output)) else { return .done }
    if let word = notFinite(in: made, input: input) { return .fault("\(word) in a result") }
    return .done
  }
}
