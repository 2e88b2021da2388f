import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

// What can be wrong with SQL text, and what Athena SQL cannot say.
extension Diagnostic {
  static func badUnicodeEscape(in source: Source, at span: Span) -> Diagnostic {
    Diagnostic(
      .badEscape, "this `U&'…'` literal has a malformed escape", in: source, at: span,
      help: [#"escapes are `\XXXX`, `\+XXXXXX` and `\\`; surrogates are not characters"#])
  }

  static func unexpectedSign(_ sign: Unicode.Scalar, in source: Source, at span: Span) -> Diagnostic {
    let shown = AthenaLiteral.comment(String(Character(sign)))
    return Diagnostic(.unexpected, "`\(shown)` is not part of SQL", in: source, at: span)
  }

  static func expected(_ what: String, _ token: AthenaToken, in source: Source) -> Diagnostic {
    .expected(what, found: token.described, in: source, at: token.span)
  }

  static func unsupportedSQL(_ what: String, in source: Source?, at span: Span?) -> Diagnostic {
    Diagnostic(
      .unsupported, "\(what) is outside the SQL that is read", in: source, at: span,
      help: ["read are `SELECT`s over one table, whose `WHERE` asks about single rows"])
  }

  static func typeMismatch(_ message: String, in source: Source, at span: Span?) -> Diagnostic {
    Diagnostic(.wrongType, message, in: source, at: span)
  }

  static func neededKind(_ needed: AthenaKind, _ found: AthenaKind, in source: Source, at span: Span?)
    -> Diagnostic
  {
    .typeMismatch(
      "a value of type `\(needed.name)` is needed, this is `\(found.name)`", in: source, at: span)
  }

  static func incomparable(_ left: AthenaKind, _ right: AthenaKind, in source: Source, at span: Span?)
    -> Diagnostic
  {
    .typeMismatch("`\(left.name)` cannot be compared with `\(right.name)`", in: source, at: span)
  }

  static func noCommonType(_ left: AthenaKind, _ right: AthenaKind, in source: Source, at span: Span?)
    -> Diagnostic
  {
    .typeMismatch("`\(left.name)` and `\(right.name)` have no common type", in: source, at: span)
  }

  static func arrayTooLong(in source: Source, at span: Span?) -> Diagnostic {
    .typeMismatch(
      "an array constructor takes \(AthenaExpression.arrayLimit) elements", in: source, at: span)
  }

  static func notARow(_ base: AthenaExpression, _ kind: AthenaKind, in source: Source, at span: Span?)
    -> Diagnostic
  {
    .typeMismatch("`\(AthenaPrinter.flat(base))` is `\(kind.name)`, not a row", in: source, at: span)
  }

  static func unresolvedColumn(_ name: String, in source: Source, at span: Span?) -> Diagnostic {
    Diagnostic(
      .unknownColumn, "unknown column `\(AthenaLiteral.comment(name))`", in: source, at: span,
      help: ["give the table's DDL with `--schema`"])
  }

  static func badLike(_ message: String, in source: Source, at span: Span?) -> Diagnostic {
    Diagnostic(.badValue, message, in: source, at: span)
  }

  static func failedCast(_ type: String, in source: Source, at span: Span?) -> Diagnostic {
    Diagnostic(
      .failedCast, "a value cannot be cast to `\(type)`, so the query fails", in: source, at: span,
      help: ["use `TRY_CAST`, which gives NULL instead"])
  }

  static func unknownFunction(_ name: String, in source: Source, at span: Span?) -> Diagnostic {
    .unknown(
      "function", name, among: AthenaFunctionTable.argumentCounts.keys.sorted(), .unknownFunction, in: source,
      at: span)
  }

  static func ddlType(_ name: String, in source: Source, at span: Span) -> Diagnostic {
    .unknown(
      "type", name, among: AthenaColumnType.primitives.keys.sorted() + ["array", "map", "struct"],
      .unknownType,
      in: source, at: span)
  }

  static func duplicateColumn(_ name: String, in source: Source, at span: Span) -> Diagnostic {
    Diagnostic(
      .duplicateName, "the table has two columns `\(name)`", in: source, at: span,
      help: ["names are the same whatever their letter case"])
  }

  static func unknownField(
    _ path: FieldPath, _ name: String, in table: String, suggestion: [String]
  ) -> Diagnostic {
    Diagnostic(
      .noSuchField,
      "the table `\(table)` has no column for `\(path)`"
        + (name.sameScalars(as: path.description) ? "" : ": there is no `\(name)`"),
      help: suggestion.isEmpty ? ["give the table's own DDL with `--schema`"] : suggestion)
  }

  static func notInTable(_ path: FieldPath, in table: String) -> Diagnostic {
    Diagnostic(
      .noSuchField, "`\(path)` is in CloudTrail's records, but the table `\(table)` has no column for it",
      help: ["add the column to your table and give its DDL with `--schema`"])
  }

  static func noTable() -> Diagnostic {
    Diagnostic(
      .noTable, "no table is known for the rule's log source",
      help: [
        "state the rule's log source, or say in the project file where its log is",
        "name the table with `--table`: one with `cloudtrail` in its name has CloudTrail's columns",
        "give the table's `CREATE EXTERNAL TABLE` statement with `--schema`",
        "or `--untyped`: every field is taken as a text column of its own name, as `concord schema` prints it",
      ])
  }

  static let noRuleForTable = Diagnostic(
    .noTable, "`--untyped` takes the table that rules let assume, and no rule is named",
    help: ["name the rules, or give a table's statement with `--schema`, as `concord schema` prints it"])

  static func takenForCloudTrail(_ table: [String], in source: Source) -> Diagnostic {
    Diagnostic(
      .tableTaken,
      "nothing says what columns `\(table.joined(separator: "."))` has: they are taken for CloudTrail's",
      in: source,
      help: [
        "give the table's statement with `--schema` or in the project file, or take every field as text with `--untyped`"
      ])
  }

  static func failsOnOtherVersion(_ question: AthenaExpression, in source: Source) -> Diagnostic {
    Diagnostic(
      .failsOnSomeRows,
      "before Trino 427 the query fails as soon as one event has an address of the other version, IPv4 or IPv6",
      in: source, labels: question.span.map { [Label($0)] } ?? [], help: ["write `TRY(contains(…))`"])
  }

  /// A time by which rows are counted in spans, of which a statement does not ask that it is there.
  static func timeTaken(_ time: AthenaExpression, in source: Source, at span: Span?) -> Diagnostic {
    Diagnostic(
      .failsOnSomeRows,
      "a row without `\(AthenaPrinter.flat(time))` fails the query or is in a group of its own; a rule takes every event to "
        + "have a time",
      in: source, labels: span.map { [Label($0)] } ?? [],
      help: ["ask for it beside the condition: `AND … IS NOT NULL`"])
  }

  /// `earlier` is the path that has the name in its first spelling.
  static func oneColumn(
    _ first: String, _ second: String, of path: FieldPath, earlier: FieldPath, in rule: Rule
  ) -> Diagnostic {
    let places = [(path, second), (earlier, first)].compactMap { path, name in
      rule.condition.origin(of: path).map { Diagnostic.Label($0, "`\(name)`") }
    }
    return Diagnostic(
      .columnsCollide,
      "`\(first)` and `\(second)` of `\(path)` would be one column: SQL's names ignore letter case",
      labels: places,
      help: [
        "spell them in one way if they are one field; otherwise map one to another name, "
          + "or give the table's DDL with `--schema`"
      ])
  }

  static func columnIsJSON(_ column: String, in rule: Rule) -> Diagnostic {
    Diagnostic(
      .columnAsJSON,
      "`\(column)` is JSON text here, since another rule takes it in another way than `\(rule.id)`",
      help: ["compile `\(rule.id)` with this statement as `--schema`, not with `--untyped`"])
  }

  static func cannotSay(_ code: Code, _ what: String, _ help: String...) -> Diagnostic {
    Diagnostic(code, "Athena SQL cannot express \(what)", help: help)
  }

  static func regexDiffers(_ part: String, _ why: String, _ origin: Origin?) -> Diagnostic {
    Diagnostic(
      .regexDiffers, "`\(part)` in Athena's regular expressions differs from other platforms': \(why)",
      in: origin?.source, at: origin.map { Span(at: $0.start) },
      help: ["spell out the letters, as in `[Aa]`, or what may stand beside the word"])
  }

  static func takenAsScalar(_ path: FieldPath) -> Diagnostic {
    Diagnostic(
      .assumedShape, "`\(path)` is taken to lead to a text, number or boolean, not to an object")
  }

  static func singlesTold(_ paths: [FieldPath]) -> Diagnostic {
    let names = paths.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(
      .shapeTold, "as the fixtures have it, the query takes in every event one value at \(names)",
      help: ["where the log has an array there too, the query misses it: add a fixture that has one"])
  }

  static func arrayTold(_ path: FieldPath) -> Diagnostic {
    Diagnostic(
      .shapeTold, "as `[]` or the fixtures have it, the query takes in every event an array at `\(path)`",
      help: [
        "where the log has one value there, the query misses it: several questions tell how a number is spelled"
      ])
  }

  static func elementsRespelled(_ path: FieldPath) -> Diagnostic {
    Diagnostic(
      .elementsRespelled,
      "numbers with a fraction among the elements of an array, or in its place, at `\(path)` are compared as Trino spells them: "
        + "`1.23456785E7` for `12345678.5`, `1.0E-4` for `0.0001`")
  }

  static func spelledAsCloudTrail(_ path: FieldPath, _ spelled: String) -> Diagnostic {
    Diagnostic(
      .spellingOfSource, "field `\(path)` is read as `\(spelled)`, as CloudTrail spells it")
  }

  static func queryTooLarge(_ bytes: Int) -> Diagnostic {
    Diagnostic(
      .tooLarge, "the query has \(bytes) bytes; Athena takes 262144",
      help: ["split the rule, or keep the long list in a table of its own"])
  }

  static func queryTooWide(_ what: String) -> Diagnostic {
    Diagnostic(.tooDeep, "the query has \(what), at which Athena's analysis overflows its stack")
  }

  static func queryTooComplex(_ calls: Int, limit: Int) -> Diagnostic {
    Diagnostic(
      .tooDeep, "the query has \(calls) calls of functions; from more than \(limit) on Trino 414 may fail",
      help: ["split the rule, or ask with `contains` or for whole texts, which are written as lists"])
  }

  static func queryTooNested(_ levels: Int) -> Diagnostic {
    Diagnostic(
      .tooDeep,
      "the query has \(levels) `any_match` in one another, or many of them: Trino's analysis takes three times as long for "
        + "each level",
      help: ["say which steps of a path are no arrays: give fixtures or a schema that show them"])
  }

  static func badInstant(_ instant: Instant, _ option: String) -> Diagnostic {
    Diagnostic(
      .notAnInstant, "`\(option)` is not a whole second, as CloudTrail's `eventTime` is",
      help: ["write `\(instant.text)`, or the second after it"])
  }

  static func noEventTime(_ table: AthenaTable) -> Diagnostic {
    let columns = table.schema.fields.filter { $0.type == .timestamp }.map(\.name)
    let near =
      columns.first ?? Suggestion.nearest(to: table.timeColumn, among: table.schema.fields.map(\.name))
    return Diagnostic(
      .noTimeColumn,
      "the table `\(table.schema.name)` has no text or timestamp column `\(table.timeColumn)` to take a time window of",
      help: ["name its time column: `--time-column \(near ?? "NAME")`, or `time-column` in the project file"])
  }

  /// Blanks that a text has in the table alone.
  static func filledText(_ path: FieldPath, _ type: AthenaColumnType) -> Diagnostic {
    .cannotSay(
      .valueType,
      "anything about `\(path)`: the engine fills a text of type `\(type.shown)` up with blanks, which `LIKE` sees and `=` does not",
      "declare the column as `string` or `varchar`")
  }

  /// `texts`: those that no value has; empty where what is asked is no text.
  static func columnHoldsNone(
    _ path: FieldPath, _ type: AthenaColumnType, _ texts: [String]
  ) -> Diagnostic {
    let shown = texts.prefix(3).map { "`\(AthenaLiteral.comment($0))`" }.joined(separator: ", ")
    let more = texts.count > 3 ? " and \(texts.count - 3) more" : ""
    return Diagnostic(
      .columnHoldsNone,
      "no value of type `\(type.shown)`, as `\(path)` has it, "
        + (texts.isEmpty ? "answers what is asked of it" : "is \(shown)\(more)"),
      help: ["an event that has it has another value in the table: declare the column as `string`"])
  }

  static func typesTaken(_ typed: [(path: FieldPath, type: AthenaColumnType)]) -> Diagnostic {
    let columns = typed.map { "`\($0.path)` (\($0.type.shown))" }.joined(separator: ", ")
    return Diagnostic(
      .typesTaken,
      "the log is taken to have values of the columns' types at \(columns): of any other the table has a part, another one "
        + "or none")
  }

  static let columnsInAnyCase = Diagnostic(
    .columnsInAnyCase,
    "columns are found in whatever letter case the log spells their names: where that is not the rule's, the query finds what "
      + "the rule does not")

  /// Days tell nothing within a day.
  static func daysAlone(_ table: AthenaTable) -> Diagnostic {
    Diagnostic(
      .noTimeColumn,
      "the column `\(table.timeColumn)` of `\(table.schema.name)` holds days, and what is asked lies within one",
      help: ["name a column of moments with `--time-column`, or ask for whole days, from `…T00:00:00Z` on"])
  }

  static func timesAsSpelled(_ column: String, isBounded: Bool) -> Diagnostic {
    Diagnostic(
      .timesAsSpelled,
      "`\(column)` is a text in the table: its times are taken to be written as `2024-06-01T10:00:00Z` is"
        + (isBounded
          ? ", in UTC; others, such as `2024-06-01 10:00:00`, compare otherwise" : "; others are no times"),
      help: ["declare the column as `timestamp` where the table's reader reads its texts"])
  }

  static func datesTaken(_ column: String) -> Diagnostic {
    Diagnostic(
      .timesAsSpelled,
      "the dates of the partition `\(column)` are taken to be written as `2024/06/01` is, as AWS documents it: where they are "
        + "not, events are lost",
      help: [
        "give the pattern in the project file, or the table's statement with its property `projection.timestamp.format`"
      ])
  }

  static func timeSpelledOtherwise(_ column: String, _ text: String, isBounded: Bool) -> Diagnostic {
    Diagnostic(
      .noTimeColumn,
      "`\(column)` is a text in the table, and the rule's fixtures have `\(text.visible())` there: "
        + (isBounded
          ? "only times as `2024-06-01T10:00:00Z`, in UTC, compare as texts"
          : "that is no time as ISO 8601 writes it"),
      help: ["declare the column as `timestamp`, or name another with `--time-column`"])
  }

  static func columnNotShown(_ column: String, count: Int, _ format: AthenaTableFormat) -> Diagnostic {
    let others = count > 1 ? ", nor are the others of its type" : ""
    return Diagnostic(
      .columnNotShown,
      "`\(column)` is not shown\(others): the table's reader ends the query at a text such as `2024-06-01T00:00:00Z` in "
        + "a `timestamp` column" + (format.listsMoments ? ", unless `timestamp.formats` reads it" : ""),
      help: ["declare it as `string`; Hive's class reads all columns, and fails whatever the query shows"])
  }

  static func readerLoses(_ path: FieldPath, _ column: String) -> Diagnostic {
    .cannotSay(
      .readerLoses,
      "`\(path)` of this table: of an object in the text column `\(column)` its reader, Hive's JSON class, keeps `{`",
      "use OpenX's class, or declare `\(column)` as a struct",
      "CloudTrail's files need `INPUTFORMAT '\(AthenaTableFormat.cloudTrailInput)'`")
  }

  static func readerDamages(_ columns: [String]) -> Diagnostic {
    Diagnostic(
      .readerDamages,
      "where the log has an object in \(columns.map { "`\($0)`" }.joined(separator: ", ")), the table's reader, Hive's JSON "
        + "class, takes the object's keys for columns and loses what stands behind it",
      help: [
        "give the table `INPUTFORMAT '\(AthenaTableFormat.cloudTrailInput)'` for CloudTrail's files, or OpenX's class",
        "`concord check --schema FILE --events LOG` counts the events",
      ])
  }

  /// What is assumed of a table's rows; `nil` where its readers take the log's own lines.
  static func rows(of table: String, _ format: AthenaTableFormat) -> Diagnostic? {
    let files = "the files of `\(table)` are \(format.shown)"
    let line = "a line is taken to have a number as the log spells it, an object or array as JSON"
    switch format.kind {
    case .hiveJSON, .openXJSON: return nil
    case .cloudTrail, .other:
      return Diagnostic(
        .readerUnknown,
        "\(files): how its rows are made of events is not known, and a value is taken to be in its column where it is of its "
          + "type")
    case .unstated:
      return Diagnostic(
        .readerUnknown,
        "the statement of `\(table)` says neither of what format its files are nor where: it is taken for a list of columns, "
          + "and a value to be in its column where it is of its type",
        help: ["add `ROW FORMAT SERDE` or `STORED AS`, and what the reader makes of events is known too"])
    case .typed:
      return Diagnostic(
        .rowsAssumed,
        "\(files): a row is taken to hold the event's own values, as whoever wrote the files converted them, and NULL for a "
          + "value that is not of its column's type")
    case .csv:
      return Diagnostic(
        .rowsAssumed,
        "\(files): \(line), and nothing for null or a missing field; OpenCSVSerde makes an empty text of that, never NULL"
      )
    case .delimited:
      return Diagnostic(
        .rowsAssumed, "\(files): \(line), and `\\N` for null or a missing field",
        help: format.isDefault
          ? ["files of JSON need `ROW FORMAT SERDE '\(AthenaTableFormat.openXClass)'`"] : [])
    case .regex:
      return Diagnostic(
        .rowsAssumed,
        "\(files): every line is taken to match, and each group to be the field of its column's name; a line that does not "
          + "match is a row of NULLs")
    }
  }

  static func numbersAsSpelled(_ path: FieldPath, _ number: String) -> Diagnostic {
    let other = number.utf8.contains(UInt8(ascii: ".")) ? number + "0" : number + ".0"
    return Diagnostic(
      .numbersAsSpelled,
      "`\(path)` is a text in the table: `\(other.visible())` in the log would be another text than `\(number.visible())`"
    )
  }

  static func scalars(_ paths: [FieldPath]) -> Diagnostic {
    let names = paths.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(
      .assumedShape,
      "\(names): taken to lead to \(paths.count > 1 ? "texts, numbers or booleans" : "a text, number or boolean"), "
        + "since `json_extract_scalar` finds nothing else",
      help: ["of an object or array there a rule and this statement may differ"])
  }

  static func outputLeftOut(_ column: String, in source: Source, at span: Span?) -> Diagnostic {
    Diagnostic(
      .outputFieldLeftOut, "\(column) is left out: it is no field of the event", in: source,
      labels: span.map { [Label($0)] } ?? [])
  }

  static func outputFieldSkipped(_ path: FieldPath, _ reason: Diagnostic) -> Diagnostic {
    Diagnostic(
      .outputFieldLeftOut, "output field `\(path)` is left out: \(reason.message)", help: reason.help)
  }
}

extension AthenaToken {
  /// The token in words for messages.
  var described: String {
    switch kind {
    case .word(let word): "`\(word)`"
    case .quotedName(let name): "`\(AthenaLiteral.comment(AthenaLiteral.identifier(name)))`"
    case .backquotedName(let name): "a name in backticks, `\(AthenaLiteral.comment(name))`"
    case .string(let text):
      text.unicodeScalars.count > 40 ? "a text" : "the text `\(AthenaLiteral.string(text))`"
    case .number(let text): "the number `\(text)`"
    case .sign(let sign): "`\(sign)`"
    case .end: "the end"
    }
  }
}
