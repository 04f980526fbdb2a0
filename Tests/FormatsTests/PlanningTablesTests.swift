import Formats
import Foundation
import Testing

@Suite final class PlanningTablesTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tables-\(UUID().uuidString)").path

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private let optima = OptimaTable(rows: [
    OptimaTable.Row(
      scenario: "supervised", studentParameters: 1e9, compute: 1e21, studentLoss: 2.25, teacherLoss: nil,
      studentTokens: 1.5e11, teacherParameters: nil, teacherTokens: nil, studentShare: 1, logitShare: 0,
      teacherShare: 0),
    OptimaTable.Row(
      scenario: "best-case", studentParameters: 1e9, compute: 1e21, studentLoss: 2.125, teacherLoss: 1.75,
      studentTokens: 1.5e11, teacherParameters: 1e10, teacherTokens: 1e12, studentShare: 0.5, logitShare: 0.25,
      teacherShare: 0.25),
  ])
  private let reach = ReachTable(rows: [
    ReachTable.Row(
      scenario: "supervised", studentParameters: 1e9, studentLoss: 1.6, compute: nil, tokens: nil,
      tokensAtLeastCompute: nil),
    ReachTable.Row(
      scenario: "supervised", studentParameters: 1e9, studentLoss: 2.25, compute: 1e21, tokens: 1.5e11,
      tokensAtLeastCompute: 1.5e11),
  ])

  @Test func whatIsWrittenIsReadBack() throws {
    try writeAtomically(optima.csv, to: folder + "/optima.csv")
    #expect(try OptimaTable.read(from: folder + "/optima.csv") == optima)
    try writeAtomically(reach.csv, to: folder + "/reach.csv")
    #expect(try ReachTable.read(from: folder + "/reach.csv") == reach)
    #expect(reach.csv.split(separator: "\n")[1] == "supervised,1000000000,1.6,,,")
  }

  @Test(arguments: [
    ("1000000000,1e+21,2.125,", "1000000000,1e+21,low,", "3: studentLoss should be a positive number, not `low`"),
    (",0.25,0.25", ",0.25,1.25", "3: teacherShare should be a number from 0 to 1, not `1.25`"),
    (",0.25,0.25", ",0.25", "3: has 10 fields separated by commas, but the header has 11; the last line is not whole"),
    ("1.75", "-1.75", "3: teacherLoss should be a positive number, not `-1.75`"),
    ("teacherLoss,", "L_T,", "1: expected a column teacherLoss"),
  ]) func aBadTableIsNamedByFileAndLine(good: String, bad: String, expected: String) throws {
    try writeAtomically(optima.csv.replacing(good, with: bad), to: folder + "/optima.csv")
    let error = #expect(throws: StageError.self) { try OptimaTable.read(from: folder + "/optima.csv") }
    #expect(error?.description == "\(folder)/optima.csv:\(expected)")
  }

  @Test func aTableWithoutRowsIsNone() throws {
    try writeAtomically(ReachTable(rows: []).csv, to: folder + "/reach.csv")
    #expect(throws: StageError.self) { try ReachTable.read(from: folder + "/reach.csv") }
  }
}
