import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// What is wrong or odd about an item, whatever else the rule says.

extension SigmaItem {
  /// Checks what can be said of the modifiers without a value. Throws `E308` for their order, and `E330` for those
  /// that are not supported.
  func checkModifiers(_ warnings: inout [Diagnostic]) throws(Diagnostic) {
    for (index, modifier) in modifiers.enumerated() {
      switch modifier {
      case .re, .cidr, .exists: if index > 0 { throw .sigmaNotFirst(modifier, at: place(of: index)) }
      case .startswith, .endswith:
        if field.isEmpty { throw .sigmaKeywordPlace(modifier, at: place(of: index)) }
      case .all:
        if values.count == 1 { warnings.append(.sigmaAllOfOne(key, at: span)) }
      case .base64, .base64offset, .wide, .utf16le, .utf16be, .utf16:
        if let earlier = modifiers[..<index].first(where: \.addsWildcards) {
          throw .sigmaEncodedLate(modifier, after: earlier, at: place(of: index))
        }
        if let warning = incomplete(index) { warnings.append(warning) }
      case .contains, .cased, .neq, .i, .m, .s, .ignorecase, .multiline, .dotall, .windash, .expand,
        .fieldref,
        .lt, .lte, .gt, .gte, .minute, .hour, .day, .week, .month, .year:
        break
      }
    }
  }

  /// A warning where an encoding lacks the modifier without which hardly any event has its text.
  private func incomplete(_ index: Int) -> Diagnostic? {
    let modifier = modifiers[index]
    let later = modifiers[(index + 1)...]
    switch modifier {
    case .wide, .utf16le, .utf16be, .utf16:
      return later.contains { $0 == .base64 || $0 == .base64offset }
        ? nil : .sigmaWideText(modifier, at: place(of: index))
    case .base64offset:
      return field.isEmpty || later.contains(.contains) ? nil : .sigmaFragment(at: place(of: index))
    case _: return nil
    }
  }

  /// Warns of what is odd about a value and the atoms that it stands for.
  func warn(of scalar: SigmaScalar, _ atoms: [SigmaAtom], _ warnings: inout [Diagnostic]) {
    let place = scalar.span ?? span
    if case .number(let number) = scalar.value, case .text? = atoms.first {
      if number.written != number.shortest {
        warnings.append(.sigmaTwoNumbers(number, isKeyword: field.isEmpty, at: place))
      }
      return
    }
    if modifiers.first == .re, let (letters, _) = scalar.value.text.flatMap(SigmaInlineFlags.split) {
      warnings.append(.sigmaInlineFlags(letters, at: place))
    }
    guard atoms.contains(where: { $0.holdsOfAnything(for: self) }) else { return }
    // `f: '*'` is how Sigma says that a field has a value.
    if !field.isEmpty, scalar.value.text == "*", !modifiers.contains(where: \.addsWildcards) { return }
    warnings.append(.sigmaHoldsOfAnything(field, at: place))
  }

  /// Where a modifier stands in the key; the key where that is not known.
  func place(of index: Int) -> Span? {
    let name = modifiers[index].rawValue
    let start = key(through: index).scalarCount - name.scalarCount
    return span?.part(Span(at: Position(line: 1, column: start + 1), length: name.scalarCount), of: key)
  }

  private func key(through index: Int) -> String {
    SigmaItem(field, Array(modifiers[...index]), []).key
  }
}

extension SigmaModifier {
  /// Whether it puts wildcards around the value.
  var addsWildcards: Bool { self == .contains || self == .startswith || self == .endswith }

  /// Whether it can be made right by another value, and not by other modifiers alone.
  var asksOfValue: Bool {
    switch self {
    case .i, .m, .s, .ignorecase, .multiline, .dotall, .minute, .hour, .day, .week, .month, .year: false
    case .contains, .startswith, .endswith, .all, .cased, .neq, .re, .base64, .base64offset, .wide, .utf16le,
      .utf16be, .utf16, .windash, .cidr, .exists, .expand, .fieldref, .lt, .lte, .gt, .gte:
      true
    }
  }
}

extension SigmaAtom {
  /// Whether it holds of the item's field whatever its text is; of a keyword, whether every text holds it.
  fileprivate func holdsOfAnything(for item: SigmaItem) -> Bool {
    switch self {
    case .text(let pattern, _):
      if pattern.pieces.isEmpty { return item.field.isEmpty }
      if pattern.pieces.count == 1, case .anyRun = pattern.pieces[0] { return true }
      return false
    case .regex(let regex): return regex.tree.isFoundEverywhere
    case .reference(let other): return other.sameScalars(as: item.field)
    case .number, .network, .null, .exists: return false
    }
  }
}

extension RegexNode {
  /// Whether every text holds a match, since the expression finds the empty text at its start, or at its end.
  fileprivate var isFoundEverywhere: Bool {
    findsEmpty([.textStart, .lineStart]) || findsEmpty([.textEnd, .textEndOrFinalBreak, .lineEnd])
  }

  /// Whether it finds the empty text at a place where these anchors hold, and perhaps no others.
  private func findsEmpty(_ anchors: [RegexAnchor]) -> Bool {
    switch self {
    case .empty: true
    case .scalar, .scalars, .any: false
    case .anchor(let anchor): anchors.contains(anchor)
    case .sequence(let nodes): nodes.allSatisfy { $0.findsEmpty(anchors) }
    case .alternation(let nodes): nodes.contains { $0.findsEmpty(anchors) }
    case .repeated(let node, let min, _, _): min == 0 || node.findsEmpty(anchors)
    }
  }
}

extension Span {
  /// Where a stretch of a text stands, if this is where the text is written: on one line, without quotes or in
  /// quotes without escapes. Otherwise, and for no stretch, all of it.
  func part(_ inner: Span?, of text: String) -> Span {
    let length = end.column - start.column
    let quotes = length - text.scalarCount
    guard let inner, start.line == end.line, inner.start.line == 1, inner.end.line == 1,
      quotes == 0 || quotes == 2
    else { return self }
    func position(_ place: Position) -> Position {
      Position(line: start.line, column: start.column + quotes / 2 + place.column - 1)
    }
    return Span(position(inner.start), position(inner.end))
  }
}

extension Diagnostic {
  /// The same diagnostic, at another place.
  func moved(to span: Span?) -> Diagnostic {
    var copy = self
    copy.labels = span.map { [Label($0)] } ?? []
    return copy
  }
}
