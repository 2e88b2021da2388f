import ConcordDiagnostics
import ConcordDocuments

/// A Sigma rule document as it is written (specification 2.1): metadata, log source, selections and condition.
///
/// The tree is faithful to the text: values keep their escapes, modifiers their order. Spans are outside
/// equality.
public struct SigmaDocument: Sendable {
  /// One line for people, at most 256 characters.
  public var title: String
  /// The rule's UUID.
  public var id: String?
  /// A handle by which correlations refer to the rule.
  public var name: String?
  /// `stable`, `test`, `experimental`, `deprecated` or `unsupported`.
  public var status: String?
  /// What the rule finds and why it matters.
  public var description: String?
  /// Addresses to read more at.
  public var references: [String] = []
  /// Who wrote it.
  public var author: String?
  /// When it was written, `YYYY-MM-DD`.
  public var date: String?
  /// When it was last changed, `YYYY-MM-DD`.
  public var modified: String?
  /// Labels of the form `namespace.name`.
  public var tags: [String] = []
  /// The log that the rule reads.
  public var logSource = SigmaLogSource()
  /// The named selections, in order.
  public var selections: [SigmaSelection] = []
  /// What must hold of the selections; of several conditions, any.
  public var conditions: [SigmaExpression] = []
  /// The fields worth showing.
  public var fields: [String] = []
  /// Known benign causes.
  public var falsePositives: [String] = []
  /// `informational`, `low`, `medium`, `high` or `critical`.
  public var level: String?
  /// The remaining keys: `related`, `license`, `taxonomy`, `scope`, and custom ones, in order.
  public var other = Value.Object()

  /// A document of that title.
  public init(title: String) { self.title = title }
}

/// The `logsource` of a rule; any part may be missing.
public struct SigmaLogSource: Hashable, Sendable {
  /// A kind of event over products, such as `process_creation`.
  public var category: String?
  /// A product, such as `aws`.
  public var product: String?
  /// A part of a product, such as `cloudtrail`.
  public var service: String?
  /// What must be logged for the rule to see anything; prose.
  public var definition: String?
  /// The remaining keys, in order.
  public var other = Value.Object()

  /// A log source of these parts.
  public init(
    category: String? = nil, product: String? = nil, service: String? = nil, definition: String? = nil
  ) {
    self.category = category
    self.product = product
    self.service = service
    self.definition = definition
  }
}

/// A named selection.
public struct SigmaSelection: Sendable {
  /// The name by which the condition calls it.
  public var name: String
  /// What is selected.
  public var body: SigmaSelectionBody
  /// Where the name stands. Outside equality.
  public var span: Span?

  /// The selection of that name.
  public init(_ name: String, _ body: SigmaSelectionBody, span: Span? = nil) {
    self.name = name
    self.body = body
    self.span = span
  }
}

/// What a selection, or an element of its list, says.
public indirect enum SigmaSelectionBody: Sendable {
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
public struct SigmaItem: Sendable {
  /// The field's name; empty for keywords (`'|all': […]`).
  public var field: String
  /// The modifiers, in order.
  public var modifiers: [SigmaModifier]
  /// The values.
  public var values: [SigmaScalar]
  /// Whether the values are written as a list.
  public var isList: Bool
  /// Where the key stands. Outside equality.
  public var span: Span?

  /// The item of these parts.
  public init(
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
  public var key: String {
    modifiers.isEmpty ? field : ([field] + modifiers.map(\.rawValue)).joined(separator: "|")
  }
}

/// A value as it is written: text keeps its wildcards and escapes.
public struct SigmaScalar: Sendable {
  /// The value: null, boolean, number or text.
  public var value: Value
  /// Where it stands. Outside equality.
  public var span: Span?

  /// The value, standing at `span`.
  public init(_ value: Value, span: Span? = nil) {
    self.value = value
    self.span = span
  }

  /// The value that is this text, escapes and all.
  public static func text(_ text: String) -> SigmaScalar { SigmaScalar(.string(text)) }
}

// What a tree is equal by is the value that it is printed from: texts scalar by scalar, order kept, spans left out.

extension SigmaDocument: Hashable {
  /// Whether both are printed from the same value.
  public static func == (left: Self, right: Self) -> Bool { left.value == right.value }
  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

extension SigmaSelectionBody: Hashable {
  /// Whether both are printed from the same value.
  public static func == (left: Self, right: Self) -> Bool { left.value == right.value }
  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
