import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Swift source files of rules: no imports, nothing needed but the standard library, and at the end a runtime of just
/// what the rules ask (`SwiftRuntime`).
package enum SwiftSource {
  /// The rule as a file: an `enum` named after the rule's title, with `matches(_:)`. Throws where the condition asks
  /// of the place of an event, which a Swift program does not know.
  static func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    let (rule, aside) = try placed(rule, options)
    var names = SwiftNames(taken: options.takenNames)
    let name = names.type(rule)
    var writer = SwiftWriter(rule: rule, typeName: name, nestsEvent: true)
    let type = writer.declaration()
    let runtime = SwiftRuntime.text(writer.needs, event: "\(name).Event")
    let usage = [
      "",
      "Compiles on its own, with the standard library only: `swiftc -parse-as-library` or a file of your app.",
    ]
    let header = comment(QueryHeader.lines(for: rule, options, aside: aside) + usage)
    var text = header
    text.reserveCapacity(header.utf8.count + type.utf8.count + runtime.utf8.count + 2)
    text += "\n"
    text += type
    text += "\n"
    text += runtime
    var query = Query(text: text, notes: aside)
    query.declares = name
    return query
  }

  private static let placeHelp = "say where the events are with `--place`, as in `--place sourcetype=…`"

  /// The rule for events of the place that the options give, and notes on what is left out. Throws where it asks more
  /// of the place.
  private static func placed(
    _ rule: Rule, _ options: LanguageOptions
  ) throws(Diagnostic) -> (rule: Rule, aside: [Diagnostic]) {
    var rule = rule.answered(by: options.place)
    if rule.place == .always(false) { (rule.condition, rule.place) = (.always(false), .always(true)) }
    if let fact = rule.condition.facts.first {
      throw .placeNotMapped(fact, in: Language.swift.name, help: placeHelp)
    }
    let aside = try rule.placeAside(
      from: Language.swift.name, rule.place.facts, isPlaceGiven: options.namesPlace, help: placeHelp)
    return (rule, aside + rule.windowAside)
  }

  /// Several rules as one file with one runtime and one `Event` type, and the names of their types in order. Throws as
  /// for one rule.
  package static func write(
    all rules: [Rule], options: LanguageOptions
  ) throws(Diagnostic) -> (text: String, types: [String]) {
    let here = try rules.map { (rule) throws(Diagnostic) in try placed(rule, options).rule }
    var names = SwiftNames()
    var needs: Set<SwiftRuntime.Part> = []
    var text = comment(QueryHeader.lines(about: "\(rules.count) rules", options))
    var types: [String] = []
    for rule in here {
      let name = names.type(rule)
      var writer = SwiftWriter(rule: rule, typeName: name, nestsEvent: false)
      text += "\n" + writer.declaration()
      needs.formUnion(writer.needs)
      types.append(name)
    }
    return (text + "\n" + SwiftRuntime.text(needs, event: "Event"), types)
  }

  /// A text as a literal on one line.
  package static func literal(_ text: String) -> String { SwiftLiteral.literal(text) }

  /// The lines as comments, none of them wrapped: `Concord 0.1.0, exact` stands on the second line.
  private static func comment(_ lines: [String]) -> String {
    lines.map { SwiftLiteral.comment($0, "// ", width: .max) }.joined()
  }
}
