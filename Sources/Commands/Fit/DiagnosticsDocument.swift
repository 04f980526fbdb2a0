import Formats
import Estimation
import Foundation
import Runs

/// What a fit leaves unexplained, as `distill-fit --diagnostics` writes it.
struct DiagnosticsDocument: ResultDocument {
  static let meaning = "diagnostics, as distill-fit writes them"

  struct Run: Codable {
    /// Its name, or in a table its place, counted from one.
    var run: String
    /// Of the student, in a distillation; L_T is nil where there is no teacher.
    var parameters, tokens: Double
    var teacherLoss: Double?
    var observed, predicted, residual, influence: Double
  }

  struct LeftOut: Codable {
    var run: String
    var loss: Double
    var reason: String
  }

  var law: String
  var warnings: [String]
  var correlations: [FitDiagnostics.Correlation]
  var runs: [Run]
  var leftOut: [LeftOut]
  var inputs: FitDocument.Inputs

  /// - Parameter loaded: all runs that the fit's were chosen from.
  init(_ diagnostics: FitDiagnostics, fit: FitDocument, warnings: [String], loaded: LoadedRuns) {
    law = fit.law
    self.warnings = warnings
    correlations = diagnostics.correlations
    inputs = fit.inputs
    let isDistillation = fit.law == "distillation"
    let losses = isDistillation ? loaded.distillation.map(\.studentLoss) : loaded.supervised.map(\.loss)
    let own = loaded.records.filter { ($0.kind == .distillation) == isDistillation }
    let names = loaded.names(distillations: isDistillation)
    let least = fit.selection.minimumLoss ?? -.infinity
    let chosen = losses.indices.filter { losses[$0] >= least }
    runs = zip(chosen, diagnostics.runs).map { place, run in
      let student = isDistillation ? loaded.distillation[place] : nil
      return Run(
        run: names[place], parameters: student?.studentParameters ?? loaded.supervised[place].parameters,
        tokens: student?.studentTokens ?? loaded.supervised[place].tokens, teacherLoss: student?.teacherLoss,
        observed: run.observed, predicted: run.predicted, residual: run.residual, influence: run.influence)
    }
    leftOut = own.filter { $0.purpose != .law }.map {
      LeftOut(run: $0.run, loss: $0.loss, reason: "made for \($0.purpose.rawValue), not for the law (sweep \($0.sweep))")
    }
    leftOut += losses.indices.filter { losses[$0] < least }.map {
      LeftOut(run: names[$0], loss: losses[$0], reason: String(format: "its loss is below %.6g", least))
    }
  }

  /// As Markdown where `path` ends in `.md`, else as JSON.
  func write(to path: String) throws(StageError) {
    if path.lowercased().hasSuffix(".md") {
      try writeAtomically(markdown, to: path)
    } else {
      try writeAtomically(try json(for: path), to: path)
    }
  }

  private var markdown: String {
    var text = "# Diagnostics of the \(law) fit\n\n\(runs.count) runs fitted, \(leftOut.count) left out.\n"
    for warning in warnings { text += "\nWarning: \(warning).\n" }
    text += """

      ## Residuals

      Rank correlations of log observed - log predicted, and of its magnitude, with every variable; the chance is that of \
      one as large where there is none.


      """
    text += "| variable | residual | chance | magnitude | chance |\n| --- | ---: | ---: | ---: | ---: |\n"
    for row in correlations {
      text += String(
        format: "| %@ | %+.2f | %.2g | %+.2f | %.2g |\n", row.variable, row.residual, row.residualChance, row.magnitude,
        row.magnitudeChance)
    }
    text += """

      ## Influence

      The ten runs without which a refit changes the predicted loss of some run most, and by how much.

      | run | N | D | L_T | observed | predicted | error | influence |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |

      """
    let order = runs.indices.sorted { (-runs[$0].influence, $0) < (-runs[$1].influence, $1) }
    for run in order.prefix(10).map({ runs[$0] }) {
      text += String(
        format: "| %@ | %.3g | %.3g | %@ | %.4f | %.4f | %+.2f%% | %.3f%% |\n", run.run, run.parameters, run.tokens,
        run.teacherLoss.map { String(format: "%.4f", $0) } ?? "", run.observed, run.predicted,
        100 * expm1(-run.residual), 100 * run.influence)
    }
    text += "\n## Runs left out\n\n"
    guard !leftOut.isEmpty else { return text + "None.\n" }
    text += "| run | loss | why |\n| --- | ---: | --- |\n"
    for run in leftOut { text += String(format: "| %@ | %.4f | %@ |\n", run.run, run.loss, run.reason) }
    return text
  }
}
