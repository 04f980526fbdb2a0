import Formats
import Foundation
import Plotting
import Studies
import ScalingLaws

/// Contours of the student's loss over the teacher's, and the teacher that makes the best student.
struct TeacherChoice {
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
