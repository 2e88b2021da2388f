import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// A detection item on its way through a pipeline.
struct PipelineItem {
  /// The item as it is written, its field renamed.
  var item: SigmaItem
  /// Its values once a step has changed one of them; `nil` while they are as they are written.
  var changed: [PipelineValue]?
  /// The ids of the steps that changed it.
  var applied: Set<String> = []
  /// The field's name in the rule; `nil` for what a pipeline added.
  var ruleField: String?
  /// Whether a step named its field.
  var isMapped = false
  /// The names of other fields that the values are, and whether a step named them.
  var unmappedReferences: [String] = []

  init(_ item: SigmaItem, isOfRule: Bool) {
    self.item = item
    guard isOfRule else { return }
    ruleField = item.field
    if item.modifiers.contains(.fieldref) { unmappedReferences = item.values.compactMap(\.value.text) }
  }

  var isAll: Bool { item.modifiers.contains(.all) }
  var isNegated: Bool { item.modifiers.contains(.neq) }

  /// The values with the item's modifiers applied.
  var values: [PipelineValue] {
    if let changed { return changed }
    let modifiers = item.modifiers.filter { $0 != .all && $0 != .neq }
    return item.values.map { PipelineValue($0, modifiers) }
  }

  /// The names of the other fields that the values are.
  var references: [String] {
    guard changed == nil, item.modifiers.contains(.fieldref) else { return [] }
    return item.values.compactMap(\.value.text)
  }

  /// The item as Sigma's tree has it: one item, or several where the values differ in their modifiers.
  var body: SigmaSelectionBody {
    guard let changed else { return .map([item]) }
    var items: [SigmaItem] = []
    for value in changed {
      let (modifiers, scalar) = value.written(item.modifiers.filter { $0 != .all && $0 != .neq }, item.span)
      if let place = items.firstIndex(where: { $0.modifiers == modifiers }) {
        if !items[place].values.contains(where: { $0.value == scalar.value }) {
          items[place].values.append(scalar)
        }
      } else {
        items.append(SigmaItem(item.field, modifiers, [scalar], span: item.span))
      }
    }
    for index in items.indices {
      items[index].isList = items[index].values.count != 1
      if isAll, items[index].values.count > 1 { items[index].modifiers.append(.all) }
      if isNegated { items[index].modifiers.append(.neq) }
    }
    if items.count == 1 { return .map(items) }
    // Not one of them, or not all of them: De Morgan turns the joining round.
    return isAll != isNegated ? .map(items) : .list(items.map { .map([$0]) })
  }
}

/// A value of a detection item once the item's modifiers are applied.
enum PipelineValue {
  /// Text with wildcards.
  case text(Pattern, LetterCase)
  /// A regular expression.
  case regex(String, PortableRegex.Flags)
  case number(Number)
  /// A boolean.
  case bool(Bool)
  case null
  /// Anything else, which no step looks into: it keeps the item's own modifiers.
  case other(SigmaScalar)

  init(_ scalar: SigmaScalar, _ modifiers: [SigmaModifier]) {
    self = .other(scalar)
    if modifiers.contains(where: PipelineValue.isOpaque) { return }
    guard var operand = try? SigmaOperand(scalar, of: SigmaItem("", modifiers, [scalar])) else { return }
    var ignored: [Diagnostic] = []
    for modifier in modifiers {
      guard let next = try? operand.applying(modifier, at: nil, warnings: &ignored), next.count == 1 else {
        return
      }
      operand = next[0]
    }
    switch operand {
    case .text(let pattern, let letterCase): self = .text(pattern, letterCase)
    case .regex(let pattern, let flags): self = .regex(pattern, flags)
    case .number(let number): self = .number(number)
    case .bool(let flag): self = .bool(flag)
    case .null: self = .null
    case .bytes, .done: break
    }
  }

  /// Modifiers that make something else than text, or several texts of one.
  private static func isOpaque(_ modifier: SigmaModifier) -> Bool {
    switch modifier {
    case .base64offset, .windash, .cidr, .exists, .expand, .fieldref, .lt, .lte, .gt, .gte, .minute, .hour,
      .day, .week, .month, .year:
      true
    case .contains, .startswith, .endswith, .all, .cased, .neq, .re, .i, .m, .s, .ignorecase, .multiline,
      .dotall, .base64, .wide, .utf16le, .utf16be, .utf16:
      false
    }
  }

  /// The modifiers and the value that mean it; `own` are those of the item that it came from.
  func written(_ own: [SigmaModifier], _ span: Span?) -> ([SigmaModifier], SigmaScalar) {
    switch self {
    case .text(let pattern, let letterCase):
      let text = SigmaScalar(.string(SigmaLiteral.written(pattern.pieces)), span: span)
      return (letterCase == .exact ? [.cased] : [], text)
    case .regex(let pattern, let flags):
      let letters: [(PortableRegex.Flags, SigmaModifier)] = [
        (.ignoreCase, .i), (.multiline, .m), (.dotAll, .s),
      ]
      return (
        [.re] + letters.filter { flags.contains($0.0) }.map(\.1), SigmaScalar(.string(pattern), span: span)
      )
    case .number(let number): return ([], SigmaScalar(.number(number), span: span))
    case .bool(let flag): return ([], SigmaScalar(.bool(flag), span: span))
    case .null: return ([], SigmaScalar(.null, span: span))
    case .other(let scalar): return (own, scalar)
    }
  }

  /// The text with its wildcards, literal ones escaped: what conditions and mappings compare with. A backslash
  /// stands for itself. `nil` for what is not text.
  var plain: String? {
    guard case .text(let pattern, _) = self else { return nil }
    var text = ""
    for piece in pattern.pieces {
      switch piece {
      case .anyRun: text += "*"
      case .anyOne: text += "?"
      case .literal(let literal):
        for scalar in literal.unicodeScalars {
          if scalar == "*" || scalar == "?" { text += "\\" }
          text.unicodeScalars.append(scalar)
        }
      }
    }
    return text
  }

  var hasWildcard: Bool {
    guard case .text(let pattern, _) = self else { return false }
    return pattern.pieces.contains { if case .literal = $0 { false } else { true } }
  }

  /// Whether it is the value that a pipeline's file has, type and all; a text with wildcards of its own.
  func isEqual(to value: Value) -> Bool {
    switch (self, value) {
    case (.text(let pattern, _), .string(let text)): pattern == SigmaLiteral.pattern(text)
    case (.number(let left), .number(let right)): left == right
    case (.bool(let left), .bool(let right)): left == right
    case (.null, .null): true
    case (_, _): false
    }
  }
}

/// What a selection asks, as a pipeline changes it: items joined by AND or OR.
indirect enum PipelineNode {
  case item(PipelineItem)
  case group([PipelineNode], isAll: Bool)
  /// Which place an event stands in, in names that no step changes any more.
  case place(SigmaSelectionBody)

  init(_ body: SigmaSelectionBody, isOfRule: Bool) {
    switch body {
    case .map(let items):
      self = .group(items.map { .item(PipelineItem($0, isOfRule: isOfRule)) }, isAll: true)
    case .every(let bodies):
      self = .group(bodies.map { PipelineNode($0, isOfRule: isOfRule) }, isAll: true)
    case .list(let bodies):
      let keywords = bodies.compactMap { if case .keyword(let scalar) = $0 { scalar } else { nil } }
      if keywords.count == bodies.count {
        // A list of keywords is one item, as pySigma has it.
        self = .item(
          PipelineItem(SigmaItem("", [], keywords, span: keywords.first?.span), isOfRule: isOfRule))
      } else {
        self = .group(bodies.map { PipelineNode($0, isOfRule: isOfRule) }, isAll: false)
      }
    case .keyword(let scalar):
      self = .item(PipelineItem(SigmaItem("", [], [scalar], span: scalar.span), isOfRule: isOfRule))
    }
  }

  /// The node as Sigma's tree has it.
  var body: SigmaSelectionBody {
    switch self {
    case .item(let item): return item.body
    case .place(let body): return body
    case .group(let nodes, let isAll):
      if nodes.count == 1 { return nodes[0].body }
      let bodies = nodes.map(\.body)
      if !isAll { return .list(bodies) }
      var items: [SigmaItem] = []
      for body in bodies {
        guard case .map(let more) = body else { return .every(bodies) }
        items += more
      }
      return .map(items)
    }
  }

  /// Every item, in order.
  var items: [PipelineItem] {
    switch self {
    case .item(let item): [item]
    case .group(let nodes, _): nodes.flatMap(\.items)
    case .place: []
    }
  }

  /// The node with each item replaced; `nil` where nothing is left.
  func mapped(
    _ change: (PipelineItem) throws(Diagnostic) -> PipelineNode?
  ) throws(Diagnostic) -> PipelineNode? {
    switch self {
    case .item(let item): return try change(item)
    case .place: return self
    case .group(let nodes, let isAll):
      var kept: [PipelineNode] = []
      for node in nodes {
        if let node = try node.mapped(change) { kept.append(node) }
      }
      // Where nothing is asked in a place, the place is not asked for either.
      return kept.allSatisfy(\.isPlace) ? nil : .group(kept, isAll: isAll)
    }
  }

  private var isPlace: Bool { if case .place = self { true } else { false } }
}
