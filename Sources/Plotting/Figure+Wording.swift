extension Figure {
  /// The figure with other words: in titles, axes, legends and captions.
  /// - Parameter words: what a piece of text of one style becomes.
  public func worded(_ words: (String) -> String) -> Figure {
    func worded(_ text: RichText?) -> RichText? { text?.worded(words) }
    var figure = self
    figure.title = words(title)
    figure.summary = words(summary)
    figure.caption = worded(caption)
    figure.colorBar?.title = colorBar?.title.worded(words) ?? ""
    for group in figure.legend?.groups.indices ?? 0..<0 {
      figure.legend?.groups[group].title = worded(legend?.groups[group].title)
      for entry in figure.legend?.groups[group].entries.indices ?? 0..<0 {
        figure.legend?.groups[group].entries[entry].label.word(words)
      }
    }
    for cell in figure.cells.indices {
      figure.cells[cell].panel.title = worded(cells[cell].panel.title)
      figure.cells[cell].panel.x.title = worded(cells[cell].panel.x.title)
      figure.cells[cell].panel.y.title = worded(cells[cell].panel.y.title)
    }
    return figure
  }
}

extension RichText {
  func worded(_ words: (String) -> String) -> RichText {
    var text = self
    text.word(words)
    return text
  }

  mutating func word(_ words: (String) -> String) {
    for index in runs.indices { runs[index].text = words(runs[index].text) }
  }
}
