import ArgumentParser
import Formats
import CommandSupport
import Foundation
import Reports
import Runs
import ScalingLaws
import Studies

struct NewStudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Makes a study from runs, and says what it found in them.",
    discussion: """
      A table has the columns N, D and loss, or N_S, D_S, L_T and L_S, and may have N_T, D_T, teacher, seed and sweep; \
      others are passed over. Losses are nats per token, sizes non-embedding parameters. Where nothing says what the \
      models are, compute is counted as 6ND.
      """)

  @Argument(help: "The study's name: letters, digits, - and _.")
  var name: String

  @Option(parsing: .upToNextOption, help: "The runs: tables (.csv), logs (.jsonl) or stores (.sqlite).")
  var runs: [String]

  @Option(help: "Folder of the studies.")
  var root = Study.folder

  func run() throws {
    guard Study.isName(name) else {
      throw StageError("\"\(name)\" cannot name a study: expected letters, digits, - and _, a letter or digit first")
    }
    let folder = "\(root)/\(name)"
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw StageError("is there already; give the study another name, or remove the folder", file: folder)
    }
    let logs = try logs()
    // Made whole beside its place, then moved: a failure leaves nothing.
    let draft = "\(root)/.\(name).new"
    try? FileManager.default.removeItem(atPath: draft)
    do {
      for log in logs {
        try writeAtomically(
          try log.records.map { (run) throws(StageError) in try run.logLine() }.joined(), to: "\(draft)/logs/\(log.name).jsonl")
      }
      try writeAtomically("{}\n", to: draft + "/study.json")
      do {
        try FileManager.default.moveItem(atPath: draft, toPath: folder)
      } catch {
        throw StageError("cannot be made: \(error.localizedDescription)", file: folder)
      }
    } catch {
      try? FileManager.default.removeItem(atPath: draft)
      throw error
    }
    print(studyText(try StudyRuns.read(try Study.read(name, in: root))), terminator: "")
    print("\nmake STUDY=\(name) fits its laws, draws its figures and writes results/\(name)/report.md")
  }

  /// A log a file, under the file's name, in which no run's name is there twice.
  private func logs() throws(StageError) -> [(name: String, records: [RunRecord])] {
    var logs = [(name: String, records: [RunRecord])](), names = Set<String>(), seen = [String: String]()
    for path in runs {
      let records = try importRuns(path)
      for record in records {
        if let other = seen[record.run] {
          throw StageError("run \(record.run) is in \(other), too", file: path)
        }
        seen[record.run] = path
      }
      let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
      var name = String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) ? $0 : "-" })
      while !names.insert(name).inserted { name += "-2" }
      logs.append((name, records))
    }
    return logs
  }
}
