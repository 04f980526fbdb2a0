import Formats
import Foundation
import Plotting
import Studies
import ScalingLaws
import Statistics

/// Students of protocol 3, whose teachers have constant tokens per parameter.
struct CapacityGap {
  static let summary =
    "Cross-entropy of students against the size of their teachers, whose tokens per parameter are constant; a colour per tokens per parameter of the student, a panel per student size."
  let data: DistillationRuns
  let sizes: [Double]
  private let runs: [RunRecord]
  private let ratios: [Double]
  private let teacherRatio: Double

  /// - Throws: ``StageError`` where no run's teacher has the ratio that most teachers have.
  init(_ data: DistillationRuns) throws(StageError) {
    self.data = data
    func ratio(_ run: RunRecord) -> Double {
      let teacher = DistillationRuns.teacher(of: run)
      return teacher.tokens / teacher.parameters
    }
    // The largest teachers are held back by the length of the text; others have other ratios on purpose.
    let all = data.runs.map(ratio).sorted()
    guard let usual = all.isEmpty ? nil : all[all.count / 2] else { throw StageError("needs \(SweepRole.capacityGap.meaning)") }
    teacherRatio = usual
    runs = data.runs.filter { abs(log(ratio($0) / usual)) < log(1.25) }
    sizes = Set(runs.map(\.parameters)).sorted()
    ratios = Set(runs.map(Self.studentRatio)).sorted()
  }

  /// D_S / N_S as the sweep planned it: whole steps of training leave it a little off.
  private static func studentRatio(_ run: RunRecord) -> Double {
    nominalRatio(run.tokens / run.parameters)
  }

  private func name(_ ratio: Double) -> String { "M_S = \(TickFormat.significant(ratio, digits: 4))" }

  var legends: [Legend.Group] {
    [legend, Legend.Group(nil, [Legend.Entry("student’s size", Swatch(line: DistillationRuns.reference))])]
  }

  private var legend: Legend.Group {
    DistillationRuns.legend(
      ratios.map { (name($0), .italic("M") + .subscript("S") + RichText(" = \(TickFormat.significant($0, digits: 4))")) })
  }

  func caption(_ students: [Double]) -> RichText {
    DistillationRuns.caption(
      runs.filter { students.contains($0.parameters) },
      "Teachers have about \(TickFormat.significant(teacherRatio.rounded(), digits: 4)) tokens per parameter; the lines take their loss from the supervised law; divergences have no law and no line. Dashed: the student's own size."
    )
  }

  func hasDivergences(_ students: [Double]) -> Bool {
    runs.contains { students.contains($0.parameters) && $0.distillation?.divergence != nil }
  }

  private func series(
    _ student: Double, _ value: (RunRecord) -> Double?, curve: Bool
  ) -> [DistillationRuns.Series] {
    runs.filter { $0.parameters == student }.grouped(by: Self.studentRatio).map { ratio, runs in
      let teachers = runs.map { DistillationRuns.teacher(of: $0).parameters }
      let tokens = mean(runs.map(\.tokens)) ?? .nan
      let line = DistillationRuns.grid(teachers).map { parameters -> Datum in
        let teacherLoss = data.law.supervised.loss(parameters: parameters, tokens: teacherRatio * parameters)
        return Datum(
          parameters, data.law.loss(studentParameters: student, studentTokens: tokens, teacherLoss: teacherLoss))
      }
      let points = runs.compactMap { run in
        value(run).map { Datum(DistillationRuns.teacher(of: run).parameters, $0) }
      }
      return DistillationRuns.Series(
        name: name(ratio), label: "", points: points,
        curve: curve ? line : [])
    }
  }

  private func panel(
    _ student: Double, id: String, title: RichText?, y: Axis, _ series: [DistillationRuns.Series]
  ) -> Panel {
    Panel(
      "\(id) \(TickFormat.abbreviate(student))", title: title,
      x: Axis(Phrase.parameters("N", "T"), .logarithmic, format: .abbreviated, shared: "teacher size \(student)"),
      y: y,
      marks: [RuleMark("student's size", .vertical(student), stroke: DistillationRuns.reference)]
        + DistillationRuns.marks(series, among: ratios.map(name)))
  }

  func lossPanel(_ student: Double) -> Panel {
    panel(
      student, id: "loss", title: size("N", "S", student), y: Axis(Phrase.loss("S"), shared: "student loss"),
      series(student, \.loss, curve: true))
  }

  /// From nothing to a little above the largest divergence of all students.
  private var divergenceDomain: ClosedRange<Double> {
    0...1.08 * (runs.compactMap { $0.distillation?.divergence }.max() ?? 1)
  }

  func divergencePanel(_ student: Double) -> Panel {
    panel(
      student, id: "divergence", title: nil, y: Axis("KL (nats per token)", domain: divergenceDomain, shared: "divergence"),
      series(student, { $0.distillation?.divergence }, curve: false))
  }
}
