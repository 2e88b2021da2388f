import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// The columns that are assumed of an unknown table: every field is a column of its own name that
/// holds text, dotted names lead through structs.
///
/// A column holds JSON as text instead where structs cannot say it: where a field is asked for as a whole and by
/// its parts, and where a part has a name that Athena does not take for a struct's field.
struct AthenaAssumedTable {
  /// A name on the way to a field.
  private struct Node {
    var name: String
    /// Whether the value itself is asked about, beside its parts.
    var isWhole = false
    var isArray = false
    /// Whether it is asked of what is below whether it is an array, which no struct's field tells.
    var asksArray = false
    var children: [Node] = []

    /// Whether a struct can hold it: nothing is asked of a value and of its parts, and each part has a plain name.
    var fitsStruct: Bool {
      !(isWhole && !children.isEmpty) && !asksArray
        && children.allSatisfy { AthenaAssumedTable.isPlain($0.name) && $0.fitsStruct }
    }

    var type: FieldType {
      let own: FieldType =
        children.isEmpty ? .text : .structure(children.map { Schema.Field($0.name, $0.type) })
      return isArray ? .array(own) : own
    }
  }

  private var columns: [Node] = []

  /// No column yet.
  init() {}

  /// The columns that a rule is taken to read. Throws where two of its fields would be one column.
  init(for rule: Rule) throws(Diagnostic) { try add(rule) }

  /// Adds the columns that a rule is taken to read. Throws where two fields would be one column.
  mutating func add(_ rule: Rule) throws(Diagnostic) {
    let events = rule.fixtures.map(\.event)
    let whole = rule.condition.askedPaths.union(rule.countedPaths)
    let asked = (rule.condition.paths + rule.countedPaths).map { ($0, whole.contains($0)) }
    let all = asked + rule.outputFields.map { ($0.path, false) }
    for (path, isWhole) in all {
      try AthenaAssumedTable.add(trail(path, path.shape(in: events))[...], to: &columns, isWhole: isWhole) {
        (first, second) throws(Diagnostic) in
        let earlier = all.lazy.map(\.0).first { $0.withoutEach.steps.contains(.name(first)) }
        throw .oneColumn(first, second, of: path, earlier: earlier ?? path, in: rule)
      }
    }
    for path in rule.condition.arrayPaths {
      guard path.names.count > 1, case .name(let name)? = path.steps.first,
        let place = columns.firstIndex(where: { LetterCase.ignored.equates($0.name, name) })
      else { continue }
      columns[place].asksArray = true
    }
  }

  /// The columns that a statement names, in the letter case of their first mention.
  init(for query: AthenaQuery) {
    var names = AthenaMentions(qualifiers: [query.tableAlias ?? query.table.last ?? ""])
    for expression in query.columns.compactMap(\.expression) + query.group { names.collect(expression) }
    for expression in [query.predicate, query.having].compactMap({ $0 }) { names.collect(expression) }
    for steps in names.places {
      guard let path = FieldPath(steps: steps) else { continue }
      AthenaAssumedTable.add(trail(path, path.shape())[...], to: &columns, isWhole: false) { _, _ in }
    }
  }

  /// The names on the way to a path's values, and which of them are arrays.
  private func trail(_ path: FieldPath, _ shape: PathShape) -> [(name: String, isArray: Bool)] {
    var trail: [(name: String, isArray: Bool)] = []
    for (index, step) in path.withoutEach.steps.enumerated() {
      let isArray = shape.arrays.indices.contains(index) && shape.arrays[index] == true
      if case .name(let name) = step {
        trail.append((name, isArray))
      } else if isArray, let last = trail.indices.last {
        // An array within an array has no name of its own: the value is taken as it is.
        trail[last].isArray = true
      }
    }
    return trail
  }

  /// Adds the way to a value. `onRespelling` is told of a name that is there already in another letter case.
  private static func add<E: Error>(
    _ trail: ArraySlice<(name: String, isArray: Bool)>, to nodes: inout [Node], isWhole: Bool,
    onRespelling: (String, String) throws(E) -> Void
  ) throws(E) {
    guard let first = trail.first else { return }
    let place = nodes.firstIndex { LetterCase.ignored.equates($0.name, first.name) } ?? nodes.count
    if place == nodes.count { nodes.append(Node(name: first.name)) }
    if !nodes[place].name.sameScalars(as: first.name) { try onRespelling(nodes[place].name, first.name) }
    nodes[place].isArray = nodes[place].isArray || first.isArray
    if trail.count == 1 {
      nodes[place].isWhole = nodes[place].isWhole || isWhole
    } else {
      try add(trail.dropFirst(), to: &nodes[place].children, isWhole: isWhole, onRespelling: onRespelling)
    }
  }

  /// The columns as a table's schema.
  func schema(named name: String) -> Schema {
    Schema(
      name: name,
      fields: columns.map { Schema.Field($0.name, $0.fitsStruct ? $0.type : .text) })
  }

  /// The columns that hold an object as JSON text, in lower case.
  var jsonColumns: Set<String> {
    Set(columns.filter { !$0.fitsStruct }.map { LetterCase.lower($0.name) })
  }

  /// A table's name for a log source: `windows_process_creation`.
  static func name(for sources: [LogSource]) -> String {
    guard let source = sources.first else { return "logs" }
    let parts = [source.product, source.category, source.service].compactMap { $0 }
    let words = parts.isEmpty ? [source.platformName ?? "logs"] : parts
    let text = LetterCase.lower(words.joined(separator: "_"))
    if text.allBytes(\.isWord) { return text }
    return String(text.unicodeScalars.map { $0.isWord ? Character($0) : "_" })
  }

  /// Whether a struct's field can have the name: letters, digits and `_`, not a digit first.
  /// [Athena user guide, names of tables, databases and columns]
  private static func isPlain(_ name: String) -> Bool {
    guard let first = name.utf8.first, !first.isDigit else { return false }
    return name.utf8.allSatisfy(\.isWord)
  }
}

/// The columns, and the fields of their structs, that expressions name.
private struct AthenaMentions {
  /// The names by which the table may be called in front of a column.
  let qualifiers: [String]
  /// The places that are named, in order of first mention.
  private(set) var places: [[FieldPath.Step]] = []
  /// The variables of the lambdas around, and what they stand for; `nil` for no column's value.
  private var variables: [(name: String, place: [FieldPath.Step]?)] = []

  init(qualifiers: [String]) { self.qualifiers = qualifiers }

  mutating func collect(_ expression: AthenaExpression) {
    if let place = place(of: expression) {
      if !places.contains(place) { places.append(place) }
      return
    }
    switch expression.kind {
    case .null, .boolean, .number, .string, .moment, .name: break
    case .field(let operand, _), .cast(let operand, _, _), .not(let operand), .isNull(let operand, _),
      .quotient(let operand, _):
      collect(operand)
    case .lambda(let variable, let body): collect(body, binding: variable, to: nil)
    case .call(_, let arguments):
      var element: [FieldPath.Step]?
      for argument in arguments {
        if case .lambda(let variable, let body) = argument.kind {
          collect(body, binding: variable, to: element)
        } else {
          collect(argument)
          element = place(of: argument).map { $0 + [.each] }
          if let element, arguments.contains(where: \.isLambda) { places.append(element) }
        }
      }
    case .array(let items), .row(let items), .and(let items), .or(let items): items.forEach { collect($0) }
    case .aggregate(let call):
      call.arguments.forEach { collect($0) }
      if let filter = call.filter { collect(filter) }
    case .windowed(let window):
      collect(AthenaExpression(.aggregate(window.call)))
      (window.partition + [window.order]).forEach { collect($0) }
    case .compare(_, let left, let right), .distinct(let left, let right, _):
      collect(left)
      collect(right)
    case .like(let operand, let pattern, let escape, _):
      collect(operand)
      collect(pattern)
      if let escape { collect(escape) }
    case .inList(let operand, let items, _):
      collect(operand)
      items.forEach { collect($0) }
    case .between(let operand, let low, let high, _): [operand, low, high].forEach { collect($0) }
    case .choice(let branches, let otherwise):
      for branch in branches {
        collect(branch.condition)
        collect(branch.result)
      }
      if let otherwise { collect(otherwise) }
    }
  }

  private mutating func collect(
    _ body: AthenaExpression, binding variable: String, to place: [FieldPath.Step]?
  ) {
    variables.append((variable, place))
    collect(body)
    variables.removeLast()
  }

  /// The place that an expression is: a column, a field of its struct, an element of its array.
  private func place(of expression: AthenaExpression) -> [FieldPath.Step]? {
    switch expression.kind {
    case .name(let name):
      let variable = variables.last { AthenaLiteral.isSameName($0.name, name) }
      return variable.map(\.place) ?? [.name(name)]
    case .field(let base, let name):
      if case .name(let qualifier) = base.kind,
        qualifiers.contains(where: { AthenaLiteral.isSameName($0, qualifier) })
      {
        return [.name(name)]
      }
      return place(of: base).map { $0 + [.name(name)] }
    case .call("element_at", let arguments):
      guard arguments.count == 2, case .number = arguments[1].kind else { return nil }
      return place(of: arguments[0]).map { $0 + [.each] }
    default: return nil
    }
  }
}

extension AthenaExpression {
  fileprivate var isLambda: Bool { if case .lambda = kind { true } else { false } }
}

extension Condition {
  /// The paths of which it asks whether they lead to an array.
  fileprivate var arrayPaths: Set<FieldPath> {
    switch kind {
    case .test(let path, .array): [path]
    case .always, .anywhere, .place, .test: []
    case .some(_, let operand), .not(let operand): operand.arrayPaths
    case .all(let operands), .any(let operands): operands.reduce(into: []) { $0.formUnion($1.arrayPaths) }
    }
  }

  /// The paths whose values it asks about; those at which `some` looks for a value alone are none.
  fileprivate var askedPaths: Set<FieldPath> {
    switch kind {
    case .always, .anywhere, .place: []
    case .test: Set(paths)
    case .some(_, let operand), .not(let operand): operand.askedPaths
    case .all(let operands), .any(let operands): operands.reduce(into: []) { $0.formUnion($1.askedPaths) }
    }
  }
}
