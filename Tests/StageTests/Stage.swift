import Foundation
import Testing

/// What a stage's executable did.
struct StageResult {
  var status: Int32
  var output: String
  var errors: String
}

/// The pipeline's executables, run as a user runs them.
enum Stage {
  /// The folder that holds the executables: the one that the test bundle was built into.
  static let folder: URL = {
    let fileManager = FileManager.default
    let candidates = [
      Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent(),
      URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
      URL(fileURLWithPath: fileManager.currentDirectoryPath + "/.build/release"),
    ]
    return candidates.first {
      fileManager.isExecutableFile(atPath: $0.appendingPathComponent("distill-ingest").path)
    } ?? candidates[0]
  }()

  static func process(_ name: String, _ arguments: [String], in folder: URL? = nil) -> Process {
    let process = Process()
    process.executableURL = Self.folder.appendingPathComponent(name)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    return process
  }

  /// Runs a stage to its end.
  static func run(_ name: String, _ arguments: [String], in folder: URL? = nil) throws -> StageResult {
    let process = process(name, arguments, in: folder)
    // Files rather than pipes: they take any amount of output without a reader.
    let output = try TemporaryFolder()
    let files = ["output", "errors"].map { output.url.appendingPathComponent($0) }
    for file in files { try Data().write(to: file) }
    let handles = try files.map { try FileHandle(forWritingTo: $0) }
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return StageResult(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }

  /// Whether Slurm's programs are installed.
  static let hasSlurm = ["slurmctld", "slurmd", "munged"].allSatisfy {
    FileManager.default.fileExists(atPath: "/usr/sbin/" + $0)
  }

  /// Runs a script of bash on a cluster of four nodes on this machine; nil where none comes up here.
  static func onCluster(_ script: String, in folder: TemporaryFolder) throws -> StageResult? {
    try folder.write(script, to: "steps.sh")
    let process = Process()
    process.executableURL = TemporaryFolder.repository.appendingPathComponent("Scripts/slurm-local.sh")
    process.arguments = [folder.path("cluster"), "bash", "steps.sh"]
    process.currentDirectoryURL = folder.url
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 77 ? nil : StageResult(status: process.terminationStatus, output: text, errors: "")
  }

  /// Expects a failure that says one clear line.
  static func expectFailure(
    _ result: StageResult, saying text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.status != 0, sourceLocation: sourceLocation)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errors.contains(text), "\(result.errors)", sourceLocation: sourceLocation)
  }
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("distill-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    // The repository's studies, and one of which nothing is known.
    try write("{}", to: "Studies/test/study.json")
    for name in ["lab", "paper", "theory"] {
      try FileManager.default.createSymbolicLink(
        at: url.appendingPathComponent("Studies/" + name),
        withDestinationURL: Self.repository.appendingPathComponent("Studies/" + name))
    }
  }

  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let path = path(name)
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  func read(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  /// The files in the folder and in those below it, by their paths in it.
  func files(in name: String) throws -> [String: Data] {
    var files = [String: Data]()
    for file in try FileManager.default.subpathsOfDirectory(atPath: path(name)) {
      let path = name + "/" + file
      files[path] = FileManager.default.contents(atPath: self.path(path))
    }
    return files
  }

  /// Puts files of another folder here.
  func write(_ files: [String: Data]) throws {
    for (name, data) in files {
      let url = url.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url)
    }
  }
}
