import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Executes a rule document on events, as the specification means it: its own evaluation of the syntax tree,
/// which sees neither a `Condition` nor what the reader makes of an item.
struct SigmaRunner {
  private let conditions: [SigmaExpression]
  private let selections: [Selection]

  private struct Selection {
    var name: String
    var body: Body
  }

  /// A selection's body, its items ready to be asked.
  private indirect enum Body {
    case every([SigmaQuestion])
    case some([Body])
    case both([Body])
  }

  /// Whether a rule of the file matches, by the specification's own meaning. Throws where the text is not Sigma,
  /// or holds something that is not a rule.
  static func run(
    _ query: String, on events: [Event], options: LanguageOptions
  ) throws(Diagnostic) -> [Bool] {
    let source = Source(name: "<sigma>", text: query)
    let file = SigmaParser.file(source)
    if let refusal = file.refusal { throw refusal.located(in: source) }
    var rules: [[SigmaRunner]] = []
    for rule in file.rules {
      do throws(Diagnostic) {
        var parts = [try SigmaRunner(rule.document)]
        for filter in rule.filters { parts.append(try SigmaRunner(filter)) }
        rules.append(parts)
      } catch {
        throw error.located(in: source)
      }
    }
    return events.map { event in rules.contains { $0.allSatisfy { $0.matches(event) } } }
  }

  /// Prepares a document. Throws where a tool that keeps to the specification would refuse it.
  init(_ document: SigmaDocument) throws(Diagnostic) {
    conditions = document.conditions
    var prepared: [Selection] = []
    for selection in document.selections {
      prepared.append(Selection(name: selection.name, body: try SigmaRunner.prepare(selection.body)))
    }
    selections = prepared
    for expression in conditions { try check(expression) }
  }

  private static func prepare(_ body: SigmaSelectionBody) throws(Diagnostic) -> Body {
    switch body {
    case .map(let items):
      var questions: [SigmaQuestion] = []
      for item in items { questions.append(try SigmaQuestion(item)) }
      return .every(questions)
    case .list(let bodies):
      var prepared: [Body] = []
      for body in bodies { prepared.append(try prepare(body)) }
      return .some(prepared)
    case .every(let bodies):
      var prepared: [Body] = []
      for body in bodies { prepared.append(try prepare(body)) }
      return .both(prepared)
    case .keyword(let scalar):
      return .every([try SigmaQuestion(SigmaItem("", [], [scalar], span: scalar.span))])
    }
  }

  /// Every selection that is spoken of must be there.
  private func check(_ expression: SigmaExpression) throws(Diagnostic) {
    switch expression.kind {
    case .selection(let name):
      if !selections.contains(where: { $0.name == name }) {
        throw .sigmaUndefined(name, among: selections.map(\.name), at: expression.span)
      }
    case .oneOf(let pattern), .allOf(let pattern):
      if !selections.contains(where: { pattern.covers($0.name) }) {
        throw .sigmaNoMatch(pattern.description, among: selections.map(\.name), at: expression.span)
      }
    case .not(let operand): try check(operand)
    case .and(let operands), .or(let operands):
      for operand in operands { try check(operand) }
    }
  }

  /// Whether the rule matches the event: some of its conditions does.
  func matches(_ event: Event) -> Bool {
    conditions.contains { holds($0, event) }
  }

  private func holds(_ expression: SigmaExpression, _ event: Event) -> Bool {
    switch expression.kind {
    case .selection(let name): selections.first { $0.name == name }.map { holds($0.body, event) } ?? false
    case .oneOf(let pattern): selections.contains { pattern.covers($0.name) && holds($0.body, event) }
    case .allOf(let pattern): selections.allSatisfy { !pattern.covers($0.name) || holds($0.body, event) }
    case .not(let operand): !holds(operand, event)
    case .and(let operands): operands.allSatisfy { holds($0, event) }
    case .or(let operands): operands.contains { holds($0, event) }
    }
  }

  private func holds(_ body: Body, _ event: Event) -> Bool {
    switch body {
    case .every(let questions): questions.allSatisfy { $0.holds(of: event) }
    case .some(let bodies): bodies.contains { holds($0, event) }
    case .both(let bodies): bodies.allSatisfy { holds($0, event) }
    }
  }
}

extension Event {
  /// The texts of a field: its dots lead into objects, an array stands for its elements, null for nothing.
  func sigmaTexts(of field: String) -> [String] {
    var values: [Value] = [.object(object)]
    for name in field.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    {
      values = values.flatMap(Event.elements).compactMap { value in
        guard case .object(let object) = value else { return nil }
        return object[name]
      }
    }
    return values.flatMap(Event.elements).compactMap(\.comparedText)
  }

  /// The texts in which a keyword is looked for: every value that is neither an object nor an array.
  var sigmaTexts: [String] {
    var texts: [String] = []
    var rest: [Value] = [.object(object)]
    while let value = rest.popLast() {
      switch value {
      case .object(let object): rest += object.members.map(\.value)
      case .array(let items): rest += items
      case .null, .bool, .number, .string, .malformedString: texts += [value.comparedText].compactMap { $0 }
      }
    }
    return texts
  }

  private static func elements(_ value: Value) -> [Value] {
    var elements: [Value] = []
    var rest = [value]
    while let value = rest.popLast() {
      if case .array(let items) = value { rest += items.reversed() } else { elements.append(value) }
    }
    return elements
  }
}
