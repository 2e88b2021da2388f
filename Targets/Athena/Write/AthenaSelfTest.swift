import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// A statement that carries the rule's fixtures with it, as rows of `VALUES`.
enum AthenaSelfTest {
  /// One statement that needs no table: it lists the rule's fixtures as rows and gives for each its name, the
  /// expected verdict and the actual one, in the fixtures' order. The condition stands in it as `write` has it.
  ///
  /// Throws what `write` throws.
  static func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    let table = try AthenaTable(for: rule, options)
    let (condition, notes) = try AthenaWriter.condition(of: rule, table)
    let used = table.schema.fields.filter { column in
      rule.condition.paths.contains { AthenaLiteral.isSameName($0.names.first ?? "", column.name) }
    }
    let names = labels(besides: used)
    var query = AthenaQuery(
      columns: zip(names, ["fixture", "expected"]).map { name, label in
        AthenaQuery.Column(.name(name), as: name == label ? nil : label)
      } + [AthenaQuery.Column(.call("coalesce", condition, .boolean(false)), as: "actual")],
      table: [table.name.last ?? table.schema.name], predicate: nil)
    query.with = [
      AthenaQuery.CommonTable(
        name: table.name.last ?? table.schema.name, columns: names + used.map(\.name),
        rows: rule.fixtures.enumerated().map { row($0.offset + 1, $0.element, used) })
    ]
    query.order = [.name(names[2])]
    query.comments = [
      "\(rule.id): \(rule.title)",
      "Self test by Concord \(options.compilerVersion): each row's `actual` must be its `expected`",
    ]
    let text = AthenaPrinter.text(query)
    guard text.utf8.count <= AthenaWriter.byteLimit else { throw .queryTooLarge(text.utf8.count) }
    return Query(text: text, notes: notes)
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
    let cells = columns.map { column in
      typed(fixture.event.object.member(column.name), column.type)
    }
    return AthenaExpression(
      .row([.string(fixture.name), .boolean(fixture.expected), .number(String(number))] + cells))
  }

  /// The cell's value, of the column's type: a cast where the literal alone has another.
  private static func typed(_ value: Value?, _ type: FieldType) -> AthenaExpression {
    let plain = literal(value ?? .null, type)
    switch plain.kind {
    case .string, .boolean, .number: return plain
    default: return plain.cast(self.type(type))
    }
  }

  /// What a column of that type holds of an event's value, as the JSON SerDe fills it: NULL where it does not go into
  /// the type.
  private static func literal(_ value: Value, _ type: FieldType) -> AthenaExpression {
    switch (type, value) {
    case (_, .null): return .null
    case (.text, .array), (.text, .object): return .string(value.normalized.compactJSON)
    case (.text, _): return value.comparedText.map(AthenaExpression.string) ?? .null
    case (.boolean, .bool(let value)): return .boolean(value)
    case (.integer, .number(let number)):
      return Int64(number.shortest).map { .number(String($0)) } ?? .null
    case (.real, .number(let number)):
      guard number.double.isFinite, let double = Number("\(number.double)") else { return .null }
      let text = double.shortest.uppercased()
      return .number(text.contains("E") ? text : text + "E0")
    case (.structure(let fields), .object(let object)):
      return AthenaExpression(.row(fields.map { literal(object.member($0.name) ?? .null, $0.type) }))
    case (.array(let element), .array(let items)):
      return AthenaExpression(.array(items.map { literal($0, element) }))
    case (.map(let type), .object(let object)):
      return .call(
        "map", AthenaExpression(.array(object.members.map { .string($0.key) })),
        AthenaExpression(.array(object.members.map { literal($0.value, type) })))
    case (.boolean, _), (.integer, _), (.real, _), (.timestamp, _), (.structure, _), (.array, _), (.map, _):
      return .null
    }
  }

  private static func type(_ type: FieldType) -> AthenaType {
    switch type {
    case .text: .named("varchar")
    case .boolean: .named("boolean")
    case .integer: .named("bigint")
    case .real: .named("double")
    case .timestamp: .named("timestamp")
    case .structure(let fields):
      .row(fields.map { AthenaType.Field(name: $0.name, type: self.type($0.type)) })
    case .array(let element): .array(self.type(element))
    case .map(let value): .map(.named("varchar"), self.type(value))
    }
  }
}
