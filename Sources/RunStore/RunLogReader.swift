import Artifacts
import Foundation

/// A line of a run log, and where it stands.
public struct LoggedRun: Sendable {
  public var record: RunRecord
  public var file: String
  /// Counted from one.
  public var line: Int
}

/// Reads a run log and checks every line.
/// - Throws: ``StageError`` with file, line and what was expected.
public func readRunLog(_ path: String) throws(StageError) -> [LoggedRun] {
  let data = try readFile(path)
  if let last = data.last, last != UInt8(ascii: "\n") {
    throw StageError(
      "the last line has no end: its writer was stopped in the middle; remove it or finish the run",
      file: path, line: data.count { $0 == UInt8(ascii: "\n") } + 1)
  }
  let decoder = JSONDecoder()
  var runs = [LoggedRun]()
  let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
  for (index, line) in lines.enumerated() {
    guard !line.isEmpty else { continue }
    let record: RunRecord
    do {
      record = try decoder.decode(RunRecord.self, from: line)
    } catch {
      throw StageError(expectation(error), file: path, line: index + 1)
    }
    if let problem = problem(with: record) { throw StageError(problem, file: path, line: index + 1) }
    runs.append(LoggedRun(record: record, file: path, line: index + 1))
  }
  return runs
}

/// What a decoding error means for the writer of a log.
private func expectation(_ error: any Error) -> String {
  func name(_ path: [any CodingKey]) -> String { "`" + path.map(\.stringValue).joined(separator: ".") + "`" }
  switch error as? DecodingError {
  case .keyNotFound(let key, let context):
    return "\(name(context.codingPath + [key])) is missing"
  case .valueNotFound(_, let context):
    return "\(name(context.codingPath)) has no value"
  case .typeMismatch(let type, let context):
    return "\(name(context.codingPath)) should be of type \(type)"
  case .dataCorrupted(let context) where !context.codingPath.isEmpty:
    let allowed: String? = switch context.codingPath.last?.stringValue {
    case "kind": RunRecord.Kind.allCases.map(\.rawValue).joined(separator: " or ")
    case "origin": RunRecord.Origin.allCases.map(\.rawValue).joined(separator: " or ")
    case "purpose": RunRecord.Purpose.allCases.map(\.rawValue).joined(separator: " or ")
    default: nil
    }
    return "\(name(context.codingPath)) should be \(allowed ?? "a valid value")"
  default:
    return "expected a JSON object, one a line"
  }
}

/// What makes a record unfit for a law, or nil.
private func problem(with record: RunRecord) -> String? {
  if record.run.isEmpty { return "`run` is empty" }
  var amounts = [
    ("parameters", record.parameters), ("tokens", record.tokens), ("compute", record.compute),
    ("loss", record.loss),
  ]
  if let budget = record.budget { amounts.append(("budget", budget)) }
  if let error = record.lossStandardError { amounts.append(("lossStandardError", error)) }
  if let distillation = record.distillation {
    amounts.append(("distillation.teacherLoss", distillation.teacherLoss))
    amounts.append(("distillation.teacherParameters", distillation.teacherParameters))
    amounts.append(("distillation.teacherTokens", distillation.teacherTokens))
  }
  for (name, value) in amounts where !(value.isFinite && value > 0) {
    return "`\(name)` should be a positive number, not \(value)"
  }
  switch (record.kind, record.distillation) {
  case (.distillation, nil): return "a distillation needs `distillation`, its teacher"
  case (.supervised, .some): return "a supervised run cannot have `distillation`"
  default: return nil
  }
}
