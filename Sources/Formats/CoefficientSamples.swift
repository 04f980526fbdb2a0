import Foundation
import ScalingLaws

/// The coefficients of a fit and of its refits to resampled runs, as `distill-bootstrap --samples` writes them: a
/// table with a column a coefficient, whose first row, resample 0, is the fit.
public struct CoefficientSamples: Sendable, Hashable {
  /// The fit.
  public var estimates: [String: Double]
  /// The refits, in the order of the resamples. A coefficient beyond what a number holds is infinite; in the table it is
  /// the largest number.
  public var resamples: [[String: Double]]

  /// - Parameter samples: the values of each coefficient in the order of the resamples; names that no law has are
  ///   left out.
  public init(estimates: [String: Double], samples: [String: [Double]]) {
    let names = CoefficientNames.all.filter { estimates[$0] != nil && samples[$0] != nil }
    self.estimates = estimates.filter { names.contains($0.key) }
    let count = names.compactMap { samples[$0]?.count }.min() ?? 0
    resamples = (0..<count).map { index in
      Dictionary(uniqueKeysWithValues: names.map { ($0, samples[$0]?[index] ?? .nan) })
    }
  }

  /// To twelve digits.
  public var csv: String {
    let names = CoefficientNames.all.filter { estimates[$0] != nil }
    let rows = ([estimates] + resamples).enumerated().map { index, row in
      ([String(index)] + names.map { String(format: "%.12g", min(row[$0] ?? .nan, .greatestFiniteMagnitude)) }).joined(
        separator: ",") + "\n"
    }
    return (["resample"] + names).joined(separator: ",") + "\n" + rows.joined()
  }

  /// - Throws: ``StageError`` with file and line.
  public init(readingFrom file: String) throws(StageError) {
    let table = try SeparatedTable(readingFrom: file)
    guard table.header.fields.first == "resample", table.header.fields.count > 1,
      table.header.fields.dropFirst().allSatisfy(CoefficientNames.all.contains)
    else {
      throw StageError(
        "expected a header with resample and a law's coefficients, as distill-bootstrap --samples writes it",
        file: file, line: table.header.line)
    }
    let names = table.header.fields.dropFirst()
    var rows = [[String: Double]]()
    for row in table.rows {
      guard row.fields.count == names.count + 1, row.fields[0] == String(rows.count) else {
        throw StageError("expected resample \(rows.count) with \(names.count) coefficients", file: file, line: row.line)
      }
      var values: [String: Double] = [:]
      for (name, field) in zip(names, row.fields.dropFirst()) {
        guard let value = decimalNumber(field), value >= 0 else {
          throw StageError("\(name) should be a number that is not negative, not `\(field)`", file: file, line: row.line)
        }
        values[name] = value
      }
      rows.append(values)
    }
    guard rows.count > 2 else { throw StageError("holds no resamples", file: file) }
    estimates = rows[0]
    resamples = Array(rows.dropFirst())
  }
}
