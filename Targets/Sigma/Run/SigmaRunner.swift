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
  indirect enum Body {
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

  /// Whether a rule of the file matches where its names go through processing pipelines: the rule stays as it is
  /// written, and events are looked at through the pipelines. Throws as `run` does, and where a pipeline cannot be
  /// executed so.
  static func run(
    _ query: String, through pipelines: [Source], on events: [Event]
  ) throws(Diagnostic) -> [Bool] {
    let source = Source(name: "<sigma>", text: query)
    let file = SigmaParser.file(source)
    if let refusal = file.refusal { throw refusal.located(in: source) }
    var read: [SigmaPipeline] = []
    for pipeline in pipelines { read.append(try SigmaPipelineReader.pipeline(pipeline)) }
    var verdicts = events.map { _ in false }
    for rule in file.rules {
      let documents = [rule.document] + rule.filters
      let fields = documents.flatMap { $0.selections.flatMap(\.body.fieldNames) }
      let view = try SigmaPipelineView(read, logSource: rule.document.logSource, fields: fields)
      var parts: [SigmaRunner] = []
      for document in documents { parts.append(try SigmaRunner(document)) }
      for (index, event) in events.enumerated() where view.lets(event) {
        let holds = parts.allSatisfy { $0.matches(event) { view.texts(of: $0, in: event) } }
        verdicts[index] = verdicts[index] || holds
      }
    }
    return verdicts
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

  static func prepare(_ body: SigmaSelectionBody) throws(Diagnostic) -> Body {
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
  func matches(_ event: Event) -> Bool { matches(event) { event.sigmaTexts(of: $0) } }

  /// The same, where `fields` gives the texts of a field.
  private func matches(_ event: Event, _ fields: (String) -> [String]) -> Bool {
    conditions.contains { holds($0, event, fields) }
  }

  private func holds(
    _ expression: SigmaExpression, _ event: Event, _ fields: (String) -> [String]
  ) -> Bool {
    func holds(_ selection: Selection) -> Bool { SigmaRunner.holds(selection.body, event, fields) }
    return switch expression.kind {
    case .selection(let name): selections.first { $0.name == name }.map(holds) ?? false
    case .oneOf(let pattern): selections.contains { pattern.covers($0.name) && holds($0) }
    case .allOf(let pattern): selections.allSatisfy { !pattern.covers($0.name) || holds($0) }
    case .not(let operand): !self.holds(operand, event, fields)
    case .and(let operands): operands.allSatisfy { self.holds($0, event, fields) }
    case .or(let operands): operands.contains { self.holds($0, event, fields) }
    }
  }

  static func holds(_ body: Body, _ event: Event, _ fields: (String) -> [String]) -> Bool {
    switch body {
    case .every(let questions): questions.allSatisfy { $0.holds(of: event, fields) }
    case .some(let bodies): bodies.contains { holds($0, event, fields) }
    case .both(let bodies): bodies.allSatisfy { holds($0, event, fields) }
    }
  }
}

extension Event {
  /// The texts of a field: its dots lead into objects, an array stands for its elements, null for nothing.
  func sigmaTexts(of field: String) -> [String] {
    let names = field.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    var values: [Value] = names.first.flatMap { self.value(of: $0) }.map { [$0] } ?? []
    for name in names.dropFirst() {
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
