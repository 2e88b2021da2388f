import ConcordDiagnostics
import ConcordLanguages

// How one statement asks for several rules.
extension AthenaIdioms {
  /// What a rule asks, and what stands for the rule where the answer is yes.
  typealias Labelled = ConcordLanguages.Labelled<AthenaExpression>

  /// `filter(ARRAY[IF(p, 'a'), IF(q, 'b')], label -> label IS NOT NULL)`: the labels of the rules that a row meets. `IF` is NULL
  /// where its condition is false or unknown.
  static let labels = Form<[Labelled]>(
    make: { rules in
      let items = rules.map { AthenaExpression.call("if", $0.condition, .string($0.label)) }
      return .call(
        "filter", AthenaExpression(.array(items)),
        AthenaExpression(.lambda("label", AthenaExpression.name("label").isNotNull)))
    },
    match: { expression in
      guard case .call("filter", let arguments) = expression.kind, arguments.count == 2,
        case .array(let items) = arguments[0].kind, !items.isEmpty,
        case .lambda(let variable, let body) = arguments[1].kind,
        case .isNull(let kept, negated: true) = body.kind, case .name(let name) = kept.kind,
        AthenaLiteral.isSameName(name, variable)
      else { return nil }
      var rules: [Labelled] = []
      for item in items {
        guard case .call("if", let parts) = item.kind, parts.count == 2,
          case .string(let label) = parts[1].kind
        else { return nil }
        rules.append(Labelled(condition: parts[0], label: label))
      }
      return rules
    })

  /// `cardinality(list) > 0`: the list has a label. The parts are the list.
  static let hasLabels = Form<AthenaExpression>(
    make: { AthenaExpression.call("cardinality", $0).compared(.greater, .number("0")) },
    match: { expression in
      guard case .compare(.greater, let count, let none) = expression.kind, none == .number("0"),
        case .call("cardinality", let arguments) = count.kind, arguments.count == 1
      else { return nil }
      return arguments[0]
    })

  /// `"m1"`, or `concat("m1", "m2")`: lists of labels as one.
  static let joinedLabels = Form<[AthenaExpression]>(
    make: { $0.count == 1 ? $0[0] : AthenaExpression(.call("concat", $0)) },
    match: { expression in
      guard case .call("concat", let lists) = expression.kind else { return [expression] }
      return lists.count > 1 ? lists : nil
    })

  /// `json_format(CAST(list AS JSON))`: a list as a text that every engine gives alike. The part is the list.
  static let listAsJSON = Form<AthenaExpression>(
    make: { .call("json_format", $0.cast(.named("json"))) },
    match: { expression in
      guard case .call("json_format", let arguments) = expression.kind, arguments.count == 1,
        case .cast(let list, .named("json"), orNull: false) = arguments[0].kind
      else { return nil }
      return list
    })
}
