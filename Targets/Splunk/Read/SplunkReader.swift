import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Why a name stands for nothing that is known of every event any more.
enum SplunkClosing {
  /// Fields were dropped, or renamed, by names that are not followed.
  case names
  /// One renaming begins where another ended: which comes first is not documented.
  case chain
  /// Fields whose names begin alike were renamed, as the command is written.
  case wildcard(String)
  /// All fields got a value where they had none.
  case fill
  /// A command may have set any field.
  case anyField(String)
}

/// Reads a search as a rule: every command that keeps or drops events becomes part of the condition.
///
/// Fields are taken as the event has them. Where Splunk's extraction differs (JSON null is the text `null` there,
/// add-ons compute over fields) the reader says so in a warning, and where a search asks what a condition cannot
/// say exactly, it is refused.
struct SplunkReader {
  let source: Source
  /// What the search's own fields hold.
  var bindings: [ScalarText: SplunkBinding] = [:]
  /// What computed fields of the search are of one field of the event: its number, its text in lower case.
  var computed: [ScalarText: Operand] = [:]
  var warnings: [Diagnostic] = []
  /// The extracted fields that are known to be there, so that a question on them is not NULL.
  var guarded: Set<FieldPath> = []
  private var conditions: [Condition] = []
  private var keywords: [SplunkSearch] = []
  private var outputs: [OutputField] = []
  private var logSources: [LogSource] = []
  var places: [Condition] = []
  private var window: [Condition] = []
  /// The names of the macros that say where events are.
  let placeMacros: Set<String>
  /// The tables that are at hand.
  let lookups: SplunkLookups
  /// Whether events are CloudTrail's records, and fields those that the add-on for AWS makes of them.
  let isCloudTrail: Bool
  /// Whether fields are those that an add-on extracts, among which Splunk shows what it knows of the place.
  let isExtracted: Bool
  /// The names of the fields that were not dropped; `nil` where none was.
  private var kept: Set<String>?
  /// Whether fields were dropped or renamed in a way that is not followed, after which names mean something else.
  private var closing: SplunkClosing?
  /// What the search counts, from `stats` on.
  var counting: SplunkCounting?
  /// The command that gives some of the rows, in words, and how many at most.
  private var limit: String?
  private var rowLimit: Int?
  /// The data set that the search reads; `nil` where it reads events.
  var dataSet: SplunkDataSet?

  private init(
    _ source: Source, _ tree: SplunkQuery, _ options: LanguageOptions
  ) throws(Diagnostic) {
    self.source = source
    lookups = try options.splunk.knownLookups
    placeMacros = SplunkPlaces.placeMacros(options)
    var isOfModel = false
    for command in tree.commands { if case .model = command.kind { isOfModel = true } }
    isExtracted = options.splunk.extractedFields || isOfModel
    isCloudTrail = tree.isOfCloudTrail && !options.splunk.extractedFields
  }

  /// The rule of a source, which is one search: what the writer makes, and searches that people write by hand, as the
  /// README lists them.
  static func readAll(_ source: Source, options: LanguageOptions) -> RuleCollection {
    RuleCollection { () throws(Diagnostic) in [try read(source, options)] }
  }

  /// The rule of a search. Throws `E17x` with the place for what is not read.
  static func read(
    _ source: Source, _ options: LanguageOptions = LanguageOptions()
  ) throws(Diagnostic) -> RuleDocument {
    let tree = try SplunkParser.parse(source, options.splunk, endsWithFilter: options.splunk.isFilterOnly)
    var reader = try SplunkReader(source, tree, options)
    do {
      try reader.read(tree.commands[...])
      try reader.takeShown()
      if let command = tree.leftOut { reader.warnings.append(.splunkFilterTaken(command, source)) }
      let condition = Condition.all(reader.conditions)
      try reader.checkKeywords(condition)
      let (id, title) = header(tree.comments) ?? (source.stem, source.stem)
      var rule = Rule(id: id, title: title, condition: condition)
      rule.outputFields = reader.outputs
      if let counting = reader.counting {
        rule.aggregate = counting.aggregate
        for assumption in counting.assumptions { reader.warnings.appendOnce(assumption) }
        rule.outputFields = []
      }
      rule.rowLimit = reader.rowLimit
      rule.logSources = reader.logSources
      rule.place = .all(reader.places.filter { !(reader.places.count == 1 && SplunkPlaces.isEverywhere($0)) })
      rule.window = .all(reader.window)
      return RuleDocument(rule: rule, source: source, warnings: reader.warnings)
    } catch {
      throw error.located(in: source)
    }
  }

  /// The id and title in the comment that the writer puts at the head.
  private static func header(_ comments: [String]) -> (String, String)? {
    guard SplunkQuery.isWritten(comments) else { return nil }
    let text = comments[0].split(separator: " ", omittingEmptySubsequences: true)
    guard let first = text.first, first.last == ":" else { return nil }
    return (String(first.dropLast()), text.dropFirst().joined(separator: " "))
  }

  /// The commands of a pipeline, some of which are read together.
  private mutating func read(_ commands: ArraySlice<SplunkCommand>) throws(Diagnostic) {
    var rest = commands
    while let command = rest.first {
      if counting == nil, bindings[ScalarText("_time")] == nil, let found = SplunkWindow.match(rest) {
        try checkOpen(command)
        counting = try SplunkCounting(found.window, &self, command.span)
        rest = rest.dropFirst(found.count)
      } else {
        try read(command)
        rest = rest.dropFirst()
      }
    }
  }

  private mutating func read(_ command: SplunkCommand) throws(Diagnostic) {
    // Some of the rows are not all rows.
    if let limit, command.asksSomething { throw .splunkUnread("a question behind \(limit)", command.span) }
    if case .display(let display) = command.kind {
      if counting == nil, limit == nil, let names = display.fieldsOfDedup, !names.isEmpty {
        return try readGroups(names, command.span)
      }
      try readDisplay(display, command.span)
    }
    if counting != nil { return try readCounted(command) }
    switch command.kind {
    case .search(let expression):
      let terms = expression.conjuncts.filter { !$0.isOfEveryEvent }
      if !terms.isEmpty { try checkOpen(command) }
      // `search *` asks nothing wherever it stands; at the head it is the search.
      for term in terms { try readConjunct(term) }
    case .filter(let expression):
      try checkOpen(command)
      conditions.append(try conjunction(expression.conjuncts, expression.span).condition)
    case .regex(let field, let negated, let pattern):
      try checkOpen(command)
      let operand = try operand(SplunkEval(.field(field), at: command.span))
      let matches = try matching(operand, pattern, command.span)
      conditions.append(negated ? .not(matches, origin: command.span) : matches)
    case .extract(let field, let changes, let pattern):
      for name in changes ? [field] : SplunkCommand.groups(of: pattern) { set(name, .computed) }
    case .eval(let assignments): for assignment in assignments { bind(assignment) }
    case .spath(let input, let output, let path): try readSpath(input, output, path, command.span)
    case .table(let names):
      takeOutputs(names, command.span)
      self.keep(names)
      // The event's text and its time are gone too.
      for name in ["_raw", "_time"] where !names.contains(name) { set(name, .computed) }
    case .fields(let keep, let names):
      if keep {
        takeOutputs(names, command.span)
        self.keep(names)
      } else {
        for name in names { set(name, .computed) }
      }
    case .rename(let renamings):
      for (index, renaming) in renamings.enumerated() {
        // Which of several steps comes first is not documented, nor what a wildcard takes.
        let isChained = renamings[..<index].contains { $0.to.sameScalars(as: renaming.from) }
        let fact = place(renaming.from)
        if isChained {
          closing = .chain
        } else if renaming.from.contains("*") {
          closing = .wildcard("rename \(renaming.from) AS \(renaming.to)")
        } else if fact?.hasManyTexts == true {
          closing = .names
        }
        let from = ScalarText(renaming.from)
        let held = bindings[from] ?? fact.map(SplunkBinding.shown) ?? own(renaming.from)
        set(renaming.to, held, computed[from])
        set(renaming.from, .computed)
        for index in outputs.indices where outputs[index].name.sameScalars(as: renaming.from) {
          outputs[index].name = renaming.to
        }
      }
    case .stats(let statistics):
      try checkOpen(command)
      counting = try SplunkCounting(statistics, &self, command.span)
    case .stream: throw .splunkUnread("`streamstats` but as windows are written", command.span)
    case .model(let search): try read(search, command.span)
    case .bin(let bin): set(bin.name, try self.bin(bin, command.span))
    case .display(let display):
      if display.changes == ["*"] {
        closing = display.name == "fillnull" ? .fill : .anyField(display.name)
      }
      for name in display.changes { set(name, .computed) }
      if display.name == "lookup" { _ = readLookup(display.text, counted: nil) }
    case .makeresults, .append: throw .splunkMakesResults(command.span)
    }
  }

  /// Notes what a command does with the rows as a whole.
  private mutating func readDisplay(_ display: SplunkDisplay, _ span: Span?) throws(Diagnostic) {
    if display.isSink { warnings.append(.splunkSinkLeftOut(display.name, source, span)) }
    // Of more rows than 10,000 the rest is not seen behind it.
    if display.name == "sort", display.sorted == nil { limit = "`sort` without `0`" }
    guard display.isLimit else { return }
    if display.name == "dedup" {
      // Rows without one of its fields are dropped; a group has each.
      guard let keys = counting?.keys, let names = display.fieldsOfDedup, names.allSatisfy(keys.contains)
      else {
        throw .splunkUnread("`dedup` of anything but groups by their fields", span)
      }
      rowLimit = .max
    } else {
      guard let count = display.count else { throw .splunkUnread("`\(display.name)` of this", span) }
      rowLimit = min(count, rowLimit ?? .max)
    }
    limit = "`\(display.name)`"
    warnings.append(.splunkLimitLeftOut(display.name, source, span))
  }

  /// A command behind `stats`: its rows are groups.
  private mutating func readCounted(_ command: SplunkCommand) throws(Diagnostic) {
    guard var counting else { return }
    defer { self.counting = counting }
    switch command.kind {
    case .search(let expression):
      for term in expression.conjuncts {
        if term.isOfEveryEvent { continue }
        if try counting.take(term, &self) { continue }
        try counting.check(term)
        conditions.append(try counting.filled(try lowered(term)))
      }
    case .filter(let expression):
      for operand in expression.conjuncts {
        if try counting.take(operand) { continue }
        try counting.check(operand)
        conditions.append(try counting.filled(try conjunction([operand], operand.span).condition))
      }
    case .regex(let field, let negated, let pattern):
      let asked = SplunkEval(.field(field), at: command.span)
      try counting.check(asked)
      let matches = try counting.filled(try matching(try operand(asked), pattern, command.span))
      conditions.append(negated ? .not(matches, origin: command.span) : matches)
    case .extract(let field, let changes, let pattern):
      counting.drop(changes ? [field] : SplunkCommand.groups(of: pattern))
    case .eval(let assignments): counting.drop(assignments.map(\.name))
    case .spath(_, let output, let path): counting.drop([output ?? path ?? "*"])
    case .bin(let bin): counting.drop([bin.name])
    case .display(let display):
      let names = display.name == "lookup" ? readLookup(display.text, counted: counting) : []
      counting.drop(display.changes)
      counting.determine(names)
    case .table(let names): counting.keep(names)
    case .fields(let keep, let names): if keep { counting.keep(names) } else { counting.drop(names) }
    case .rename(let renamings):
      for renaming in renamings.flatMap({ counting.written(out: $0) }) {
        let from = ScalarText(renaming.from)
        let (held, operand) = (bindings[from] ?? own(renaming.from), computed[from])
        guard counting.rename(renaming), counting.keys.contains(renaming.to) else { continue }
        // What is chosen among fields of which one has the name cannot be asked about by it.
        let isItself =
          if case .expression(let value) = held { value.fields.contains(renaming.to) } else { false }
        set(renaming.to, isItself ? .computed : held, isItself ? nil : operand)
      }
    case .model: throw .splunkUnread("`tstats` behind another command", command.span)
    case .stats, .stream: throw .splunkUnread("a second `stats`", command.span)
    case .makeresults, .append: throw .splunkMakesResults(command.span)
    }
  }

  /// What the place asks of a fact that tells groups apart holds of the field that shows it, too.
  private mutating func takeShown() throws(Diagnostic) {
    guard let facts = counting?.facts, !facts.isEmpty else { return }
    for place in Condition.all(places).conjuncts where !facts.isDisjoint(with: place.facts) {
      guard let asked = place.asking(facts) else {
        throw .splunkUnread("a group for each place that is one of several", place.origin)
      }
      conditions.append(asked)
    }
  }

  /// What a field holds that `bin` sets.
  private func bin(_ bin: SplunkBin, _ span: Span?) throws(Diagnostic) -> SplunkBinding {
    // Of a time that was changed before, spans of spans need not be spans.
    guard bin.field == "_time", bindings[ScalarText("_time")] == nil else { return .computed }
    guard let seconds = bin.seconds else {
      throw .splunkUnread(
        "`bin` of a span that begins elsewhere than at a multiple of it: `\(bin.span ?? "none")`", span)
    }
    return .span(seconds)
  }

  /// `dedup FIELD, …` gives a row of each combination of the fields' values, and none without one of them [Search
  /// Reference, "dedup"]: groups of which nothing is counted.
  private mutating func readGroups(_ names: [String], _ span: Span?) throws(Diagnostic) {
    for name in names {
      let path = (bindings[ScalarText(name)] ?? place(name).map(SplunkBinding.shown) ?? own(name)).path
      // Of several values it takes all together.
      if name.contains("*") || path?.steps.contains(.each) ?? true {
        throw .splunkUnread("`dedup` of `\(SplunkLiteral.comment(name))`", span)
      }
    }
    try read(SplunkCommand(.stats(SplunkStatistics(measures: [], group: names)), at: span))
  }

  private func checkOpen(_ command: SplunkCommand) throws(Diagnostic) {
    let isDropped = command.askedFields.contains { bindings[ScalarText($0)] == nil && !keeps($0) }
    if let closing { throw .splunkClosed(command.span, closing) }
    if isDropped { throw .splunkClosed(command.span) }
  }

  /// Keeps the events of which a condition holds.
  mutating func keep(_ condition: Condition) { conditions.append(condition) }

  /// Whether a field was not dropped.
  func keeps(_ name: String) -> Bool { kept?.contains(name) ?? true }

  /// Drops all fields but these.
  private mutating func keep(_ names: [String]) {
    if names.contains(where: { $0.contains("*") }) {
      closing = .names
      return
    }
    for name in bindings.keys where !names.contains(name.string) { set(name.string, .computed) }
    kept = kept?.intersection(names) ?? Set(names)
  }

  /// Takes the fields that are shown; of what the search computes it says that it is left out.
  private mutating func takeOutputs(_ names: [String], _ span: Span?) {
    outputs = []
    for name in names where !name.hasPrefix("_") {
      if let output = output(name) {
        outputs.append(output)
      } else {
        warnings.append(.splunkOutputLeftOut(name, source, span))
      }
    }
  }

  private func output(_ name: String) -> OutputField? {
    let binding = bindings[ScalarText(name)] ?? own(name)
    return binding.path.map { OutputField(name: name, path: $0) }
  }

  private mutating func bind(_ assignment: SplunkCommand.Assignment) {
    if let binding = binding(assignment.value), binding != .computed {
      set(assignment.name, binding)
    } else if let operand = try? operand(assignment.value) {
      set(assignment.name, .computed, operand)
    } else {
      set(assignment.name, held(assignment.value, as: assignment.name))
    }
  }

  private mutating func readSpath(
    _ input: String?, _ output: String?, _ path: String?, _ span: Span?
  ) throws(Diagnostic) {
    guard input == nil || input == "_raw" else { throw .splunkUnread("`spath` over a field", span) }
    guard let path else { return }
    guard let steps = SplunkJSONPath.steps(path), let fieldPath = FieldPath(steps: steps) else {
      throw .splunkUnread("the path `\(SplunkLiteral.comment(path))`", span)
    }
    set(output ?? path, .extracted(fieldPath))
  }
}

// The base search.
extension SplunkReader {
  /// One of the terms that every event must have.
  mutating func readConjunct(_ term: SplunkSearch) throws(Diagnostic) {
    switch term.kind {
    case .comparison(let field, .equal, let value):
      if bindings[ScalarText(field)] == nil,
        let asked = SplunkPlaces.window(field, value.text, at: term.span)
      {
        window.append(asked)
      } else if isCloudTrail, dataSet == nil, SplunkPlaces.isCloudTrail(term), place(field) != nil {
        logSources = [SplunkCloudTrail.log.source]
      } else {
        try take(term)
      }
    case .keyword, .term: try take(keyword: term)
    case .any where term.isOfKeywords: try take(keyword: term)
    case .all where term.isOfKeywords: try take(keyword: term)
    case .comparison, .membership, .macro, .not, .all, .any: try take(term)
    }
  }

  /// Takes a search of the event's text.
  private mutating func take(keyword: SplunkSearch) throws(Diagnostic) {
    if kept != nil { throw .splunkClosed(keyword.span) }
    keywords.append(keyword)
  }

  /// Takes a term as part of the place, where it asks of nothing else, or of the condition.
  private mutating func take(_ term: SplunkSearch) throws(Diagnostic) {
    let condition = try lowered(term)
    if condition.asksOfEvent || condition.facts.isEmpty {
      conditions.append(condition)
    } else {
      places.append(condition)
    }
  }

  /// Keywords are read only where the rest of the search says as much: they look in the event's whole text.
  private func checkKeywords(_ condition: Condition) throws(Diagnostic) {
    if keywords.isEmpty { return }
    for keyword in keywords {
      guard SplunkKeywordProof.holds(condition, keyword) else { throw .splunkKeyword(keyword, keyword.span) }
    }
  }
}

extension SplunkSearch {
  /// Whether it is a keyword, or keywords joined by OR and AND.
  var isOfKeywords: Bool {
    switch kind {
    case .keyword: true
    case .any(let operands), .all(let operands): operands.allSatisfy(\.isOfKeywords)
    case .term, .comparison, .membership, .macro, .not: false
    }
  }
}

extension Condition {
  /// The same question of the fields that show these facts; `nil` where it asks of others.
  fileprivate func asking(_ facts: Set<PlaceFact>) -> Condition? {
    func all(_ operands: [Condition]) -> [Condition]? {
      let asked = operands.compactMap { $0.asking(facts) }
      return asked.count == operands.count ? asked : nil
    }
    switch kind {
    case .always: return self
    case .test, .some, .anywhere: return nil
    case .place(let fact, let atom):
      guard facts.contains(fact), let path = fact.field else { return nil }
      return .test(path, atom, origin: origin)
    case .not(let operand): return operand.asking(facts).map { .not($0, origin: origin) }
    case .all(let operands): return all(operands).map { .all($0, origin: origin) }
    case .any(let operands): return all(operands).map { .any($0, origin: origin) }
    }
  }
}
