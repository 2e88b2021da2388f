import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Executes a rule document on events, as the specification means it: its own evaluation of the syntax tree,
/// which sees neither a `Condition` nor what the reader makes of an item.
struct SigmaRunner {
  /// The conditions, of which one must hold.
  private var conditions: [Test] = []
  /// What the selections ask, in order.
  private var bodies: [Body] = []

  /// A condition of selections, each by its place.
  private indirect enum Test {
    case selection(Int)
    case some([Int])
    case every([Int])
    case not(Test)
    case and([Test])
    case or([Test])
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
    for selection in document.selections { bodies.append(try SigmaRunner.prepare(selection.body)) }
    let names = document.selections.map(\.name)
    for expression in document.conditions { conditions.append(try SigmaRunner.test(expression, of: names)) }
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

  /// The condition of selections of these names. Every one that is spoken of must be there.
  private static func test(_ expression: SigmaExpression, of names: [String]) throws(Diagnostic) -> Test {
    func places(_ pattern: SigmaExpression.Pattern) throws(Diagnostic) -> [Int] {
      let places = names.indices.filter { pattern.covers(names[$0]) }
      if places.isEmpty { throw .sigmaNoMatch(pattern.description, among: names, at: expression.span) }
      return places
    }
    func tests(_ operands: [SigmaExpression]) throws(Diagnostic) -> [Test] {
      var tests: [Test] = []
      for operand in operands { tests.append(try test(operand, of: names)) }
      return tests
    }
    switch expression.kind {
    case .selection(let name):
      guard let place = names.firstIndex(of: name) else {
        throw .sigmaUndefined(name, among: names, at: expression.span)
      }
      return .selection(place)
    case .oneOf(let pattern): return .some(try places(pattern))
    case .allOf(let pattern): return .every(try places(pattern))
    case .not(let operand): return .not(try test(operand, of: names))
    case .and(let operands): return .and(try tests(operands))
    case .or(let operands): return .or(try tests(operands))
    }
  }

  /// Whether the rule matches the event: some of its conditions does.
  func matches(_ event: Event) -> Bool { matches(event) { event.sigmaTexts(of: $0) } }

  /// The same, where `fields` gives the texts of a field.
  private func matches(_ event: Event, _ fields: (String) -> [String]) -> Bool {
    conditions.contains { holds($0, event, fields) }
  }

  private func holds(_ test: Test, _ event: Event, _ fields: (String) -> [String]) -> Bool {
    func holds(_ place: Int) -> Bool { SigmaRunner.holds(bodies[place], event, fields) }
    return switch test {
    case .selection(let place): holds(place)
    case .some(let places): places.contains(where: holds)
    case .every(let places): places.allSatisfy(holds)
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
    // Most names lead nowhere, and most values are no array.
    guard field.utf8.contains(0x2E) else {
      switch value(of: field) {
      case .array(let items)?: return items.flatMap(Event.elements).compactMap(\.comparedText)
      case let value: return value?.comparedText.map { [$0] } ?? []
      }
    }
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
