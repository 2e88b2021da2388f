import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// What an item asks of an event, worked out for the runner from the specification: wildcards, escapes, encodings
/// and dashes are read here anew, apart from the reader's `SigmaOperand`, and in another way.
struct SigmaQuestion {
  /// One place of a text to compare with.
  private enum Token {
    case scalar(Unicode.Scalar)
    /// A dash that begins a flag, under `windash`.
    case dash
    case anyOne
    case anyRun
  }

  private enum Test {
    case text([Token])
    case regex(PortableRegex)
    case number(SigmaModifier, Double)
    case network(CIDR)
    case field(String)
    case present(Bool)
  }

  private let item: SigmaItem
  /// For each value the tests of which some must hold.
  private var values: [[Test]] = []
  /// Whether it asks of no other field than its own.
  private let asksOneField: Bool
  /// How texts are compared.
  private let letterCase: LetterCase
  private let last = LastAnswer()

  /// The texts that were asked about last, and the answer: of events that differ elsewhere the same is asked again.
  private final class LastAnswer {
    var texts: [ScalarText] = []
    var answer: Bool?
  }

  /// Throws what the reader refuses of an item.
  init(_ item: SigmaItem) throws(Diagnostic) {
    var ignored: [Diagnostic] = []
    _ = try item.test(warnings: &ignored)
    self.item = item
    asksOneField = !item.modifiers.contains(.fieldref)
    letterCase = item.modifiers.contains(.cased) ? .exact : .ignored
    for scalar in item.values { values.append(try tests(scalar.value)) }
  }

  /// Whether the event answers yes.
  func holds(of event: Event) -> Bool {
    holds(of: event) { field in event.sigmaTexts(of: field) }
  }

  /// The same, where `fields` gives the texts of a field.
  func holds(of event: Event, _ fields: (String) -> [String]) -> Bool {
    let texts = (item.field.isEmpty ? event.sigmaTexts : fields(item.field)).map(ScalarText.init)
    if asksOneField, let answer = last.answer, last.texts == texts { return answer }
    let answer = holds(of: texts.map { Text($0.string, letterCase) }, fields)
    (last.texts, last.answer) = (texts, answer)
    return answer
  }

  /// A text, and the scalars that are compared.
  private struct Text {
    let text: String
    let scalars: [Unicode.Scalar]

    init(_ text: String, _ letterCase: LetterCase) {
      self.text = text
      scalars = Array(letterCase.folded(text).unicodeScalars)
    }
  }

  private func holds(of texts: [Text], _ fields: (String) -> [String]) -> Bool {
    func holds(_ tests: [Test]) -> Bool { tests.contains { isMet($0, texts, fields) } }
    return (has(.all) ? values.allSatisfy(holds) : values.contains(where: holds)) != has(.neq)
  }

  private func has(_ modifiers: SigmaModifier...) -> Bool {
    modifiers.contains { item.modifiers.contains($0) }
  }

  private func isMet(_ test: Test, _ texts: [Text], _ fields: (String) -> [String]) -> Bool {
    switch test {
    case .text(let tokens): texts.contains { SigmaQuestion.matches($0.scalars, tokens) }
    case .regex(let regex): texts.contains { regex.matches($0.text) }
    case .number(let modifier, let bound):
      texts.contains { Number($0.text).map { SigmaQuestion.compares($0.double, modifier, bound) } ?? false }
    case .network(let network): texts.contains { IPAddress($0.text).map(network.contains) ?? false }
    case .field(let other):
      fields(other).contains { other in
        texts.contains { LetterCase.lower($0.text).sameScalars(as: LetterCase.lower(other)) }
      }
    case .present(let expected): texts.isEmpty != expected
    }
  }

  private static func compares(_ value: Double, _ modifier: SigmaModifier, _ bound: Double) -> Bool {
    modifier == .lt && value < bound || modifier == .lte && value <= bound || modifier == .gt && value > bound
      || modifier == .gte && value >= bound
  }

  // MARK: - Values

  private func tests(_ value: Value) throws(Diagnostic) -> [Test] {
    switch value {
    case .null, .malformedString, .array, .object: return [.present(false)]
    case .bool(let flag): return has(.exists) ? [.present(flag)] : texts([flag ? "true" : "false"])
    case .number(let number):
      let orders: [SigmaModifier] = [.lt, .lte, .gt, .gte]
      if let modifier = item.modifiers.first(where: { orders.contains($0) }) {
        return [.number(modifier, number.double)]
      }
      let isPart = item.field.isEmpty || has(.contains, .startswith, .endswith)
      if has(.re) { return try tests(.string(number.written)) }
      return texts(isPart ? [number.written] : [number.written, number.shortest])
    case .string(let text):
      if has(.re) { return [.regex(try PortableRegex(expression(text), flags: flags))] }
      if has(.cidr), let network = CIDR(text) { return [.network(network)] }
      if has(.fieldref) { return [.field(String(String.UnicodeScalarView(plain(tokens(text)))))] }
      return texts([text])
    }
  }

  private var flags: PortableRegex.Flags {
    var flags: PortableRegex.Flags = []
    if has(.i, .ignorecase) { flags.insert(.ignoreCase) }
    if has(.m, .multiline) { flags.insert(.multiline) }
    if has(.s, .dotall) { flags.insert(.dotAll) }
    return flags
  }

  /// The expression, in which `expand` lets a backslash escape a percent sign.
  private func expression(_ text: String) -> String {
    guard has(.expand) else { return text }
    var result = ""
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped, scalar != "%" { result.unicodeScalars.append("\\") }
      isEscaped = scalar == "\\" && !isEscaped
      if !isEscaped { result.unicodeScalars.append(scalar) }
    }
    return isEscaped ? result + "\\" : result
  }

  private func texts(_ written: [String]) -> [Test] {
    var texts = written.map(tokens)
    var areBytes = false
    for modifier in item.modifiers {
      switch modifier {
      case .contains: texts = texts.map { [.anyRun] + $0 + [.anyRun] }
      case .startswith: texts = texts.map { $0 + [.anyRun] }
      case .endswith: texts = texts.map { [.anyRun] + $0 }
      case .windash: texts = texts.map(SigmaQuestion.dashed)
      case .base64, .base64offset, .wide, .utf16le, .utf16be, .utf16:
        let bytes = texts.flatMap(SigmaQuestion.spelledOut).map { text in
          areBytes ? text.map { UInt8(truncatingIfNeeded: $0.value) } : Array(SigmaQuestion.string(text).utf8)
        }
        areBytes = modifier != .base64 && modifier != .base64offset
        texts = bytes.flatMap { SigmaQuestion.encoded($0, modifier) }
      case .all, .cased, .neq, .re, .i, .m, .s, .ignorecase, .multiline, .dotall, .cidr, .exists, .expand,
        .fieldref, .lt, .lte, .gt, .gte, .minute, .hour, .day, .week, .month, .year:
        break
      }
    }
    if item.field.isEmpty { texts = texts.map { [.anyRun] + $0 + [.anyRun] } }
    if letterCase == .exact { return texts.map { .text($0) } }
    return texts.map { tokens in
      let folded = tokens.map { token -> Token in
        if case .scalar(let scalar) = token { .scalar(LetterCase.lower(scalar)) } else { token }
      }
      return .text(folded)
    }
  }

  /// `*` and `?` are wildcards; a backslash escapes them, itself, and under `expand` a percent sign.
  private func tokens(_ text: String) -> [Token] {
    let special: [Unicode.Scalar] = has(.expand) ? ["*", "?", "\\", "%"] : ["*", "?", "\\"]
    var tokens: [Token] = []
    var rest = Substring(text).unicodeScalars
    while let scalar = rest.popFirst() {
      if scalar == "\\", let next = rest.first, special.contains(next) {
        tokens.append(.scalar(rest.removeFirst()))
      } else {
        tokens.append(scalar == "*" ? .anyRun : scalar == "?" ? .anyOne : .scalar(scalar))
      }
    }
    return tokens
  }

  private func plain(_ tokens: [Token]) -> [Unicode.Scalar] {
    tokens.compactMap { if case .scalar(let scalar) = $0 { scalar } else { nil } }
  }

  private static func string(_ scalars: [Unicode.Scalar]) -> String {
    String(String.UnicodeScalarView(scalars))
  }

  // MARK: - Modifiers

  private static let dashes: [Unicode.Scalar] = ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"]

  /// A flag begins with `-` or `/` between something that is not a word and a word.
  private static func dashed(_ tokens: [Token]) -> [Token] {
    func isWord(_ index: Int) -> Bool {
      guard tokens.indices.contains(index), case .scalar(let scalar) = tokens[index] else { return false }
      return scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
    return tokens.indices.map { index in
      guard case .scalar(let scalar) = tokens[index], scalar == "-" || scalar == "/" else {
        return tokens[index]
      }
      return isWord(index - 1) || !isWord(index + 1) ? tokens[index] : .dash
    }
  }

  /// Every text that the tokens are, without wildcards.
  private static func spelledOut(_ tokens: [Token]) -> [[Unicode.Scalar]] {
    tokens.reduce([[]]) { texts, token in
      switch token {
      case .scalar(let scalar): texts.map { $0 + [scalar] }
      case .dash: texts.flatMap { text in dashes.map { text + [$0] } }
      case .anyOne, .anyRun: texts
      }
    }
  }

  /// The texts that an encoding makes of bytes; those of `wide` and the like have a scalar for each byte.
  private static func encoded(_ bytes: [UInt8], _ modifier: SigmaModifier) -> [[Token]] {
    let units = Array(String(decoding: bytes, as: UTF8.self).utf16)
    func wide(_ units: [UInt16]) -> [Token] {
      units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }.map { .scalar(Unicode.Scalar($0)) }
    }
    switch modifier {
    case .wide, .utf16le: return [wide(units)]
    case .utf16: return [wide([0xFEFF] + units)]
    case .utf16be: return [wide(units.map(\.byteSwapped))]
    case .base64:
      let padding = String(repeating: "=", count: (3 - bytes.count % 3) % 3)
      return [(sextets(of: bytes, at: 0, whole: false) + padding.unicodeScalars).map { .scalar($0) }]
    case _: return (0..<3).map { sextets(of: bytes, at: $0, whole: true).map { .scalar($0) } }
    }
  }

  /// The characters of Base64 in which the bytes have a part when `offset` others stand before them: six bits each,
  /// from the first. `whole` leaves out those that have bits of a neighbour too.
  private static func sextets(of bytes: [UInt8], at offset: Int, whole: Bool) -> [Unicode.Scalar] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".unicodeScalars)
    let (start, end) = (offset * 8, (offset + bytes.count) * 8)
    func bit(_ place: Int) -> Int {
      start..<end ~= place ? Int(bytes[place / 8 - offset] >> (7 - place % 8)) & 1 : 0
    }
    let first = whole ? (start + 5) / 6 : start / 6
    let last = whole ? end / 6 : (end + 5) / 6
    return (min(first, last)..<last).map { character in
      alphabet[(0..<6).reduce(0) { $0 << 1 | bit(character * 6 + $1) }]
    }
  }

  // MARK: - Matching

  /// Whether the tokens are the text, both folded where letter case is ignored: the last run that was begun takes one scalar more
  /// wherever the rest does not fit.
  private static func matches(_ text: [Unicode.Scalar], _ tokens: [Token]) -> Bool {
    func fits(_ scalar: Unicode.Scalar, _ token: Token) -> Bool {
      switch token {
      case .scalar(let own): scalar == own
      case .dash: dashes.contains(scalar)
      case .anyOne: true
      case .anyRun: false
      }
    }
    var (at, place) = (0, 0)
    var retry: (at: Int, place: Int)?
    while at < text.count {
      if place < tokens.count, case .anyRun = tokens[place] {
        place += 1
        retry = (at, place)
      } else if place < tokens.count, fits(text[at], tokens[place]) {
        at += 1
        place += 1
      } else if let last = retry {
        retry = (last.at + 1, last.place)
        (at, place) = (last.at + 1, last.place)
      } else {
        return false
      }
    }
    return tokens[place...].allSatisfy { if case .anyRun = $0 { true } else { false } }
  }
}
