import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// A statement that brings events with it, as rows of `VALUES`.
enum AthenaSelfTest {
  /// One statement that needs no table: it lists the fixtures as rows and gives for each its name, the expected verdict
  /// and the actual one, in the fixtures' order. The condition in it is that of the rule's query.
  ///
  /// Throws what `write` throws.
  static func write(
    _ rule: Rule, on fixtures: [Fixture], options: LanguageOptions
  ) throws(Diagnostic) -> Query {
    let (query, condition, table) = try AthenaWriter.deployed(rule, options)
    let used = table.columns(askedBy: rule)
    let names = labels(besides: used)
    var test = AthenaQuery(
      columns: zip(names, ["fixture", "expected"]).map { name, label in
        AthenaQuery.Column(.name(name), as: name == label ? nil : label)
      } + [AthenaQuery.Column(.call("coalesce", condition, .boolean(false)), as: "actual")],
      table: [table.name.last ?? table.schema.name], predicate: nil)
    test.with = [
      AthenaQuery.CommonTable(
        name: table.name.last ?? table.schema.name, columns: names + used.map(\.name),
        rows: fixtures.enumerated().map { row($0.offset + 1, $0.element, used) })
    ]
    test.order = [.name(names[2])]
    test.comments = [
      "\(rule.id): \(rule.title)",
      "Self test by Concord \(options.compilerVersion): each row's `actual` must be its `expected`",
    ]
    let text = AthenaPrinter.text(test)
    guard text.utf8.count <= AthenaWriter.byteLimit else { throw .queryTooLarge(text.utf8.count) }
    return Query(text: text, notes: query.notes)
  }

  /// Names for name, expectation and number that no column has.
  static func labels(besides columns: [Schema.Field]) -> [String] {
    ["fixture", "expected", "number"].map { label in
      var name = label
      while AthenaTable.field(name, in: columns) != nil { name += "_" }
      return name
    }
  }

  static func row(_ number: Int, _ fixture: Fixture, _ columns: [Schema.Field]) -> AthenaExpression {
    AthenaExpression(
      .row(
        [.string(fixture.name), .boolean(fixture.expected), .number(String(number))]
          + cells(of: fixture.event, columns)))
  }

  /// An event's values in these columns, as expressions of their types.
  static func cells(of event: Event, _ columns: [Schema.Field]) -> [AthenaExpression] {
    columns.map { column in
      typed(event.object.member(column.name), column.type)
    }
  }

  /// The cell's value, of the column's type: a cast where the literal alone has another.
  private static func typed(_ value: Value?, _ type: FieldType) -> AthenaExpression {
    let plain = literal(AthenaStoredValue(kept: value, as: AthenaColumnType(type)))
    switch plain.kind {
    case .string, .boolean, .number: return plain
    default: return plain.cast(self.type(type))
    }
  }

  private static func literal(_ stored: AthenaStoredValue) -> AthenaExpression {
    switch stored {
    case .null, .moment: return .null
    case .text(let text): return .string(text)
    case .boolean(let value): return .boolean(value)
    case .integer(let value): return .number(String(value))
    case .real(let double):
      let text = (Number("\(double)")?.shortest ?? "\(double)").uppercased()
      return .number(text.contains("E") ? text : text + "E0")
    case .decimal(let number): return .number(number.shortest)
    case .array(let items): return AthenaExpression(.array(items.map(literal)))
    case .map(let members):
      return .call(
        "map", AthenaExpression(.array(members.map { .string($0.key) })),
        AthenaExpression(.array(members.map { literal($0.value) })))
    case .row(let items): return AthenaExpression(.row(items.map(literal)))
    }
  }

  /// The type of a column; what a moment's is may differ.
  static func type(_ type: FieldType, timestamp: AthenaType = .named("timestamp")) -> AthenaType {
    switch type {
    case .text: .named("varchar")
    case .boolean: .named("boolean")
    case .integer: .named("bigint")
    case .real: .named("double")
    case .timestamp: timestamp
    case .structure(let fields):
      .row(fields.map { AthenaType.Field(name: $0.name, type: self.type($0.type, timestamp: timestamp)) })
    case .array(let element): .array(self.type(element, timestamp: timestamp))
    case .map(let value): .map(.named("varchar"), self.type(value, timestamp: timestamp))
    }
  }
}
