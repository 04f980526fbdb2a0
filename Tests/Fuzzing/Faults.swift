import Commands
import CommandSupport
import Formats
import Foundation

/// How a try ended.
package enum Outcome: Hashable, Sendable {
  case refused
  case done
  /// What must not be: a message with raw control characters, a result that is not finite, and so on.
  case fault(String)

  var text: String {
    switch self {
    case .refused: "refused"
    case .done: "done"
    case .fault(let what): "fault " + printable(what, limit: 600)
    }
  }

  /// Judges a message.
  /// - Parameter file: the name that it must hold; nil of a command line.
  static func ofError(_ error: any Error, file: String?) -> Outcome {
    guard let (line, _) = Distill.refusal(error) else { return .refused }
    if file != nil, !(error is StageError) { return .fault("an error of another kind: \(type(of: error)): \(error)") }
    if printable(line) != line { return .fault("raw control characters: \(line)") }
    if line.count > StageError.longestLine + 40 { return .fault("a message of \(line.count) characters: \(line)") }
    if let file, !line.contains(file), !line.hasPrefix("--") { return .fault("no file's name: \(line)") }
    return .refused
  }
}

/// Words of a text that stand for no number; of those that the input has, a name may be one.
func notFinite(in output: Data, input: Data) -> String? {
  func words(_ data: Data) -> Set<String> {
    Set(
      String(decoding: data, as: UTF8.self).lowercased()
        .split { !($0.isLetter || $0.isNumber || "_.-/".contains($0)) }
        .map { String($0.drop { $0 == "-" }) }.filter { ["nan", "inf", "infinity"].contains($0) })
  }
  let found = words(output)
  guard !found.isEmpty else { return nil }
  let given = String(decoding: input, as: UTF8.self).lowercased()
  return found.first { !given.contains($0) }
}
