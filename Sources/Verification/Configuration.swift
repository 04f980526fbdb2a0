import Formats

/// What runs have in common that differ by their seed alone.
struct Configuration: Hashable {
  private var kind: RunRecord.Kind
  private var origin: RunRecord.Origin
  private var parameters, tokens: Double
  private var model: RunRecord.Model?
  private var recipe: RunRecord.Recipe?
  private var teacher: RunRecord.Distillation?

  init(_ record: RunRecord) {
    kind = record.kind
    origin = record.origin
    parameters = record.parameters
    tokens = record.tokens
    model = record.model
    recipe = record.recipe
    teacher = record.distillation?.asked
  }

  /// Runs by configuration, in the order of the first run of each. Only runs with a seed count as repeats.
  static func cells(_ records: [RunRecord]) -> [[RunRecord]] {
    var places = [Configuration: Int](), cells = [[RunRecord]]()
    for record in records {
      let key = Configuration(record)
      if let place = places[key] {
        cells[place].append(record)
      } else {
        places[key] = cells.count
        cells.append([record])
      }
    }
    return cells
  }
}

extension RunRecord.Distillation {
  /// What was asked for, without what came out: a teacher's loss has other last digits on another processor.
  fileprivate var asked: Self {
    var asked = self
    asked.divergence = nil
    asked.teacherLoss = 0
    asked.teacherAccuracy = nil
    return asked
  }
}
