import Foundation

/// `optima.csv`: the best that every budget buys, as `distill-optimize` writes it and the figures read it.
public struct OptimaTable: Sendable, Hashable {
  public struct Row: Sendable, Hashable {
    /// `supervised`, `best-case`, `teacher-inference`, `teacher-pretraining` or
    /// `teacher-pretraining-and-inference`.
    public var scenario: String
    /// N_S.
    public var studentParameters: Double
    /// The budget C in FLOPs.
    public var compute: Double
    /// L_S at the optimum, in nats per token.
    public var studentLoss: Double
    /// L_T in nats per token; nil, as the teacher's size and tokens, where there is no teacher.
    public var teacherLoss: Double?
    /// D_S.
    public var studentTokens: Double
    /// N_T.
    public var teacherParameters: Double?
    /// D_T.
    public var teacherTokens: Double?
    /// Shares of the compute that go into the student's training, the teacher's logits and its training.
    public var studentShare, logitShare, teacherShare: Double

    public init(
      scenario: String, studentParameters: Double, compute: Double, studentLoss: Double, teacherLoss: Double?,
      studentTokens: Double, teacherParameters: Double?, teacherTokens: Double?, studentShare: Double,
      logitShare: Double, teacherShare: Double
    ) {
      self.scenario = scenario
      self.studentParameters = studentParameters
      self.compute = compute
      self.studentLoss = studentLoss
      self.teacherLoss = teacherLoss
      self.studentTokens = studentTokens
      self.teacherParameters = teacherParameters
      self.teacherTokens = teacherTokens
      self.studentShare = studentShare
      self.logitShare = logitShare
      self.teacherShare = teacherShare
    }
  }

  public var rows: [Row]

  public init(rows: [Row]) {
    self.rows = rows
  }

  private static let columns = [
    "scenario", "studentParameters", "compute", "studentLoss", "teacherLoss", "studentTokens", "teacherParameters",
    "teacherTokens", "studentShare", "logitShare", "teacherShare",
  ]

  /// The table as text, numbers to twelve digits.
  public var csv: String {
    commaSeparated(Self.columns, rows) { row in
      [
        row.studentParameters, row.compute, row.studentLoss, row.teacherLoss, row.studentTokens,
        row.teacherParameters, row.teacherTokens, row.studentShare, row.logitShare, row.teacherShare,
      ]
    } scenario: {
      $0.scenario
    }
  }

  /// - Throws: ``StageError`` with file and line.
  public static func read(from path: String) throws(StageError) -> OptimaTable {
    let reader = try PlanningTableReader(path, columns: columns)
    return OptimaTable(
      rows: try reader.rows { (row) throws(StageError) in
        Row(
          scenario: row.scenario, studentParameters: try row.positive(1), compute: try row.positive(2),
          studentLoss: try row.positive(3), teacherLoss: try row.optional(4), studentTokens: try row.positive(5),
          teacherParameters: try row.optional(6), teacherTokens: try row.optional(7),
          studentShare: try row.share(8), logitShare: try row.share(9), teacherShare: try row.share(10))
      })
  }
}

/// `reach.csv`: what it takes to reach a loss, as `distill-optimize` writes it and the figures read it.
public struct ReachTable: Sendable, Hashable {
  public struct Row: Sendable, Hashable {
    /// As in ``OptimaTable``.
    public var scenario: String
    /// N_S.
    public var studentParameters: Double
    /// The loss L_S to be reached, in nats per token.
    public var studentLoss: Double
    /// The least FLOPs that reach it; nil, as the tokens, where nothing within the bounds does.
    public var compute: Double?
    /// The least tokens D_S + delta_T^Pre D_T (eq. 34) that reach it, whatever they cost.
    public var tokens: Double?
    /// The tokens D_S + delta_T^Pre D_T of the plan of least compute.
    public var tokensAtLeastCompute: Double?

    public init(
      scenario: String, studentParameters: Double, studentLoss: Double, compute: Double?, tokens: Double?,
      tokensAtLeastCompute: Double?
    ) {
      self.scenario = scenario
      self.studentParameters = studentParameters
      self.studentLoss = studentLoss
      self.compute = compute
      self.tokens = tokens
      self.tokensAtLeastCompute = tokensAtLeastCompute
    }
  }

  public var rows: [Row]

  public init(rows: [Row]) {
    self.rows = rows
  }

  private static let columns = [
    "scenario", "studentParameters", "studentLoss", "compute", "tokens", "tokensAtLeastCompute",
  ]

  /// The table as text, numbers to twelve digits.
  public var csv: String {
    commaSeparated(Self.columns, rows) { row in
      [row.studentParameters, row.studentLoss, row.compute, row.tokens, row.tokensAtLeastCompute]
    } scenario: {
      $0.scenario
    }
  }

  /// - Throws: ``StageError`` with file and line.
  public static func read(from path: String) throws(StageError) -> ReachTable {
    let reader = try PlanningTableReader(path, columns: columns)
    return ReachTable(
      rows: try reader.rows { (row) throws(StageError) in
        Row(
          scenario: row.scenario, studentParameters: try row.positive(1), studentLoss: try row.positive(2),
          compute: try row.optional(3), tokens: try row.optional(4), tokensAtLeastCompute: try row.optional(5))
      })
  }
}

private func commaSeparated<Row>(
  _ columns: [String], _ rows: [Row], _ numbers: (Row) -> [Double?], scenario: (Row) -> String
) -> String {
  var text = columns.joined(separator: ",") + "\n"
  for row in rows {
    text += scenario(row)
    for number in numbers(row) {
      text += ","
      if let number { text += String(format: "%.12g", number) }
    }
    text += "\n"
  }
  return text
}

/// Reads a table whose first column is a scenario and whose others are numbers.
private struct PlanningTableReader {
  private let table: SeparatedTable
  private let columns: [String]
  private let places: [Int]

  init(_ path: String, columns: [String]) throws(StageError) {
    table = try SeparatedTable(readingFrom: path)
    self.columns = columns
    var places = [Int]()
    for column in columns {
      guard let place = table.header.fields.firstIndex(of: column) else {
        throw StageError("expected a column \(column)", file: path, line: table.header.line)
      }
      places.append(place)
    }
    self.places = places
    guard !table.rows.isEmpty else { throw StageError("has no rows", file: path) }
  }

  func rows<Result>(_ make: (Fields) throws(StageError) -> Result) throws(StageError) -> [Result] {
    var results = [Result]()
    for row in table.rows {
      guard row.fields.count == table.header.fields.count else {
        throw StageError(
          "expected \(table.header.fields.count) fields, found \(row.fields.count)", file: table.file, line: row.line)
      }
      results.append(
        try make(Fields(file: table.file, line: row.line, columns: columns, values: places.map { row.fields[$0] })))
    }
    return results
  }

  struct Fields {
    let file: String
    let line: Int
    let columns: [String]
    let values: [String]

    var scenario: String { values[0] }

    func positive(_ index: Int) throws(StageError) -> Double {
      try number(index, "a positive number") { $0 > 0 && $0.isFinite }
    }

    func share(_ index: Int) throws(StageError) -> Double {
      try number(index, "a number from 0 to 1") { $0 >= 0 && $0 <= 1 }
    }

    /// Nil where the field is empty.
    func optional(_ index: Int) throws(StageError) -> Double? {
      values[index].isEmpty ? nil : try positive(index)
    }

    private func number(
      _ index: Int, _ expected: String, _ isGood: (Double) -> Bool
    ) throws(StageError) -> Double {
      guard let value = decimalNumber(values[index]), isGood(value) else {
        throw StageError("\(columns[index]) should be \(expected), not `\(values[index])`", file: file, line: line)
      }
      return value
    }
  }
}
