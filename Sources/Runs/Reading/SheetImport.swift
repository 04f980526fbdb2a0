import Foundation
import Formats
import RunReaders
import ScalingLaws

/// Makes records of a sheet: finds its columns, reads its numbers, leaves out what is to be left out.
struct SheetImport {
  private let sheet: RunSheet
  private let options: ReadingOptions
  private let conditions: [Condition]
  private let names: ColumnNames
  private var notes: [String]
  private var warnings: [String] = []

  init(_ sheet: RunSheet, options: ReadingOptions) throws(StageError) {
    guard !sheet.rows.isEmpty else { throw StageError("has no runs", file: sheet.file) }
    let line = sheet.rows[0].line.map { _ in 1 }
    var needs: [ReadingOptions.Role] = [.loss]
    if options.parameters == nil { needs.append(.parameters) }
    if options.tokens == nil, options.tokensPerStep == nil { needs.append(.tokens) }
    let names = try ColumnNames(sheet.columns, options: options, needs: needs, isSeries: sheet.trainingColumn != nil) {
      StageError($0, file: sheet.file, line: line)
    }
    if options.tokens == nil, options.tokensPerStep != nil, names.places[.tokens] == nil, names.places[.step] == nil {
      throw StageError("--tokens-per-step needs a column of steps; name it by --columns step=...", file: sheet.file)
    }
    self.sheet = sheet
    self.options = options
    conditions = try Condition.all(options)
    self.names = names
    notes = sheet.notes + names.notes
  }

  private func column(_ role: ReadingOptions.Role) -> Int? { names.places[role] }

  /// Fails at a row.
  private func fail(_ row: RunSheet.Row, _ index: Int, _ message: String) -> StageError {
    row.line == nil && sheet.rows.count > 1
      ? StageError("run \(index + 1): \(message)", file: row.file) : StageError(message, file: row.file, line: row.line)
  }

  // MARK: Runs

  mutating func runs() throws(StageError) -> ImportedRuns {
    if column(.tokens) == nil, options.tokens == nil, options.tokensPerStep == nil, let place = column(.compute) {
      notes.append("no column has D: it is C / (6 N), with C from the column `\(sheet.columns[place])`")
    }
    for (role, option) in [(ReadingOptions.Role.parameters, options.parametersUnit), (.tokens, options.tokensUnit)] {
      if option == nil, let place = column(role), let factor = ColumnNames.factor(role, sheet.columns[place]) {
        notes.append("`\(sheet.columns[place])` counts in \(String(format: "%g", factor)) by its name")
      }
    }
    let rows = try taken()
    let numbers = try numbers(rows)
    let complete = try complete(rows, numbers)
    var records = try complete.map { (index) throws(StageError) in try record(rows, numbers, index) }
    keepCurves(&records, rows.count)
    leaveOutShort(&records, options, notes: &notes)
    guard !records.isEmpty else { throw nothingLeft(of: sheet.rows.count, notes: notes, file: sheet.file) }
    Trainings.find(
      in: &records, sheet: sheet, hasColumn: trainingColumn != nil, options: options, notes: &notes,
      warnings: &warnings)
    if options.choice == .last { warnings = [] }
    choose(options.choice, of: &records, notes: &notes)
    if options.choice == .last { for index in records.indices { records[index].training = nil } }
    if let students = studentsBeyondTeachers(records) { notes.append(students) }
    if let unit = lossUnit { notes.append("losses are \(unit.name)") }
    var runs = ImportedRuns(records: records, notes: notes, warnings: warnings + doubts(about: records, options: options))
    runs.isForeign = true
    return runs
  }

  /// The rows that meet the conditions, with their places in the sheet.
  private mutating func taken() throws(StageError) -> [(index: Int, row: RunSheet.Row)] {
    var rows = sheet.rows.enumerated().map { (index: $0.offset, row: $0.element) }
    for condition in conditions {
      let role = ReadingOptions.Role(rawValue: condition.column).flatMap(column)
      guard
        let place = sheet.columns.firstIndex(of: condition.column)
          ?? sheet.columns.firstIndex(where: { ColumnNames.plain($0) == ColumnNames.plain(condition.column) }) ?? role
      else {
        throw StageError(
          "there is no column `\(condition.column)`, which --where \(condition.text) asks about; there are "
            + sheet.columns.filter { !$0.isEmpty }.map { "`\($0)`" }.joined(separator: ", "), file: sheet.file)
      }
      let kept = rows.filter { condition.holds(of: $0.row.fields[place]) }
      note(rows.count - kept.count, of: rows.count, "not \(condition.text)", in: &notes)
      rows = kept
    }
    guard !rows.isEmpty else { throw nothingLeft(of: sheet.rows.count, notes: notes, file: sheet.file) }
    return rows
  }

  /// The numbers of the columns that have them.
  private mutating func numbers(
    _ rows: [(index: Int, row: RunSheet.Row)]
  ) throws(StageError) -> [ReadingOptions.Role: [ColumnNumbers.Value]] {
    let roles: [ReadingOptions.Role] = [
      .parameters, .tokens, .compute, .loss, .teacherLoss, .teacherParameters, .teacherTokens, .step,
    ].filter { column($0) != nil }
    func fields(_ role: ReadingOptions.Role) -> [String] {
      guard let place = column(role) else { return [] }
      return rows.map { $0.row.fields[place] }
    }
    let commas = roles.contains { ColumnNumbers.hasDecimalCommas(fields($0)) }
    var numbers = [ReadingOptions.Role: [ColumnNumbers.Value]]()
    for role in roles {
      let name = column(role).map { sheet.columns[$0] } ?? role.rawValue
      let read = ColumnNumbers(
        fields(role), name: name, isCount: role != .loss && role != .teacherLoss, hasDecimalCommas: commas)
      numbers[role] = read.values
      notes += read.notes
    }
    return numbers
  }

  // MARK: Rows that are runs

  /// The places of the rows that are runs; the others are left out with a count, or are an error.
  private mutating func complete(
    _ rows: [(index: Int, row: RunSheet.Row)], _ numbers: [ReadingOptions.Role: [ColumnNumbers.Value]]
  ) throws(StageError) -> [Int] {
    var kept = [Int](), failed = [(place: Int, role: ReadingOptions.Role)](), unfinished = [String: Int]()
    let losses = numbers[.loss] ?? []
    let needed = [ReadingOptions.Role.parameters, .tokens, .compute, .loss].filter { numbers[$0] != nil }
    for (place, (index, row)) in rows.enumerated() {
      // In a log of a training, a row without a loss is one of its other measurements.
      if trainingColumn != nil, losses[place] == .absent { continue }
      if let state = unfinishedState(row) {
        unfinished[state, default: 0] += 1
        if options.leavesOutFailed { continue }
      }
      if let role = needed.first(where: { numbers[$0]?[place] == .absent }) {
        failed.append((place, role))
        continue
      }
      for role in needed + [.teacherLoss, .teacherParameters, .teacherTokens] {
        guard let value = numbers[role]?[place] else { continue }
        if case .absent = value { continue }
        guard case .number(let number) = value, number > 0 else {
          throw fail(row, index, "\(name(role)) should be a positive number, not `\(text(role, row))`")
        }
      }
      kept.append(place)
    }
    let states = unfinished.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    if options.leavesOutFailed {
      let places = lines(failed.map(\.place), rows)
      note(failed.count, of: rows.count, "no finite number in their loss, N or D (\(places))", in: &notes)
      note(unfinished.values.reduce(0, +), of: rows.count, "not finished (\(states))", in: &notes)
    } else {
      if let first = failed.first {
        let (index, row) = rows[first.place]
        throw fail(
          row, index,
          "\(name(first.role)) should be a positive number, not `\(text(first.role, row))`"
            + (failed.count > 1 ? ", and \(failed.count - 1) more rows are like this" : "")
            + "; --leave-out-failed leaves such runs out")
      }
      if !states.isEmpty {
        warnings.append("runs did not finish (\(states)), but are taken as the others; --leave-out-failed leaves them out")
      }
    }
    guard !kept.isEmpty else { throw nothingLeft(of: sheet.rows.count, notes: notes, file: sheet.file) }
    return kept
  }

  private static let unfinishedStates: Set<String> = [
    "crashed", "failed", "failure", "killed", "running", "preempted", "preempting", "aborted", "cancelled", "canceled",
    "diverged",
    "oom", "error", "unfinished", "pending", "interrupted", "timeout", "scheduled", "queued", "incomplete",
  ]

  private func unfinishedState(_ row: RunSheet.Row) -> String? {
    guard let place = column(.state) else { return nil }
    let state = row.fields[place].lowercased()
    return Self.unfinishedStates.contains(state) ? state : nil
  }

  private func lines(_ places: [Int], _ rows: [(index: Int, row: RunSheet.Row)]) -> String {
    let named = places.prefix(8).map { place in rows[place].row.line.map { "line \($0)" } ?? "run \(rows[place].index + 1)" }
    return (named + (places.count > 8 ? ["\(places.count - 8) more"] : [])).joined(separator: ", ")
  }

  private func name(_ role: ReadingOptions.Role) -> String { column(role).map { sheet.columns[$0] } ?? role.rawValue }

  private func text(_ role: ReadingOptions.Role, _ row: RunSheet.Row) -> String { column(role).map { row.fields[$0] } ?? "" }

  // MARK: Records

  private var trainingColumn: Int? {
    sheet.trainingColumn.flatMap { name in sheet.columns.firstIndex(of: name) } ?? column(.cluster)
  }

  private var stem: String {
    let name = URL(fileURLWithPath: sheet.file).lastPathComponent
    let stem = name == "-" ? "standard-input" : name.split(separator: ".").first.map(String.init) ?? name
    return stem.isEmpty ? "runs" : stem
  }

  private func record(
    _ rows: [(index: Int, row: RunSheet.Row)], _ numbers: [ReadingOptions.Role: [ColumnNumbers.Value]], _ place: Int
  ) throws(StageError) -> RunRecord {
    let (index, row) = rows[place]
    func number(_ role: ReadingOptions.Role) -> Double? {
      guard case .number(let value)? = numbers[role]?[place] else { return nil }
      return value
    }
    func field(_ role: ReadingOptions.Role) -> String? {
      column(role).flatMap { row.fields[$0].isEmpty ? nil : row.fields[$0] }
    }
    let sized = unit(.parameters, options.parametersUnit), counted = unit(.tokens, options.tokensUnit)
    let steps = number(.step).flatMap { step in options.tokensPerStep.map { step * $0 } }
    let size = options.parameters ?? number(.parameters).map { $0 * sized }
    let computed = number(.compute).flatMap { compute in size.map { compute / (6 * $0) } }
    guard let parameters = size,
      let tokens = options.tokens ?? number(.tokens).map({ $0 * counted }) ?? steps ?? computed, parameters.isFinite,
      tokens.isFinite,
      tokens > 0, let loss = number(.loss)
    else { throw fail(row, index, "does not say N, D and the loss") }
    guard (6 * parameters * tokens).isFinite else { throw fail(row, index, "N and D are more than numbers hold") }
    var teacher: RunRecord.Distillation?
    if let teacherLoss = number(.teacherLoss) {
      // Students of teachers without a name have the same one where its loss is the same.
      teacher = RunRecord.Distillation(
        teacherRun: field(.teacher) ?? "teacher-\(teacherLoss)", teacherLoss: teacherLoss,
        teacherParameters: number(.teacherParameters).map { $0 * unit(.teacherParameters, options.parametersUnit) },
        teacherTokens: number(.teacherTokens).map { $0 * unit(.teacherTokens, options.tokensUnit) })
    } else if let named = field(.teacher) {
      teacher = try teacherWithoutLoss(named, rows, numbers, row, index)
    }
    var seed: Int?
    if let given = field(.seed) {
      guard let value = Int(given) ?? Double(given).flatMap({ Int(exactly: $0) }) else {
        throw fail(row, index, "seed should be a whole number, not `\(given)`")
      }
      seed = value
    }
    let digits = String(rows.last.map { $0.row.line ?? $0.index + 1 } ?? 0).count
    let counter = String(row.line ?? index + 1)
    let padded = String(repeating: "0", count: max(0, digits - counter.count)) + counter
    return RunRecord(
      run: "\(stem)-\(padded)", kind: teacher == nil ? .supervised : .distillation, origin: .measured, purpose: .law,
      sweep: field(.sweep) ?? stem, parameters: parameters, tokens: tokens,
      // Nothing says what the models are.
      compute: ModelFamily.parametersAlone.trainingFLOPs(parameters: parameters, tokens: tokens), loss: loss, seed: seed,
      training: trainingColumn.flatMap { row.fields[$0].isEmpty ? nil : row.fields[$0] } ?? field(.run), lossUnit: lossUnit,
      distillation: teacher)
  }

  /// The loss of a named teacher, from another of its students or from its own run in the same file.
  private func teacherWithoutLoss(
    _ named: String, _ rows: [(index: Int, row: RunSheet.Row)], _ numbers: [ReadingOptions.Role: [ColumnNumbers.Value]],
    _ row: RunSheet.Row, _ index: Int
  ) throws(StageError) -> RunRecord.Distillation {
    func find(_ role: ReadingOptions.Role, _ value: ReadingOptions.Role) -> (loss: Double, place: Int)? {
      guard let column = column(role) else { return nil }
      for (place, other) in rows.enumerated() where other.row.fields[column] == named {
        if case .number(let loss)? = numbers[value]?[place], loss > 0 { return (loss, place) }
      }
      return nil
    }
    if let found = find(.teacher, .teacherLoss) {
      return RunRecord.Distillation(teacherRun: named, teacherLoss: found.loss, teacherParameters: nil, teacherTokens: nil)
    }
    if let found = find(.run, .loss) {
      func own(_ role: ReadingOptions.Role, _ unit: Double?) -> Double? {
        guard case .number(let value)? = numbers[role]?[found.place] else { return nil }
        return value * (unit ?? 1)
      }
      return RunRecord.Distillation(
        teacherRun: named, teacherLoss: found.loss, teacherParameters: own(.parameters, options.parametersUnit),
        teacherTokens: own(.tokens, options.tokensUnit))
    }
    throw fail(
      row, index,
      "the loss of teacher `\(named)` is nowhere: expected \(column(.teacherLoss).map { "`\(sheet.columns[$0])`" } ?? "a column L_T") here or in "
        + "another row of this teacher, or a run of this name; --where 'teacher!=\(named)' leaves its students out")
  }

  /// What a column counts in: as the option says, else as its name does, `Params (M)`.
  private func unit(_ role: ReadingOptions.Role, _ option: Double?) -> Double {
    option ?? column(role).flatMap { ColumnNames.factor(role, sheet.columns[$0]) } ?? 1
  }

  /// What the option says, else what the loss's own column does: `--loss-unit bits` of a column `bpb` is bits per byte.
  private var lossUnit: LossUnit? {
    if var unit = options.lossUnit {
      if let named = namedLossUnit, named.amount == unit.amount, unit.denominator == .token { unit = named }
      return unit == .natsPerToken ? nil : unit
    }
    return namedLossUnit
  }

  private var namedLossUnit: LossUnit? {
    guard let place = column(.loss) else { return nil }
    if let named = ColumnUnits.lossUnit(of: sheet.columns[place]) { return named == .natsPerToken ? nil : named }
    let name = ColumnNames.plain(sheet.columns[place])
    if name.contains("bpb") || name.contains("bitsperbyte") { return LossUnit(.bits, per: .byte) }
    if name.contains("bpt") || name.contains("bitspertoken") { return LossUnit(.bits, per: .token) }
    if name.contains("bitsperword") { return LossUnit(.bits, per: .word) }
    if name.contains("natsperbyte") { return LossUnit(.nats, per: .byte) }
    if name.contains("natsperword") { return LossUnit(.nats, per: .word) }
    return nil
  }

  // MARK: Logs of trainings

  /// Of a log with several measurements of each training the last is the run, unless all are asked for; the others are its
  /// curve.
  private mutating func keepCurves(_ records: inout [RunRecord], _ rows: Int) {
    guard sheet.trainingColumn != nil, options.choice == nil || options.choice == .last else { return }
    let points = Dictionary(grouping: records, by: { $0.training ?? $0.run })
    let last = chosen(.last, of: records)
    if last.count < records.count {
      notes.append("the last of \(records.count) losses is taken of each training; --select all takes every one as a run")
    }
    records = last.map { run in
      var run = run
      if let curve = points[run.training ?? run.run], curve.count > 1 {
        run.evaluationCurve = curve.map { RunRecord.CurvePoint(tokens: $0.tokens, loss: $0.loss) }
      }
      // A training has one run now, and its name.
      run.run = run.training ?? run.run
      run.training = nil
      return run
    }
  }
}
