import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Reads what a statement for several rules asks for each of them.
///
/// A row is given with a label where it passes every `WHERE`, and the condition beside the label in its list is true. So
/// a rule is a statement whose `WHERE` has all of these; what its own condition implies of the others is left out.
struct AthenaPackReader {
  private let source: Source
  /// The statement that makes the lists, over the table or over rows of it.
  private let inner: AthenaQuery
  /// The lists, by the names that they have outside of `inner`.
  private let lists: [(name: String, rules: [AthenaIdioms.Labelled])]
  /// What is asked of the rows outside of `inner`.
  private let outer: [AthenaExpression]

  /// The rules of a source, in the order of its lists. Throws where it is no such statement, and where one of them cannot
  /// be read.
  static func read(_ source: Source, _ options: LanguageOptions) throws(Diagnostic) -> [PackedRule] {
    let reader = try AthenaPackReader(source)
    var rules: [PackedRule] = []
    for (number, list) in reader.lists.enumerated() {
      for rule in list.rules {
        let statement = try reader.statement(for: rule, inList: number)
        rules.append(
          PackedRule(label: rule.label, .document(try AthenaReader.document(of: statement, source, options))))
      }
    }
    return rules
  }

  private init(_ source: Source) throws(Diagnostic) {
    func refused(_ what: String) -> Diagnostic { .unsupportedSQL(what, in: source, at: nil) }
    let statement = try AthenaParser.query(source)
    guard let inner = statement.from.first, statement.isPlainSelect, inner.isPlainSelect else {
      throw refused("a statement for several rules in another form")
    }
    func list(_ expression: AthenaExpression) -> (name: String, rules: [AthenaIdioms.Labelled])? {
      guard case .name(let name) = expression.kind,
        let rules = inner.expression(of: name).flatMap(AthenaIdioms.labels.match)
      else { return nil }
      return (name, rules)
    }
    var found: [[(name: String, rules: [AthenaIdioms.Labelled])]] = []
    for column in statement.columns {
      let shown = column.expression.map { AthenaIdioms.listAsJSON.match($0) ?? $0 }
      guard let names = shown.flatMap(AthenaIdioms.joinedLabels.match) else { continue }
      let lists = names.compactMap(list)
      if lists.isEmpty { continue }
      guard lists.count == names.count else { throw refused("a list of labels beside other values") }
      found.append(lists)
    }
    guard found.count == 1, let lists = found.first else {
      throw refused("a statement without one list of labels")
    }
    (self.source, self.inner, self.lists) = (source, inner, lists)
    outer = statement.predicate?.conjuncts ?? []
  }

  /// The statement for one rule, over the table.
  private func statement(
    for rule: AthenaIdioms.Labelled, inList number: Int
  ) throws(Diagnostic) -> AthenaQuery {
    var conjuncts = rule.condition.conjuncts
    for conjunct in outer {
      let operands = conjunct.disjuncts
      if operands.contains(where: { isThere($0, lists[number].name) }) { continue }
      conjuncts.append(.or(try operands.map { (one) throws(Diagnostic) in try asked(one) }))
    }
    var query = inner
    query.columns = [.init(nil)]
    let within = inner.predicate?.conjuncts ?? []
    query.predicate = .and(within + conjuncts)
    if var rows = inner.from.first {
      let used = (within + conjuncts).reduce(into: Set<ScalarText>()) { $1.collectColumns(&$0) }
      rows.columns.removeAll { column in
        column.alias.map { !used.contains(ScalarText(LetterCase.lower($0))) } ?? false
      }
      query.from = [rows]
    }
    let count = inner.from.first?.predicate?.conjuncts.count ?? within.count
    return try query.flattened(source).withoutImplied(first: count)
  }

  /// Whether a disjunct asks that the list has a label.
  private func isThere(_ expression: AthenaExpression, _ list: String) -> Bool {
    guard case .name(let name)? = AthenaIdioms.hasLabels.match(expression)?.kind else { return false }
    return AthenaLiteral.isSameName(name, list)
  }

  /// A disjunct that is asked outside of `inner`, as it is asked within.
  private func asked(_ expression: AthenaExpression) throws(Diagnostic) -> AthenaExpression {
    func rules(_ asked: AthenaExpression?) -> [AthenaIdioms.Labelled]? {
      guard case .name(let name)? = asked?.kind else { return nil }
      return lists.first { AthenaLiteral.isSameName($0.name, name) }?.rules
    }
    if let rules = rules(AthenaIdioms.hasLabels.match(expression)) { return .or(rules.map(\.condition)) }
    // A list is never NULL.
    if case .isNull(let list, let negated) = expression.kind, rules(list) != nil { return .boolean(negated) }
    throw .unsupportedSQL("`\(AthenaPrinter.flat(expression))` over lists", in: source, at: expression.span)
  }
}

extension AthenaQuery {
  /// Whether it gives each row of what it reads at most once, without counting or limiting.
  fileprivate var isPlainSelect: Bool {
    with.isEmpty && !isDistinct && unnests.isEmpty && !countsRows && limit == nil && order.isEmpty
      && tableAlias == nil
  }

  /// The statement without those of its first conjuncts that the others imply.
  fileprivate func withoutImplied(first count: Int) -> AthenaQuery {
    let conjuncts = predicate?.conjuncts ?? []
    guard count <= conjuncts.count else { return self }
    let own = Array(conjuncts[count...])
    var copy = self
    copy.predicate = .and(conjuncts[..<count].filter { !$0.isImplied(by: own) } + own)
    return copy
  }
}

extension AthenaExpression {
  /// Its operands where it is an `OR`, else itself.
  fileprivate var disjuncts: [AthenaExpression] { if case .or(let list) = kind { list } else { [self] } }

  /// Whether it is true wherever all of these are, as far as their form tells.
  fileprivate func isImplied(by conjuncts: [AthenaExpression]) -> Bool {
    disjuncts.contains { operand in
      operand.conjuncts.allSatisfy { part in conjuncts.contains { $0 == part || part.lists(what: $0) } }
    }
  }

  /// Whether it asks that a value is one of some, and the other that it is one of fewer.
  private func lists(what other: AthenaExpression) -> Bool {
    guard case .inList(let value, let items, negated: false) = kind else { return false }
    switch other.kind {
    case .compare(.equal, value, let item): return items.contains(item)
    case .inList(value, let others, negated: false): return others.allSatisfy(items.contains)
    default: return false  // No other form names one of a list.
    }
  }

  /// Adds the names in it, in lower case.
  fileprivate func collectColumns(_ names: inout Set<ScalarText>) {
    if case .name(let name) = kind { names.insert(ScalarText(LetterCase.lower(name))) }
    forEachOperand { $0.collectColumns(&names) }
  }
}
