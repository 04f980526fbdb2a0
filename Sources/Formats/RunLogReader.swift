import Foundation

/// A line of a run log, and where it stands.
public struct LoggedRun: Sendable {
  public var record: RunRecord
  public var file: String
  /// Counted from one.
  public var line: Int

  public init(record: RunRecord, file: String, line: Int) {
    self.record = record
    self.file = file
    self.line = line
  }
}

/// Reads a run log and checks every line.
/// - Throws: ``StageError`` with file, line and what was expected.
public func readRunLog(_ path: String) throws(StageError) -> [LoggedRun] {
  try readRunLog(try readFile(path), file: path)
}

/// Reads the bytes of a run log, and checks every line.
/// - Throws: ``StageError`` with file, line and what was expected.
public func readRunLog(_ data: Data, file path: String) throws(StageError) -> [LoggedRun] {
  let decoder = JSONDecoder()
  var runs = [LoggedRun]()
  // A whole last line is a line, whether or not it has its end.
  let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  let isOpen = data.last.map { $0 != UInt8(ascii: "\n") } ?? false
  for (index, line) in lines.enumerated() {
    // A byte order mark and the line ends of other systems are no part of the text.
    let line = index == 0 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line
    guard line.contains(where: { !" \t\r".utf8.contains($0) }) else { continue }
    do throws(StageError) {
      runs.append(LoggedRun(record: try runRecord(of: line, decoder), file: path, line: index + 1))
    } catch {
      let isCut = isOpen && index == lines.count - 1 && (try? JSONSerialization.jsonObject(with: line)) == nil
      throw StageError(
        isCut
          ? "the last line is not whole: its writer was stopped in the middle; remove the line or finish the run"
          : error.message, file: path, line: index + 1)
    }
  }
  return runs
}

/// The run that a line of a log holds, checked.
/// - Throws: ``StageError`` with what was expected, without file and line.
package func runRecord(of line: Data, _ decoder: JSONDecoder) throws(StageError) -> RunRecord {
  let record: RunRecord
  do {
    record = try decoder.decode(RunRecord.self, from: line)
  } catch {
    throw StageError(expectation(error))
  }
  if let key = duplicateKey(in: line) { throw StageError("`\(key)` is there twice in one object") }
  if let problem = problem(with: record) { throw StageError(problem) }
  return record
}

/// What a decoding error means for the writer of a log.
private func expectation(_ error: any Error) -> String {
  func name(_ path: [any CodingKey]) -> String { "`" + path.map(\.stringValue).joined(separator: ".") + "`" }
  switch error as? DecodingError {
  case .typeMismatch(_, let context) where context.codingPath.isEmpty:
    return "expected a JSON object, one a line"
  case .keyNotFound(let key, let context):
    return "\(name(context.codingPath + [key])) is missing"
  case .valueNotFound(_, let context):
    return "\(name(context.codingPath)) has no value"
  case .typeMismatch(let type, let context):
    return "\(name(context.codingPath)) should be of type \(type)"
  case .dataCorrupted(let context) where !context.codingPath.isEmpty:
    let allowed: String? =
      switch context.codingPath.last?.stringValue {
      case "kind": RunRecord.Kind.allCases.map(\.rawValue).joined(separator: " or ")
      case "origin": RunRecord.Origin.allCases.map(\.rawValue).joined(separator: " or ")
      case "purpose": RunRecord.Purpose.allCases.map(\.rawValue).joined(separator: " or ")
      default: nil
      }
    return "\(name(context.codingPath)) should be \(allowed ?? "a number in the range of its type")"
  default:
    // The decoder does not tell bad JSON from a number that fits no key's type.
    return "expected a JSON object, one a line, with numbers that fit their keys"
  }
}

/// What makes a record unfit for a law, or nil. The store's own checks say the same, less clearly.
private func problem(with record: RunRecord) -> String? {
  if record.run.isEmpty { return "`run` is empty" }
  let teacher = record.distillation
  let positive: [(String, Double?)] = [
    ("parameters", record.parameters), ("tokens", record.tokens), ("compute", record.compute),
    ("loss", record.loss), ("budget", record.budget), ("evaluationTokens", record.evaluationTokens.map(Double.init)),
    ("distillation.teacherLoss", teacher?.teacherLoss),
    ("distillation.teacherParameters", teacher?.teacherParameters),
    ("distillation.teacherTokens", teacher?.teacherTokens), ("distillation.temperature", teacher?.temperature),
  ]
  for case (let name, let value?) in positive where !(value.isFinite && value > 0) {
    return "`\(name)` should be a positive number, not \(value)"
  }
  let notNegative: [(String, Double?)] = [
    ("lossStandardError", record.lossStandardError), ("seconds", record.seconds),
    ("distillation.divergence", teacher?.divergence), ("reconstruction.noise", record.reconstruction?.noise),
  ]
  for case (let name, let value?) in notNegative where !(value.isFinite && value >= 0) {
    return "`\(name)` should be a number of at least 0, not \(value)"
  }
  let shares: [(String, Double?)] = [
    ("distillation.mixing", teacher?.mixing), ("accuracy", record.accuracy),
    ("distillation.teacherAccuracy", teacher?.teacherAccuracy),
    ("mapping.easyFraction", record.mapping?.easyFraction),
  ]
  for case (let name, let value?) in shares where !(0...1).contains(value) {
    return "`\(name)` should be a number from 0 to 1, not \(value)"
  }
  if (record.purpose == .mapping) != (record.mapping != nil) {
    return "a run for `mapping` has `mapping`, its network and inputs, and no other run has"
  }
  for (name, reliability) in record.calibration?.diagrams ?? [] {
    if let problem = reliability.problem { return "`calibration.\(name)` \(problem)" }
  }
  if record.kind == .supervised, record.calibration.map({ $0.diagrams.count > 1 }) == true {
    return "a supervised run cannot have a calibration towards a teacher"
  }
  for (name, share) in (record.keptProbability ?? [:]).sorted(by: { $0.key < $1.key }) where !(0...1).contains(share) {
    return "`keptProbability.\(name)` should be a number from 0 to 1, not \(share)"
  }
  var tasks = Set<String>()
  for score in record.downstream ?? [] {
    if let problem = score.problem { return "`downstream`: \(score.task.isEmpty ? "a score" : score.task) \(problem)" }
    guard tasks.insert(score.task).inserted else { return "`downstream` has \(score.task) twice" }
  }
  if teacher?.teacherRun.isEmpty == true { return "`distillation.teacherRun` is empty" }
  if record.reconstruction != nil, record.origin != .reconstructed {
    return "a measured run cannot have `reconstruction`"
  }
  switch (record.kind, teacher) {
  case (.distillation, nil): return "a distillation needs `distillation`, its teacher"
  case (.supervised, .some): return "a supervised run cannot have `distillation`"
  default: return nil
  }
}
