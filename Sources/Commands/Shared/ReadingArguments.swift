public import ArgumentParser
public import Formats
public import Runs
import Foundation

extension LossUnit: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument) }
  public static var allValueStrings: [String] { ["nats", "bits", "nats/byte", "bits/byte", "nats/word", "bits/word"] }
}

extension ReadingOptions.Choice: ExpressibleByArgument {}

/// A positive number, which may have a letter for thousands to trillions: `124M`, `1.4B`, `5e9`.
public struct Amount: ExpressibleByArgument, Sendable {
  public let value: Double

  public init?(argument: String) {
    let factor = argument.last.flatMap { CountLetter($0, small: false)?.factor }
    let digits = factor == nil ? Substring(argument) : argument.dropLast()
    guard let number = decimalNumber(digits) else { return nil }
    let value = number * (factor ?? 1)
    guard value > 0, value.isFinite else { return nil }
    self.value = value
  }
}

/// What N and D are counted in: a letter, or a number.
public struct CountUnit: ExpressibleByArgument, Sendable {
  public let value: Double

  public init?(argument: String) {
    if argument.count == 1, let letter = argument.first.flatMap({ CountLetter($0, small: true) }) {
      value = letter.factor
    } else if let amount = Amount(argument: argument) {
      value = amount.value
    } else {
      return nil
    }
  }
}

/// How runs are read and which are taken: the same options in every stage that reads runs.
public struct ReadingArguments: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Columns by what they hold, as in parameters=n_params,tokens=D,loss='eval/loss'.",
      discussion: "Roles: \(ReadingOptions.Role.allCases.map(\.rawValue).joined(separator: ", "))."))
  public var columns: [String] = []

  @Option(help: "A table with a column run, and what logs do not say of each: its parameters, its tokens, its teacher.")
  public var manifest: String?

  @Option(name: .customLong("parameters"), help: "Non-embedding parameters of all runs, where no column has them: 124M.")
  public var allParameters: Amount?

  @Option(name: .customLong("tokens"), help: "Tokens of all runs, where no column has them.")
  public var allTokens: Amount?

  @Option(help: "Tokens a step, where a log counts steps.")
  public var tokensPerStep: Amount?

  @Option(help: "What the column of parameters counts in: k, M, B, or a number.")
  public var parametersUnit: CountUnit?

  @Option(help: "What the column of tokens counts in: k, M, B, T, or a number.")
  public var tokensUnit: CountUnit?

  @Option(help: "What losses are measured in: nats or bits, per token, byte or word, as in bits/byte. Nothing is converted.")
  public var lossUnit: LossUnit?

  @Option(
    name: .customLong("where"),
    help:
      "Take only runs that meet a condition, as in 'sweep=main', 'state!=crashed', 'loss<4'; all of them, where there are several."
  )
  public var conditions: [String] = []

  @Option(help: "Which runs to take: all, the best of each (N, D), or the last checkpoint of each training.")
  public var select: ReadingOptions.Choice?

  @Flag(help: "Leave out runs that diverged (no finite loss) or did not finish (their state says so).")
  public var leaveOutFailed = false

  @Option(help: "Take only runs, or checkpoints, of at least so many tokens.")
  public var minimumTokens: Amount?

  @Option(help: "The column that says which training a row is a checkpoint of, or 'none' for rows that are runs of their own.")
  public var cluster: String?

  public init() {}

  public func validate() throws { _ = try options() }

  /// - Throws: `ValidationError` where columns are not named as they should be.
  public func options() throws -> ReadingOptions {
    var named = [ReadingOptions.Role: String]()
    for pair in columns.flatMap(Self.pairs) {
      guard let mark = pair.firstIndex(of: "=") else {
        throw ValidationError("--columns expects ROLE=COLUMN, as in loss=eval_loss, not '\(pair)'")
      }
      let name = pair[..<mark].trimmingCharacters(in: .whitespaces)
      guard let role = ReadingOptions.Role(rawValue: name) ?? Self.short[name] else {
        throw ValidationError(
          "--columns: '\(name)' is no role; expected \(ReadingOptions.Role.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      let column = pair[pair.index(after: mark)...].trimmingCharacters(in: CharacterSet(charactersIn: " '\""))
      guard !column.isEmpty, named.updateValue(column, forKey: role) == nil else {
        throw ValidationError("--columns names \(column.isEmpty ? "no column" : "two columns") for \(role.rawValue)")
      }
    }
    if let cluster, cluster != "none" { named[.cluster] = cluster }
    return ReadingOptions(
      columns: named, manifest: manifest, parameters: allParameters?.value, tokens: allTokens?.value,
      tokensPerStep: tokensPerStep?.value,
      parametersUnit: parametersUnit?.value, tokensUnit: tokensUnit?.value, lossUnit: lossUnit, conditions: conditions,
      choice: select, leavesOutFailed: leaveOutFailed, minimumTokens: minimumTokens?.value, findsTrainings: cluster != "none")
  }

  private static let short: [String: ReadingOptions.Role] = [
    "N": .parameters, "D": .tokens, "L": .loss, "N_S": .parameters, "D_S": .tokens, "L_S": .loss, "L_T": .teacherLoss,
    "N_T": .teacherParameters, "D_T": .teacherTokens,
  ]

  /// `a=b,c='d,e'` as its pairs: commas inside quotes are part of a name.
  private static func pairs(_ text: String) -> [String] {
    var pairs = [""], quote: Character?
    for character in text {
      if character == "," && quote == nil {
        pairs.append("")
        continue
      }
      if character == quote { quote = nil } else if quote == nil, character == "'" || character == "\"" { quote = character }
      pairs[pairs.count - 1].append(character)
    }
    return pairs
  }

  /// Reads runs as the options say.
  /// - Throws: ``StageError`` with file, line and what was expected.
  public func load(_ path: String) throws -> LoadedRuns {
    try loadRuns(path, try options())
  }
}

/// Says how runs were read, on standard error: a line a note, a line a warning. Only a stage that succeeds says so: one that
/// fails says one line.
public func sayOfReading(notes: [String], warnings: [String], file: String) {
  let said = notes.map { "note: " + $0 } + warnings.map { "warning: " + $0 }
  for line in said {
    FileHandle.standardError.write(Data("\(StageError(line, file: file))\n".utf8))
  }
}
