/// A row of a Markdown table. A bar in a cell would end the cell, and a line break the row.
public func markdownRow(_ cells: [String]) -> String {
  let escaped = cells.map { cell in
    cell.replacing("|", with: "\\|").split(whereSeparator: \.isNewline).joined(separator: " ")
  }
  return "| " + escaped.joined(separator: " | ") + " |\n"
}
