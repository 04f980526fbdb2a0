/// A row of a Markdown table. A bar in a cell would end the cell, and a line break the row.
public func markdownRow(_ cells: [String]) -> String {
  let escaped = cells.map { cell in
    markdownText(cell.split(whereSeparator: \.isNewline).joined(separator: " ")).replacing("|", with: "\\|")
  }
  return "| " + escaped.joined(separator: " | ") + " |\n"
}

/// Text from outside on a page of Markdown: what would begin an element of HTML is text, and so are control characters.
public func markdownText(_ text: String) -> String {
  var page = ""
  let characters = Array(printable(text))
  for (index, character) in characters.enumerated() {
    let opens =
      character == "<" && index + 1 < characters.count
      && (characters[index + 1].isLetter || "/!?".contains(characters[index + 1]))
    page += opens ? "&lt;" : String(character)
  }
  return page
}
