import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Makes random conditions over the pool's fields.
package struct ConditionGenerator: Sendable {
  /// The kinds of question.
  package enum Question: Hashable, Sendable, CaseIterable {
    /// `present`
    case present
    /// `truthy`
    case truthy
    /// A pattern without wildcards.
    case equals
    /// Any other pattern.
    case pattern
    /// `oneOf`
    case oneOf
    /// `regex`
    case regex
    /// `number`
    case number
    /// `network`
    case network
    /// `sameAs`
    case sameAs
    /// `anywhere`, a keyword.
    case anywhere
    /// `some`: several questions of one value.
    case some
    /// `array`
    case array
  }

  /// What the conditions are like.
  package struct Options: Sendable {
    /// How deep `not`, `all` and `any` are nested at most.
    package var depth = 4
    /// The kinds of question to ask.
    package var questions = Question.allCases
    /// The fields to ask about.
    package var fields = EventPool.leaves
    /// The letter cases to ask for.
    package var letterCases = LetterCase.allCases
    /// How many of 100 texts are hostile.
    package var hostile = 15
    /// The hostile texts.
    package var hostileTexts = HostileValues.all.filter { $0.utf8.count <= 200 }

    /// The options with everything left to its default.
    package init() {}
  }

  /// What the conditions are like.
  package var options: Options
  var random: SeededGenerator

  /// The generator of that seed.
  package init(seed: UInt64, options: Options = Options()) {
    self.options = options
    random = SeededGenerator(seed: seed)
  }

  /// The next condition; never `always`.
  package mutating func condition() -> Condition {
    condition(depth: random.number(0...max(0, options.depth)))
  }

  /// The next `count` conditions.
  package mutating func conditions(_ count: Int) -> [Condition] { (0..<count).map { _ in condition() } }

  private mutating func condition(depth: Int) -> Condition {
    guard depth > 0 else { return question() }
    switch random.number(0...9) {
    case 0...1: return .not(condition(depth: depth - 1))
    case 2...5: return .all((0..<random.number(2...4)).map { _ in condition(depth: depth - 1) })
    case 6...8: return .any((0..<random.number(2...4)).map { _ in condition(depth: depth - 1) })
    default: return question()
    }
  }

  /// A condition that is one question.
  package mutating func question() -> Condition {
    guard let question = random.element(of: options.questions),
      let field = random.element(of: options.fields)
    else { return .test(FieldPath("eventName"), .present) }
    let letterCase = random.element(of: options.letterCases) ?? .exact
    switch question {
    case .present: return .test(field.path, .present)
    case .truthy: return .test(field.path, .truthy)
    case .equals: return .test(field.path, .text(.equals(text(field)), letterCase))
    case .pattern: return .test(field.path, .text(pattern(field), letterCase))
    case .oneOf:
      return .test(field.path, .oneOf((0..<random.number(2...5)).map { _ in text(field) }, letterCase))
    case .regex: return regex().map { .test(field.path, .regex($0)) } ?? .test(field.path, .present)
    case .number: return .test(field.path, number())
    case .network: return .test(field.path, network())
    case .sameAs:
      let other = random.element(of: options.fields) ?? field
      return .test(field.path, .sameAs(other.path, letterCase))
    case .anywhere: return .anywhere(pattern(field), letterCase)
    case .some: return quantified() ?? .test(field.path, .present)
    case .array:
      let arrays = options.fields.compactMap(\.arrayPath)
      let path = random.chance(70) ? random.element(of: arrays) : nil
      return .test(path ?? field.path, .array)
    }
  }

  /// Several questions of one element of an array of the fields, one of them denied more often than not.
  private mutating func quantified() -> Condition? {
    let arrays = Set(options.fields.compactMap(\.arrayPath)).sorted { $0.description < $1.description }
    guard let array = random.element(of: arrays) else { return nil }
    var inner = self
    inner.options.fields = options.fields.filter { $0.arrayPath == array }
    inner.options.questions = options.questions.filter { ![.some, .anywhere].contains($0) }
    let questions = (0..<random.number(2...3)).map { _ in inner.question() }
    random = inner.random
    let turned = questions.map { random.chance(40) ? Condition.not($0) : $0 }
    let joined = random.chance(75) ? Condition.all(turned) : .any(turned)
    return .some(array, random.chance(20) ? .not(joined) : joined)
  }

  /// A text that an event may hold at the field.
  private mutating func text(_ field: EventPool.Field) -> String {
    if random.chance(options.hostile) { return random.element(of: options.hostileTexts) ?? "" }
    let likely =
      switch field.type {
      case .text, .structure, .array, .document: EventPool.texts
      case .address: EventPool.addresses
      case .boolean: ["true", "false", "True"]
      case .integer, .real: EventPool.numbers
      }
    return random.element(of: likely) ?? ""
  }

  private mutating func pattern(_ field: EventPool.Field) -> Pattern {
    let text = text(field)
    let scalars = text.unicodeScalars
    let cut = scalars.index(scalars.startIndex, offsetBy: random.number(0...scalars.count))
    let (head, tail) = (String(scalars[..<cut]), String(scalars[cut...]))
    return switch random.number(0...6) {
    case 0...1: .prefix(head)
    case 2...3: .suffix(tail)
    case 4: .contains(random.pick(head, tail))
    case 5: Pattern([.literal(head), .anyRun, .literal(String(tail.unicodeScalars.suffix(1)))])
    default: Pattern([.literal(head), .anyOne, .literal(String(tail.unicodeScalars.dropFirst())), .anyRun])
    }
  }

  private mutating func number() -> Atom {
    let bound = random.element(of: EventPool.numbers).flatMap(Number.init) ?? Number(5)
    return .number(random.element(of: Comparison.allCases) ?? .less, bound)
  }

  private mutating func network() -> Atom {
    random.element(of: EventPool.networks).flatMap(CIDR.init).map(Atom.network) ?? .present
  }
}

extension EventPool.Field {
  /// The path of the array that it is, or is in; `nil` where it is in none.
  fileprivate var arrayPath: FieldPath? {
    let end = path.steps.lastIndex { if case .each = $0 { true } else { false } }
    return end.flatMap { FieldPath(steps: Array(path.steps[...$0])) }
  }
}

extension ConditionGenerator {
  /// A regular expression, with flags in its text or beside it.
  package mutating func regex() -> PortableRegex? {
    let flags = PortableRegex.Flags(rawValue: random.pick(0, 0, 0, 1, 2, 4, 7))
    let text = expression(depth: 2)
    return try? PortableRegex(random.pick(text, text, "^\(text)", "\(text)$", "^\(text)\\z"), flags: flags)
  }

  private mutating func expression(depth: Int) -> String {
    (0..<random.number(1...3)).map { _ in part(depth: depth) }.joined()
  }

  private mutating func part(depth: Int) -> String {
    let atom =
      depth > 0 && random.chance(30)
      ? "(\(expression(depth: depth - 1))\(random.pick("", "|" + expression(depth: depth - 1), "|")))"
      : random.pick(
        "a", "b", "R", "n", "Run", "s", "1", "\\d", "\\w", "\\s", "\\D", "[a-z]", "[^a]", "[A-M0-9]", ".",
        "\\.",
        "é", "\\x{212A}", "\\*", "\\\\", "'", "\"", "%", "_", "[\\s\\d]", "\\n")
    return atom + random.pick("", "", "", "*", "+", "?", "{2}", "{1,3}", "*?")
  }
}
