import ConcordDetection
import ConcordDiagnostics

/// A language that Concord knows: its names. What Concord can do with it is said by the protocols below; a
/// language conforms to those that apply.
public protocol Language: Sendable {
  /// The name on the command line: lower case, `athena`.
  var identifier: String { get }
  /// The name for people, `Athena SQL`.
  var name: String { get }
  /// What its files end in, without the dot, `sql`.
  var fileExtension: String { get }
}

/// A front end: reads rules, or queries, of a language and lowers all that is peculiar to it.
public protocol RuleReader: Language {
  /// The rules of a source. Throws the first thing that is wrong; warnings come with the rules.
  func read(_ source: Source, options: LanguageOptions) throws(Diagnostic) -> [RuleDocument]
}

/// A front end that changes its rules by processing pipelines.
public protocol PipelineReader: RuleReader {
  /// The pipelines that come with the language, by the names under which users ask for them, each with a line on
  /// what it does.
  var shippedPipelines: [(pipeline: Source, summary: String)] { get }

  /// The options with their pipelines read, so that `read` need not do it for every file. Throws what is wrong with
  /// a pipeline.
  func prepared(_ options: LanguageOptions) throws(Diagnostic) -> LanguageOptions
}

/// Pipelines that were read: a value of the language that read them.
public protocol PreparedPipelines: Sendable {
  /// What they were read from; they count only while the options have the same.
  var sources: [Source] { get }
}

/// A back end: writes a rule as a query that gives the same verdict on every event.
///
/// A writer never guesses: what it cannot say exactly, it refuses with a diagnostic. The same rule and options
/// give the same bytes, always.
/// Law, checked for every language that reads too: `read(write(rule))` has the normal form of the rule's condition.
public protocol QueryWriter: Language {
  /// The query for a rule. Throws what the language cannot say, and what to do about it.
  func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query
}

/// A back end that can inline events in a query of its own, to be pasted in the platform's console: no table
/// and no index is needed.
public protocol SelfTestWriter: QueryWriter {
  /// One statement that puts the rule's fixtures to the rule's query and returns the columns `fixture`,
  /// `expected` and `actual`. Throws what the language cannot say, or does not fit into a statement.
  func selfTest(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query
}

/// A language whose platform reads tables, and can say what table a rule needs.
public protocol SchemaWriter: Language {
  /// The statements that make the tables which the rules read, ready for the user to fill in where the files are.
  /// Throws what cannot be a table.
  func schema(for rules: [Rule], options: LanguageOptions) throws(Diagnostic) -> Query
}

/// Executes query text on events by the platform's own rules. A runner parses the text itself and never sees a
/// `Condition`.
public protocol QueryRunner: Language {
  /// The verdict of the query on each event. Throws where the platform would refuse the query or fail on it.
  func run(_ query: String, on events: [Event], options: LanguageOptions) throws(Diagnostic) -> [Bool]
}

/// A language that takes names for the same that differ in letter case alone.
public protocol NameCaseIgnoringLanguage: Language {}

/// A language whose queries may begin with a coarse question, which an index answers before the exact one is asked.
public protocol PrefilteredLanguage: RuleReader {
  /// What the query asks besides the condition that `read` gives of it: a condition that holds only of events which
  /// the coarse question certainly keeps; `always(true)` where it asks nothing more. The query is exact where the
  /// condition of its rule implies it.
  ///
  /// `isSimple`: whether some such condition will do that is quick to compare, rather than the widest that is known.
  /// Throws where nothing certain is known of what the question keeps.
  func prefilter(
    of query: Source, isSimple: Bool, options: LanguageOptions
  ) throws(Diagnostic) -> Condition
}

/// A language whose platform keeps events in typed columns, which do not hold every JSON value.
public protocol EventStore: Language {
  /// For each event, whether the table holds it without loss: a text in a boolean column, say, it cannot. Throws
  /// where there is no table.
  func stores(_ events: [Event], options: LanguageOptions) throws(Diagnostic) -> [Bool]
}

/// A language whose rules are published as catalogue pages, and in whose form an imported page is written down.
public protocol PageReader: RuleReader {
  /// The rule of a published page. Throws what cannot be read, what the page's own tables contradict, and a
  /// page that says its structured part is incomplete, unless `allowPartial`.
  func readPage(
    _ page: Source, allowPartial: Bool, options: LanguageOptions
  ) throws(Diagnostic) -> RuleDocument

  /// The rule as a file that `read` reads back to the same rule.
  func writeRuleFile(_ document: RuleDocument) throws(Diagnostic) -> String

  /// The text of a rule file with more fixtures; all else stays as it is, comments too. Throws where the file
  /// does not hold one rule whose fixtures are a block list.
  func adding(_ fixtures: [Fixture], to file: Source) throws(Diagnostic) -> String
}

/// A rule as a front end read it.
public struct RuleDocument: Sendable {
  /// The rule.
  public var rule: Rule
  /// What the front end wants to be known.
  public var warnings: [Diagnostic]
  /// How an ambiguous text was read, in words; `nil` where the language is not ambiguous.
  public var reading: String?
  /// The other conditions that the same text can mean, nearest to the chosen reading first.
  public var alternatives: [Alternative]
  /// The file that the rule came from.
  public var source: Source
  /// The text that the condition's origins are places of: `source`, or what the user gave in its stead.
  public var conditionSource: Source

  /// Another way to read the rule's condition.
  public struct Alternative: Hashable, Sendable {
    /// The reading in the words with which a user asks for it.
    public var reading: String
    /// What the condition means under it.
    public var condition: Condition

    /// The condition that the text has under `reading`.
    public init(reading: String, condition: Condition) {
      self.reading = reading
      self.condition = condition
    }
  }

  /// A rule that was read from `source`.
  public init(
    rule: Rule, source: Source, warnings: [Diagnostic] = [], reading: String? = nil,
    alternatives: [Alternative] = [], conditionSource: Source? = nil
  ) {
    self.rule = rule
    self.source = source
    self.conditionSource = conditionSource ?? source
    self.warnings = warnings
    self.reading = reading
    self.alternatives = alternatives
  }
}

/// A rule in a target language.
public struct Query: Hashable, Sendable {
  /// The language's identifier.
  public var language: String
  /// The text, ready to run, ending in a line break.
  public var text: String
  /// What the user should know: shapes that were assumed, names that were resolved.
  public var notes: [Diagnostic]

  /// A query of that text.
  public init(language: String, text: String, notes: [Diagnostic] = []) {
    self.language = language
    self.text = text
    self.notes = notes
  }
}
