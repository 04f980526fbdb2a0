import Artifacts
import Foundation
import ScalingLaws

/// The runs of a store, a log or a table, as the laws see them; tuning runs are left out.
public struct LoadedRuns: Sendable {
  public var supervised: [SupervisedObservation]
  public var distillation: [DistillationObservation]

  public init(supervised: [SupervisedObservation] = [], distillation: [DistillationObservation] = []) {
    self.supervised = supervised
    self.distillation = distillation
  }

  /// SHA-256 of the observations, from the bits of their numbers, in order.
  public static func digest(of runs: [SupervisedObservation]) -> Digest {
    Digest(of: runs.map { "\($0.parameters),\($0.tokens),\($0.loss)\n" }.joined())
  }

  public static func digest(of runs: [DistillationObservation]) -> Digest {
    Digest(
      of: runs.map { "\($0.studentParameters),\($0.studentTokens),\($0.teacherLoss),\($0.studentLoss)\n" }
        .joined())
  }
}

/// Reads a CSV table of runs.
public func loadRuns(_ path: String) throws(StageError) -> LoadedRuns {
  let text = String(decoding: try readFile(path), as: UTF8.self)
  let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  let header = (lines.first ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  var rows: [[Double]] = []
  for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0.trimmingCharacters(in: .whitespaces))
    }
    guard fields.count == header.count, !fields.contains(nil) else {
      throw StageError("expected \(header.count) numbers", file: path, line: index + 1)
    }
    rows.append(fields.compactMap { $0 })
  }
  func column(_ names: String...) -> Int? { header.firstIndex { names.contains($0) } }
  if let n = column("N", "parameters"), let d = column("D", "tokens"), let l = column("loss", "L") {
    return LoadedRuns(
      supervised: rows.map { SupervisedObservation(parameters: $0[n], tokens: $0[d], loss: $0[l]) })
  }
  if let n = column("N_S", "studentParameters"), let d = column("D_S", "studentTokens"),
    let t = column("L_T", "teacherLoss"), let l = column("L_S", "studentLoss")
  {
    return LoadedRuns(
      distillation: rows.map {
        DistillationObservation(
          studentParameters: $0[n], studentTokens: $0[d], teacherLoss: $0[t], studentLoss: $0[l])
      })
  }
  throw StageError("expected the columns N, D, loss or N_S, D_S, L_T, L_S", file: path, line: 1)
}
