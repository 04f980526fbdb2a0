import ArgumentParser
import Commands
import Formats
import Foundation
import Fuzzing
import Testing

/// Commands in process: their arguments, and what they do with files.
@Suite struct CommandTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("commands-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// What a command says to arguments that make no sense; nil where they do.
  private func refusal(_ arguments: [String]) -> String? {
    do {
      _ = try Distill.parseAsRoot(arguments)
      return nil
    } catch {
      return Distill.exitCode(for: error) == .validationFailure ? Distill.message(for: error) : nil
    }
  }

  private func run(_ arguments: String...) throws {
    var command = try Distill.parseAsRoot(arguments)
    try command.run()
  }

  private var table: String {
    "N,D,loss\n"
      + (0..<24).map { index in
        let (n, d) = (1e8 * pow(2, Double(index % 6)), 2e9 * pow(3, Double(index / 6)))
        return "\(n),\(d),\(1.7 + 400 / pow(n, 0.34) + 400 / pow(d, 0.28) + 0.002 * sin(7 * Double(index)))\n"
      }.joined()
  }

  @Test func everyStageIsASubcommand() {
    let names = Distill.configuration.subcommands.compactMap { $0.configuration.commandName }
    #expect(names.count == Distill.configuration.subcommands.count && Set(names).count == names.count)
    for name in names {
      #expect(refusal([name, "--no-such-option"]) != nil, "\(name)")
    }
  }

  @Test(arguments: [
    (["distill-fit", "--law", "chinchilla"], "--runs"), (["distill-fit", "--law", "other", "--runs", "x"], "other"),
    (["distill-fit", "--law", "chinchilla", "--runs", "x", "--delta", "-1"], "--delta"),
    (["distill-fit", "--law", "chinchilla", "--runs", "x", "--columns", "size=a"], "'size' is no role"),
    (["distill-fit", "--law", "chinchilla", "--runs", "x", "--columns", "loss"], "ROLE=COLUMN"),
    (["distill-fit", "--law", "chinchilla", "--runs", "x", "--columns", "loss=a,L=b"], "two columns"),
    (["distill-fit", "--law", "chinchilla", "--runs", "x", "--loss-unit", "nats/char"], "loss-unit"),
    (["distill-fit", "--law", "chinchilla", "--runs", "x", "--parameters", "-3"], "parameters"),
    (["distill-fit", "--law", "chinchilla", "--runs", "x", "--tokens", "1e400"], "tokens"),
    (["distill-fit", "--law", "distillation", "--runs", "x", "--fix", "alpha=0.5"], "--fix"),
    (
      ["distill-bootstrap", "--law", "supervised", "--runs", "x", "--fit", "y", "--resample", "teachers"], "--law distillation"
    ),
    (["distill-bootstrap", "--law", "supervised", "--runs", "x", "--fit", "y", "--confidence", "1"], "--confidence"),
    (["distill-fit", "--law", "chinchilla", "--runs", "x", "--threads", "0"], "--threads"),
  ]) func argumentsThatMakeNoSenseAreRefused(arguments: [String], expected: String) throws {
    let message = try #require(refusal(arguments))
    #expect(message.contains(expected), "\(message)")
  }

  @Test func columnsMayHaveCommasAndQuotes() throws {
    try table.replacing("N,D,loss", with: "\"N, all\",D,loss").write(
      toFile: path("runs.csv"), atomically: true, encoding: .utf8)
    try run(
      "distill-fit", "--law", "chinchilla", "--runs", path("runs.csv"), "--columns", "N='N, all',D=D", "--columns", "loss=loss",
      "--format", "json", "--output", path("fit.json"))
    let fit = try FitDocument.read(from: path("fit.json"))
    #expect(fit.runs == 24 && fit.meanAbsoluteRelativeError < 0.005)
    #expect(fit.selection.reading?.columns == [.parameters: "N, all", .tokens: "D", .loss: "loss"])
  }

  @Test(arguments: [
    ["distill-bootstrap", "--law", "supervised", "--runs", "x", "--fit", "y", "--resamples", "2147483648"],
    ["distill-profile", "--runs", "x", "--fit", "y", "--points", "2147483648"],
    ["distill-coverage", "--study", "s", "--runs", "x", "--results", "r", "--law", "supervised", "--studies", "2147483648"],
    ["distill-fit", "--law", "chinchilla", "--runs", "x", "--threads", "4294967296"],
    ["distill-fit", "--law", "chinchilla", "--runs", "x", "--delta", "1e-300"],
    ["distill-verify", "--study", "s", "--runs", "x", "--results", "r", "--target", "1e308"],
    ["distill-train", "sweep", "s.json", "--log", "l", "--checkpoint-interval=-1e400"],
  ]) func whatWouldNeverEndIsRefused(arguments: [String]) throws {
    let message = try #require(refusal(arguments))
    #expect(message.contains("must lie between") || message.contains("expected a decimal number"), "\(message)")
  }

  @Test(arguments: [
    ["distill-train", "speed", "--seconds", "0x10"],
    ["distill-train", "run", "--layers", "2", "--log", "l", "--tokens", "0x10"],
    ["distill-plan", "--student-parameters", "inf", "--compute", "1e20"],
    ["distill-plan", "--student-parameters", "1e9", "--compute", "nan"],
    ["distill-verify", "--study", "s", "--runs", "x", "--results", "r", "--target", "0x1p-3"],
    ["distill-bootstrap", "--law", "supervised", "--runs", "x", "--fit", "y", "--confidence", "1e400"],
  ]) func numbersAreDecimal(arguments: [String]) throws {
    let message = try #require(refusal(arguments))
    #expect(message.contains("expected a decimal number"), "\(message)")
  }

  /// A law that falls with nothing is a fault of its file, bounds that no number holds are one of the command line.
  @Test func whatIsWrongWithALawIsSaidOfItsFile() throws {
    let document = """
      {"law": "distillation", "runs": 0, "objective": 0, "meanAbsoluteRelativeError": 0, "maxAbsoluteRelativeError": 0,
       "starts": 0, "delta": 0.0001, "selection": {"availableRuns": 0}, "inputs": {"runs": ""},
       "coefficients": {"A": 30, "B": 8e7, "alpha": 0.37, "beta": 1.45, "c0": 1.4, "c1": 101, "d1": 1.28, "f1": 0.14,
                        "gamma": 0.67},
       "supervised": {"A": -512, "B": 3.6e5, "E": 0, "alpha": 0.42, "beta": 0.78, "gamma": 0.25}}
      """
    // A loss that is nowhere below 50 nats is none that any compute pays for.
    let hopeless = document.replacing("\"A\": -512", with: "\"A\": 468").replacing("\"E\": 0", with: "\"E\": 50")
      .replacing("\"alpha\": 0.37", with: "\"alpha\": 0").replacing("\"gamma\": 0.67", with: "\"gamma\": 9")
    for law in [document, hopeless] {
      try law.write(toFile: path("fit.json"), atomically: true, encoding: .utf8)
      let error = #expect(throws: StageError.self) {
        try run("distill-plan", "--law", path("fit.json"), "--student-parameters", "1e6", "--compute", "1e15")
      }
      #expect(error?.file == path("fit.json"), "\(String(describing: error))")
    }
  }

  @Test func runsWhoseErrorsNoNumberHoldsAreNamed() throws {
    var lines = table.split(separator: "\n").map(String.init)
    lines[4] = "1e8,2e9,1e-308"
    lines[6] = "2e8,6e9,1e308"
    try lines.joined(separator: "\n").write(toFile: path("runs.csv"), atomically: true, encoding: .utf8)
    let error = #expect(throws: StageError.self) {
      try run("distill-fit", "--law", "chinchilla", "--runs", path("runs.csv"), "--output", path("fit.json"))
    }
    #expect(error?.file == path("runs.csv"), "\(String(describing: error))")
    #expect(!FileManager.default.fileExists(atPath: path("fit.json")))
  }

  @Test func namesFollowOneRule() throws {
    try table.write(toFile: path("runs.csv"), atomically: true, encoding: .utf8)
    for name in ["lab/", "..", "a b", "\u{1B}[1m", "a&b"] {
      for arguments in [
        ["distill-study", "new", name, "--root", folder.path, "--runs", path("runs.csv")],
        ["distill-ingest", "--study", name, "--store", path("s.sqlite"), path("runs.csv")],
        ["distill-coverage", "--study", "s", "--runs", path("runs.csv"), "--results", folder.path, "--name", name],
      ] {
        let error = #expect(throws: StageError.self) {
          var command = try Distill.parseAsRoot(arguments)
          try command.run()
        }
        #expect(error?.message.contains("cannot name a") == true)
      }
    }
  }

  /// A fixed set of changed inputs and arguments; `make fuzz` does many more.
  @Test func changedInputsAreRefusedInOneLine() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardized.path
    var (subject, faults) = ("", [String]())
    try Worker(try Samples(root: root), seed: 1).run(0..<400, folder: path("tries"), printed: nil) { note in
      if note.hasPrefix("fault") { faults.append("\(subject): \(note)") } else { subject = note }
    }
    #expect(faults.isEmpty)
  }

  @Test func anInputIsNoOutput() throws {
    try table.write(toFile: path("runs.csv"), atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: path("link.csv"), withDestinationPath: path("runs.csv"))
    try "N,D,loss\n".write(toFile: path("other.csv"), atomically: true, encoding: .utf8)
    for output in ["runs.csv", "link.csv", "other.csv"] {
      let error = #expect(throws: StageError.self) {
        try run("distill-fit", "--law", "chinchilla", "--runs", path("runs.csv"), "--output", path(output))
      }
      #expect(error?.file == path(output))
    }
    #expect(try String(contentsOfFile: path("runs.csv"), encoding: .utf8) == table)
    #expect(throws: StageError.self) {
      try run("distill-ingest", "--study", "s", "--store", path("runs.csv"), path("runs.csv"))
    }
  }

  @Test func aFailureLeavesNothingBehind() throws {
    try "N,D,loss\n1e8,2e9,x\n".write(toFile: path("bad.csv"), atomically: true, encoding: .utf8)
    let error = #expect(throws: StageError.self) {
      try run("distill-fit", "--law", "chinchilla", "--runs", path("bad.csv"), "--output", path("fit.json"))
    }
    #expect(error?.description == "\(path("bad.csv")):2: loss should be a positive number, not `x`")
    #expect(!FileManager.default.fileExists(atPath: path("fit.json")))
  }
}
