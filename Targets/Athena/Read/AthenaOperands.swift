import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// What an expression that is not a condition stands for, as far as conditions can be about it.
indirect enum AthenaOperand {
  /// A value that depends on no row. `folded` is the text before `lower`, where that was applied to a literal.
  case constant(AthenaConstant, folded: String?)
  /// The text of a field, or that text in lower case.
  case text(FieldPath, LetterCase)
  /// The text of a field in upper case.
  case upper(FieldPath)
  /// So many characters at the beginning of a field's text, or those in lower case.
  case start(FieldPath, LetterCase, Int)
  /// A boolean or a number.
  case typed(FieldPath, FieldType)
  /// A whole number as a double.
  case rounded(FieldPath)
  /// A text's number, NULL where the cast fails.
  case number(FieldPath)
  /// A text's address, NULL where the cast fails.
  case address(FieldPath)
  /// A JSON value.
  case json(FieldPath)
  /// A JSON value as text.
  case formatted(FieldPath)
  /// The place of a text in a field's text.
  case place(FieldPath, LetterCase, of: String)
  /// An array; the path leads to its elements.
  case array(FieldPath, Element)
  /// A record.
  case structure(FieldPath, [Schema.Field])
  case map(FieldPath, FieldType)

  /// What the elements of an array are.
  enum Element {
    case column(FieldType)
    case json
  }
}

/// Finds what expressions stand for.
struct AthenaOperands {
  let source: Source
  let table: AthenaTable
  /// The names by which the table may be called in front of a column.
  let qualifiers: [String]
  /// The first spelling of each name in the statement, by its lower case: whatever their letter case, names are one
  /// column's or one field's.
  private let spellings: [ScalarText: String]
  /// The variables of the lambdas around.
  var variables: [(name: String, operand: AthenaOperand)] = []

  /// What expressions of a statement over that table stand for.
  init(source: Source, table: AthenaTable, qualifiers: [String], in query: AthenaQuery) {
    (self.source, self.table, self.qualifiers) = (source, table, qualifiers)
    var spellings: [ScalarText: String] = [:]
    for expression in query.expressions {
      expression.collectNames(&spellings)
    }
    self.spellings = spellings
  }

  /// What an expression stands for. Throws where no condition can be about it.
  func operand(_ expression: AthenaExpression) throws(Diagnostic) -> AthenaOperand {
    if let constant = constant(expression) {
      // The text before `lower`, to be looked for whatever its case.
      if case .call("lower", let arguments) = expression.kind, case .string(let text)? = arguments.first?.kind
      {
        return .constant(constant, folded: text)
      }
      return .constant(constant, folded: nil)
    }
    switch expression.kind {
    case .name(let name):
      if let variable = variables.last(where: { AthenaLiteral.isSameName($0.name, name) }) {
        return variable.operand
      }
      return try column(name, expression)
    case .field(let base, let name):
      if case .name(let qualifier) = base.kind,
        qualifiers.contains(where: { AthenaLiteral.isSameName($0, qualifier) }),
        !variables.contains(where: { AthenaLiteral.isSameName($0.name, qualifier) })
      {
        return try column(name, expression)
      }
      guard case .structure(let path, let fields) = try operand(base),
        let field = AthenaTable.field(name, in: fields)
      else { throw unreadable(expression) }
      return AthenaOperands.operand(path + [.name(spelled(path, field.name, name))], field.type)
    case .call(let function, let arguments): return try call(function, arguments, expression)
    case .cast(let inner, let type, let orNull):
      if let elements = try elementsOfText(expression) { return elements }
      return try cast(try operand(inner), type, orNull, expression)
    case .null, .boolean, .number, .string, .moment, .quotient, .aggregate, .windowed, .lambda, .array, .row,
      .not, .and,
      .or,
      .compare,
      .distinct,
      .isNull,
      .like, .inList, .between, .choice:
      throw unreadable(expression)
    }
  }

  func unreadable(_ expression: AthenaExpression) -> Diagnostic {
    .unsupportedSQL("`\(AthenaPrinter.flat(expression))`", in: source, at: expression.span)
  }

  /// The value of an expression that names no column; `nil` of any other, and where it is not known.
  func constant(_ expression: AthenaExpression) -> AthenaConstant? {
    expression.namesNothing ? AthenaConstant(expression) : nil
  }

  private func column(_ name: String, _ expression: AthenaExpression) throws(Diagnostic) -> AthenaOperand {
    if table.column(name) == nil, let path = table.fieldPartitions[LetterCase.lower(name)] {
      return .text(path, .exact)
    }
    guard let field = table.column(name) else {
      throw .unresolvedColumn(name, in: source, at: expression.span)
    }
    return AthenaOperands.operand(FieldPath(spelled(nil, field.name, name)), field.type)
  }

  /// The record's spelling of a name: the table's where that has capitals, otherwise CloudTrail's if it is one of
  /// its fields, otherwise the query's first.
  private func spelled(_ base: FieldPath?, _ own: String, _ written: String) -> String {
    if !LetterCase.lower(own).sameScalars(as: own) { return own }
    let names = (base?.names ?? []) + [own]
    let known = CloudTrailTable.spelling(of: LetterCase.lower(names.joined(separator: ".")))
    return known?.split(separator: ".").last.map(String.init)
      ?? spellings[ScalarText(LetterCase.lower(written))] ?? written
  }

  static func operand(_ path: FieldPath, _ type: FieldType) -> AthenaOperand {
    switch type {
    case .text: .text(path, .exact)
    case .boolean, .integer, .real, .timestamp: .typed(path, type)
    case .structure(let fields): .structure(path, fields)
    case .array(let element): .array(path + [.each], .column(element))
    case .map(let value): .map(path, value)
    }
  }

  private func call(_ function: String, _ arguments: [AthenaExpression], _ expression: AthenaExpression)
    throws(Diagnostic) -> AthenaOperand
  {
    guard let first = arguments.first else { throw unreadable(expression) }
    switch function {
    case "lower":
      switch try operand(first) {
      case .text(let path, _): return .text(path, .ignored)
      case .start(let path, _, let length): return .start(path, .ignored, length)
      default: break
      }
    case "upper":
      // Of a text in lower case too it is that of the text itself but for `İ`, whose lower case is `i`.
      if case .text(let path, .exact) = try operand(first) { return .upper(path) }
    case "substr", "substring":
      if arguments.count == 3, case .number("1") = arguments[1].kind,
        case .number(let text) = arguments[2].kind,
        let length = Int(text), length >= 0, case .text(let path, let letterCase) = try operand(first)
      {
        return .start(path, letterCase, length)
      }
    case "json_extract", "json_extract_scalar":
      guard arguments.count == 2, case .string(let spelled) = arguments[1].kind,
        let steps = AthenaJSONPath.steps(spelled)
      else { break }
      switch try operand(first) {
      // The text as a whole may not be JSON.
      case .text(_, .exact) where steps.isEmpty: break
      // JSON text within JSON is a text, and no condition looks into it.
      case .text(let path, .exact) where path.isOfScalar: break
      case .text(let path, .exact), .json(let path):
        return function == "json_extract" ? .json(path + steps) : .text((path + steps).ofScalar, .exact)
      default: break
      }
    case "json_format":
      if case .json(let path) = try operand(first) { return .formatted(path) }
    case "strpos":
      if case .text(let path, let letterCase) = try operand(first),
        case .constant(.text(let part), let folded) = try operand(arguments[1])
      {
        guard letterCase == .ignored else { return .place(path, .exact, of: part) }
        // In lower case no capital is found; a text of its own stands for that.
        if LetterCase.lower(part).sameScalars(as: part) { return .place(path, .ignored, of: folded ?? part) }
      }
    case "element_at": return try element(try operand(first), arguments[1], expression)
    case "coalesce": return try arrayOrLone(expression)
    default: break
    }
    throw unreadable(expression)
  }

  private func element(_ base: AthenaOperand, _ key: AthenaExpression, _ expression: AthenaExpression)
    throws(Diagnostic) -> AthenaOperand
  {
    switch (base, key.kind) {
    case (.map(let path, let type), .string(let name)):
      return AthenaOperands.operand(path + [.name(name)], type)
    case (.array(let path, let element), .number(let text)):
      guard let index = Int(text), index > 0, case .each? = path.steps.last,
        let place = FieldPath(steps: path.steps.dropLast() + [.index(index - 1)])
      else { break }
      switch element {
      case .column(let type): return AthenaOperands.operand(place, type)
      case .json: return .json(place)
      }
    default: break
    }
    throw unreadable(expression)
  }

  /// `COALESCE(TRY_CAST(x AS ARRAY(JSON)), ARRAY[x])`: the elements of an array, or the lone value.
  private func arrayOrLone(_ expression: AthenaExpression) throws(Diagnostic) -> AthenaOperand {
    guard let value = AthenaIdioms.elementsOrLone.match(expression) else { throw unreadable(expression) }
    if case .array(let path, let element)? = try elementsOfText(AthenaIdioms.elements.make(value)) {
      return .array(FieldPath(steps: path.steps.dropLast()) ?? path, element)
    }
    guard case .json(let path) = try operand(value) else { throw unreadable(expression) }
    return .array(path, .json)
  }

  /// `TRY_CAST(json_extract(x, '$') AS ARRAY(JSON))`: the elements of an array in a text, which is asked of nothing else:
  /// of a text that is no JSON `json_extract` is NULL.
  private func elementsOfText(_ expression: AthenaExpression) throws(Diagnostic) -> AthenaOperand? {
    guard case .call("json_extract", let arguments)? = AthenaIdioms.elements.match(expression)?.kind,
      arguments.count == 2, case .string(let spelled) = arguments[1].kind,
      AthenaJSONPath.steps(spelled)?.isEmpty == true,
      case .text(let path, .exact) = try operand(arguments[0]), !path.isOfScalar
    else { return nil }
    return .array(path + [.each], .json)
  }

  private func cast(
    _ inner: AthenaOperand, _ type: AthenaType, _ orNull: Bool, _ expression: AthenaExpression
  ) throws(Diagnostic) -> AthenaOperand {
    switch (inner, type) {
    case (.text, .named("varchar")): return inner
    case (.typed(let path, .boolean), .named("varchar")), (.typed(let path, .integer), .named("varchar")):
      return .text(path, .exact)
    case (.typed(let path, .integer), .named("double")), (.rounded(let path), .named("double")):
      return .rounded(path)
    case (.typed(_, .real), .named("double")): return inner
    case (.text(let path, .exact), .named("double")) where orNull: return .number(path)
    case (.text(let path, .exact), .named("ipaddress")) where orNull: return .address(path)
    case (.text, .named("ipaddress")) where !orNull:
      throw Diagnostic(
        .beyondACondition,
        "`CAST` fails the whole query where a text is no address, and reads more texts as addresses than other "
          + "platforms do: zones, digits of other scripts",
        in: source, at: expression.span, help: ["write `TRY_CAST`", AthenaIdioms.addressGuardHelp])
    case (.json(let path), .array(.named("json"))) where orNull: return .array(path + [.each], .json)
    default: throw unreadable(expression)
    }
  }
}

extension AthenaExpression {
  /// Adds the names in it that are not there yet.
  fileprivate func collectNames(_ spellings: inout [ScalarText: String]) {
    forEachOperand { $0.collectNames(&spellings) }
    switch kind {
    case .name(let name), .field(_, let name):
      let lower = ScalarText(LetterCase.lower(name))
      if spellings[lower] == nil { spellings[lower] = name }
    default: break  // Names stand in no other form.
    }
  }
}

extension FieldPath {
  /// The path and on from there.
  static func + (left: FieldPath, right: [Step]) -> FieldPath {
    FieldPath(steps: left.steps + right) ?? left
  }

  /// Whether this path begins with the other's steps.
  func begins(with other: FieldPath) -> Bool { steps.starts(with: other.steps) }
}
