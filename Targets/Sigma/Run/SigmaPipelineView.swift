import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// What a rule sees of an event through processing pipelines: under each of the rule's own names the values of the
/// fields that a pipeline gives that name.
///
/// The second witness of pipelines. The reader rewrites the rule; here the rule stays as it is written and the event is
/// looked at anew. Both share the tree of a pipeline's file alone. What looks into values, as `replace_string` does, has
/// no counterpart on the side of the event and is not executed.
struct SigmaPipelineView {
  /// A name that the steps give to a name.
  private struct Name {
    var text: String
    /// The places of events that have it; none where it is a spelling that any event may have.
    var places: [String] = []
  }

  /// The names that the steps give to each name.
  private typealias Names = [ScalarText: [Name]]

  /// A question that a pipeline adds, ready to be asked.
  private struct Added {
    let body: SigmaRunner.Body
    let isNegated: Bool
    let names: Names
  }

  private let names: Names
  private let added: [Added]
  /// What is asked of events of each log source that is a place.
  private let conditions: [String: [Added]]

  /// The view of a rule on that log source which asks of these fields. Throws `E914` for a step that cannot be executed
  /// so, and `E341` where a pipeline refuses a name of the rule.
  init(_ pipelines: [SigmaPipeline], logSource: SigmaLogSource, fields: [String]) throws(Diagnostic) {
    let ordered = pipelines.enumerated().sorted {
      ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset)
    }.map(\.element)
    let steps = ordered.flatMap(\.steps)
    let places = SigmaStatedPlaces(ordered.flatMap(\.variables))
    let own = try SigmaPipelineView.steps(steps, for: logSource, asking: fields, places)
    for (number, step) in own.enumerated() {
      guard case .failItem(let message) = step.transformation else { continue }
      let names = SigmaPipelineView.names(of: fields, through: own[..<number], places)
      if names.values.contains(where: { $0.contains { step.concerns($0.text) } }) {
        throw .pipelineRefuses(message, step: step, at: nil)
      }
    }
    names = SigmaPipelineView.names(of: fields, through: own[...], places)
    added = try SigmaPipelineView.added(by: own, places)
    var conditions: [String: [Added]] = [:]
    for place in places.all {
      let steps = try SigmaPipelineView.steps(
        steps, for: SigmaStatedPlaces.logSource(place), asking: [], places)
      conditions[place] = try SigmaPipelineView.added(by: steps, places)
    }
    self.conditions = conditions
  }

  /// Whether the event is one that the pipelines let the rule ask of.
  func lets(_ event: Event) -> Bool { holds(added, of: event) }

  /// The texts of the field that the rule calls so.
  func texts(of field: String, in event: Event) -> [String] { texts(of: field, names, in: event) }

  private func holds(_ added: [Added], of event: Event) -> Bool {
    added.allSatisfy { question in
      SigmaRunner.holds(question.body, event) { texts(of: $0, question.names, in: event) }
        != question.isNegated
    }
  }

  private func texts(of field: String, _ names: Names, in event: Event) -> [String] {
    (names[ScalarText(field)] ?? [Name(text: field)]).flatMap { name in
      name.places.allSatisfy { holds(conditions[$0] ?? [], of: event) } ? event.sigmaTexts(of: name.text) : []
    }
  }

  /// The steps for a rule on a log source that asks of these fields. Throws `E914` for one that cannot be executed on
  /// events and concerns a field that is asked.
  private static func steps(
    _ steps: [PipelineStep], for logSource: SigmaLogSource, asking fields: [String],
    _ places: SigmaStatedPlaces
  ) throws(Diagnostic) -> [PipelineStep] {
    var own: [PipelineStep] = []
    for step in steps {
      let holds = try step.ruleConditions.hold { test throws(Diagnostic) -> Bool in
        guard case .logSource(let source) = test else { throw .notOnEvents("condition", step) }
        return source.contains(logSource)
      }
      guard holds || step.ruleConditions.tests.isEmpty else { continue }
      switch step.transformation {
      case .mapFields(_, nil), .mapPrefixes, .affix, .failItem, .addCondition(_, _, false, _):
        guard step.itemConditions.tests.isEmpty else { throw .notOnEvents("condition", step) }
        own.append(step)
      case _:
        var asked = fields
        for case .addCondition(let body, _, _, _) in own.map(\.transformation) { asked += body.fieldNames }
        let names = names(of: asked, through: own[...], places).values.joined()
        let concernsAll = step.fieldConditions.tests.isEmpty
        if concernsAll || names.contains(where: { step.concerns($0.text) }) {
          throw .notOnEvents("step", step)
        }
      }
    }
    return own
  }

  private static func added(
    by steps: [PipelineStep], _ places: SigmaStatedPlaces
  ) throws(Diagnostic) -> [Added] {
    var added: [Added] = []
    for (number, step) in steps.enumerated() {
      guard case .addCondition(let body, _, _, let isNegated) = step.transformation else { continue }
      let names = names(of: body.fieldNames, through: steps[(number + 1)...], places)
      added.append(Added(body: try SigmaRunner.prepare(body), isNegated: isNegated, names: names))
    }
    return added
  }

  /// What the steps make of each name: one, or several where a step gives it several. Several that stand in different
  /// places are each looked for in events of its own place; others are spellings.
  private static func names(
    of fields: [String], through steps: ArraySlice<PipelineStep>, _ places: SigmaStatedPlaces
  ) -> Names {
    var names: Names = [:]
    for field in fields where names[ScalarText(field)] == nil {
      names[ScalarText(field)] = steps.reduce([Name(text: field)]) { names, step in
        names.flatMap { name -> [Name] in
          let texts = step.names(of: name.text)
          let stated = texts.map(places.place)
          let areApart = stated.contains { $0 != stated.first }
          return zip(texts, stated).map { text, place in
            Name(text: text, places: name.places + (areApart ? [place].compactMap { $0 } : []))
          }
        }
      }
    }
    return names
  }
}

/// Where the names of fields stand, as pipelines state it in variables: `'place:NewProcessName': windows/security`.
private struct SigmaStatedPlaces {
  private var stated: [(name: String, place: String)] = []

  init(_ variables: [(key: ScalarText, value: [String])]) {
    for (key, value) in variables where key.string.hasPrefix("place:") {
      stated.append((String(key.string.dropFirst("place:".count)), value.first ?? ""))
    }
  }

  /// Every place, once.
  var all: Set<String> { Set(stated.map(\.place)) }

  /// The place of a name: that of the longest name or beginning of one, `Event.*`, that fits; `nil` for none.
  func place(of name: String) -> String? {
    let fitting = stated.filter { entry in
      entry.name.sameScalars(as: name)
        || entry.name.hasSuffix("*") && name.utf8.starts(with: entry.name.dropLast().utf8)
    }
    return fitting.max { left, right in
      (left.name.hasSuffix("*") ? 0 : 1, left.name.utf8.count)
        < (right.name.hasSuffix("*") ? 0 : 1, right.name.utf8.count)
    }?.place
  }

  static func logSource(_ place: String) -> SigmaLogSource {
    let parts = place.split(separator: "/", maxSplits: 1).map(String.init)
    return SigmaLogSource(product: parts.first, service: parts.dropFirst().first)
  }
}

extension PipelineStep {
  /// What the step makes of a name.
  fileprivate func names(of name: String) -> [String] {
    guard concerns(name) else { return [name] }
    switch transformation {
    case .mapFields(let targets, _): return targets[ScalarText(name)]?.names ?? [name]
    case .affix(let prefix, let suffix): return [prefix + name + suffix]
    case .mapPrefixes(let prefixes):
      guard let found = prefixes.first(where: { name.utf8.starts(with: $0.prefix.utf8) }) else {
        return [name]
      }
      let rest = String(name.unicodeScalars.dropFirst(found.prefix.unicodeScalars.count))
      return found.targets.names.map { $0 + rest }
    case _: return [name]
    }
  }

  /// Whether the step is for a field of that name.
  fileprivate func concerns(_ name: String) -> Bool {
    fieldConditions.holdOfName { test in
      switch test {
      case .named(let names, let isExcluded): names.contains(ScalarText(name)) != isExcluded
      case .matching(let patterns, let isExcluded): patterns.contains { $0.matches(name) } != isExcluded
      case .stepApplied, .state: false
      }
    }
  }
}

extension PipelineConditions {
  /// Whether they hold of something that a test can be asked of without more.
  fileprivate func holdOfName(_ ask: (Test) -> Bool) -> Bool {
    (try? hold { ask($0) }) ?? false
  }
}

extension SigmaSelectionBody {
  /// The names of the fields that are asked, and of those that values refer to.
  var fieldNames: [String] {
    switch self {
    case .map(let items):
      items.flatMap { item in
        [item.field] + (item.modifiers.contains(.fieldref) ? item.values.compactMap(\.value.text) : [])
      }
    case .list(let bodies), .every(let bodies): bodies.flatMap(\.fieldNames)
    case .keyword: []
    }
  }
}

extension Diagnostic {
  fileprivate static func notOnEvents(_ what: String, _ step: PipelineStep) -> Diagnostic {
    Diagnostic(
      .cannotExecute, "this \(what) of a processing pipeline is not executed on events", in: step.source,
      at: step.span)
  }
}
