import Formats

/// The names by which columns of runs are known, and which column of a file has which role.
///
/// Names are compared without case, blanks and punctuation; of names with a way (`eval/loss`, `config.model.n_params`) the
/// last part is looked at, too.
struct ColumnNames {
  typealias Role = ReadingOptions.Role

  /// Column by role.
  private(set) var places: [Role: Int] = [:]
  /// What was taken to be so without being told.
  private(set) var notes: [String] = []

  /// Our own names, which need no guess.
  private static let own: [Role: [String]] = [
    .parameters: ["N", "parameters", "N_S", "studentParameters"], .tokens: ["D", "tokens", "D_S", "studentTokens"],
    .loss: ["loss", "L", "L_S", "studentLoss"], .compute: ["C", "compute"],
    .teacherLoss: ["L_T", "teacherLoss", "distillation/teacherLoss"],
    .teacher: ["teacher", "teacherRun", "distillation/teacherRun"],
    .teacherParameters: ["N_T", "teacherParameters", "distillation/teacherParameters"],
    .teacherTokens: ["D_T", "teacherTokens", "distillation/teacherTokens"], .seed: ["seed"], .sweep: ["sweep"],
    .run: ["run"], .cluster: ["training", "cluster"], .state: ["state", "status"], .step: ["step"],
  ]

  /// Sizes by what they count, the one that the laws are written for first.
  private static let sizes: [(meaning: String, names: Set<String>)] = [
    (
      "non-embedding parameters",
      [
        "nonembeddingparameters", "nonembeddingparams", "nonembparams", "nonembeddings", "nnonembedding", "nnonembeddings",
        "nnonemb", "nnoemb", "nnoembedding", "nnoembeddings", "paramsnoembedding", "paramsnoembeddings", "paramsnonembedding",
        "paramsnonembeddings", "noembeddingparameters", "parametersnoembedding", "parametersnonembedding", "nonembeddingsize",
        "numnonembeddingparams", "numnonembeddingparameters", "paramsnonemb", "paramsnoemb", "nonemb", "nonembedding",
        "nonembeddingn",
      ]
    ),
    (
      "parameters",
      [
        "n", "parameters", "params", "param", "numparams", "numparam", "nparams", "nparam", "numparameters", "nparameters",
        "modelsize", "size", "modelparams", "modelparameters", "modelnparams", "parametercount", "paramcount", "paramscount",
        "ns", "studentparameters", "studentparams", "nstudent", "studentsize", "nparamsstudent", "studentnparams",
        "nummodelparams",
        "nmodelparams", "numberofparameters", "numofparameters", "nparamstudent", "numstudentparams",
      ]
    ),
    (
      "all parameters, embeddings among them",
      [
        "totalparameters", "totalparams", "ntotal", "numtotalparams", "paramstotal", "parameterstotal", "nall",
        "nwithembedding", "nwithembeddings",
      ]
    ),
    (
      "active parameters",
      ["activeparameters", "activeparams", "nactive", "numactiveparams", "paramsactive", "parametersactive", "nactiveparams"]
    ),
    ("trainable parameters", ["trainableparameters", "trainableparams", "numtrainableparams", "paramstrainable"]),
  ]

  /// Other names, without case and punctuation.
  private static let usual: [Role: Set<String>] = [
    .compute: [
      "c", "compute", "flop", "flops", "trainingflop", "trainingflops", "trainflops", "trainflop", "totalflops",
      "trainingcompute",
      "traincompute", "totalcompute", "computeflops", "flopstotal", "totalflop",
    ],
    .tokens: [
      "d", "tokens", "numtokens", "ntokens", "traintokens", "trainingtokens", "tokensseen", "tokenseen", "seentokens",
      "totaltokens", "consumedtokens", "numinputtokensseen", "traintokensseen", "trainingtokensseen", "numtraintokens",
      "ntraintokens", "tokenstrained", "processedtokens", "tokensprocessed", "tokensconsumed", "tokencount", "ds",
      "studenttokens", "distillationtokens", "ntokensstudent", "dstudent", "numtokensseen", "ntokensseen", "tokensseentotal",
      "cumulativetokens", "datasettokens", "numberoftokens", "studentntokens",
    ],
    .teacherLoss: [
      "lt", "teacherloss", "lossteacher", "lteacher", "teachervalloss", "teacherevalloss", "teachervalidationloss",
      "teacherce", "teachercrossentropy", "teachernll", "losst", "teacherl", "tloss", "teachertestloss", "teacherfinalloss",
    ],
    .teacher: ["teacher", "teachername", "teacherrun", "teacherid", "teachermodel"],
    .teacherParameters: [
      "nt", "teacherparameters", "teacherparams", "teachersize", "nteacher", "nparamsteacher", "teachernparams",
      "teachernumparams", "numteacherparams", "teachermodelsize", "teachern",
    ],
    .teacherTokens: ["dt", "teachertokens", "teachertraintokens", "ntokensteacher", "dteacher", "teacherntokens", "teacherd"],
    .seed: ["seed", "randomseed", "rngseed"], .sweep: ["sweep", "sweepname", "group", "experiment"],
    .run: ["run", "name", "runname", "runid", "experimentname", "jobname", "id", "trial", "trialid"],
    .cluster: ["training", "cluster", "trajectory"], .state: ["state", "status", "runstate"],
    .step: ["step", "steps", "globalstep", "iteration", "iter", "trainerglobalstep"],
  ]

  /// Losses on held-out text, then those whose text is not said, then those on what was trained on.
  private static let losses: [Set<String>] = [
    [
      "valloss", "evalloss", "validationloss", "testloss", "heldoutloss", "finalvalloss", "finalevalloss", "validloss",
      "devloss", "lossval", "losseval", "lossvalidation", "losstest", "lval", "ltest", "leval", "valce", "evalce",
      "valcrossentropy", "evalcrossentropy", "valnll", "evalnll", "testnll", "studentvalloss", "studentevalloss",
      "studentvalidationloss", "studenttestloss", "finalvalidationloss", "finaltestloss", "lmloss", "valbpb", "evalbpb",
      "testbpb",
      "heldoutbpb", "validationbpb",
    ],
    [
      "loss", "l", "finalloss", "crossentropy", "crossentropyloss", "celoss", "ce", "nll", "ls", "studentloss", "lossstudent",
      "lstudent", "losss", "studentce", "studentnll", "studentcrossentropy", "bpb", "bpc", "bitsperbyte", "bitspertoken",
      "bitsperword", "bitspercharacter", "bitsperchar", "natsperbyte", "natspertoken", "natsperword", "bpt", "studentfinalloss",
      "endloss", "lastloss", "ppltoken", "smoothedloss",
    ],
    [
      "trainloss", "trainingloss", "losstrain", "finaltrainloss", "ltrain", "traince", "trainnll", "traincrossentropy",
      "smoothtrainloss",
    ],
  ]

  /// - Parameters:
  ///   - needs: roles without which there is no run: those that no option gives a value for.
  ///   - isSeries: whether the rows are measurements of trainings, whose plain `loss` is that of training.
  /// - Throws: ``StageError`` where a column that is asked for is not there, where no column or more than one may have a
  ///   role that is needed.
  init(_ columns: [String], options: ReadingOptions, needs: [Role], isSeries: Bool, fail: (String) -> StageError)
    throws(StageError)
  {
    for (role, name) in options.columns.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      places[role] = try Self.place(of: name, in: columns, fail: fail)
    }
    let taken = Set(places.values)
    let free = columns.indices.filter { !taken.contains($0) && !columns[$0].isEmpty }
    for role in Role.allCases where places[role] == nil {
      // The step and the state of a run are no part of it, unless they are asked for.
      let found = try Self.own(role, columns, free, fail: fail)
      switch role {
      case .parameters:
        if options.parameters == nil { try findSize(columns, free, own: found, fail: fail) }
      case .tokens where options.tokens != nil: break
      // Compute is asked only where nothing else gives D.
      case .compute where places[.tokens] != nil || options.tokens != nil || options.tokensPerStep != nil: break
      case .loss:
        try findLoss(columns, free, own: found, isSeries: isSeries, fail: fail)
      default:
        if let found {
          places[role] = found
        } else {
          places[role] = try single(role, Self.usual[role] ?? [], columns, free, fail: fail)
        }
      }
    }
    noteOtherLosses(columns, free, options)
    for role in needs where places[role] == nil {
      // D follows from the compute, C / (6 N).
      if role == .tokens, places[.compute] != nil { continue }
      throw fail(Self.missing(role, columns, options: options))
    }
  }

  // MARK: Finding

  /// The column with one of our own names.
  private static func own(
    _ role: Role, _ columns: [String], _ free: [Int], fail: (String) -> StageError
  ) throws(StageError) -> Int? {
    let names = own[role] ?? []
    // Students' names come before those of any run: a table may have both.
    let found = free.filter { names.contains(columns[$0]) }
    let students = found.filter { columns[$0].hasSuffix("_S") || columns[$0].hasPrefix("student") }
    let candidates = students.isEmpty ? found : students
    guard candidates.count <= 1 else {
      throw fail("two columns hold the same: \(candidates.map { columns[$0] }.joined(separator: " and "))")
    }
    return candidates.first
  }

  private func single(
    _ role: Role, _ names: Set<String>, _ columns: [String], _ free: [Int], fail: (String) -> StageError
  ) throws(StageError) -> Int? {
    let counts: [Role] = [.tokens, .compute, .teacherParameters, .teacherTokens]
    let found = Self.matches(names, columns, free, areCounts: counts.contains(role))
    if found.count > 1, role == .tokens || role == .teacherLoss {
      throw fail(Self.choice(role, found.map { columns[$0] }))
    }
    return found.first
  }

  /// Columns whose whole name is one of `names`, or else those whose name ends in one of them: `config.model.n_params`.
  private static func matches(
    _ names: Set<String>, _ columns: [String], _ free: [Int], areCounts: Bool = false
  ) -> [Int] {
    matches([names], columns, free, areCounts: areCounts)[0]
  }

  /// Columns by the first of several sets that their name is in; a column is in one of them alone. Longer ends of a name
  /// come first: `eval/loss` is an evaluation's loss before it is a loss.
  private static func matches(
    _ sets: [Set<String>], _ columns: [String], _ free: [Int], areCounts: Bool = false
  ) -> [[Int]] {
    var whole = sets.map { _ in [Int]() }, last = whole
    for place in free {
      // A unit at the end of a name is no part of it.
      let ends = ColumnUnits.ends(of: ColumnUnits.parted(columns[place]).name)
      // A teacher's size is not the size of what it teaches.
      let isTeachers = plain(columns[place]).contains("teacher")
      for (index, end) in ends.enumerated() where index == 0 || !isTeachers {
        let bare = [end] + (areCounts ? ColumnUnits.withoutSuffix(end).map(\.name) : [])
        guard let set = bare.lazy.compactMap({ name in sets.firstIndex { $0.contains(name) } }).first else { continue }
        if index == 0 { whole[set].append(place) } else { last[set].append(place) }
        break
      }
    }
    return zip(whole, last).map { $0.isEmpty ? $1 : $0 }
  }

  private mutating func findSize(
    _ columns: [String], _ free: [Int], own: Int?, fail: (String) -> StageError
  ) throws(StageError) {
    let found = zip(Self.sizes, Self.matches(Self.sizes.map(\.names), columns, free, areCounts: true)).map { size, places in
      (meaning: size.meaning, places: places.filter { $0 != own })
    }
    if let own, columns[own].hasPrefix("N_S") || columns[own].hasPrefix("student") || found.allSatisfy(\.places.isEmpty) {
      places[.parameters] = own
      return
    }
    var chosen = found.first { !$0.places.isEmpty }
    if let own, chosen?.meaning != Self.sizes[0].meaning { chosen = ("parameters", [own]) }
    guard let chosen, let place = chosen.places.first else { return }
    guard chosen.places.count == 1 else { throw fail(Self.choice(.parameters, chosen.places.map { columns[$0] })) }
    places[.parameters] = place
    let others = ([own].compactMap { $0 } + found.flatMap(\.places)).filter { $0 != place }.map { columns[$0] }
    guard !others.isEmpty else { return }
    notes.append(
      "N is read from the column `\(columns[place])` (\(chosen.meaning)); "
        + "\(Self.list(others.map { "`\($0)`" })) could be N, too: --columns parameters='\(others[0])' takes it")
  }

  private mutating func findLoss(
    _ columns: [String], _ free: [Int], own: Int?, isSeries: Bool, fail: (String) -> StageError
  ) throws(StageError) {
    let found = Self.matches(Self.losses, columns, free.filter { !Self.plain(columns[$0]).contains("teacher") })
    if let own, columns[own].hasSuffix("_S") || columns[own].hasPrefix("student") || found[0].isEmpty && !isSeries {
      places[.loss] = own
      return
    }
    if isSeries, found[0].count == 1 {
      places[.loss] = found[0][0]
      return
    }
    let all = isSeries && !found[0].isEmpty ? found[0] : found.flatMap { $0 }
    guard all.count <= 1 else { throw fail(Self.choice(.loss, all.map { columns[$0] })) }
    places[.loss] = all.first
    if let place = all.first, found[2].contains(place) || isSeries && found[1].contains(place) {
      notes.append("the loss is `\(columns[place])`, on the text that was trained on: no column has one on held-out text")
    }
  }

  /// Where our own name decided, other losses are named.
  private mutating func noteOtherLosses(_ columns: [String], _ free: [Int], _ options: ReadingOptions) {
    guard options.columns[.loss] == nil, let place = places[.loss] else { return }
    let others = Self.matches(Self.losses, columns, free).flatMap { $0 }.filter {
      $0 != place && $0 != places[.teacherLoss] && !Self.plain(columns[$0]).contains("teacher")
    }
    guard !others.isEmpty else { return }
    notes.append(
      "the loss is read from the column `\(columns[place])`; \(Self.list(others.map { "`\(columns[$0])`" })) could be the loss, "
        + "too: --columns loss='\(columns[others[0]])' takes it")
  }

  // MARK: Messages

  private static func place(of name: String, in columns: [String], fail: (String) -> StageError) throws(StageError) -> Int {
    let exact = columns.indices.filter { columns[$0] == name }
    let found = exact.isEmpty ? columns.indices.filter { plain(columns[$0]) == plain(name) } : exact
    guard let place = found.first else {
      let near = nearest(to: [plain(name)], columns)
      throw fail("there is no column `\(name)`; \(near.map { "`\($0)` is near, and " } ?? "")there are \(names(columns))")
    }
    guard found.count == 1 else { throw fail("\(found.count) columns are called `\(name)`") }
    return place
  }

  private static func choice(_ role: Role, _ names: [String]) -> String {
    let what =
      switch role {
      case .loss: "the loss"
      case .parameters: "N"
      case .tokens: "D"
      default: role.rawValue
      }
    return "\(names.count) columns may hold \(what): \(list(names.map { "`\($0)`" })); choose one, as in "
      + "--columns \(role.rawValue)='\(names[0])'"
  }

  private static func missing(_ role: Role, _ columns: [String], options: ReadingOptions) -> String {
    var usualNames: [String]
    let what: String
    switch role {
    case .parameters: (what, usualNames) = ("N, the number of parameters", Array(sizes.map(\.names).joined()))
    case .tokens: (what, usualNames) = ("D, the number of tokens", Array(usual[.tokens] ?? []))
    case .loss: (what, usualNames) = ("the loss", Array(losses.joined()))
    default: (what, usualNames) = (role.rawValue, Array(usual[role] ?? []))
    }
    usualNames.sort()
    let near = nearest(to: usualNames, columns)
    var message =
      "no column is known to hold \(what); \(near.map { "`\($0)` is near, and " } ?? "")there are \(names(columns)). "
    message += "Name it, as in --columns \(role.rawValue)=\(near.map { "'\($0)'" } ?? "COLUMN")"
    switch role {
    case .parameters: message += ", or give the N of all runs by --parameters"
    case .tokens: message += ", or give the D of all runs by --tokens, or --tokens-per-step where steps are counted"
    case .loss:
      if let name = columns.first(where: { plain($0).contains("ppl") || plain($0).contains("perplexity") }) {
        message += "; `\(name)` is a perplexity, and the loss is its logarithm"
      }
    default: break
    }
    return message
  }

  private static func names(_ columns: [String]) -> String {
    let shown = columns.filter { !$0.isEmpty }.prefix(30).map { "`\($0)`" }
    guard !shown.isEmpty else { return "none" }
    return (shown + (columns.count > 30 ? ["\(columns.count - 30) more"] : [])).joined(separator: ", ")
  }

  static func list(_ names: [String]) -> String {
    names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }

  /// What the column of a role counts in by its name, `Params (M)`; nil where that says nothing.
  static func factor(_ role: Role, _ column: String) -> Double? {
    let names: Set<String>
    switch role {
    case .parameters: names = sizes.reduce(into: []) { $0.formUnion($1.names) }
    default: names = usual[role] ?? []
    }
    return ColumnUnits.factor(of: column, names: names)
  }

  /// A name without case, blanks and punctuation.
  static func plain(_ name: String) -> String { String(name.lowercased().filter { $0.isLetter || $0.isNumber }) }

  /// The column whose name differs least from one of `names`: by two letters at most, and by a third of them.
  private static func nearest(to names: [String], _ columns: [String]) -> String? {
    var best: (distance: Int, column: String)?
    for column in columns where !column.isEmpty {
      let own = Array(plain(column).prefix(40))
      for name in names {
        let other = Array(name)
        guard abs(own.count - other.count) <= 2, other.count >= 3 else { continue }
        let distance = editDistance(own, other)
        if distance <= min(2, other.count / 3), distance < best?.distance ?? .max { best = (distance, column) }
      }
    }
    if best == nil {
      // A part of a name says as much: `final_parameters_of_model`.
      for column in columns where !column.isEmpty {
        if names.contains(where: { $0.count >= 4 && plain(column).contains($0) }) { return column }
      }
    }
    return best?.column
  }

  private static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = left == right ? diagonal : 1 + min(diagonal, above, row[j])
        diagonal = above
      }
    }
    return row[b.count]
  }
}
