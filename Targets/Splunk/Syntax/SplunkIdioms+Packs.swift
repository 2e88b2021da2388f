import ConcordDiagnostics
import ConcordLanguages

// How one search asks for several rules.
extension SplunkIdioms {
  /// What a rule asks, and what stands for the rule where the answer is yes.
  typealias Labelled = ConcordLanguages.Labelled<SplunkEval>

  /// How many values `mvappend` is given at once; more are given in several.
  private static let appended = 100

  /// `mvappend(if(p, "a", ""), if(q, "b", ""))`: a text for each rule, empty where the event does not meet it. `if` gives
  /// its third argument for false and for NULL; what `mvappend` does with NULL is not documented.
  static let labels = Form<[Labelled]>(
    make: { rules in
      let items = rules.map { SplunkEval.call("if", $0.condition, .string($0.label), .string("")) }
      let parts = stride(from: 0, to: items.count, by: appended).map { start in
        SplunkEval(.call("mvappend", Array(items[start..<min(start + appended, items.count)])))
      }
      return parts.count == 1 ? parts[0] : SplunkEval(.call("mvappend", parts))
    },
    match: labelled)

  private static func labelled(in expression: SplunkEval) -> [Labelled]? {
    guard case .call("mvappend", let items) = expression.kind else { return nil }
    var rules: [Labelled] = []
    for item in items {
      if let inner = labelled(in: item) {
        rules += inner
      } else {
        guard let parts = item.arguments(of: "if", 3), case .string(let label) = parts[1].kind,
          !label.isEmpty,
          parts[2] == .string("")
        else { return nil }
        rules.append(Labelled(condition: parts[0], label: label))
      }
    }
    return rules
  }

  /// `mvfilter(match(rules, "(?s)."))`: the texts of a field that are not empty.
  static let filled = Form<String>(
    make: { .call("mvfilter", .call("match", .field($0), .string("(?s)."))) },
    match: { expression in
      guard let question = expression.argument(of: "mvfilter")?.arguments(of: "match", 2),
        case .field(let name) = question[0].kind, question[1] == .string("(?s).")
      else { return nil }
      return name
    })

  /// `mvcount(rules)>0`: the field has a value.
  static let hasValues = Form<String>(
    make: { .compare(.call("mvcount", .field($0)), .greater, .number("0")) },
    match: { expression in
      guard case .comparison(.greater, let count, let none) = expression.kind, none == .number("0"),
        case .field(let name)? = count.argument(of: "mvcount")?.kind
      else { return nil }
      return name
    })
}
