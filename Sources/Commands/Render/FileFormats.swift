import ArgumentParser
import Formats
import Foundation
import Plotting

/// A kind of file that a figure is written as.
enum FileFormat: String, CaseIterable {
  case svg, png, pdf
}

/// The kinds of files that are asked for, each once.
struct FileFormats: ExpressibleByArgument, CustomStringConvertible {
  var kinds: [FileFormat]

  static let usual = FileFormats(kinds: [.svg, .png])

  init(kinds: [FileFormat]) {
    self.kinds = kinds
  }

  /// Nil where a word between the commas is no format.
  init?(argument: String) {
    kinds = []
    for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let kind = FileFormat(rawValue: word.trimmingCharacters(in: .whitespaces).lowercased()) else { return nil }
      if !kinds.contains(kind) { kinds.append(kind) }
    }
  }

  var description: String { kinds.map(\.rawValue).joined(separator: ",") }
  var defaultValueDescription: String { description }
}

/// A width on paper.
struct PrintWidth: ExpressibleByArgument {
  /// In points of 1/72 in.
  var points: Double

  /// Widths at which a figure still has room for its labels, and a page for the figure.
  private static let range = 140.0...2000.0

  /// A number of points, or a number with `pt`, `mm`, `cm` or `in`. Nil where it is none, or out of range.
  init?(argument: String) {
    let units = ["pt": 1, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72]
    let unit = String(argument.suffix(2))
    guard let number = decimalNumber(units[unit] == nil ? argument : String(argument.dropLast(2))),
      Self.range.contains(number * (units[unit] ?? 1))
    else { return nil }
    points = number * (units[unit] ?? 1)
  }
}

extension TextForm: ExpressibleByArgument {}
