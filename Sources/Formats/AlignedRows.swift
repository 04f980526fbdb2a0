/// Rows of cells as lines of text, the first column to the left and the others to the right.
package func aligned(_ rows: [[String]]) -> String {
  let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    zip(row, widths).enumerated().map { index, cell in
      let padding = String(repeating: " ", count: cell.1 - cell.0.count)
      return index == 0 ? cell.0 + padding : padding + cell.0
    }.joined(separator: "  ") + "\n"
  }.joined()
}
