import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// One rule on its way through the steps of a chain of pipelines.
struct PipelineRun {
  /// A selection of the rule, or of a filter that applies to it.
  struct Detection {
    /// Which document it is of: 0 is the rule, others are its filters.
    var owner: Int
    var name: String
    /// What it asks; `nil` where steps have dropped all of it.
    var root: PipelineNode?
    var span: Span?
    var isOfRule: Bool
  }

  /// What steps have done so far, as their conditions see it.
  struct Track {
    /// The ids of the steps that were applied to the rule.
    var ruleSteps: Set<String> = []
    /// For each name of the rule's `fields`, and of fields that values refer to, the steps that made it.
    var fieldSteps: [ScalarText: Set<String>] = [:]
    /// The names that mappings took and gave.
    var mapped: Set<ScalarText> = []
    var state: [ScalarText: Value] = [:]
  }

  /// The rule and then its filters: all but their selections.
  var documents: [SigmaDocument]
  var detections: [Detection] = []
  /// The selection whose items a step is changing.
  var current = 0
  var track = Track()
  let variables: [ScalarText: [String]]
  let places: PipelinePlaces
  var notes: [Diagnostic] = []
  /// How much steps may still make of the rule: each item counts `itemWeight`, each value by its length.
  private var budget = 10_000_000
  private static let itemWeight = 100
  /// The longest text that a step may make; those of rules have some thousand characters.
  private static let longestText = 65_536
  /// Whether a step has added a condition.
  var addsConditions = false

  init(
    _ entry: SigmaParser.Entry, variables: [ScalarText: [String]],
    places: PipelinePlaces = PipelinePlaces()
  ) {
    documents = [entry.document] + entry.filters
    self.variables = variables
    self.places = places
    for (owner, document) in documents.enumerated() {
      for selection in document.selections {
        detections.append(
          Detection(
            owner: owner, name: selection.name, root: PipelineNode(selection.body, isOfRule: true),
            span: selection.span, isOfRule: true))
      }
    }
  }

  /// Applies the steps whose conditions hold. Throws `E341` where the rule cannot go through one.
  mutating func apply(_ steps: [PipelineStep]) throws(Diagnostic) {
    for step in steps {
      let holds = try step.ruleConditions.hold { test throws(Diagnostic) in try self.holds(test, step) }
      // Without conditions a step is for every rule, whatever `rule_cond_not` says.
      guard holds || step.ruleConditions.tests.isEmpty else { continue }
      try apply(step)
      if let id = step.id { track.ruleSteps.insert(id) }
    }
  }

  /// Counts what a step has made. Throws `E341` where steps make a rule grow without bounds.
  mutating func count(_ node: PipelineNode?, _ step: PipelineStep) throws(Diagnostic) {
    for item in node?.items ?? [] {
      budget -= PipelineRun.itemWeight
      if let changed = item.changed {
        for value in changed {
          let length = value.plain?.utf8.count ?? 0
          budget -= length > PipelineRun.longestText ? budget + 1 : 1 + length / 16
        }
      } else {
        budget -= item.item.values.reduce(0) { $0 + 1 + ($1.value.text?.utf8.count ?? 0) / 16 }
      }
      if budget < 0 || item.item.field.utf8.count > 100_000 {
        throw .pipelineCannot("the rule becomes too large", step: step, at: item.item.span)
      }
    }
  }

  /// The rule as the steps have left it. Throws `E341` where nothing is left of it.
  func entry(warnings: [Diagnostic]) throws(Diagnostic) -> SigmaParser.Entry {
    var results: [SigmaDocument] = []
    for (owner, document) in documents.enumerated() {
      var result = document
      let own = detections.filter { $0.owner == owner }
      result.selections = own.compactMap { detection in
        detection.root.map { SigmaSelection(detection.name, $0.body, span: detection.span) }
      }
      if own.contains(where: { $0.root == nil }) {
        let names = (all: own.map(\.name), kept: result.selections.map(\.name))
        result.conditions = result.conditions.compactMap { $0.without(names) }
        if result.conditions.isEmpty {
          // A filter that is left empty asks nothing; a rule would ask everything.
          if owner > 0 { continue }
          throw .pipelineLeavesNothing(at: own.first?.span)
        }
      }
      results.append(result)
    }
    return SigmaParser.Entry(
      document: results[0], filters: Array(results.dropFirst()), warnings: warnings + notes)
  }

  /// The rule's own fields that no mapping covered, in order. Throws `E342` for the first.
  func checkMapped(among known: [String]) throws(Diagnostic) {
    for detection in detections where detection.isOfRule {
      for item in detection.root?.items ?? [] {
        guard let field = item.ruleField, !field.isEmpty else { continue }
        let references = item.unmappedReferences
        guard let name = item.isMapped ? references.first : field else { continue }
        throw .pipelineUnmapped(name, among: known, at: item.item.span)
      }
    }
  }
}

extension SigmaExpression {
  /// The expression without the selections that are gone; `nil` where nothing is left. What is gone is left out
  /// of `and`, `or` and quantifiers, and takes a `not` with it.
  fileprivate func without(_ names: (all: [String], kept: [String])) -> SigmaExpression? {
    switch kind {
    case .selection(let name):
      return names.all.contains(name) && !names.kept.contains(name) ? nil : self
    case .oneOf(let pattern), .allOf(let pattern):
      let wasThere = names.all.contains(where: pattern.covers)
      return wasThere && !names.kept.contains(where: pattern.covers) ? nil : self
    case .not(let operand): return operand.without(names).map { SigmaExpression(.not($0), span: span) }
    case .and(let operands):
      let kept = operands.compactMap { $0.without(names) }
      return kept.count < 2 ? kept.first : SigmaExpression(.and(kept), span: span)
    case .or(let operands):
      let kept = operands.compactMap { $0.without(names) }
      return kept.count < 2 ? kept.first : SigmaExpression(.or(kept), span: span)
    }
  }
}

// Conditions.
extension PipelineRun {
  private func holds(_ test: RuleTest, _ step: PipelineStep) throws(Diagnostic) -> Bool {
    switch test {
    case .logSource(let source): return source.contains(documents[0].logSource)
    case .containsField(let field): return items.contains { $0.item.field.sameScalars(as: field) }
    case .containsItem(let field, let value):
      return items.contains { item in
        item.item.field.sameScalars(as: field)
          && item.values.contains { other in
            if case .text(_, .exact) = other { return false }
            return other.isEqual(to: value)
          }
      }
    case .stepApplied(let id): return track.ruleSteps.contains(id)
    case .state(let test): return try holds(test, step)
    case .isRule: return true
    case .isCorrelation: return false
    case .tag(let tag): return documents[0].tags.contains { $0.sameScalars(as: tag) }
    case .attribute(let name, let operation, let value, _):
      return try PipelineAttribute(name, of: documents[0])?.holds(operation, value, step: step) ?? false
    }
  }

  private var items: [PipelineItem] { detections.flatMap { $0.root?.items ?? [] } }

  func holds(_ test: StateTest, _ step: PipelineStep) throws(Diagnostic) -> Bool {
    guard let value = track.state[ScalarText(test.key)] else { return false }
    switch test.operation {
    case .eq: return value == test.value
    case .ne: return value != test.value
    case .gte, .gt, .lte, .lt, .in, .not_in: break
    }
    switch (value, test.value) {
    case (.number(let left), .number(let right)):
      return test.operation.orders(left.double, right.double)
    case (.string(let left), .string(let right)):
      return test.operation.orders(Array(left.unicodeScalars), Array(right.unicodeScalars))
    case (_, _):
      throw .pipelineCannot(
        "the state `\(test.key)` has another type than it is compared with", step: step, at: nil)
    }
  }

  /// Whether the step is for the detection item: for its field, or a field that its values refer to.
  func concerns(_ item: PipelineItem, _ step: PipelineStep) throws(Diagnostic) -> Bool {
    let holds = try step.itemConditions.hold { test throws(Diagnostic) -> Bool in
      switch test {
      case .text(let pattern, let isNegated, let every):
        return every.over(item.values) { ($0.plain.map(pattern.matches) ?? false) != isNegated }
      case .value(let value, let every): return every.over(item.values) { $0.isEqual(to: value) }
      case .wildcard(let every): return every.over(item.values) { $0.hasWildcard }
      case .null(let every):
        return every.over(item.values) { if case .null = $0 { true } else { false } }
      case .stepApplied(let id): return item.applied.contains(id)
      case .state(let test): return try self.holds(test, step)
      }
    }
    guard holds else { return false }
    return try step.fieldConditions.hold { test throws(Diagnostic) -> Bool in
      if case .stepApplied(let id) = test { return item.applied.contains(id) }
      if try self.holds(test, item.item.field, step) { return true }
      for name in item.references where try self.holds(test, name, step) { return true }
      return false
    }
  }

  /// Whether the step is for a field of that name; the empty name is that of keywords.
  func concerns(field: String, _ step: PipelineStep) throws(Diagnostic) -> Bool {
    try step.fieldConditions.hold { test throws(Diagnostic) in try self.holds(test, field, step) }
  }

  private func holds(
    _ test: FieldTest, _ field: String, _ step: PipelineStep
  ) throws(Diagnostic) -> Bool {
    switch test {
    case .named(let names, let isExcluded):
      return (!field.isEmpty && names.contains(ScalarText(field))) != isExcluded
    case .matching(let patterns, let isExcluded):
      return (!field.isEmpty && patterns.contains { $0.matches(field) }) != isExcluded
    case .stepApplied(let id): return track.fieldSteps[ScalarText(field)]?.contains(id) ?? false
    case .state(let test): return try holds(test, step)
    }
  }
}

extension Bool {
  /// Whether every value answers yes, or, for `false`, some does.
  fileprivate func over(_ values: [PipelineValue], _ ask: (PipelineValue) -> Bool) -> Bool {
    self ? values.allSatisfy(ask) : values.contains(where: ask)
  }
}

extension PipelineComparison {
  /// Whether `left` and `right` stand in that order.
  func orders<Ordered: Comparable>(_ left: Ordered, _ right: Ordered) -> Bool {
    switch self {
    case .gte: left >= right
    case .gt: left > right
    case .lte: left <= right
    case .lt: left < right
    case .eq: left == right
    case .ne: left != right
    case .in, .not_in: false
    }
  }

  /// The same of two texts, by code point.
  func orders(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Bool {
    switch self {
    case .gte: !left.lexicographicallyPrecedes(right)
    case .gt: right.lexicographicallyPrecedes(left)
    case .lte: !right.lexicographicallyPrecedes(left)
    case .lt: left.lexicographicallyPrecedes(right)
    case .eq: left == right
    case .ne: left != right
    case .in, .not_in: false
    }
  }
}
