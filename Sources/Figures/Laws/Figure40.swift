import Formats
import Plotting
import ScalingLaws
import Studies

extension FigureDefinition {
  static let figure40 = FigureDefinition(
    number: 40, title: "endless tokens, supervised and distilled",
    needs: [.distillationLaw], uses: [.distillations],
    make: endlessTokensFigure)
}

/// Figure 40: where a model of a size ends with endless tokens, trained supervised or distilled from the best teacher.
public func endlessTokensFigure(_ inputs: FigureInputs) throws(StageError) -> Figure {
  let law = try inputs.law()
  let scale = try inputs.scale()
  let sizes = try asStageError { () throws(PlotError) in
    try Scale(.logarithmic, domain: scale.endlessAxis).samples(129)
  }
  let supervised = sizes.map { Datum($0, law.supervised.loss(parameters: $0, tokens: .infinity)) }
  let distilled = sizes.map { size -> Datum in
    let best = law.bestTeacherLoss(studentParameters: size, studentTokens: .infinity, in: scale.teacherLosses)
    return Datum(size, law.loss(studentParameters: size, studentTokens: .infinity, teacherLoss: best))
  }
  let alone = Stroke(.grey(0.35), width: 1.1, dash: Stroke.dashed)
  let taught = Stroke(Palette.blue, width: 1.3)
  let apart = zip(supervised, distilled).map { (size: $0.x, share: abs($1.y / $0.y - 1)) }.max { $0.share < $1.share }
  let difference = apart.map { apart in
    " The two differ by at most \(Phrase.percent(apart.share)), at \(TickFormat.abbreviate(apart.size)) parameters."
  }
  return Figure(
    title: "Figure 40: endless tokens, supervised and distilled",
    summary:
      "The cross-entropy that a model reaches with endless tokens, trained supervised or distilled from its best teacher, against its size.",
    width: Theme.columnWidth, rowHeights: [140],
    cells: [
      Figure.Cell(
        Panel(
          "endless tokens",
          x: Axis(Phrase.parameters("N", "S"), .logarithmic, domain: scale.endlessAxis, format: .abbreviated),
          y: Axis(Phrase.loss, domain: scale.endlessLosses),
          marks: [
            LineMark("distilled", distilled, stroke: taught), LineMark("supervised", supervised, stroke: alone),
          ]))
    ],
    legend: Legend(
      .below,
      [
        Legend.Group(
          nil,
          [
            Legend.Entry(
              .italic("L") + "(" + .italic("N") + .subscript("S") + ", ∞), supervised", Swatch(line: alone)),
            Legend.Entry(
              .italic("L") + .subscript("S") + "(" + .italic("N") + .subscript("S") + ", ∞, " + .italic("L")
                + .subscript("T") + "*), distilled", Swatch(line: taught)),
          ])
      ]),
    caption: inputs.lawSentence
      + RichText(
        "\(difference ?? "") Blue: distilled from the best teacher; dashed grey: supervised."))
}
