import PaperStudy
import ScalingLaws

extension ModelShape {
  /// The shapes of a study's models: the paper's for its own study, else those of study.json; nil where it has none.
  public static func family(of runs: StudyRuns) -> [ModelShape]? {
    if runs.study.description.paper != nil { return paper }
    guard let shapes = runs.study.description.shapes, let family = runs.knownFamily else { return nil }
    return shapes.models.map { model in
      ModelShape(
        name: model.name, layers: model.layers, width: model.width, feedForwardWidth: model.feedForwardWidth,
        headWidth: shapes.headWidth, context: Int(family.context), vocabulary: Int(family.vocabulary),
        sharesEmbedding: shapes.sharesEmbedding, countsGains: shapes.countsGains)
    }
  }
}
