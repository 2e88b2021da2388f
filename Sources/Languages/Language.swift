import ConcordDetection
import ConcordDiagnostics
import ConcordEngines

/// A language that Concord knows, as a value: its names, how its sources are recognised, and what can be done with
/// it. What cannot be done is `nil`.
public struct Language: Sendable {
  /// The name on the command line: lower case, one word.
  public let identifier: String
  /// The name for people.
  public let name: String
  /// What its files end in, without the dot and in lower case; a file that is written has the first.
  package let endings: [String]
  /// The top-level keys by which a YAML source of this language is told from others; empty where a file's ending
  /// alone tells.
  package let keys: [String]
  /// What else is particular about it.
  package let traits: Traits
  /// Files of its programs, of which some hold rules; `nil` where it has none.
  package var programs: ProgramFiles?

  /// Writes a rule.
  package var writer: QueryWriter?
  /// Writes the file that stands beside a query's; `nil` where a query stands alone.
  package var companion: CompanionFile?
  /// The forms in which its platform takes rules as a whole.
  package var formats: [DeployFormat]
  /// Reads rules.
  package var reader: RuleReader?
  /// Executes a text on events.
  package var runner: QueryRunner?
  /// Executes a text that counts events on logs.
  package var alertRunner: AlertRunner?
  /// Says what the platform's tables make of events.
  package var store: EventStore?
  /// Says what that assumes of the tables; `nil` where it assumes nothing.
  package var storeNotes: StoreNotes?
  /// Executes a text on the rows that tables make of events which they do not keep; `nil` where no row is made of them.
  package var rowRunner: RowRunner?
  /// Writes a statement that carries a rule's fixtures with it.
  package var selfTestWriter: SelfTestWriter?
  /// Writes statements that put queries to events; where it is `nil`, self-tests do.
  package var trialWriter: TrialWriter?
  /// Writes statements that put queries which count to logs; `nil` where no engine takes any.
  package var logTrialWriter: LogTrialWriter?
  /// Writes several rules as one statement, and reads and executes such a one; `nil` where each has a query of its own.
  package var packs: PackRole?
  /// Writes the statements that make the tables which rules read.
  package var schemaWriter: SchemaWriter?
  /// Says what the coarse question of a query certainly keeps.
  package var prefilter: Prefilter?
  /// Reads rules that are published as catalogue pages.
  package var pages: CataloguePages?
  /// Changes rules as they are read.
  package var pipelines: Pipelines?
  /// The real systems that run it: each takes what the writer of trials, or else of self-tests, writes.
  package var engines: [EngineKind]
  /// The options of the command line that it has for itself.
  package var options: [LanguageOption]
  /// Checks its own options, and reads what they name.
  package var preparation: Preparation?
  /// How its documents concern rules of other sources of a collection; `nil` where none does.
  package var collections: CollectionReading?
  /// Reads what a project says of the platform; `nil` where the platform has no places of its own.
  package var project: ProjectRole?
  /// The log whose place it knows by itself.
  package var knownSource: KnownSource?
  /// The words that an editor offers in its rule files; `nil` where it has none.
  package var words: EditorWords?
  /// The fields that its options know; `nil` where they know none.
  package var fieldNames: FieldNames?

  /// What a file that is written in the language ends in, without the dot.
  package var fileEnding: String { writtenEnding ?? endings.first ?? identifier }
  /// What that is where it is not the first ending of its rules.
  private let writtenEnding: String?

  /// What is particular about a language.
  package struct Traits: OptionSet, Sendable {
    /// The bits of the set.
    package let rawValue: Int
    /// The traits of these bits.
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Names that differ in letter case alone are the same.
    package static let ignoresNameCase = Traits(rawValue: 1 << 0)
    /// A rule's condition may come from the options rather than from its own source.
    package static let takesCondition = Traits(rawValue: 1 << 1)
    /// Its writer says how many events make an alert. Where it does not, a rule that counts is refused.
    package static let countsEvents = Traits(rawValue: 1 << 2)
    /// Its writer counts in windows that end at any event too.
    package static let countsInWindows = Traits(rawValue: 1 << 3)
    /// Its writer counts in fixed spans of time too.
    package static let countsInSpans = Traits(rawValue: 1 << 4)
    /// It is written where it is named, and not as one of all.
    package static let writtenByName = Traits(rawValue: 1 << 5)
    /// It counts in spans of which several have one event.
    package static let countsInHops = Traits(rawValue: 1 << 6)
  }

  /// A language that can do what is given here.
  package init(
    identifier: String, name: String, endings: [String], keys: [String] = [], traits: Traits = [],
    programs: ProgramFiles? = nil, writer: QueryWriter? = nil, writtenEnding: String? = nil,
    companion: CompanionFile? = nil, formats: [DeployFormat] = [], reader: RuleReader? = nil,
    runner: QueryRunner? = nil,
    alertRunner: AlertRunner? = nil, store: EventStore? = nil, storeNotes: StoreNotes? = nil,
    rowRunner: RowRunner? = nil,
    selfTestWriter: SelfTestWriter? = nil,
    trialWriter: TrialWriter? = nil, logTrialWriter: LogTrialWriter? = nil,
    packs: PackRole? = nil,
    schemaWriter: SchemaWriter? = nil,
    prefilter: Prefilter? = nil, pages: CataloguePages? = nil, pipelines: Pipelines? = nil,
    engines: [EngineKind] = [], options: [LanguageOption] = [], preparation: Preparation? = nil,
    collections: CollectionReading? = nil,
    project: ProjectRole? = nil, knownSource: KnownSource? = nil, words: EditorWords? = nil,
    fieldNames: FieldNames? = nil
  ) {
    (self.identifier, self.name, self.endings) = (identifier, name, endings)
    (self.keys, self.traits, self.programs) = (keys, traits, programs)
    (self.writer, self.reader, self.runner) = (writer, reader, runner)
    (self.writtenEnding, self.companion, self.formats) = (writtenEnding, companion, formats)
    self.alertRunner = alertRunner
    (self.store, self.storeNotes, self.rowRunner) = (store, storeNotes, rowRunner)
    (self.selfTestWriter, self.trialWriter) = (selfTestWriter, trialWriter)
    (self.logTrialWriter, self.packs) = (logTrialWriter, packs)
    (self.schemaWriter, self.prefilter) = (schemaWriter, prefilter)
    (self.pages, self.pipelines, self.engines) = (pages, pipelines, engines)
    (self.options, self.preparation, self.collections) = (options, preparation, collections)
    (self.project, self.knownSource, self.words) = (project, knownSource, words)
    self.fieldNames = fieldNames
  }
}

extension Language {
  /// The query for a rule. Throws what the language cannot say, and `E903` where it is not written.
  package func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    guard let writer else { throw .lacks(.unknownLanguage, self, "cannot be written") }
    guard let aggregate = rule.aggregate else {
      return try writer(rule.placed(in: self, options), options.resolved(for: rule, in: self))
    }
    if !traits.contains(.countsEvents) { throw .countsNotSaid(by: "in \(name)") }
    if case .hops = aggregate.period, !traits.contains(.countsInHops) {
      throw .hopsNotSaid(aggregate, in: name)
    }
    var (rule, options, notes) = (rule, options, [Diagnostic]())
    if let window = aggregate.window {
      if options.approximatesWindows, traits.contains(.countsInSpans) {
        rule.aggregate = Aggregate(
          by: aggregate.group, in: .spans(window), columns: aggregate.columns, threshold: aggregate.threshold)
        options.approximated = "\(aggregate.period)"
        notes = [.windowApproximated(aggregate, in: name)]
      } else if !traits.contains(.countsInWindows) {
        throw .windowNotSaid(aggregate, in: name)
      }
    }
    if aggregate.asksAverage { notes.append(.averageInDoubles(in: name)) }
    notes += rule.windowTooShort(options.window)
    var query = try writer(rule.placed(in: self, options), options.resolved(for: rule, in: self))
    query.notes += notes
    return query
  }

  /// Everything that a source holds: what is wrong with one of its documents does not hide the others. Where the
  /// language is not read, that is what is wrong (`E903`).
  package func readAll(_ source: Source, options: LanguageOptions) -> RuleCollection {
    guard let reader else {
      return RuleCollection { () throws(Diagnostic) in
        throw .lacks(.unknownLanguage, self, "is not read back")
      }
    }
    var collection =
      if let format = self.format(of: source) {
        deployed(format, in: source, by: reader, options: options)
      } else {
        reader(source, options)
      }
    for index in collection.documents.indices {
      collection.documents[index].language = self
      collection.documents[index].rule = collection.documents[index].rule.recognised(in: self, options.logs)
    }
    return collection
  }

  /// The rules of a source. Throws the first thing that is wrong; warnings come with the rules.
  package func read(_ source: Source, options: LanguageOptions) throws(Diagnostic) -> [RuleDocument] {
    let collection = readAll(source, options: options)
    if let refusal = collection.refused.first?.refusals.first { throw refusal }
    return collection.documents
  }

  /// The verdict of a text on each event. Throws where the platform would refuse it or fail on it, and `E914` where
  /// the language is not executed.
  package func run(
    _ query: String, on events: [Event], options: LanguageOptions
  ) throws(Diagnostic) -> [Bool] {
    guard let runner else { throw .lacks(.cannotExecute, self, "cannot be executed") }
    return try runner(query, events, options)
  }

  /// A text that counts events, ready to say what alerts it raises of logs, the texts of each group in the text's own
  /// order. Throws where the platform would refuse the query, where the text does not count, and `E914` where the
  /// language is not executed so.
  package func alertQuery(_ query: String, options: LanguageOptions) throws(Diagnostic) -> AlertQuery {
    guard let alertRunner else { throw .lacks(.cannotExecute, self, "cannot be executed on logs") }
    return try alertRunner(query, options)
  }

  /// The alerts that a text which counts events raises of one log. Throws what `alertQuery` throws, and where the
  /// platform would fail on the log.
  package func alerts(
    of query: String, in log: [LoggedEvent], options: LanguageOptions
  ) throws(Diagnostic) -> [Alert] {
    try alertQuery(query, options: options)(log)
  }

  /// What the platform's tables make of each event, as far as the rule's query reads it: they keep all, where there are
  /// none. Throws where a table is needed and there is none.
  package func stored(
    _ events: [Event], for rule: Rule? = nil, options: LanguageOptions
  ) throws(Diagnostic) -> [StoredEvent] {
    guard let store else { return events.map { _ in StoredEvent([]) } }
    return try store(events, rule, options)
  }

  /// What `stored` assumes of the platform's tables. Throws what `stored` throws.
  package func storeNotes(
    for rule: Rule? = nil, options: LanguageOptions
  ) throws(Diagnostic) -> [Diagnostic] {
    guard let storeNotes else { return [] }
    return try storeNotes(rule, options)
  }

  /// The events that the platform's tables keep as they are. Throws what `stored` throws.
  package func kept(
    _ events: [Event], for rule: Rule? = nil, options: LanguageOptions
  ) throws(Diagnostic) -> [Event] {
    zip(events, try stored(events, for: rule, options: options)).filter(\.1.isKept).map(\.0)
  }

  /// One statement that puts the rule's fixtures to the rule's query. Throws what the language cannot say, and `E912`
  /// where it has no self-test, `E410` where the rule has no fixtures.
  package func selfTest(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    guard let selfTestWriter else { throw .lacks(.noSelfTest, self, "has no self-test") }
    if rule.aggregate != nil { throw .countsNotSaid(by: "in a self-test") }
    if rule.fixtures.isEmpty {
      throw Diagnostic(
        .noFixtures, "the rule `\(rule.id)` has no fixtures to test",
        help: ["add events to it, and whether each is to match"])
    }
    return try selfTestWriter(
      rule.placed(in: self, options), rule.fixtures, options.resolved(for: rule, in: self))
  }

  /// The statements that make the tables which the rules read. Throws what cannot be a table, and `E913` where the
  /// language has none.
  package func schema(for rules: [Rule], options: LanguageOptions) throws(Diagnostic) -> Query {
    guard let schemaWriter else { throw .lacks(.noTables, self, "has no tables") }
    return try schemaWriter(rules, options)
  }

  /// The rule of a published page. Throws what cannot be read, what the page's own tables contradict, and a page that
  /// says its structured part is incomplete, unless `allowPartial`; `E903` where the language has no pages.
  package func readPage(
    _ page: Source, allowPartial: Bool, options: LanguageOptions
  ) throws(Diagnostic) -> RuleDocument {
    guard let pages else { throw .lacks(.unknownLanguage, self, "has no catalogue pages") }
    var document = try pages.read(page, allowPartial, options)
    document.language = self
    return document
  }

  /// The rule as a file that is read back to the same rule. Throws what cannot be spelled there, and `E903` where the
  /// language has no pages that become rule files.
  package func writeRuleFile(_ document: RuleDocument) throws(Diagnostic) -> String {
    guard let pages else { throw .lacks(.unknownLanguage, self, "has no catalogue pages") }
    return try pages.write(document)
  }

  /// The text of a rule's file with its condition stated, all else as it was; of a rule that no rule file holds, a rule
  /// file. Throws where that cannot be written, and `E903` as `writeRuleFile` does.
  package func stating(_ document: RuleDocument) throws(Diagnostic) -> String {
    guard let pages else { throw .lacks(.unknownLanguage, self, "has no rule files that state a condition") }
    return try pages.stating(document)
  }

  /// The text of a rule file with more fixtures, all else as it was. Throws where they cannot be added, and `E903` as
  /// `writeRuleFile` does.
  package func adding(_ fixtures: [Fixture], to file: Source) throws(Diagnostic) -> String {
    guard let pages else { throw .lacks(.unknownLanguage, self, "has no catalogue pages") }
    return try pages.adding(fixtures, file)
  }

  /// The pipelines that come with the language, each with a line on what it does.
  package var shippedPipelines: [(pipeline: Source, summary: String)] { pipelines?.shipped ?? [] }

  /// The options, checked, with everything read that would otherwise be read for every file. Throws what is wrong.
  package func prepared(_ options: LanguageOptions) throws(Diagnostic) -> LanguageOptions {
    guard let preparation else { return options }
    return try preparation(options)
  }
}

extension [Language] {
  /// The language of that identifier; `nil` where there is none.
  public func named(_ identifier: String) -> Language? { first { $0.identifier == identifier } }
}

extension Diagnostic {
  static func lacks(_ code: Code, _ language: Language, _ what: String) -> Diagnostic {
    Diagnostic(code, "\(language.name) \(what)")
  }
}
