import ConcordDiagnostics
import ConcordDocuments

/// A Sigma rule document as it is written (specification 2.1): metadata, log source, selections and condition.
///
/// The tree is faithful to the text: values keep their escapes, modifiers their order. Spans are outside
/// equality.
package struct SigmaDocument: Sendable {
  /// One line for people, at most 256 characters.
  package var title: String
  /// The rule's UUID.
  package var id: String?
  /// A handle by which correlations refer to the rule.
  package var name: String?
  /// `stable`, `test`, `experimental`, `deprecated` or `unsupported`.
  package var status: String?
  /// What the rule finds and why it matters.
  package var description: String?
  /// Addresses to read more at.
  package var references: [String] = []
  /// Who wrote it.
  package var author: String?
  /// When it was written, `YYYY-MM-DD`.
  package var date: String?
  /// When it was last changed, `YYYY-MM-DD`.
  package var modified: String?
  /// Labels of the form `namespace.name`.
  package var tags: [String] = []
  /// The log that the rule reads.
  package var logSource = SigmaLogSource()
  /// The named selections, in order.
  package var selections: [SigmaSelection] = []
  /// What must hold of the selections; of several conditions, any.
  package var conditions: [SigmaExpression] = []
  /// The fields worth showing.
  package var fields: [String] = []
  /// Known benign causes.
  package var falsePositives: [String] = []
  /// `informational`, `low`, `medium`, `high` or `critical`.
  package var level: String?
  /// The remaining keys: `related`, `license`, `taxonomy`, `scope`, and custom ones, in order.
  package var other = Value.Object()

  /// A document of that title.
  package init(title: String) { self.title = title }
}

/// The `logsource` of a rule; any part may be missing.
package struct SigmaLogSource: Hashable, Sendable {
  /// A kind of event over products, such as `process_creation`.
  package var category: String?
  /// A product, such as `aws`.
  package var product: String?
  /// A part of a product, such as `cloudtrail`.
  package var service: String?
  /// What must be logged for the rule to see anything; prose.
  package var definition: String?
  /// The remaining keys, in order.
  package var other = Value.Object()

  /// A log source of these parts.
  package init(
    category: String? = nil, product: String? = nil, service: String? = nil, definition: String? = nil
  ) {
    self.category = category
    self.product = product
    self.service = service
    self.definition = definition
  }
}

/// A named selection.
package struct SigmaSelection: Sendable {
  /// The name by which the condition calls it.
  package var name: String
  /// What is selected.
  package var body: SigmaSelectionBody
  /// Where the name stands. Outside equality.
  package var span: Span?

  package init(_ name: String, _ body: SigmaSelectionBody, span: Span? = nil) {
    self.name = name
    self.body = body
    self.span = span
  }
}

/// What a selection, or an element of its list, says.
package indirect enum SigmaSelectionBody: Sendable {
  /// Every item holds.
  case map([SigmaItem])
  /// Some element holds.
  case list([SigmaSelectionBody])
  /// Some text of the event holds the value.
  case keyword(SigmaScalar)
  /// Every element holds. No rule is written so; processing pipelines make it of a field that became several.
  case every([SigmaSelectionBody])
}

/// One line of a selection's map, `field|modifier: value`.
package struct SigmaItem: Sendable {
  /// The field's name; empty for keywords (`'|all': […]`).
  package var field: String
  /// The modifiers, in order.
  package var modifiers: [SigmaModifier]
  package var values: [SigmaScalar]
  /// Whether the values are written as a list.
  package var isList: Bool
  /// Where the key stands. Outside equality.
  package var span: Span?

  /// The item of these parts.
  package init(
    _ field: String, _ modifiers: [SigmaModifier] = [], _ values: [SigmaScalar], isList: Bool? = nil,
    span: Span? = nil
  ) {
    self.field = field
    self.modifiers = modifiers
    self.values = values
    self.isList = isList ?? (values.count != 1)
    self.span = span
  }

  /// The key, `field|modifier|modifier`.
  package var key: String {
    modifiers.reduce(into: field) { key, modifier in
      key += "|"
      key += modifier.rawValue
    }
  }
}

/// A value as it is written: text keeps its wildcards and escapes.
package struct SigmaScalar: Sendable {
  /// The value: null, boolean, number or text.
  package var value: Value
  /// Where it stands. Outside equality.
  package var span: Span?

  /// The value, standing at `span`.
  package init(_ value: Value, span: Span? = nil) {
    self.value = value
    self.span = span
  }

  /// The value that is this text, escapes and all.
  package static func text(_ text: String) -> SigmaScalar { SigmaScalar(.string(text)) }
}

// What a tree is equal by is the value that it is printed from: texts scalar by scalar, order kept, spans left out.

extension SigmaDocument: Hashable {
  /// Whether both are printed from the same value.
  package static func == (left: Self, right: Self) -> Bool { left.value == right.value }
  /// Hashes what `==` compares.
  package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

extension SigmaSelectionBody: Hashable {
  /// Whether both are printed from the same value.
  package static func == (left: Self, right: Self) -> Bool { left.value == right.value }
  /// Hashes what `==` compares.
  package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
