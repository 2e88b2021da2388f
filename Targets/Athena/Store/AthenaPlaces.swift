import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// What a statement says of the place and time of an event, as facts that only Athena has: the parts of the table's
/// name, the partition columns that are not dates, and the path of the event's file.
enum AthenaPlaces {
  /// How Athena is told where events are.
  static let help = "name the table where the events are with `--table`, or in the project file"
  /// The facts of a table's name, innermost first.
  private static let names = ["table", "database", "catalog"].map { PlaceFact($0, of: "athena") }
  /// A limit of the time window, as it is written: a statement can have several.
  static let window = PlaceFact("window", of: "athena", hasManyTexts: true, isOfTime: true)

  /// The file that holds an event: the hidden column `$path` of every table. [Athena user guide, "Getting the file
  /// locations for source data in Amazon S3"]
  static let path = PlaceFact("path", of: "athena")
  static let pathColumn = Schema.Field("$path", .text)

  /// The fact that a partition column is.
  static func partition(_ column: String) -> PlaceFact {
    if column == pathColumn.name { return path }
    let fact = PlaceFact(LetterCase.lower(column), of: "athena")
    let isTaken = names.contains(fact) || fact == window || fact == path
    return isTaken ? PlaceFact("partition.\(column)", of: "athena") : fact
  }

  /// What a table's name, its parts outermost first, asks of the place: names ignore letter case.
  static func place(ofTable name: [String]) -> Condition {
    .all(zip(names, name.reversed()).map { .place($0, .text(.equals(LetterCase.lower($1)), .ignored)) })
  }

  /// The table's name that a place asks for, its parts outermost first; empty where it asks for none.
  static func table(of place: Condition) -> [String] {
    let texts = place.textsOfFacts
    return names.reversed().compactMap { texts[$0] }
  }

  /// The questions about partition columns as conjuncts, and the facts that the table has no column for.
  static func conjuncts(
    _ place: Condition, _ table: AthenaTable
  ) -> (conjuncts: [AthenaExpression], unmapped: [PlaceFact]) {
    var conjuncts: [AthenaExpression] = []
    var unmapped: [PlaceFact] = []
    for part in place.conjuncts where part != .always(true) {
      guard case .place(let fact, let atom) = part.kind else {
        unmapped += part.facts
        continue
      }
      if names.contains(fact) { continue }
      let column =
        fact == path ? pathColumn : table.schema.partitions.first { partition($0.name) == fact }
      if let column, let conjunct = conjunct(column, atom) {
        conjuncts.append(conjunct)
      } else {
        unmapped.append(fact)
      }
    }
    return (conjuncts, unmapped)
  }

  private static func conjunct(_ column: Schema.Field, _ atom: Atom) -> AthenaExpression? {
    func constant(_ text: String) -> AthenaExpression {
      column.type == .integer ? .number(text) : .string(text)
    }
    switch atom {
    case .text(let pattern, .exact):
      if case .equals(let text) = pattern.shape { return .name(column.name).equal(constant(text)) }
      return column.type == .text ? .name(column.name).like(AthenaLike.text(pattern)) : nil
    case .oneOf(let texts, .exact): return .name(column.name).isIn(texts.map(constant))
    case .regex(let regex):
      return column.type == .text ? AthenaRegex.matches(.name(column.name), regex) : nil
    case .present, .truthy, .text, .oneOf, .number, .network, .sameAs, .array: return nil
    }
  }

  /// Whether a part of a window asks the column of that name, if it is in Athena's own words; any other asks the time
  /// column, whatever its name.
  static func asks(_ column: String, _ part: Condition) -> Bool {
    guard case .place(window, .text(let pattern, .exact)) = part.kind, case .equals(let text) = pattern.shape,
      let conjunct = try? AthenaParser.expression(Source(text: text))
    else { return true }
    return conjunct.names(column)
  }

  /// The parts of a window that are in Athena's own words and ask the table's times, as conjuncts; and all others.
  static func windows(
    _ parts: [Condition], _ table: AthenaTable
  ) -> (conjuncts: [AthenaExpression], others: [Condition]) {
    var conjuncts: [AthenaExpression] = []
    var others: [Condition] = []
    for part in parts {
      if case .place(window, .text(let pattern, .exact)) = part.kind, case .equals(let text) = pattern.shape,
        let conjunct = try? AthenaParser.expression(Source(text: text)), conjunct.window(of: table) != nil
      {
        conjuncts.append(conjunct)
      } else {
        others.append(part)
      }
    }
    return (conjuncts, others)
  }
}

extension Condition {
  /// The text that each fact must have, of the parts that ask for one.
  fileprivate var textsOfFacts: [PlaceFact: String] {
    var texts: [PlaceFact: String] = [:]
    for part in conjuncts {
      if case .place(let fact, .text(let pattern, _)) = part.kind, case .equals(let text) = pattern.shape {
        texts[fact] = text
      }
    }
    return texts
  }
}

extension AthenaExpression {
  /// Whether it names a column, or a field of that name.
  fileprivate func names(_ column: String) -> Bool {
    switch kind {
    case .name(let name), .field(_, let name):
      if AthenaLiteral.isSameName(name, column) { return true }
    default: break  // Names stand in no other form.
    }
    var isNamed = false
    forEachOperand { isNamed = isNamed || $0.names(column) }
    return isNamed
  }
}
