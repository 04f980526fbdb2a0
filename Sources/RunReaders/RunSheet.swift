/// Runs as a file has them, before anything says which column is which: a row a run or, in a log of trainings, a row a
/// measurement.
///
/// Every reader of this module makes one of these, whatever its format. The names of columns are the file's own; those of
/// nested values are joined by `/` (`eval/loss`, `config/model/layers`).
public struct RunSheet: Sendable, Hashable {
  public struct Row: Sendable, Hashable {
    /// The file that it is from.
    public var file: String
    /// Its line, counted from one, where the format has lines.
    public var line: Int?
    /// A field a column, as it is written; empty where there is no value. Numbers have a point before their decimals.
    public var fields: [String]

    public init(file: String, line: Int? = nil, fields: [String]) {
      self.file = file
      self.line = line
      self.fields = fields
    }
  }

  /// The file or folder that was asked for.
  public var file: String
  /// What it is, for messages: `a comma-separated table`, `event files of TensorBoard`.
  public var format: String
  public var columns: [String]
  public var rows: [Row]
  /// The column that says which training a row is a measurement of, in logs that have several measurements of each, in
  /// their order; nil where a row is a run.
  public var trainingColumn: String?
  /// What the reader took to be so without being told, in sentences for people.
  public var notes: [String]

  public init(
    file: String, format: String, columns: [String], rows: [Row], trainingColumn: String? = nil, notes: [String] = []
  ) {
    self.file = file
    self.format = format
    self.columns = columns
    self.rows = rows
    self.trainingColumn = trainingColumn
    self.notes = notes
  }
}
