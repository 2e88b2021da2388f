import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// A value on its way through the modifiers of its item.
enum SigmaOperand {
  /// Text with wildcards.
  case text(Pattern, LetterCase)
  /// The bytes of an encoded text, and how they are compared once they are text again.
  case bytes([UInt8], LetterCase)
  /// A regular expression.
  case regex(String, PortableRegex.Flags)
  /// A number, not compared yet.
  case number(Number)
  /// A boolean.
  case bool(Bool)
  case null
  /// What the modifiers have made a probe of.
  case done(SigmaAtom)

  /// The operand that a written value is; text is an expression where the item has `re`, and has placeholders
  /// where it has `expand`. Throws `E317` for a placeholder: a pipeline must have put something in its place.
  init(_ scalar: SigmaScalar, of item: SigmaItem) throws(Diagnostic) {
    let isRegex = item.modifiers.contains(.re)
    switch scalar.value {
    case .string(let text):
      var text = text
      if item.modifiers.contains(.expand) {
        let parts = SigmaPlaceholders.parts(text, isRegex: isRegex)
        if let name = SigmaPlaceholders.firstName(parts) {
          throw .sigmaPlaceholder(name, at: scalar.span ?? item.span)
        }
        text = SigmaPlaceholders.written(parts, isRegex: isRegex, isExpanded: false)
      }
      self = isRegex ? .regex(text, []) : .text(SigmaLiteral.pattern(text), .ignored)
    case .number(let number): self = isRegex ? .regex(number.written, []) : .number(number)
    case .bool(let flag): self = .bool(flag)
    case .null, .malformedString, .array, .object: self = .null
    }
  }

  /// What it is, in words.
  private var kind: String {
    switch self {
    case .text: "text"
    case .bytes: "encoded text"
    case .regex: "a regular expression"
    case .number: "a number"
    case .bool: "a boolean"
    case .null: "null"
    case .done(.network): "a network"
    case .done(.reference): "a field's name"
    case .done: "a comparison"
    }
  }

  /// Whether it is a kind of value that is written, and not made by modifiers.
  var isWritten: Bool {
    switch self {
    case .text, .number, .bool, .null: true
    case .bytes, .regex, .done: false
    }
  }

  /// What the modifier makes of it: one operand, or several of which some must hold.
  func applying(
    _ modifier: SigmaModifier, at span: Span?, warnings: inout [Diagnostic]
  ) throws(Diagnostic) -> [SigmaOperand] {
    if let alone = try alone(modifier, at: span, warnings: &warnings) { return [alone] }
    guard modifier == .windash else { return try encoded(modifier, at: span) }
    guard case .text(let pattern, let letterCase) = self else { throw wrong(modifier, at: span) }
    guard let variants = SigmaDashes.variants(of: pattern) else {
      throw .sigmaTooManyDashes(limit: SigmaDashes.flagLimit, at: span)
    }
    return variants.map { .text($0, letterCase) }
  }

  /// What a modifier that makes one operand of one makes of it; `nil` for those that may make several.
  func alone(
    _ modifier: SigmaModifier, at span: Span?, warnings: inout [Diagnostic]
  ) throws(Diagnostic) -> SigmaOperand? {
    switch modifier {
    case .all, .neq: return self
    case .contains, .startswith, .endswith: return try placed(modifier, at: span, warnings: &warnings)
    case .cased: return try cased(at: span)
    case .re, .i, .m, .s, .ignorecase, .multiline, .dotall: return try expression(modifier, at: span)
    case .base64, .base64offset, .wide, .utf16le, .utf16be, .utf16, .windash: return nil
    case .expand:
      switch self {
      case .text, .regex: return self
      case .bytes, .number, .bool, .null, .done: throw wrong(.expand, at: span)
      }
    case .cidr, .exists, .fieldref, .lt, .lte, .gt, .gte: return .done(try comparison(modifier, at: span))
    case .minute, .hour, .day, .week, .month, .year: throw .sigmaTimePart(modifier, at: span)
    }
  }

  /// The atoms that it is after the last modifier, of which some must hold. Numbers and booleans are compared as
  /// text. A number in another notation than its shortest decimal (`1.10`, `0x1F`) is its text as it was written,
  /// which is what a text in an event has, or its shortest decimal, which is what a number in an event is compared
  /// as; among keywords it is its text alone.
  func probes(isKeyword: Bool, at span: Span?) throws(Diagnostic) -> [SigmaAtom] {
    guard case .number(let number) = self, number.written != number.shortest, !isKeyword else {
      return [try probe(at: span)]
    }
    return [number.written, number.shortest].map { .text(.equals($0), .ignored) }
  }

  private func probe(at span: Span?) throws(Diagnostic) -> SigmaAtom {
    switch self {
    case .text(let pattern, let letterCase): return .text(pattern, letterCase)
    case .bytes(let bytes, let letterCase):
      guard bytes.allSatisfy({ $0 < 0x80 }) else { throw .sigmaBytes(at: span) }
      return .text(.equals(String(decoding: bytes, as: UTF8.self)), letterCase)
    case .regex(let pattern, let flags):
      do { return .regex(try PortableRegex(pattern, flags: flags)) } catch {
        var located = error
        located.source = nil
        located.labels =
          (span?.part(error.labels.first?.span, of: pattern)).map { [Diagnostic.Label($0)] } ?? []
        throw located
      }
    case .number(let number): return .text(.equals(number.written), .ignored)
    case .bool(let flag): return .text(.equals(flag ? "true" : "false"), .ignored)
    case .null: return .null
    case .done(let probe): return probe
    }
  }

  private func wrong(_ modifier: SigmaModifier, at span: Span?) -> Diagnostic {
    if case .text(let pattern, _) = self, case .equals(let text) = pattern.shape {
      return .sigmaWrongKind(modifier, of: kind, text, at: span)
    }
    return .sigmaWrongKind(modifier, of: kind, at: span)
  }

  /// Text with its wildcards added. An expression is searched for anyway; a number is taken as its text.
  private func placed(
    _ modifier: SigmaModifier, at span: Span?, warnings: inout [Diagnostic]
  ) throws(Diagnostic) -> SigmaOperand {
    switch self {
    case .text(let pattern, let letterCase):
      var pieces: [Pattern.Piece] = []
      pieces.reserveCapacity(pattern.pieces.count + 2)
      if modifier != .startswith { pieces.append(.anyRun) }
      pieces += pattern.pieces
      if modifier != .endswith { pieces.append(.anyRun) }
      return .text(Pattern(pieces), letterCase)
    case .bytes, .number, .bool:
      guard case .text(let pattern, let letterCase) = try probe(at: span) else {
        throw wrong(modifier, at: span)
      }
      if case .bytes = self {} else { warnings.append(.sigmaNumberAsText(modifier, of: kind, at: span)) }
      return try SigmaOperand.text(pattern, letterCase).placed(modifier, at: span, warnings: &warnings)
    case .regex where modifier == .contains:
      return self
    case .done(.reference): throw .sigmaPartialReference(modifier, at: span)
    case .regex, .null, .done: throw wrong(modifier, at: span)
    }
  }

  private func cased(at span: Span?) throws(Diagnostic) -> SigmaOperand {
    switch self {
    case .text(let pattern, _): return .text(pattern, .exact)
    case .bytes(let bytes, _): return .bytes(bytes, .exact)
    case .number, .bool, .regex, .null, .done: throw wrong(.cased, at: span)
    }
  }

  private func expression(_ modifier: SigmaModifier, at span: Span?) throws(Diagnostic) -> SigmaOperand {
    guard case .regex(let pattern, let flags) = self else { throw wrong(modifier, at: span) }
    switch modifier {
    case .i, .ignorecase: return .regex(pattern, flags.union(.ignoreCase))
    case .m, .multiline: return .regex(pattern, flags.union(.multiline))
    case .s, .dotall: return .regex(pattern, flags.union(.dotAll))
    case _: return self
    }
  }

  private func encoded(_ modifier: SigmaModifier, at span: Span?) throws(Diagnostic) -> [SigmaOperand] {
    let (bytes, letterCase): ([UInt8], LetterCase)
    switch self {
    case .text(let pattern, let own):
      guard case .equals(let text) = pattern.shape else { throw .sigmaWildcardEncoded(modifier, at: span) }
      letterCase = own
      switch modifier {
      case .wide, .utf16le: return [.bytes(SigmaEncoding.utf16(text, bigEndian: false), own)]
      case .utf16be: return [.bytes(SigmaEncoding.utf16(text, bigEndian: true), own)]
      case .utf16: return [.bytes([0xFF, 0xFE] + SigmaEncoding.utf16(text, bigEndian: false), own)]
      case _: bytes = Array(text.utf8)
      }
    case .bytes(let own, let ownCase) where modifier == .base64 || modifier == .base64offset:
      (bytes, letterCase) = (own, ownCase)
    case .bytes, .number, .bool, .regex, .null, .done: throw wrong(modifier, at: span)
    }
    let texts = modifier == .base64 ? [SigmaEncoding.base64(bytes)] : SigmaEncoding.base64Offsets(bytes)
    if modifier == .base64offset, texts.contains("") { throw .sigmaNothingFixed(bytes.count, at: span) }
    return texts.map { .text(.equals($0), letterCase) }
  }

  private func comparison(_ modifier: SigmaModifier, at span: Span?) throws(Diagnostic) -> SigmaAtom {
    switch (modifier, self) {
    case (.cidr, .text(let pattern, _)):
      guard case .equals(let text) = pattern.shape, let network = CIDR(text) else {
        throw .sigmaNetwork(pattern, at: span)
      }
      let address = text.split(separator: "/").first.map(String.init) ?? text
      guard IPAddress(address) == network.address else { throw .sigmaHostBits(text, network, at: span) }
      return .network(network)
    case (.exists, .bool(let flag)): return .exists(flag)
    case (.fieldref, .text(let pattern, .ignored)):
      guard case .equals(let name) = pattern.shape else { throw .sigmaWildcardReference(at: span) }
      return .reference(name)
    case (.lt, .number(let number)): return .number(.less, number)
    case (.lte, .number(let number)): return .number(.lessOrEqual, number)
    case (.gt, .number(let number)): return .number(.greater, number)
    case (.gte, .number(let number)): return .number(.greaterOrEqual, number)
    case _: throw wrong(modifier, at: span)
    }
  }
}
