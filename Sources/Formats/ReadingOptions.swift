/// How runs are read from a file and which of them are taken: the same for all stages, and written into a fit, so that
/// later stages read the same runs.
public struct ReadingOptions: Codable, Hashable, Sendable {
  /// What a column may hold.
  public enum Role: String, Codable, Sendable, CaseIterable {
    case parameters, tokens, compute, loss, teacherLoss, teacher, teacherParameters, teacherTokens, seed, sweep, run, cluster,
      state, step
  }

  /// Which of the runs that could be taken are taken.
  public enum Choice: String, Codable, Sendable, CaseIterable {
    /// Every run.
    case all
    /// The run with the least loss of every (N, D), or (N_S, D_S, teacher).
    case best
    /// The last checkpoint of every training.
    case last
  }

  /// Names of columns by what they hold.
  public var columns: [Role: String]
  /// A table of what logs do not say of their runs, by their names.
  public var manifest: String?
  /// N and D of all runs, where no column has them.
  public var parameters, tokens: Double?
  /// Tokens a step, where a log counts steps.
  public var tokensPerStep: Double?
  /// What N and D are counted in: 1e6 where a table has millions.
  public var parametersUnit, tokensUnit: Double?
  /// What losses are measured in; nil for what the file says, else nats per token.
  public var lossUnit: LossUnit?
  /// Which runs are taken, each `column=value`, `column!=value`, or with `<`, `<=`, `>`, `>=`.
  public var conditions: [String]
  public var choice: Choice?
  /// Runs without a finite loss, and those whose state says that they did not finish, are left out.
  public var leavesOutFailed: Bool
  /// Only runs of at least so many tokens are taken.
  public var minimumTokens: Double?
  /// Whether repeated rows are taken for checkpoints of one training where no column says so.
  public var findsTrainings: Bool

  public init(
    columns: [Role: String] = [:], manifest: String? = nil, parameters: Double? = nil, tokens: Double? = nil,
    tokensPerStep: Double? = nil,
    parametersUnit: Double? = nil, tokensUnit: Double? = nil, lossUnit: LossUnit? = nil, conditions: [String] = [],
    choice: Choice? = nil, leavesOutFailed: Bool = false, minimumTokens: Double? = nil, findsTrainings: Bool = true
  ) {
    self.columns = columns
    self.manifest = manifest
    self.parameters = parameters
    self.tokens = tokens
    self.tokensPerStep = tokensPerStep
    self.parametersUnit = parametersUnit
    self.tokensUnit = tokensUnit
    self.lossUnit = lossUnit
    self.conditions = conditions
    self.choice = choice
    self.leavesOutFailed = leavesOutFailed
    self.minimumTokens = minimumTokens
    self.findsTrainings = findsTrainings
  }

  private enum CodingKeys: String, CodingKey {
    case columns, manifest, parameters, tokens, tokensPerStep, parametersUnit, tokensUnit, lossUnit, conditions, choice,
      leavesOutFailed, minimumTokens, findsTrainings
  }

  /// Only what is not as it is without options is written.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    if !columns.isEmpty {
      try values.encode(Dictionary(uniqueKeysWithValues: columns.map { ($0.rawValue, $1) }), forKey: .columns)
    }
    try values.encodeIfPresent(manifest, forKey: .manifest)
    try values.encodeIfPresent(parameters, forKey: .parameters)
    try values.encodeIfPresent(tokens, forKey: .tokens)
    try values.encodeIfPresent(tokensPerStep, forKey: .tokensPerStep)
    try values.encodeIfPresent(parametersUnit, forKey: .parametersUnit)
    try values.encodeIfPresent(tokensUnit, forKey: .tokensUnit)
    try values.encodeIfPresent(lossUnit, forKey: .lossUnit)
    if !conditions.isEmpty { try values.encode(conditions, forKey: .conditions) }
    try values.encodeIfPresent(choice, forKey: .choice)
    if leavesOutFailed { try values.encode(true, forKey: .leavesOutFailed) }
    try values.encodeIfPresent(minimumTokens, forKey: .minimumTokens)
    if !findsTrainings { try values.encode(false, forKey: .findsTrainings) }
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let named = try values.decodeIfPresent([String: String].self, forKey: .columns) ?? [:]
    var columns = [Role: String]()
    for (name, column) in named {
      guard let role = Role(rawValue: name) else {
        throw DecodingError.dataCorruptedError(forKey: .columns, in: values, debugDescription: "\(name) is no role of a column")
      }
      columns[role] = column
    }
    self.init(
      columns: columns, manifest: try values.decodeIfPresent(String.self, forKey: .manifest),
      parameters: try values.decodeIfPresent(Double.self, forKey: .parameters),
      tokens: try values.decodeIfPresent(Double.self, forKey: .tokens),
      tokensPerStep: try values.decodeIfPresent(Double.self, forKey: .tokensPerStep),
      parametersUnit: try values.decodeIfPresent(Double.self, forKey: .parametersUnit),
      tokensUnit: try values.decodeIfPresent(Double.self, forKey: .tokensUnit),
      lossUnit: try values.decodeIfPresent(LossUnit.self, forKey: .lossUnit),
      conditions: try values.decodeIfPresent([String].self, forKey: .conditions) ?? [],
      choice: try values.decodeIfPresent(Choice.self, forKey: .choice),
      leavesOutFailed: try values.decodeIfPresent(Bool.self, forKey: .leavesOutFailed) ?? false,
      minimumTokens: try values.decodeIfPresent(Double.self, forKey: .minimumTokens),
      findsTrainings: try values.decodeIfPresent(Bool.self, forKey: .findsTrainings) ?? true)
  }
}
