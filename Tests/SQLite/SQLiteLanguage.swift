import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

extension Language {
  /// ANSI SQL as SQLite 3.38 and later takes it: how small a writer is that stands on the writing kit.
  ///
  /// Events are compact JSON in the text column `raw` of a table `events`, one a row. A path passes an array exactly
  /// where it says `[]` or gives an index.
  package static let sqlite = Language(
    identifier: "sqlite", name: "SQLite", endings: ["sql"], writer: SQLiteWriter.write,
    store: SQLiteStore.stored)
}

enum SQLiteWriter {
  /// The rule as a `SELECT` of the events that it holds of. Throws what SQLite cannot say of every event that
  /// `stored` keeps.
  static func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    var writer = ConditionWriter(SQLiteSpelling())
    let condition = try writer.write(.all([rule.condition, rule.place]))
    let columns = writer.spelling.columns
    let comments = QueryHeader.lines(for: rule, options).map { "-- \(SQLiteText.comment($0))\n" }.joined()
    let fields = columns.map { ",\n  \($0.text) AS \($0.name)" }.joined()
    let head = "WITH fields AS (SELECT raw\(fields)\nFROM events)\nSELECT raw FROM fields\nWHERE "
    return Query(text: comments + head + condition.text() + ";\n")
  }
}

enum SQLiteStore {
  /// Which events SQLite's functions read as the meaning does. [json1.html, and src/json.c, src/util.c of 3.40]
  static func stored(
    _ events: [Event], for rule: Rule?, options: LanguageOptions
  ) throws(Diagnostic) -> [StoredEvent] {
    let other = StoredEvent([StoredEvent.Change(.value, "raw", "SQLite reads another value")])
    return events.map { holds(.object($0.object)) ? StoredEvent([]) : other }
  }

  private static func holds(_ value: Value) -> Bool {
    switch value {
    case .null, .bool: true
    // Lone surrogates become bytes that are not UTF-8.
    case .malformedString: false
    // A text ends at a NUL.
    case .string(let text):
      !text.unicodeScalars.contains("\0") && (Number(text).map(SQLiteText.isReadExactly) ?? true)
    // Powers of ten are not written out, and negative zero keeps its sign.
    case .number(let number):
      SQLiteText.isReadExactly(number) && !number.written.contains { $0 == "e" || $0 == "E" }
        && !(number.shortest == "0" && number.written.hasPrefix("-"))
    case .array(let items): items.allSatisfy(holds)
    // Names are compared as they are escaped, and of two that are the same the first one counts.
    case .object(let object):
      object.members.allSatisfy { SQLiteText.isName($0.key) && holds($0.value) }
        && Set(object.members.map { ScalarText($0.key) }).count == object.members.count
    }
  }
}
