import ArgumentParser
import CommandSupport
import Formats
import Foundation
import Reports
import Runs
import ScalingLaws
import Studies

struct NewStudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Makes a study from runs, and says what it found in them.",
    discussion: """
      Runs are tables, with the columns N, D and loss, or N_S, D_S, L_T and L_S, under these or other usual names; JSON; \
      logs and stores of ours; or logs of other programs (docs/readers.md). What had to be guessed is said, and kept in \
      study.json. Losses are nats per token, sizes non-embedding parameters, unless options say otherwise. Where nothing \
      says what the models are, compute is counted as 6ND.
      """)

  @Argument(help: "The study's name: letters, digits, - and _.")
  var name: String

  @Option(parsing: .upToNextOption, help: "Files or folders with the runs; - is standard input.")
  var runs: [String]

  @Option(help: "Folder of the studies.")
  var root = Study.folder

  @OptionGroup var reading: ReadingArguments

  func run() throws {
    try Name.check(name, of: "a study")
    let folder = "\(root)/\(name)"
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw StageError("is there already; give the study another name", file: folder)
    }
    let logs = try logs(try reading.options())
    try write(logs, to: folder)
    print(studyText(try StudyRuns.read(try Study.read(name, in: root))), terminator: "")
    print("\nmake STUDY=\(name) fits its laws, draws its figures and writes results/\(name)/report.md")
  }

  private struct Log {
    var name: String
    var runs: ImportedRuns
  }

  /// Made whole beside its place, then moved: a failure leaves nothing.
  private func write(_ logs: [Log], to folder: String) throws(StageError) {
    let draft = "\(root)/.\(name).new"
    try? FileManager.default.removeItem(atPath: draft)
    do throws(StageError) {
      for log in logs {
        var lines = ""
        for run in log.runs.records { lines += try run.logLine() }
        try writeAtomically(lines, to: "\(draft)/logs/\(log.name).jsonl")
      }
      try writeAtomically(try description(of: logs), to: draft + "/study.json")
      do {
        try FileManager.default.moveItem(atPath: draft, toPath: folder)
      } catch {
        throw StageError("cannot be made: \(error.localizedDescription)", file: folder)
      }
    } catch {
      try? FileManager.default.removeItem(atPath: draft)
      throw error
    }
  }

  /// `study.json`: how the runs were read, where there is something to say.
  private func description(of logs: [Log]) throws(StageError) -> String {
    func said(_ texts: KeyPath<ImportedRuns, [String]>) -> [String] {
      logs.flatMap { log in log.runs[keyPath: texts].map { logs.count == 1 ? $0 : "\(log.name): \($0)" } }
    }
    let reading = StudyDescription.Reading(notes: said(\.notes), warnings: said(\.warnings))
    guard reading.notes != nil || reading.warnings != nil else { return "{}\n" }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(["reading": reading]), as: UTF8.self) + "\n"
    } catch {
      throw StageError("cannot be written: \(error)")
    }
  }

  /// A log a file, under the file's name, in which no run's name is there twice.
  private func logs(_ options: ReadingOptions) throws(StageError) -> [Log] {
    var logs = [Log](), names = Set<String>(), files = Set<String>(), seen = [String: String]()
    for path in runs {
      let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
      guard files.insert(file).inserted else { throw StageError("is named twice", file: path) }
      var imported = try importRuns(path, options)
      let stem = path == "-" ? "standard-input" : URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
      var name = String(
        stem.prefix(Name.longest / 2).map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) ? $0 : "-" })
      if !Name.isValid(name) { name = "runs" + name }
      while !names.insert(name).inserted { name += "-2" }
      for index in imported.records.indices {
        // Two tables may number their runs alike; two logs of ours cannot hold the same run.
        if imported.isForeign, seen[imported.records[index].run] != nil {
          imported.records[index].run = "\(name)/\(imported.records[index].run)"
        }
        let run = imported.records[index].run
        if let other = seen[run] { throw StageError("run \(run) is in \(other), too", file: path) }
        seen[run] = path
      }
      logs.append(Log(name: name, runs: imported))
    }
    return logs
  }
}
