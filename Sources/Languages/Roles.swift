import ConcordDetection
import ConcordDiagnostics
import ConcordEngines

/// Reads all that a source of a language holds: rules, lowered to what is peculiar to no language, and documents that
/// no rule was made of. What is wrong with a document hides neither the others nor what else is wrong with it.
package typealias RuleReader = @Sendable (Source, LanguageOptions) -> RuleCollection

/// Files that are told by their ending and hold programs: a rule, or what rules use.
package struct ProgramFiles: Sendable {
  /// What they end in, without the dot and in lower case.
  package let endings: [String]
  /// Whether one of them holds a rule.
  package let holdRule: @Sendable (Source) -> Bool
  /// What one that holds none says of rules in other files, which is not read; `nil` for nothing.
  package let changesRules: @Sendable (Source) -> Diagnostic?

  /// Files of these endings.
  package init(
    endings: [String], holdRule: @escaping @Sendable (Source) -> Bool,
    changesRules: @escaping @Sendable (Source) -> Diagnostic? = { _ in nil }
  ) {
    (self.endings, self.holdRule, self.changesRules) = (endings, holdRule, changesRules)
  }
}

/// Writes a rule as a query that gives the same verdict on every event.
///
/// A writer never guesses: what it cannot say exactly, it refuses with a diagnostic. The same rule and options give
/// the same bytes, always.
/// Law, checked for every language that reads too: what is read of the text written for a rule has the normal form of
/// the rule's condition.
package typealias QueryWriter = @Sendable (Rule, LanguageOptions) throws(Diagnostic) -> Query

/// The file that a platform wants beside a query's.
package struct CompanionFile: Sendable {
  /// What its name ends in, behind a dot.
  package let ending: String
  /// Its text for a rule whose query stands in a file of that name, in the same folder. Throws what cannot be spelled.
  package let write: @Sendable (Rule, String) throws(Diagnostic) -> String

  /// A file of that ending.
  package init(
    ending: String, write: @escaping @Sendable (Rule, String) throws(Diagnostic) -> String
  ) {
    (self.ending, self.write) = (ending, write)
  }
}

/// Writes a statement that needs no table and no index, since it brings events with it, to be pasted in the platform's
/// console; it returns the columns `fixture`, `expected` and `actual`. The query in it is that of the rule, whose own
/// fixtures show the writer the events' shape. Throws what the language cannot say, and what does not fit into a
/// statement.
package typealias SelfTestWriter =
  @Sendable (Rule, [Fixture], LanguageOptions) throws(Diagnostic) -> Query

/// Writes the statements that put queries to events on an engine of the language.
package typealias TrialWriter = @Sendable ([Trial], EngineKind, LanguageOptions) -> TrialStatements

/// Executes a text on events by the platform's own rules: the verdict on each. It parses the text itself and never
/// sees a `Condition`. Throws where the platform would refuse the query, or fail on it.
package typealias QueryRunner = @Sendable (String, [Event], LanguageOptions) throws(Diagnostic) -> [Bool]

/// Makes a text that counts events ready to be executed on logs by the platform's own rules. It parses the text itself
/// and never sees a `Rule`. Throws where the platform would refuse the query, and where the text does not count.
package typealias AlertRunner = @Sendable (String, LanguageOptions) throws(Diagnostic) -> AlertQuery

/// The alerts that a query raises of a log, of each the texts of the group in the order in which the text names its
/// fields. Throws where the platform would fail on the log.
package typealias AlertQuery = ([LoggedEvent]) throws(Diagnostic) -> [Alert]

/// Says of each event what the platform's table makes of it: a text in a boolean column, say, is no longer that text.
/// The rule is the one whose query reads the table; without one, all columns count. Throws where there is no table.
package typealias EventStore =
  @Sendable ([Event], Rule?, LanguageOptions) throws(Diagnostic) -> [StoredEvent]

/// Says what is assumed of the rows of that table, where who writes it decides what they hold. Throws where there is no
/// table.
package typealias StoreNotes = @Sendable (Rule?, LanguageOptions) throws(Diagnostic) -> [Diagnostic]

/// Executes a rule's query on the rows that the table's readers make of events: for each event an answer by each reader
/// that the table may have. Throws where there is no table, and where the platform would refuse the query.
package typealias RowRunner =
  @Sendable (String, Rule, [Event], LanguageOptions) throws(Diagnostic) -> [[RowAnswer]]

/// Writes the statements that make the tables which rules read, ready for the user to fill in where the files are.
/// Throws what cannot be a table.
package typealias SchemaWriter = @Sendable ([Rule], LanguageOptions) throws(Diagnostic) -> Query

/// Says what a query asks besides the condition that is read of it, where an index answers a coarse question before
/// the exact one is asked: a condition that holds only of events which the coarse question certainly keeps;
/// `always(true)` where it asks nothing more. The query is exact where the condition of its rule implies it.
///
/// The flag: whether some such condition will do that is quick to compare, rather than the widest that is known.
/// Throws where nothing certain is known of what the question keeps.
package typealias Prefilter = @Sendable (Source, Bool, LanguageOptions) throws(Diagnostic) -> Condition

/// How a language's published catalogue pages are read, and the rule files that they become are written.
package struct CataloguePages: Sendable {
  /// The rule of a page; the flag lets a page pass that says its structured part is incomplete.
  package let read: @Sendable (Source, Bool, LanguageOptions) throws(Diagnostic) -> RuleDocument
  /// The rule as a file that the language's reader reads back to the same rule.
  package let write: @Sendable (RuleDocument) throws(Diagnostic) -> String
  /// The text of a rule file with more fixtures; all else stays as it is, comments too. Throws where the file does
  /// not hold one rule whose fixtures are a block list.
  package let adding: @Sendable ([Fixture], Source) throws(Diagnostic) -> String
  /// The text of a rule's file with the rule's condition stated in it; all else stays as it is. Throws where the file
  /// does not hold one rule to which a key can be added.
  package let stating: @Sendable (RuleDocument) throws(Diagnostic) -> String

  /// Pages that are handled so.
  package init(
    read: @escaping @Sendable (Source, Bool, LanguageOptions) throws(Diagnostic) -> RuleDocument,
    write: @escaping @Sendable (RuleDocument) throws(Diagnostic) -> String,
    adding: @escaping @Sendable ([Fixture], Source) throws(Diagnostic) -> String,
    stating: @escaping @Sendable (RuleDocument) throws(Diagnostic) -> String
  ) {
    (self.read, self.write, self.adding, self.stating) = (read, write, adding, stating)
  }
}

/// How a language's rules are changed as they are read.
package struct Pipelines: Sendable {
  /// Those that come with the language, by the names under which users ask for them, each with a line on what it does.
  package let shipped: [(pipeline: Source, summary: String)]
  /// Whether the options ask for any.
  package let areAsked: @Sendable (LanguageOptions) -> Bool
  /// Pipelines that are handled so.
  package init(
    shipped: [(pipeline: Source, summary: String)], areAsked: @escaping @Sendable (LanguageOptions) -> Bool
  ) {
    (self.shipped, self.areAsked) = (shipped, areAsked)
  }
}

/// Checks the options of one language with each other, and reads what would otherwise be read for every file. Throws
/// what is wrong with them.
package typealias Preparation = @Sendable (LanguageOptions) throws(Diagnostic) -> LanguageOptions
