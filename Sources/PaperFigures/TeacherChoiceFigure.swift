import Artifacts
import Foundation
import Plotting
import ScalingLaws

/// Figure 7: the student's loss against its size and its teacher's loss, a panel a number of tokens, with the best
/// teacher for each size.
public func teacherBySizeFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let choice = try TeacherChoice(inputs)
  let x = Axis(
    Phrase.parameters("N", "S"), .logarithmic, domain: choice.scale.studentAxis, format: .abbreviated, shared: "x")
  var panels: [Panel] = []
  for tokens in choice.scale.tokenPanels {
    panels.append(
      try choice.panel("tokens \(TickFormat.abbreviate(tokens))", title: size("D", "S", tokens), x: x) {
        TeacherChoice.Student(parameters: $0, tokens: tokens)
      })
  }
  return choice.figure(
    "Figure 7: the best teacher by the student's size", "the student's size", [panels], height: 175)
}

/// Figure 15: as figure 7, against the student's tokens, a panel a student size.
public func teacherByTokensFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let choice = try TeacherChoice(inputs)
  let x = Axis(
    Phrase.tokens("D", "S"), .logarithmic, domain: choice.scale.tokenAxis, format: .abbreviated, shared: "x")
  var panels: [Panel] = []
  var overtakings: [TeacherChoice.Overtaking] = []
  for parameters in choice.scale.studentPanels {
    var panel = try choice.panel(
      "student \(TickFormat.abbreviate(parameters))", title: size("N", "S", parameters), x: x
    ) { TeacherChoice.Student(parameters: parameters, tokens: $0) }
    let overtaking = choice.overtaking(parameters)
    overtakings.append(overtaking)
    if case .from(let tokens) = overtaking {
      panel.marks.append(
        RuleMark("supervised overtakes", .vertical(tokens), stroke: TeacherChoice.overtaking))
    }
    panels.append(panel)
  }
  return choice.figure(
    "Figure 15: the best teacher by the student's tokens", "the student's tokens", [panels], height: 175,
    overtakes: overtakings.contains { if case .from = $0 { true } else { false } },
    more: TeacherChoice.sentence(zip(choice.scale.studentPanels, overtakings).map { ($0, $1) }))
}

/// Figure 16: as figure 7, against the teacher's size, where the compute pays for the student's training and the
/// teacher's inference: a row a student size, a column a budget.
public func teacherByTeacherSizeFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let choice = try TeacherChoice(inputs)
  let scale = choice.scale
  let x = Axis(
    Phrase.parameters("N", "T"), .logarithmic, domain: scale.teacherAxis, format: .abbreviated, shared: "x")
  var rows: [[Panel]] = []
  for parameters in scale.studentPanels {
    var row: [Panel] = []
    for compute in scale.budgetPanels {
      let title = size("N", "S", parameters) + ", " + .italic("C") + " = " + TickFormat.power(compute)
      row.append(
        try choice.panel(
          "\(Phrase.plain(flops: compute)) \(TickFormat.abbreviate(parameters))", title: title, x: x, samples: 97,
          levelsPerNat: scale.budgetContoursPerNat
        ) { teacherParameters in
          // Eq. 27 with the teacher's logits paid for.
          let cost =
            3 * scale.family.forwardFLOPs(parameters: parameters)
            + scale.family.forwardFLOPs(parameters: teacherParameters)
          return TeacherChoice.Student(parameters: parameters, tokens: compute / cost)
        })
    }
    rows.append(row)
  }
  return choice.figure(
    "Figure 16: the best teacher by the teacher's size, for a budget", "the teacher's size", rows, height: 132,
    levelsPerNat: scale.budgetContoursPerNat, more: " Compute pays for the student's training and the teacher's inference.")
}

/// Contours of the student's loss over the teacher's, and the teacher that makes the best student.
private struct TeacherChoice {
  struct Student {
    var parameters: Double
    var tokens: Double
  }

  /// Contours to a nat, unless there is no room for so many.
  static let levelsPerNat = 20.0
  private static let contour = Stroke(.grey(0.35), width: 0.5)
  private static let best = Stroke(Color(hex: 0xC8102E), width: 1.4)
  static let overtaking = Stroke(Palette.blue, width: 0.9, dash: Stroke.dashed)

  let scale: FigureScale
  private let law: DistillationLaw
  private let inputs: FigureInputs
  private let range: RunsRange?

  init(_ inputs: FigureInputs) throws(StageError) {
    self.inputs = inputs
    law = try inputs.law()
    scale = try inputs.scale()
    range = RunsRange(inputs)
  }

  private func bestTeacherLoss(_ student: Student) -> Double {
    law.bestTeacherLoss(
      studentParameters: student.parameters, studentTokens: student.tokens, in: scale.teacherLosses)
  }

  private func loss(_ student: Student, teacherLoss: Double) -> Double {
    law.loss(studentParameters: student.parameters, studentTokens: student.tokens, teacherLoss: teacherLoss)
  }

  /// - Parameter student: N_S and D_S at a place of the horizontal axis.
  func panel(
    _ id: String, title: RichText, x: Axis, samples: Int = 97, levelsPerNat: Double = Self.levelsPerNat,
    student: (Double) -> Student
  ) throws(StageError) -> Panel {
    try asStageError { () throws(PlotError) in
      let xScale = try Scale(x.kind, domain: x.domain ?? 1...10)
      let grid = try FieldGrid(
        x: xScale, y: try Scale(.linear, domain: scale.teacherLosses), columns: samples, rows: samples
      ) { loss(student($0), teacherLoss: $1) }
      let veil =
        try range.map { range throws(PlotError) in
          try RunsRange.veil(
            try FieldGrid(
              x: xScale, y: try Scale(.linear, domain: scale.teacherLosses), columns: samples, rows: samples
            ) { place, teacherLoss in
              let student = student(place)
              return range.distance(
                parameters: student.parameters, tokens: student.tokens, teacherLoss: teacherLoss)
            })
        } ?? []
      let curve = xScale.samples(193).map { place -> (datum: Datum, isInside: Bool) in
        let student = student(place)
        let best = bestTeacherLoss(student)
        let isKnown =
          range.map {
            $0.distance(parameters: student.parameters, tokens: student.tokens, teacherLoss: best) <= 0
          } ?? true
        // At an end of the axis the best teacher lies beyond it, or there is no better one.
        let isInside = best > scale.teacherLosses.lowerBound && best < scale.teacherLosses.upperBound
        return (Datum(place, isInside ? best : .nan), isKnown)
      }
      return Panel(
        id, title: title, x: x,
        y: Axis(Phrase.loss("T"), domain: scale.teacherLosses, shared: "teacher's loss"),
        marks: [
          // The veil lies on the lines and not on their labels.
          ContourMark(
            "student's loss", grid, levels: levels(grid, perNat: levelsPerNat), stroke: Self.contour, labels: .decimal)
        ] + veil + RunsRange.line("best teacher", curve, stroke: Self.best))
    }
  }

  private func levels(_ grid: FieldGrid, perNat parts: Double) -> [Double] {
    guard let range = grid.range else { return [] }
    let low = max(range.lowerBound, scale.contourLosses.lowerBound)
    let high = min(range.upperBound, scale.contourLosses.upperBound)
    return stride(from: (low * parts).rounded(.up), through: high * parts, by: 1).map { $0 / parts }
  }

  enum Overtaking: Equatable {
    /// From a D_S on, the best student is no better than a supervised one.
    case from(Double)
    /// The best student is better at every D_S of the axis.
    case never
    /// Neither: at the axis' end the best student is better, but not everywhere before, or nowhere.
    case unclear
  }

  /// Says why panels have no line.
  static func sentence(_ overtakings: [(parameters: Double, overtaking: Overtaking)]) -> String {
    func sizes(_ kind: Overtaking) -> String? {
      let sizes = overtakings.filter { $0.overtaking == kind }.map { TickFormat.abbreviate($0.parameters) }
      guard let last = sizes.last else { return nil }
      return sizes.count == 1 ? last : sizes.dropLast().joined(separator: ", ") + " and " + last
    }
    var sentences = ""
    if let never = sizes(.never) {
      sentences += " No line at \(never): at all numbers of tokens shown the best distillation is better."
    }
    if let unclear = sizes(.unclear) {
      sentences += " No line at \(unclear): supervised training does not overtake for good within the tokens shown."
    }
    return sentences
  }

  /// Where along figure 15's axis supervised training overtakes the best distillation for good.
  func overtaking(_ parameters: Double) -> Overtaking {
    /// Below zero where distillation is better.
    func difference(_ logTokens: Double) -> Double {
      let student = Student(parameters: parameters, tokens: exp(logTokens))
      return loss(student, teacherLoss: bestTeacherLoss(student))
        - law.supervised.loss(parameters: parameters, tokens: student.tokens)
    }
    let (start, end) = (log(scale.tokenAxis.lowerBound), log(scale.tokenAxis.upperBound))
    let places = (0...64).map { start + (end - start) * Double($0) / 64 }
    let isBetter = places.map { difference($0) < 0 }
    guard let last = isBetter.lastIndex(of: true) else { return .unclear }
    guard last < places.count - 1 else { return isBetter.allSatisfy { $0 } ? .never : .unclear }
    var (low, high) = (places[last], places[last + 1])
    while high - low > 1e-6 {
      let middle = (low + high) / 2
      if difference(middle) < 0 { low = middle } else { high = middle }
    }
    return .from(exp((low + high) / 2))
  }

  func figure(
    _ title: String, _ against: String, _ rows: [[Panel]], height: Double,
    levelsPerNat: Double = Self.levelsPerNat, overtakes: Bool = false, more: String = ""
  ) -> Figure {
    var entries = [
      Legend.Entry(.italic("L") + .subscript("S") + " (nats per token)", Swatch(line: Self.contour)),
      Legend.Entry(.italic("L") + .subscript("T") + "*, the best teacher", Swatch(line: Self.best)),
    ]
    if range != nil { entries.append(RunsRange.veilEntry) }
    if overtakes { entries.append(Legend.Entry("supervised training overtakes", Swatch(line: Self.overtaking))) }
    return Figure(
      title: title,
      summary:
        "Contours of a student's cross-entropy against \(against) and its teacher's cross-entropy, with the teacher's cross-entropy that makes the best student.",
      width: Theme.pageWidth, rowHeights: rows.map { _ in height }, columnWeights: rows.first?.map { _ in 1 } ?? [],
      cells: rows.enumerated().flatMap { row, panels in
        panels.enumerated().map { Figure.Cell($1, rows: row...row, columns: $0...$0) }
      },
      legend: Legend(.below, [Legend.Group(nil, entries)]),
      caption: inputs.lawSentence
        + RichText(
          " Contours every \(TickFormat.significant(1 / levelsPerNat, digits: 2)) nats. Red: the teacher's loss with the best student, where it lies inside the panel.\(more)"
        )
        + (range.map { " Pale: outside the range that the law was fitted on (" + $0.sentence + ")." } ?? ""))
  }
}
