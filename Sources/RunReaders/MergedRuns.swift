/// Runs, a row each, whose values are of several groups, such as parameters and metrics. A name that two groups have is
/// the later group's; in the earlier one it is `GROUP/NAME`, in all rows alike.
struct MergedRuns {
  private struct Run {
    var file: String
    var leading: [(name: String, text: String)]
    var groups: [[(name: String, text: String)]]
  }

  private let groups: [String]
  private var runs = [Run]()
  var notes = [String]()

  init(groups: [String]) {
    self.groups = groups
  }

  /// - Parameters:
  ///   - leading: what the format itself says of the run; these names are nobody else's.
  ///   - groups: values by name, of each group.
  mutating func add(
    _ leading: [(name: String, text: String)], groups: [[(name: String, text: String)]], file: String
  ) {
    runs.append(Run(file: file, leading: leading, groups: groups))
  }

  func builder() -> SheetBuilder {
    let leading = Set(runs.flatMap { $0.leading.map(\.name) })
    var names = groups.map { _ in Set<String>() }
    for run in runs {
      for (group, values) in run.groups.enumerated() { names[group].formUnion(values.map(\.name)) }
    }
    var sheet = SheetBuilder()
    sheet.notes = notes
    for run in runs {
      var values = run.leading
      for (group, own) in run.groups.enumerated() {
        values += own.map { value in
          let isTaken = leading.contains(value.name) || names[(group + 1)...].contains { $0.contains(value.name) }
          return isTaken ? (groups[group] + "/" + value.name, value.text) : value
        }
      }
      sheet.add(values, file: run.file)
    }
    return sheet
  }
}
